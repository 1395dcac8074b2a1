/**
 * What the log costs, beside what the disk allows: throughput of bulk appends against the same bytes appended to a bare file
 * and flushed, small commits, reading, and restoring state. Ratios travel between machines, absolute figures do not.
 */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ByteWriter } from '../../src/base/bytes.ts';
import type { Bytes } from '../../src/base/env.ts';
import { openDurableLog } from '../../src/log/durable/open.ts';
import type { Append, Commit, Durability, Log, StateChange } from '../../src/log/log.ts';
import type { EncodedBatch } from '../../src/log/record-batch.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { RecordCursor } from '../../src/log/record-cursor.ts';

export interface LogFigures {
  /** Opening an empty directory, module loading included. */
  readonly openMs: number;
  readonly buildPerSecond: number;
  readonly iteratePerSecond: number;
  /** Batches of 120 KiB, so many per commit. */
  readonly bulk: readonly BulkFigures[];
  /** One record per commit. */
  readonly smallCommits: readonly {
    readonly durability: Durability;
    readonly perSecond: number;
    readonly p99Ms: number;
  }[];
  /** From disk, CRCs checked. */
  readonly readMegabytesPerSecond: number;
  readonly state: {
    readonly keys: number;
    readonly writePerSecond: number;
    readonly maintainMs: number;
    readonly restoreMs: number;
  };
}
interface BulkFigures {
  readonly durability: Durability;
  readonly batchesPerCommit: number;
  readonly megabytesPerSecond: number;
  /** The same bytes appended to a file, flushed where the log flushes. */
  readonly rawMegabytesPerSecond: number;
  readonly ratio: number;
}

const MEGABYTE = 1e6;
const TOPIC = 'bench';
const RECORD_TIME = 1_700_000_000_000;

/** About a minute. */
export async function benchLog(): Promise<LogFigures> {
  const openMs = await measureOpening();
  const { buildPerSecond, iteratePerSecond, batch } = measureBatches();
  const bulk: BulkFigures[] = [];
  for (const durability of ['power', 'process'] as const) {
    for (const batchesPerCommit of [1, 8]) {
      bulk.push(await measureBulk(batch, durability, batchesPerCommit));
    }
  }
  return {
    openMs,
    buildPerSecond,
    iteratePerSecond,
    bulk,
    smallCommits: [await measureSmall('power'), await measureSmall('process')],
    readMegabytesPerSecond: await measureReading(batch),
    state: await measureState(),
  };
}

async function withDirectory<T>(run: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'leat-bench-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function withLog<T>(durability: Durability, run: (log: Log) => Promise<T>): Promise<T> {
  return withDirectory(async (directory) => {
    await using log = await openDurableLog({ directory, durability });
    await log.createTopic({ name: TOPIC, partitions: 4, cleanup: 'delete', retentionMs: null });
    return await run(log);
  });
}

async function measureOpening(): Promise<number> {
  return withDirectory(async (directory) => {
    const started = performance.now();
    const log = await openDurableLog({ directory, durability: 'power' });
    const elapsed = performance.now() - started;
    await log[Symbol.asyncDispose]();
    return elapsed;
  });
}

/** Runs `step` for a while and returns how many units of it fit into a second. */
function rate(unitsPerStep: number, step: () => void): number {
  for (const warmUpEnd = performance.now() + 200; performance.now() < warmUpEnd; ) step();
  const started = performance.now();
  let units = 0;
  while (performance.now() - started < 500) {
    step();
    units += unitsPerStep;
  }
  return (units * 1000) / (performance.now() - started);
}

function measureBatches(): {
  buildPerSecond: number;
  iteratePerSecond: number;
  batch: EncodedBatch;
} {
  const key = Buffer.from('customer-1234');
  const value = Buffer.alloc(100, 'x');
  const writer = new RecordBatchWriter(256 * 1024);
  const count = Math.floor((120 * 1024) / 120);
  const build = () => {
    for (let index = 0; index < count; index++) writer.append(key, value, RECORD_TIME + index);
    return writer.finish();
  };
  const batch = build();
  const cursor = new RecordCursor();
  const buildPerSecond = rate(count, build);
  const iteratePerSecond = rate(count, () => {
    cursor.reset(batch.bytes);
    while (cursor.next());
  });
  return { buildPerSecond, iteratePerSecond, batch };
}

function appendOf({ bytes, recordCount, maxTimestamp }: EncodedBatch, partition: number): Append {
  const batch = new Uint8Array(bytes);
  return { to: { topic: TOPIC, partition }, batch, recordCount, maxTimestamp, times: null };
}

function produce(appends: readonly Append[]): Commit {
  return { owner: null, appends, offsets: [], state: [] };
}

/** Turns of each, so that both meet the same moods of the disk. */
const TURNS = 12;
const BATCHES_PER_TURN = 240;

async function measureBulk(
  { bytes, recordCount, maxTimestamp }: EncodedBatch,
  durability: Durability,
  batchesPerCommit: number,
): Promise<BulkFigures> {
  const rounds = BATCHES_PER_TURN / batchesPerCommit;
  let rawMs = 0;
  let ownMs = 0;
  await withDirectory(async (directory) => {
    const file = openSync(join(directory, 'raw'), 'w');
    await withLog(durability, async (log) => {
      for (let turn = 0; turn < TURNS; turn++) {
        const started = performance.now();
        for (let round = 0; round < rounds; round++)
          appendRaw(file, bytes, batchesPerCommit, durability);
        const between = performance.now();
        for (let round = 0; round < rounds; round++) {
          const appends = Array.from({ length: batchesPerCommit }, (_, index) =>
            appendOf({ bytes, recordCount, maxTimestamp }, index % 4),
          );
          await log.commit([produce(appends)]);
        }
        rawMs += between - started;
        ownMs += performance.now() - between;
      }
    });
    closeSync(file);
  });
  const megabytes = (TURNS * BATCHES_PER_TURN * bytes.length) / MEGABYTE;
  return {
    durability,
    batchesPerCommit,
    megabytesPerSecond: megabytes / (ownMs / 1000),
    rawMegabytesPerSecond: megabytes / (rawMs / 1000),
    ratio: rawMs / ownMs,
  };
}

function appendRaw(file: number, bytes: Bytes, count: number, durability: Durability): void {
  for (let index = 0; index < count; index++) writeSync(file, new Uint8Array(bytes));
  if (durability === 'power') fdatasyncSync(file);
}

async function measureSmall(
  durability: Durability,
): Promise<{ durability: Durability; perSecond: number; p99Ms: number }> {
  return withLog(durability, async (log) => {
    const writer = new RecordBatchWriter(256);
    const times: number[] = [];
    const started = performance.now();
    for (let index = 0; index < 5000; index++) {
      writer.append(Buffer.from(`key-${index}`), Buffer.alloc(100, 'x'), RECORD_TIME + index);
      const before = performance.now();
      await log.commit([produce([appendOf(writer.finish(), index % 4)])]);
      times.push(performance.now() - before);
    }
    const perSecond = (times.length * 1000) / (performance.now() - started);
    times.sort((left, right) => left - right);
    return { durability, perSecond, p99Ms: times[Math.floor(times.length * 0.99)]! };
  });
}

async function measureReading(batch: EncodedBatch): Promise<number> {
  return withDirectory(async (directory) => {
    await using log = await openDurableLog({ directory, durability: 'process', tailBytesMax: 0 });
    await log.createTopic({ name: TOPIC, partitions: 4, cleanup: 'delete', retentionMs: null });
    for (let round = 0; round < 1000; round++) await log.commit([produce([appendOf(batch, 0)])]);
    const of = { topic: TOPIC, partition: 0 };
    const started = performance.now();
    let bytes = 0;
    for (let at = 0; at < log.bounds(of).end; ) {
      const batches = await log.read(of, at, 1024 * 1024);
      for (const one of batches) bytes += one.bytes.length;
      at = batches.at(-1)!.lastOffset + 1;
    }
    return bytes / MEGABYTE / ((performance.now() - started) / 1000);
  });
}

const STATE_KEYS = 1_000_000;
const KEYS_PER_COMMIT = 20_000;

/** Every key written twice, in different orders; then maintained, closed, opened and read. */
async function measureState(): Promise<LogFigures['state']> {
  return withDirectory(async (directory) => {
    const options = { directory, durability: 'process' } as const;
    let log = await openDurableLog(options);
    let maintainMs = 0;
    const owner = { id: 'query', epoch: (await log.open('query')).epoch };
    let commitMs = 0;
    for (let first = 0; first < 2 * STATE_KEYS; first += KEYS_PER_COMMIT) {
      const state = changesFrom(first);
      const started = performance.now();
      await log.commit([{ owner, appends: [], offsets: [], state }]);
      const committed = performance.now();
      await log.maintain(RECORD_TIME, 20);
      commitMs += committed - started;
      maintainMs += performance.now() - committed;
    }
    await log[Symbol.asyncDispose]();
    log = await openDurableLog(options);
    const started = performance.now();
    let keys = 0;
    for (const [, entries] of (await log.open('query')).stores) {
      for (const [key, value] of entries) keys += key.length > 0 && value.length > 0 ? 1 : 0;
    }
    const restoreMs = performance.now() - started;
    await log[Symbol.asyncDispose]();
    return { keys, writePerSecond: (2 * STATE_KEYS * 1000) / commitMs, maintainMs, restoreMs };
  });
}

function changesFrom(first: number): StateChange[] {
  const writer = new ByteWriter();
  const changes: StateChange[] = [];
  for (let index = first; index < first + KEYS_PER_COMMIT; index++) {
    writer.clear();
    writer.writeText(`customer-${(index * 7919) % STATE_KEYS}`);
    const key = writer.take();
    writer.clear();
    writer.writeInt64(index);
    writer.writeFloat64(index / 3);
    writer.writeInt64(RECORD_TIME);
    changes.push({ store: 'Aggregate/0', key, value: writer.take() });
  }
  return changes;
}

if (import.meta.main) console.log(JSON.stringify(await benchLog(), null, 2));
