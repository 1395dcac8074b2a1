/**
 * The only door to better-sqlite3. It is loaded when a durable log is opened, never before: it costs 15 ms, and on a Node
 * that is too old the mere load is fatal. All SQL is static text with bound parameters.
 */
import type BetterSqlite from 'better-sqlite3';
import { assert } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';

export type Database = BetterSqlite.Database;
export type Statement = BetterSqlite.Statement<unknown[], unknown>;
/** A column as the driver gives it; blobs are Buffers. */
export type Column = number | string | Uint8Array | null;

export type OpenDatabase = (path: string, options?: BetterSqlite.Options) => Database;

/** Loads the driver. */
export async function loadDriver(): Promise<OpenDatabase> {
  const { default: BetterSqlite3 } = await import('better-sqlite3');
  return (path, options) => new BetterSqlite3(path, options);
}

/** Before this version two connections that meet a checkpoint can corrupt a database in WAL mode; a log has two. */
const SQLITE_VERSION_MIN: readonly number[] = [3, 51, 3];

/** Throws `log.engine-unsafe` for a SQLite that cannot be trusted with two connections. */
export function checkEngine(database: Database): void {
  const version = String(database.prepare('SELECT sqlite_version()').pluck().get());
  const parts = version.split('.').map(Number);
  for (const [index, least] of SQLITE_VERSION_MIN.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least) {
      const needed = SQLITE_VERSION_MIN.join('.');
      throw problem('log.engine-unsafe', `SQLite ${version} is unsafe, ${needed} is needed`);
    }
  }
}

/** Sets a pragma and asserts that it took effect, because SQLite ignores what it cannot do without a word. */
export function setPragma(database: Database, name: string, value: string, expected: Column): void {
  database.pragma(`${name} = ${value}`);
  const actual = database.pragma(name, { simple: true });
  assert(actual === expected, `pragma ${name} to be ${expected}, it is ${String(actual)}`);
}
