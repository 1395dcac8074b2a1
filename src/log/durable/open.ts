/** Opens a durable log: checks and locks its directory, recovers what the last process left, and puts the parts together. */
import { join } from 'node:path';
import type { TimestampMs } from '../../base/env.ts';
import type { Durability, Log } from '../log.ts';
import { createMemoryLog } from '../memory-log.ts';
import { Checkpoints } from './checkpoint.ts';
import { Compaction } from './compaction.ts';
import { Counters } from './counters.ts';
import {
  createPrivateFile,
  lockDirectory,
  makeDirectory,
  prepareDirectory,
  type ReadFileSystem,
  readFileSystem,
} from './directory.ts';
import { checkEngine, type Database, loadDriver, type OpenDatabase } from './driver.ts';
import { DurableLog } from './durable-log.ts';
import {
  checkFiles,
  checkGeneration,
  type Generation,
  isFilled,
  readGeneration,
  recover,
  writeGeneration,
} from './generation.ts';
import { Owners } from './owners.ts';
import { Placement } from './placement.ts';
import { Reader } from './reader.ts';
import { Reclaim } from './reclaim.ts';
import { Removal } from './removal.ts';
import { Retention } from './retention.ts';
import { Rows } from './rows.ts';
import {
  checkFormat,
  hasTables,
  prepareDatabase,
  readMeta,
  setDurability,
  writeMeta,
} from './schema.ts';
import { Segments } from './segments.ts';
import { RESERVE_BYTES, Space } from './space.ts';
import { State } from './state.ts';
import { StateUpkeep } from './state-upkeep.ts';
import { Tail } from './tail.ts';
import { Topics } from './topics.ts';
import { dropDamagedWal, readBootId, restoreWal } from './unsynced.ts';
import { UpkeepRota } from './upkeep.ts';
import { WalFlush } from './wal-flush.ts';
import { Writer } from './writer.ts';

const MEBIBYTE = 1024 * 1024;

export interface DurableLogOptions {
  /** Created if it does not exist; used by one process at a time. */
  readonly directory: string;
  /** `memory` keeps nothing in the directory. */
  readonly durability: Durability;
  /** The write-ahead log may grow to about so much; also bounds the time of recovery. Default 64 MiB. */
  readonly walBytesMax?: number;
  /** Size at which a segment file is full. Default 64 MiB. */
  readonly segmentBytesMax?: number;
  /** The newest batches kept in memory. Default 16 MiB. */
  readonly tailBytesMax?: number;
  /** Writes are refused when less is free on the disk. Default 256 MiB. */
  readonly reserveBytes?: number;
  /** Asks for the file system's kind and space; given by tests. */
  readonly statfs?: ReadFileSystem;
  /** The wall clock, from which the age of batches counts; given by tests. */
  readonly now?: () => TimestampMs;
}

/**
 * Throws, among others, `log.data-dir-in-use`, `log.wal-mismatch`, `log.format-too-new`, `log.network-file-system` and
 * `log.engine-unsafe`. Nothing is changed then.
 */
export async function openDurableLog(options: DurableLogOptions): Promise<Log> {
  if (options.durability === 'memory') return createMemoryLog(options.now);
  const { directory, statfs = readFileSystem } = options;
  prepareDirectory(directory, statfs);
  const open = await loadDriver();
  const lock = lockDirectory(open, directory);
  let database: Database | null = null;
  try {
    const { walBytesMax = 64 * MEBIBYTE } = options;
    const opened = openDatabase(open, { ...options, walBytesMax });
    database = opened.database;
    return assemble(database, { ...options, walBytesMax, statfs }, (close) => {
      try {
        writeGeneration(directory, { ...opened.generation, state: 'clean' });
        close();
      } finally {
        lock.release();
      }
    });
  } catch (error) {
    database?.close();
    lock.release();
    throw error;
  }
}

interface Opening {
  readonly directory: string;
  readonly durability: Durability;
  readonly walBytesMax: number;
}

/** Recovers, opens and marks the database as in use (see generation.ts). */
function openDatabase(
  open: OpenDatabase,
  { directory, durability, walBytesMax }: Opening,
): { readonly database: Database; readonly generation: Generation } {
  const path = join(directory, 'leat.db');
  const by = { durability, bootId: readBootId() };
  const found = recoverDirectory(open, directory, by.bootId);
  if (found === null) {
    writeGeneration(directory, { previous: 0, next: 1, state: 'opening', ...by });
  }
  createPrivateFile(path);
  const database = open(path, { timeout: 1000 });
  try {
    checkEngine(database);
    if (found !== null) check(database, directory, found);
    prepareDatabase(database, walBytesMax);
    const previous = readMeta(database, 'generation') ?? 0;
    const generation: Generation = { previous, next: previous + 1, state: 'opening', ...by };
    if (found !== null) writeGeneration(directory, generation);
    database.transaction(() => writeMeta(database, 'generation', generation.next))();
    writeGeneration(directory, { ...generation, state: 'running' });
    setDurability(database, durability);
    return { database, generation };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Folds a WAL that was left, and returns what is known of the last writer; null for a fresh directory. */
function recoverDirectory(
  open: OpenDatabase,
  directory: string,
  bootId: string | null,
): Generation | null {
  restoreWal(directory);
  const found = readGeneration(directory);
  checkFiles(directory, found);
  const path = join(directory, 'leat.db');
  if (!isFilled(`${path}-wal`) || found === null) return found;
  const mayLackBytes =
    found.durability === 'process' && (bootId === null || bootId !== found.bootId);
  if (mayLackBytes && dropDamagedWal(open, directory)) {
    // The commit of the generation may have been in that WAL.
    const opening = { ...found, state: 'opening' } as const;
    writeGeneration(directory, opening);
    return opening;
  }
  recover(open, path, {
    check: (database) => check(database, directory, found),
    beforeFolding: () => {
      if (found.state === 'running') writeGeneration(directory, { ...found, state: 'clean' });
    },
  });
  return found;
}

function check(database: Database, directory: string, found: Generation): void {
  // A database without tables is one whose creation was cut short: generation 0.
  const isWhole = hasTables(database);
  if (isWhole) checkFormat(database);
  checkGeneration(directory, found, isWhole ? (readMeta(database, 'generation') ?? 0) : 0);
}

type Assembly = DurableLogOptions & {
  readonly walBytesMax: number;
  readonly statfs: ReadFileSystem;
};

/** `finish` is called at the end of closing, with what closes the database. */
function assemble(database: Database, options: Assembly, finish: (close: () => void) => void): Log {
  const { directory, durability, walBytesMax, statfs } = options;
  const isSynced = durability === 'power';
  const segmentDirectory = join(directory, 'segments');
  const writer = new Writer(database);
  const walFlush = isSynced ? new WalFlush(join(directory, 'leat.db-wal')) : null;
  const rows = new Rows(database);
  const segments = openSegments(database, rows, segmentDirectory, options);
  const checkpoints = new Checkpoints(
    {
      path: join(directory, 'leat.db'),
      segmentDirectory,
      walBytesMax,
      syncsSegments: !isSynced,
    },
    (cause) => void writer.fail(cause),
  );
  const topics = new Topics(database);
  const owners = new Owners(database);
  const state = new State(database);
  const counters = new Counters(database, rows);
  const tail = new Tail(options.tailBytesMax ?? 16 * MEBIBYTE);
  const reader = new Reader(rows, segments);
  const placement = new Placement(database, { segments, writer, isSynced });
  const { reserveBytes = RESERVE_BYTES } = options;
  const space = new Space(database, { directory, statfs, reserveBytes });
  const reclaim = new Reclaim(database, {
    directory: segmentDirectory,
    rows,
    reader,
    segments,
    placement,
    writer,
    checkpoints,
  });
  const shared = { topics, rows, reader, tail, writer, placement, counters, reclaim };
  const upkeep = new UpkeepRota([
    new Removal(database, shared),
    new Retention(shared),
    new Compaction(shared),
    new StateUpkeep(database, state, writer),
    reclaim,
  ]);
  const close = async () => {
    const folded = await checkpoints.close();
    walFlush?.close();
    finish(() => {
      try {
        database.pragma('wal_checkpoint(TRUNCATE)');
      } finally {
        database.close();
      }
    });
    for (const action of folded) await action();
    segments.close();
  };
  return new DurableLog({
    ...shared,
    durability,
    now: options.now ?? Date.now,
    owners,
    state,
    walFlush,
    checkpoints,
    space,
    upkeep,
    close,
  });
}

function openSegments(
  database: Database,
  rows: Rows,
  directory: string,
  { segmentBytesMax: bytesMax = 64 * MEBIBYTE }: DurableLogOptions,
): Segments {
  makeDirectory(directory);
  const ids = database.prepare('SELECT id FROM segment ORDER BY id').pluck().all() as number[];
  const id = ids.at(-1) ?? 0;
  const end = id === 0 ? 0 : rows.segmentEnd(id);
  const segments = new Segments(directory, { bytesMax, id, end });
  segments.removeUnknown(new Set(ids));
  return segments;
}
