/** Values at run time: one representation per SQL type. */
import type { Bytes } from '../base/env.ts';

/**
 * | SQL | here |
 * |---|---|
 * | BOOLEAN | boolean |
 * | INTEGER | number (32-bit) |
 * | BIGINT | bigint (64-bit) |
 * | DOUBLE | number |
 * | DECIMAL(p, s) | bigint: the unscaled value; the scale is the type's |
 * | STRING | string |
 * | BYTES | Uint8Array |
 * | DATE | number: days since the epoch |
 * | TIME | number: milliseconds of the day |
 * | TIMESTAMP | number: milliseconds since the epoch |
 * | ARRAY | readonly array |
 * | MAP | ReadonlyMap in insertion order |
 * | STRUCT | readonly array, one slot per field |
 *
 * A value is never `undefined`. Values are immutable once they leave the function that made them.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Bytes
  | readonly Value[]
  | ReadonlyMap<Value, Value>;

/** One slot per column, in schema order. */
export type Row = readonly Value[];
