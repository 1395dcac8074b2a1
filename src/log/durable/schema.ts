/**
 * The tables. SQLite holds the truth: a batch exists because its row does, wherever its bytes are.
 *
 * - `log`: one row per record batch, of all topics. `id` is the append sequence. The bytes are in `batch`, or in a segment
 *   file at `position`. `part` is `topic.id * 1024 + partition`. `time` is the first logical time, `times` the run-length list
 *   when there is more than one; `next_time` is the log's counter after this batch, so the newest row carries it and no
 *   commit has to write a counter. `crc` covers the row's numbers and the batch's first 21 bytes, the batch's own CRC the
 *   rest. It is a rowid table: with blobs, WITHOUT ROWID wrote 3 to 7 times slower.
 * - `part`: only of partitions from which rows were removed, as their bounds no longer follow from `log`.
 * - `change`: state changes of one commit and store; `id` is `store.id << 30 | sequence`. Merged into sorted runs (`run`), whose
 *   content is in `page`, `id` being `run.id << 24 | number` (see state.ts).
 * - Topics, owners, stores, segments and runs are never given the id of an earlier one (AUTOINCREMENT). What is to be deleted
 *   is first cut off by one row (`topic.dropped`, `store.owner` null, `run.phase`), and removed in slices by `maintain`.
 */
import type { Durability } from '../log.ts';
import { problem } from '../../base/errors.ts';
import { type Database, setPragma } from './driver.ts';

/** A database with a higher number was written by a newer version and is refused, not guessed at. */
const FORMAT = 1;
export const PAGE_BYTES = 16_384;

const TABLES = `
CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE topic (
  id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, partitions INTEGER NOT NULL, cleanup TEXT NOT NULL,
  retention_ms INTEGER, dropped INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE part (
  id INTEGER PRIMARY KEY, start INTEGER NOT NULL, next INTEGER NOT NULL, compacted_to INTEGER NOT NULL, horizon INTEGER
);
CREATE TABLE log (
  id INTEGER PRIMARY KEY, part INTEGER NOT NULL, base INTEGER NOT NULL, last INTEGER NOT NULL, count INTEGER NOT NULL,
  max_ts INTEGER NOT NULL, time INTEGER NOT NULL, times BLOB, next_time INTEGER NOT NULL, crc INTEGER NOT NULL,
  length INTEGER NOT NULL, segment INTEGER, position INTEGER, batch BLOB, appended_ms INTEGER NOT NULL
);
CREATE INDEX log_part ON log (part, base, max_ts, length);
CREATE INDEX log_segment ON log (segment, length) WHERE segment IS NOT NULL;
CREATE TABLE segment (id INTEGER PRIMARY KEY AUTOINCREMENT);
CREATE TABLE owner (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL);
CREATE TABLE position (
  owner INTEGER NOT NULL, part INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (owner, part)
) WITHOUT ROWID;
CREATE TABLE store (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner INTEGER, name TEXT NOT NULL, UNIQUE (owner, name)
);
CREATE TABLE change (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, entries BLOB NOT NULL);
CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT, store INTEGER NOT NULL, age INTEGER NOT NULL, bytes INTEGER NOT NULL,
  pages INTEGER NOT NULL, phase TEXT NOT NULL
);
CREATE INDEX run_store ON run (store);
CREATE TABLE page (id INTEGER PRIMARY KEY, crc INTEGER NOT NULL, entries BLOB NOT NULL);
`;

/** Settings of a connection that writes; `synchronous` is FULL until `relax` is called. A new database gets its tables. */
export function prepareDatabase(database: Database, walBytesMax: number): void {
  const isNew = !hasTables(database);
  if (isNew) {
    setPragma(database, 'page_size', String(PAGE_BYTES), PAGE_BYTES);
    database.pragma('auto_vacuum = INCREMENTAL');
  }
  setPragma(database, 'journal_mode', 'WAL', 'wal');
  setPragma(database, 'synchronous', 'FULL', 2);
  if (process.platform === 'darwin') {
    setPragma(database, 'fullfsync', '1', 1);
    setPragma(database, 'checkpoint_fullfsync', '1', 1);
  }
  setPragma(database, 'wal_autocheckpoint', '0', 0);
  setPragma(database, 'journal_size_limit', String(walBytesMax), walBytesMax);
  setPragma(database, 'mmap_size', '0', 0);
  setPragma(database, 'cell_size_check', '1', 1);
  setPragma(database, 'trusted_schema', '0', 0);
  setPragma(database, 'cache_size', '-16384', -16384);
  if (isNew) createTables(database);
  checkFormat(database);
}

/** Sets how far a commit must reach before it returns (reliability: "Durability levels"). */
export function setDurability(database: Database, durability: Durability): void {
  if (durability === 'process') setPragma(database, 'synchronous', 'NORMAL', 1);
  else setPragma(database, 'synchronous', 'FULL', 2);
}

/** False for a database whose creation did not come to its end. */
export function hasTables(database: Database): boolean {
  const sql = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'meta'";
  return database.prepare(sql).pluck().get() === 1;
}

function createTables(database: Database): void {
  database.transaction(() => {
    database.exec(TABLES);
    writeMeta(database, 'format', FORMAT);
    writeMeta(database, 'generation', 0);
  })();
}

/** Throws `log.format-too-new`. */
export function checkFormat(database: Database): void {
  const format = readMeta(database, 'format');
  if (format !== null && format <= FORMAT) return;
  throw problem(
    'log.format-too-new',
    `the data directory has format ${format}, this version reads up to ${FORMAT}`,
    { hint: 'Start the version that wrote it, or a newer one.' },
  );
}

export function readMeta(database: Database, name: string): number | null {
  const value = database.prepare('SELECT value FROM meta WHERE name = ?').pluck().get(name);
  return typeof value === 'number' ? value : null;
}

export function writeMeta(database: Database, name: string, value: number): void {
  database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
}
