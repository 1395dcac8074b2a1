/**
 * What an operating-system crash leaves with durability `process`. Nobody flushed the segments since the last checkpoint, so
 * rows in the WAL may point at bytes that never reached the disk. As no one can say which commits after the first of these
 * were built on it, the WAL is then dropped as a whole: what is lost is the newest, without holes. (Rows already in the
 * database are safe: a checkpoint flushes segments first; and whatever rewrites older batches flushes them itself.)
 *
 * After a mere crash of the process the bytes are still in the system's cache. Whether the system was started anew is told by
 * its boot id.
 */
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../../base/env.ts';
import { syncDirectory } from './directory.ts';
import type { OpenDatabase } from './driver.ts';
import { hasTables } from './schema.ts';
import { type Row, Rows, toBatch } from './rows.ts';
import { segmentPath } from './segments.ts';

const SLICE_ROWS = 64;

/** Differs between two starts of the system; null where there is none to be had. */
export function readBootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** Puts back a WAL that was set aside when a process died in `dropDamagedWal`. */
export function restoreWal(directory: string): void {
  const { wal, aside } = pathsOf(directory);
  if (existsSync(aside)) renameSync(aside, wal);
}

/**
 * Checks every batch that only the WAL knows and that lies in a segment; if one is damaged, renames the WAL to
 * `leat.db-wal.damaged` and returns true. There must be a WAL.
 */
export function dropDamagedWal(open: OpenDatabase, directory: string): boolean {
  const { database, wal, aside, damaged } = pathsOf(directory);
  renameSync(wal, aside);
  const safe = lastRow(open, database);
  removeIndex(directory);
  renameSync(aside, wal);
  if (isIntact(open, directory, safe)) return false;
  renameSync(wal, damaged);
  removeIndex(directory);
  syncDirectory(directory);
  return true;
}

function pathsOf(directory: string): Record<'database' | 'wal' | 'aside' | 'damaged', string> {
  const wal = join(directory, 'leat.db-wal');
  return {
    database: join(directory, 'leat.db'),
    wal,
    aside: `${wal}.aside`,
    damaged: `${wal}.damaged`,
  };
}

/** SQLite rebuilds the WAL's index; one that belongs to another WAL must not stay. */
function removeIndex(directory: string): void {
  rmSync(join(directory, 'leat.db-shm'), { force: true });
}

/** Id of the newest row in the database, while there is no WAL. */
function lastRow(open: OpenDatabase, path: string): number {
  const database = open(path, { readonly: true });
  try {
    if (!hasTables(database)) return 0;
    return database.prepare('SELECT coalesce(max(id), 0) FROM log').pluck().get() as number;
  } finally {
    database.close();
  }
}

function isIntact(open: OpenDatabase, directory: string, safe: number): boolean {
  const database = open(join(directory, 'leat.db'), { readonly: true });
  try {
    if (!hasTables(database)) return true;
    const rows = new Rows(database);
    for (let last = safe; ; ) {
      const some = rows.inSegmentsAfter(last, SLICE_ROWS);
      for (const row of some) {
        if (typeof toBatch(row, readBytes(directory, row)) === 'string') return false;
      }
      if (some.length < SLICE_ROWS) return true;
      last = some.at(-1)!.id;
    }
  } finally {
    database.close();
  }
}

/** Short where the file ends early or is missing. */
function readBytes(directory: string, { place, length }: Row): Bytes {
  const path = segmentPath(join(directory, 'segments'), place!.segment);
  if (!existsSync(path)) return new Uint8Array(0);
  const file = openSync(path, 'r');
  try {
    const bytes = new Uint8Array(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, place!.position));
  } finally {
    closeSync(file);
  }
}
