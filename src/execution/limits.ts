/** Limits of execution. What a query keeps is limited for each query; passing it stops that query and no other. */
import { configuredLimit, type Limit } from '../base/limits.ts';

/** A sink's batch is cut when it has grown to this many bytes. */
export const batchBytesMax: number = 1024 * 1024;

/** Rows in all stores of a query: keys of tables, keys in windows, sessions, rows that wait in joins. */
export const stateRowsMax: Limit = { key: 'leat.limit.state.rows', value: 50_000_000 };
/** What a query keeps, in memory and on disk: what is stored, and `stateRowBytes` more for each row. */
export const stateBytesMax: Limit = {
  key: 'leat.limit.state.bytes',
  value: 64 * 1024 * 1024 * 1024,
};
/**
 * Memory that the rows of all queries of the process take together, about: `stateRowBytes` and what is stored of each, and the index
 * of those on disk. Rows above it are on disk. The engine takes a quarter of the memory that the process may use, if that is less.
 */
export const stateMemoryMax: Limit = { key: 'leat.limit.state.memory', value: 1024 * 1024 * 1024 };
/** More than this no Map would hold. */
export const stateMemoryHighest: number = 4 * 1024 * 1024 * 1024;
/** Rows of all queries that are on disk because memory has no room for them, garbage among them included. */
export const stateSpillMax: Limit = {
  key: 'leat.limit.state.spill',
  value: 64 * 1024 * 1024 * 1024,
};
/** More than this the index could not address. */
export const stateSpillHighest: number = 64 * 1024 * 1024 * 1024;
/**
 * What a row costs in memory beyond its stored bytes: its entry, its place in a map, its arrays. Measured at 300,000 rows: a count by
 * key takes 314 bytes a row (31 stored), four columns 392 (64), a text of 500 characters 804 (525).
 */
export const stateRowBytes = 300;
/** Sessions of one key: a row looks at all of them. */
export const sessionsMax: Limit = { key: 'leat.limit.window.sessions', value: 10_000 };
/** Rows that one row may meet in a join. */
export const joinMatchesMax: Limit = { key: 'leat.limit.join.matches', value: 100_000 };
/** Rows that table functions may make of one row. */
export const explodedRowsMax: Limit = { key: 'leat.limit.explode.rows', value: 10_000 };

/** Limits that an operator can set. */
export interface ExecutionLimits {
  readonly stateRows: Limit;
  readonly stateBytes: Limit;
  readonly sessions: Limit;
  readonly joinMatches: Limit;
  readonly explodedRows: Limit;
}

/** The limits as the server's properties set them; throws `config.invalid-limit`. */
export function executionLimits(
  properties: Readonly<Record<string, string>> = {},
): ExecutionLimits {
  return {
    stateRows: configuredLimit(stateRowsMax, properties),
    stateBytes: configuredLimit(stateBytesMax, properties),
    sessions: configuredLimit(sessionsMax, properties),
    joinMatches: configuredLimit(joinMatchesMax, properties),
    explodedRows: configuredLimit(explodedRowsMax, properties),
  };
}
