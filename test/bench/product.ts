/** The product as a contestant: an inline engine on a directory of its own, durability `power`. */
import { rmSync } from 'node:fs';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import type { Append } from '../../src/log/log.ts';
import { makeDirectory } from './directory.ts';
import { type Contestant, timed, type Timing } from './rounds.ts';

export interface ProductOptions {
  /** Executed once, with queries that start at the earliest record. */
  readonly sql: string;
  /** What the round of this number appends; made outside the time. */
  readonly appends: (round: number) => readonly Append[];
  /**
   * `log`: what is timed is from a log that holds the records to a log that holds the results. `arrival`: records arrive while
   * the clock runs.
   */
  readonly from: 'log' | 'arrival';
}

/** Opens an engine and runs `sql` on it. */
export async function openProduct(sql: string): Promise<{
  readonly engine: LocalEngine;
  close(): Promise<void>;
}> {
  const directory = makeDirectory();
  const engine = await openLocalEngine({ directory, durability: 'power', properties: {} });
  await execute(engine, sql);
  return {
    engine,
    async close() {
      await engine[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function execute(engine: LocalEngine, sql: string): Promise<void> {
  const properties = { 'auto.offset.reset': 'earliest' };
  await engine.execute({ sql, properties, variables: {} });
}

export async function productContestant(options: ProductOptions): Promise<Contestant> {
  const { engine, close } = await openProduct(options.sql);
  let round = 0;
  return {
    close,
    async round() {
      const appends = options.appends(round++);
      const before = await processed(engine);
      const timing = await runRound(engine, appends, options.from);
      const records = appends.reduce((sum, { recordCount }) => sum + recordCount, 0);
      if ((await processed(engine)) - before < records) throw new Error('not all was processed');
      return timing;
    },
  };
}

async function runRound(
  engine: LocalEngine,
  appends: readonly Append[],
  from: ProductOptions['from'],
): Promise<Timing> {
  if (from === 'arrival') {
    return timed(async () => {
      await append(engine, appends);
      await settle(engine);
    });
  }
  await execute(engine, 'PAUSE ALL;');
  await append(engine, appends);
  await execute(engine, 'RESUME ALL;');
  return timed(() => settle(engine));
}

/** Records that queries took in so far. */
async function processed(engine: LocalEngine): Promise<number> {
  return (await engine.metrics())['records_processed_total'] ?? 0;
}

/** A megabyte at a time, as a network would bring it. */
async function append(engine: LocalEngine, appends: readonly Append[]): Promise<void> {
  for (let at = 0; at < appends.length; at += 10)
    await engine.appendBatches(appends.slice(at, at + 10));
}

async function settle(engine: LocalEngine): Promise<void> {
  const failures = await engine.settle();
  if (failures.length > 0) throw new Error(failures[0]!.message);
}
