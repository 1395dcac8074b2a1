/**
 * `npm run bench`: how the product compares with its yardsticks, in one run. Ratios come first, as only they travel between
 * machines; absolute figures follow. `npm run bench -- filter tumbling` runs some of it.
 */
import { filterNaive, filterProduct, ROUND_RECORDS } from './filter.ts';
import { measureIdleQueries } from './idle-queries.ts';
import { JOIN_RECORDS, joinProduct } from './join.ts';
import { measureLatency } from './latency.ts';
import { describeMachine } from './machine.ts';
import { measureLookups, measureScans, SCANNED_ROWS, SCANS } from './pull.ts';
import { batchProduce, PRODUCE_RECORDS, rawAppend, recordProduce } from './produce.ts';
import { type Contestant, type Race, race } from './rounds.ts';
import { isBuilt } from './server-process.ts';
import { type Spread, STATE_KEYS, STATE_RECORDS, stateContestant } from './state.ts';
import { measureStart } from './start.ts';
import { measureSubscribers } from './subscribers.ts';
import { STREAM_JOIN_RECORDS, streamJoinNaive, streamJoinProduct } from './stream-join.ts';
import {
  HOPPING_SHAPES,
  recordsOf,
  SESSION_SHAPES,
  TUMBLING_SHAPES,
  type WindowShape,
  windowNaive,
  windowProduct,
} from './windows.ts';

const ROUNDS = 11;
/** Where a round takes long. */
const FEW_ROUNDS = 3;
const START_ROUNDS = 5;

/** Prints a figure beside what it must be; the run never fails because of it. */
function report(what: string, value: string, must: string, holds: boolean): void {
  print(
    `${holds ? 'pass       ' : 'FALLS SHORT'}  ${what.padEnd(58)} ${value.padStart(9)}   must be ${must}`,
  );
}

function note(text: string): void {
  print(`             ${text}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function millions(records: number, elapsedMs: number): string {
  return `${(records / elapsedMs / 1000).toFixed(2)} M rec/s`;
}

async function raced(contestants: readonly Contestant[], rounds = ROUNDS): Promise<Race> {
  try {
    return await race(contestants, rounds);
  } finally {
    for (const contestant of contestants) await contestant.close();
  }
}

async function filter(): Promise<void> {
  const { medians, ratios, processorRatios } = await raced([
    await filterProduct('log'),
    await filterProduct('arrival'),
    filterNaive(),
  ]);
  const [fromLog, arrival] = ratios as [number, number];
  report('filter/project JSON, log to log, times naive', fromLog.toFixed(1), '≥ 4', fromLog >= 4);
  note(
    `in processor time ${processorRatios[0]!.toFixed(1)} times; while records arrive ${arrival.toFixed(1)}`,
  );
  const rates = medians.map((time) => millions(ROUND_RECORDS, time));
  note(`log to log ${rates[0]}, with appending ${rates[1]}, naive ${rates[2]}`);
}

/** What each must be of naive, where a figure was promised. */
const WINDOW_MUST: Readonly<Record<string, number>> = { 'tumbling 1000': 2 };

async function windows(shapes: readonly WindowShape[]): Promise<void> {
  for (const shape of shapes) {
    const { kind, customers } = shape;
    const rounds = customers > 1000 ? FEW_ROUNDS : ROUNDS;
    const { medians, ratios, processorRatios } = await raced(
      [await windowProduct(shape), windowNaive(shape)],
      rounds,
    );
    const ratio = ratios[0] as number;
    const must = WINDOW_MUST[`${kind} ${customers}`] ?? 1;
    report(
      `${kind} COUNT/SUM, ${customers.toLocaleString('en')} keys, times naive`,
      ratio.toFixed(1),
      `≥ ${must}`,
      ratio >= must,
    );
    const rates = medians.map((time) => millions(recordsOf(1, shape), time));
    note(`in processor time ${processorRatios[0]!.toFixed(1)} times`);
    note(`product ${rates[0]}, naive ${rates[1]}`);
  }
}

async function join(): Promise<void> {
  const { medians } = await raced([await joinProduct(), await filterProduct('log')]);
  const [joined, filtered] = medians as [number, number];
  const share = JOIN_RECORDS / joined / (ROUND_RECORDS / filtered);
  report('stream-table join, of filter/project', share.toFixed(2), '≥ 0.4', share >= 0.4);
  note(
    `join ${millions(JOIN_RECORDS, joined)}, filter/project ${millions(ROUND_RECORDS, filtered)}`,
  );
}

async function streamJoin(): Promise<void> {
  const { medians, ratios, processorRatios } = await raced([
    await streamJoinProduct(),
    streamJoinNaive(),
  ]);
  const ratio = ratios[0] as number;
  report('stream-stream join within 10 s, times naive', ratio.toFixed(1), '≥ 1', ratio >= 1);
  const rates = medians.map((time) => millions(STREAM_JOIN_RECORDS, time));
  note(`in processor time ${processorRatios[0]!.toFixed(1)} times`);
  note(`product ${rates[0]}, naive ${rates[1]}`);
}

async function produce(): Promise<void> {
  const { medians, ratios } = await raced([
    await batchProduce(),
    await recordProduce(),
    rawAppend(),
  ]);
  const share = ratios[0] as number;
  report(
    'bulk produce of batches, of raw append + fdatasync',
    share.toFixed(2),
    '≥ 0.6',
    share >= 0.6,
  );
  const rates = medians.map((time) => millions(PRODUCE_RECORDS, time));
  note(`batches ${rates[0]}, records ${rates[1]}, raw ${rates[2]}`);
}

async function state(): Promise<void> {
  for (const spread of ['Zipf', 'uniform'] satisfies Spread[]) {
    const spilled = await stateContestant(spread, true);
    const resident = await stateContestant(spread, false);
    const { medians } = await raced([spilled, resident], FEW_ROUNDS);
    const rates = medians.map((time) => STATE_RECORDS / time);
    const share = rates[0]! / rates[1]!;
    const must = spread === 'Zipf' ? 75 : 40;
    report(
      `state four times its memory, ${spread} keys, k rec/s`,
      rates[0]!.toFixed(0),
      `≥ ${must}`,
      rates[0]! >= must,
    );
    const { residentBytes, spilledBytes, readsPerRecord } = spilled.figures;
    note(
      `${share.toFixed(2)} of the ${rates[1]!.toFixed(0)} k rec/s with all in memory; ${readsPerRecord.toFixed(2)} reads a record`,
    );
    const perKey = (bytes: number) => (bytes / STATE_KEYS).toFixed(0);
    note(
      `of each key: ${perKey(residentBytes)} bytes in memory, ${perKey(spilledBytes)} on disk; all in memory ${perKey(resident.figures.residentBytes)}`,
    );
  }
}

async function latency(): Promise<void> {
  for (const { load, rowsPerSecond, p50, p99 } of await measureLatency()) {
    const limit = load === 'idle' ? 10 : 25;
    report(
      load === 'idle'
        ? 'insert → WebSocket row, idle, p99'
        : `insert → WebSocket row at ${Math.round(rowsPerSecond / 1000)} k rows/s, p99`,
      `${p99.toFixed(1)} ms`,
      `≤ ${limit} ms`,
      p99 <= limit,
    );
    note(`p50 ${p50.toFixed(1)} ms`);
  }
}

async function pull(): Promise<void> {
  const { share, processorShare, product, bare, productHalf, bareHalf } = await measureLookups();
  report('pull by key over HTTP, of a bare Fastify route', share.toFixed(2), '≥ 0.5', share >= 0.5);
  note(`in processor time ${processorShare.toFixed(2)}`);
  note(`${product.perSecond.toFixed(0)} requests/s, bare ${bare.perSecond.toFixed(0)}`);
  note(
    `at half of that p50 ${productHalf.p50Ms.toFixed(1)} ms, p99 ${productHalf.p99Ms.toFixed(1)} ms; ` +
      `bare ${bareHalf.p50Ms.toFixed(1)} ms, ${bareHalf.p99Ms.toFixed(1)} ms`,
  );
}

async function scan(): Promise<void> {
  const { idle, busy, aloneMs, slowestLookupMs } = await measureScans();
  const ratio = busy.p99Ms / idle.p99Ms;
  report(
    `tick p99 beside ${SCANS} scans of ${SCANNED_ROWS.toLocaleString('en')} rows, times idle`,
    ratio.toFixed(1),
    '≤ 2',
    ratio <= 2,
  );
  note(
    `p99 ${idle.p99Ms.toFixed(1)} ms, then ${busy.p99Ms.toFixed(1)} ms; ` +
      `of processor time ${idle.processorP99Ms.toFixed(1)} ms, then ${busy.processorP99Ms.toFixed(1)} ms`,
  );
  note(
    `a scan alone ${aloneMs.toFixed(0)} ms; slowest lookup meanwhile ${slowestLookupMs.toFixed(0)} ms`,
  );
}

async function start(): Promise<void> {
  const builds = isBuilt() ? (['source', 'built'] as const) : (['source'] as const);
  for (const build of builds) {
    const figures = await measureStart(build, START_ROUNDS);
    const { infoMs, firstRowMs, idleMegabytes, usedMegabytes } = figures;
    report(`cold start to /info (${build})`, `${infoMs.toFixed(0)} ms`, '< 500 ms', infoMs < 500);
    report(
      `cold start to CREATE, INSERT, SELECT (${build})`,
      `${firstRowMs.toFixed(0)} ms`,
      '< 500 ms',
      firstRowMs < 500,
    );
    report(
      `resident memory, idle (${build})`,
      `${idleMegabytes.toFixed(0)} MB`,
      '< 130 MB',
      idleMegabytes < 130,
    );
    note(`after the statements ${usedMegabytes.toFixed(0)} MB`);
  }
  if (!isBuilt()) note('not built: npm run build, then the built package is measured too');
}

async function idle(): Promise<void> {
  const figures = await measureIdleQueries();
  const { queries, megabytesPerQuery, idlePercent, insertMsBefore, insertMsAfter } = figures;
  report(
    'one more idle persistent query',
    `${megabytesPerQuery.toFixed(2)} MB`,
    '< 0.5 MB',
    megabytesPerQuery < 0.5,
  );
  note(
    `${queries} idle queries: ${idlePercent.toFixed(1)} % of a processor; an INSERT of another topic takes ` +
      `${insertMsAfter.toFixed(2)} ms, before ${insertMsBefore.toFixed(2)} ms`,
  );
}

async function subscribers(): Promise<void> {
  const figures = await measureSubscribers();
  const { before, connected, after, connectMs, p50, p99, everybodyMs, everybodyProcessorMs } =
    figures;
  report(
    `${figures.subscribers} WebSockets subscribed to a key each`,
    `${after.toFixed(0)} MB`,
    '< 1000 MB',
    after < 1000,
  );
  note(
    `connected in ${(connectMs / 1000).toFixed(1)} s, from ${before.toFixed(0)} to ${connected.toFixed(0)} MB; ` +
      `a change arrives in ${p50.toFixed(1)} ms (p50), ${p99.toFixed(1)} ms (p99)`,
  );
  note(
    `a change for each of them: all have it in ${everybodyMs.toFixed(0)} ms, with ${everybodyProcessorMs.toFixed(0)} ms of processor`,
  );
}

const parts: Readonly<Record<string, () => Promise<void>>> = {
  filter,
  tumbling: () => windows(TUMBLING_SHAPES),
  hopping: () => windows(HOPPING_SHAPES),
  session: () => windows(SESSION_SHAPES),
  join,
  'stream-join': streamJoin,
  state,
  produce,
  latency,
  pull,
  scan,
  start,
  idle,
  subscribers,
};

const chosen = process.argv.slice(2);
print(await describeMachine());
for (const [name, run] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await run();
}
