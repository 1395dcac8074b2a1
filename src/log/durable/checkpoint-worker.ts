/**
 * The checkpointing thread: a second connection that moves pages from the WAL into the database, so that neither the writes
 * nor the flushes of that are felt by a commit. Serves one request at a time.
 *
 * With durability `process` nothing else flushes segments. A checkpoint must not put a row into the database whose bytes could
 * still be lost, so: fix a snapshot with a third connection, flush all segments that it may know, then checkpoint, which never
 * passes the snapshot of a reader.
 */
import { closeSync, fdatasyncSync, openSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import type { CheckpointMode, CheckpointReply, CheckpointSetup } from './checkpoint.ts';
import { type Database, loadDriver, setPragma } from './driver.ts';
import { segmentPath } from './segments.ts';

const setup = workerData as CheckpointSetup;
const port = parentPort;
assert(port !== null, 'a checkpoint worker has a parent');

const open = await loadDriver();
const database = connect();
const snapshot = setup.syncsSegments ? connect() : null;
/** Segments before this one are flushed and written no more. */
let syncedBefore = 0;

function connect(): Database {
  const connection = open(setup.path, { fileMustExist: true, timeout: 1000 });
  setPragma(connection, 'synchronous', 'FULL', 2);
  setPragma(connection, 'wal_autocheckpoint', '0', 0);
  setPragma(connection, 'journal_size_limit', String(setup.walBytesMax), setup.walBytesMax);
  if (process.platform === 'darwin') setPragma(connection, 'checkpoint_fullfsync', '1', 1);
  return connection;
}

function checkpoint(mode: CheckpointMode): CheckpointReply {
  const isRestart = mode !== 'PASSIVE';
  if (snapshot !== null) {
    snapshot.exec('BEGIN');
    try {
      syncSegments(snapshot);
      // Nobody commits during a restart, and it would wait for this reader.
      if (isRestart) snapshot.exec('COMMIT');
      return fold(mode);
    } finally {
      if (snapshot.inTransaction) snapshot.exec('COMMIT');
    }
  }
  return fold(mode);
}

function fold(mode: CheckpointMode): CheckpointReply {
  const [row] = database.pragma(`wal_checkpoint(${mode})`) as readonly {
    readonly busy: number;
    readonly log: number;
    readonly checkpointed: number;
  }[];
  return { isBusy: row!.busy !== 0, pages: row!.log, foldedPages: row!.checkpointed };
}

function syncSegments(reader: Database): void {
  const ids = reader
    .prepare('SELECT id FROM segment WHERE id >= ? ORDER BY id')
    .pluck()
    .all(syncedBefore) as number[];
  for (const id of ids) sync(segmentPath(setup.segmentDirectory, id));
  syncedBefore = ids.at(-1) ?? syncedBefore;
}

function sync(path: string): void {
  let file: number;
  try {
    file = openSync(path, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  try {
    fdatasyncSync(file);
  } finally {
    closeSync(file);
  }
}

port.on('message', (mode: CheckpointMode | 'close') => {
  if (mode === 'close') {
    snapshot?.close();
    database.close();
    port.close();
    return;
  }
  try {
    port.postMessage(checkpoint(mode));
  } catch (error) {
    port.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
