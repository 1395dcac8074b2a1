/**
 * State four times the memory that it may take, beside the same with everything in memory: a count and a sum per customer over all
 * orders, with customers as likely as each other or after Zipf's law. The table is filled first; what is timed are updates.
 */
import { rmSync } from 'node:fs';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import type { Append } from '../../src/log/log.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { makeDirectory } from './directory.ts';
import { BATCH_RECORDS, orderText, orderTime, TOPIC } from './orders.ts';
import { execute } from './product.ts';
import { type Contestant, timed } from './rounds.ts';

export const STATE_KEYS = 400_000;
export const STATE_RECORDS = 50_000;
const FILL_RECORDS = 50_000;
/** Of memory that the state would take. */
const MEMORY_SHARE = 1 / 4;

export type Spread = 'uniform' | 'Zipf';

/** What was measured beside the time. */
export interface StateFigures {
  residentBytes: number;
  spilledBytes: number;
  readsPerRecord: number;
}

export interface StateContestant extends Contestant {
  readonly figures: StateFigures;
}

const SQL = `
CREATE STREAM orders (order_id BIGINT, customer STRING, amount DOUBLE)
  WITH (KAFKA_TOPIC='${TOPIC}', VALUE_FORMAT='JSON', PARTITIONS=1);
CREATE TABLE totals AS SELECT customer, COUNT(*) AS orders, SUM(amount) AS total FROM orders GROUP BY customer;`;

/** About what a customer takes in memory: what is stored of it, and what a row costs. */
const ROW_BYTES = 350;

export async function stateContestant(
  spread: Spread,
  isSpilled: boolean,
): Promise<StateContestant> {
  const directory = makeDirectory();
  const memory = Math.floor(STATE_KEYS * ROW_BYTES * (isSpilled ? MEMORY_SHARE : 4));
  const engine = await openLocalEngine({
    directory,
    durability: 'power',
    properties: { 'leat.limit.state.memory': `${memory}` },
  });
  await execute(engine, SQL);
  for (let first = 0; first < STATE_KEYS; first += FILL_RECORDS)
    await process(
      engine,
      appendsOf(first, FILL_RECORDS, (index) => index),
    );
  const customers = spread === 'uniform' ? uniform() : zipf();
  const figures = { residentBytes: 0, spilledBytes: 0, readsPerRecord: 0 };
  let first = STATE_KEYS;
  return {
    figures,
    async round() {
      const appends = appendsOf(first, STATE_RECORDS, customers);
      first += STATE_RECORDS;
      await execute(engine, 'PAUSE ALL;');
      for (const append of appends) await engine.appendBatches([append]);
      const before = await engine.metrics();
      await execute(engine, 'RESUME ALL;');
      const timing = await timed(async () => {
        const failures = await engine.settle();
        if (failures.length > 0) throw new Error(failures[0]!.message);
      });
      const after = await engine.metrics();
      const [was, is] = [before, after].map((all) => all['state_spill_reads_total'] ?? 0);
      figures.residentBytes = after['state_resident_bytes'] ?? 0;
      figures.spilledBytes = after['state_spilled_bytes'] ?? 0;
      figures.readsPerRecord = ((is ?? 0) - (was ?? 0)) / STATE_RECORDS;
      return timing;
    },
    async close() {
      await engine[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function process(engine: LocalEngine, appends: readonly Append[]): Promise<void> {
  for (const append of appends) await engine.appendBatches([append]);
  await engine.settle();
}

/** Orders of customers by number. */
function appendsOf(first: number, count: number, customerOf: (index: number) => number): Append[] {
  const writer = new RecordBatchWriter(256 * 1024);
  const appends: Append[] = [];
  for (let index = first; index < first + count; index++) {
    const customer = `customer-${customerOf(index)}`;
    const text = orderText(index, 1).replace('customer-0', customer);
    writer.append(null, Buffer.from(text), orderTime(index));
    if (writer.recordCount < BATCH_RECORDS && index + 1 < first + count) continue;
    const { bytes, recordCount, maxTimestamp } = writer.finish();
    const to = { topic: TOPIC, partition: 0 };
    appends.push({ to, batch: bytes, recordCount, maxTimestamp, times: null });
  }
  return appends;
}

function uniform(): (index: number) => number {
  const random = randomNumbers();
  return () => Math.floor(random() * STATE_KEYS);
}

/** Exponent 1: the customer of rank n is as likely as 1 / n. By inverting the sum, which is about a logarithm. */
function zipf(): (index: number) => number {
  const random = randomNumbers();
  return () => {
    const rank = Math.floor(Math.exp(random() * Math.log(STATE_KEYS + 1))) - 1;
    // Ranks are spread over the customers, so that those who come often do not lie side by side.
    return (rank * 7919) % STATE_KEYS;
  };
}

/** The same in each run (mulberry32). */
function randomNumbers(): () => number {
  let state = 42;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };
}
