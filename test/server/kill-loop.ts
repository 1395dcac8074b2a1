/**
 * The kill loop: a real server is killed at random moments under load and started again on the same directory, and then what
 * its log holds is compared with the ledger of the writers and with a replay by an engine that was never killed.
 *
 * Part of the kills come while the server starts, so that recovery is killed as well.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumedRecord, Engine } from '../../src/engine/api.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { recordsOf, recordText, rowsOf } from '../engine/topics.ts';
import { expectedOf } from './kill-oracle.ts';
import {
  checkStatements,
  type StatementLedger,
  statementLedger,
  statementLife,
} from './kill-statements.ts';
import { define, derivedTopics, eventRow, replay, tables, userRow } from './kill-workload.ts';
import { randomFrom } from './random.ts';
import { RowWriter } from './row-writer.ts';
import { ServeProcess } from './serve-process.ts';

const startMsMax = 400;
const loadMsMax = 400;
/** Some lives are long enough for the log's upkeep, which comes once a second. */
const longLifeMs = 1_000;
const batchRows = 25;
const waitingMax = 300;

/** Rows of one writer during one life of the server: `from` up to, not including, the others. */
interface Session {
  readonly kill: number;
  readonly from: number;
  readonly acknowledged: number;
  readonly sent: number;
}
export interface Ledger {
  /** Kills while the server started, and kills under load. */
  readonly killedStarting: number;
  readonly killedLoaded: number;
  /** Writers 0 and 1 write events, writer 2 users. */
  readonly writers: readonly (readonly Session[])[];
  readonly statements: StatementLedger;
}

/** Kills the server `kills` times; the last life ends by SIGTERM. */
export async function killLoop(directory: string, kills: number, seed: number): Promise<Ledger> {
  const random = randomFrom(seed);
  const writers: Session[][] = [[], [], []];
  const statements = statementLedger();
  let killedStarting = 0;
  const engine = await openLocalEngine({ directory, durability: 'power', properties: {} });
  await define(engine);
  await engine[Symbol.asyncDispose]();
  for (let kill = 0; kill < kills; kill++) {
    const server = new ServeProcess(directory);
    if (random() < 0.2) {
      await delay(random() * startMsMax);
      killedStarting++;
    } else {
      const url = await server.ready;
      const stop = new AbortController();
      const lives = writers.map((sessions, writer) =>
        life(url, writer, sessions, kill, stop.signal, random),
      );
      const statementsDone = statementLife(url, statements, stop.signal);
      await delay(random() * loadMsMax + (random() < 0.1 ? longLifeMs : 0));
      stop.abort();
      await server.kill('SIGKILL');
      await Promise.all([...lives, statementsDone]);
    }
    await server.kill('SIGKILL');
  }
  const last = new ServeProcess(directory);
  await last.ready;
  const exit = await last.kill('SIGTERM');
  if (exit.code !== 0) throw new Error(`SIGTERM gave ${exit.code ?? exit.signal}: ${last.stderr}`);
  return { killedStarting, killedLoaded: kills - killedStarting, writers, statements };
}

/** Writes until the server is gone. Nothing is sent twice: what was not acknowledged may or may not be there. */
async function life(
  url: string,
  writer: number,
  sessions: Session[],
  kill: number,
  stop: AbortSignal,
  random: () => number,
): Promise<void> {
  const from = sessions.at(-1)?.sent ?? 0;
  const rows = new RowWriter(url, writer === 2 ? 'users' : 'events');
  while (!stop.aborted && !rows.isClosed) {
    const batch = Array.from({ length: 1 + Math.floor(random() * batchRows) }, (_, at) => {
      const seq = from + rows.sent + at;
      return writer === 2 ? userRow(seq, random) : eventRow(writer, seq, random);
    });
    await rows.write(batch, waitingMax);
    if (writer === 2) await delay(5);
  }
  await rows.gone();
  if (rows.refusals.length > 0) throw new Error(`refused: ${rows.refusals[0]}`);
  sessions.push({ kill, from, acknowledged: from + rows.acknowledged, sent: from + rows.sent });
}

export interface Verdict {
  readonly acknowledged: number;
  readonly stored: number;
  readonly derived: number;
  /** What should not be: one line each. */
  readonly wrong: readonly string[];
}

/** Compares the log with the ledger, and everything derived with a replay. */
export async function verify(directory: string, ledger: Ledger): Promise<Verdict> {
  // Without upkeep: only what the killed servers did counts.
  const parts = { timers: false };
  const engine = await openLocalEngine({ directory, durability: 'power', properties: {} }, parts);
  const fresh = await openLocalEngine(
    { directory: null, durability: 'memory', properties: {} },
    parts,
  );
  try {
    const failures = await engine.settle();
    const found = await storedRows(engine);
    const wrong = [
      ...failures.map(({ queryId, message }) => `${queryId} failed: ${message}`),
      ...found.wrong,
    ];
    ledger.writers.forEach((sessions, writer) => {
      wrong.push(...checkWriter(writer, sessions, found.seqs[writer] as ReadonlySet<number>));
    });
    wrong.push(...(await checkStatements(engine, ledger.statements)));
    await replay(engine, fresh);
    let derived = 0;
    for (const topic of derivedTopics) {
      for (const partition of [0, 1]) {
        const was = await recordsOf(fresh, topic, partition);
        const is = await recordsOf(engine, topic, partition);
        derived += was.length;
        wrong.push(...differencesOfLogs(`${topic}/${partition}`, was, is, tables.includes(topic)));
      }
    }
    wrong.push(...(await disagreements(engine)));
    for (const table of tables) {
      const sql = `SELECT * FROM ${table};`;
      wrong.push(...differences(sql, await rowsOf(fresh, sql), await rowsOf(engine, sql)));
    }
    const acknowledged = sum(
      ledger.writers.flat().map((session) => session.acknowledged - session.from),
    );
    return { acknowledged, stored: sum(found.seqs.map((seqs) => seqs.size)), derived, wrong };
  } finally {
    await engine[Symbol.asyncDispose]();
    await fresh[Symbol.asyncDispose]();
  }
}

/** Where the queries disagree with a count in plain JavaScript. */
async function disagreements(engine: Engine): Promise<string[]> {
  const [events, users] = await Promise.all(
    ['events', 'users'].map(async (topic) => [
      ...(await recordsOf(engine, topic, 0)),
      ...(await recordsOf(engine, topic, 1)),
    ]),
  );
  const expected = expectedOf(events ?? [], users ?? []);
  const wrong: string[] = [];
  for (const [topic, count] of Object.entries(expected.counts)) {
    const found =
      (await recordsOf(engine, topic, 0)).length + (await recordsOf(engine, topic, 1)).length;
    if (found !== count)
      wrong.push(`${topic} has ${found} records, and ${count} follow from the sources`);
  }
  for (const [sql, rows] of Object.entries(expected.rows))
    wrong.push(...differences(sql, rows, (await rowsOf(engine, sql)).sort()));
  return wrong;
}

/** The numbers of the rows that each writer has in the log; those twice there or out of order are wrong. */
async function storedRows(
  engine: Engine,
): Promise<{ readonly seqs: Set<number>[]; readonly wrong: string[] }> {
  const seqs = [new Set<number>(), new Set<number>(), new Set<number>()];
  const wrong: string[] = [];
  for (const topic of ['events', 'users']) {
    for (const partition of [0, 1]) {
      const latest = [-1, -1, -1];
      for (const { offset, value } of await recordsOf(engine, topic, partition)) {
        const row = JSON.parse(Buffer.from(value ?? []).toString('utf8'));
        const writer = topic === 'users' ? 2 : row.WRITER;
        if (seqs[writer]?.has(row.SEQ) === true)
          wrong.push(`row ${row.SEQ} of writer ${writer} is there twice`);
        if (row.SEQ <= latest[writer]!)
          wrong.push(`${topic}/${partition}@${offset} is out of order`);
        latest[writer] = row.SEQ;
        seqs[writer]?.add(row.SEQ);
      }
    }
  }
  return { seqs, wrong };
}

function checkWriter(
  writer: number,
  sessions: readonly Session[],
  seqs: ReadonlySet<number>,
): string[] {
  const wrong: string[] = [];
  for (const { kill, from, acknowledged } of sessions) {
    for (let seq = from; seq < acknowledged; seq++) {
      if (!seqs.has(seq))
        wrong.push(`row ${seq} of writer ${writer}, acknowledged before kill ${kill}, is lost`);
    }
  }
  const sent = sessions.at(-1)?.sent ?? 0;
  for (const seq of seqs)
    if (seq >= sent) wrong.push(`row ${seq} of writer ${writer} was never sent`);
  return wrong;
}

/** A compacted log may lack records that a later one of the same key has replaced; what it holds stands where it stood. */
function differencesOfLogs(
  what: string,
  was: readonly ConsumedRecord[],
  is: readonly ConsumedRecord[],
  isCompacted: boolean,
): string[] {
  if (!isCompacted) return differences(what, was.map(recordText), is.map(recordText));
  const byOffset = new Map(is.map((record) => [record.offset, recordText(record)]));
  const latest = new Map(was.map((record) => [String(record.key), record]));
  const expected = was.filter(
    (record) =>
      byOffset.has(record.offset) ||
      (record.value !== null && latest.get(String(record.key)) === record),
  );
  return differences(what, expected.map(recordText), is.map(recordText));
}

function differences(what: string, was: readonly string[], is: readonly string[]): string[] {
  if (was.length !== is.length) return [`${what}: ${is.length} rows instead of ${was.length}`];
  const at = was.findIndex((text, index) => text !== is[index]);
  return at < 0 ? [] : [`${what}: row ${at} is ${is[at]} instead of ${was[at]}`];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
