/** Reads objects of so many fields that generated code would be too long: field by field, each found by its name. */
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { NameTable } from './name-table.ts';
import { type Reader, skipNull, skipSpace, skipValue } from './scan.ts';

/** One value per field, read by the reader in its place; it gives up where a field comes twice. `depth` is the object's level. */
export function wideStructReader(
  fields: readonly Field[],
  readers: readonly Reader<Value>[],
  depth: number,
): Reader<Value> {
  const table = new NameTable(fields);
  const empty: undefined[] = fields.map(() => undefined);
  return (bytes, start, end, cursor) => {
    const values: (Value | undefined)[] = empty.slice();
    let p = bytes[start] === 0x7b ? skipSpace(bytes, start + 1, end) : end;
    let isDone = p < end && bytes[p] === 0x7d;
    while (!isDone && p < end) {
      const index = table.find(bytes, p, end, cursor);
      p = cursor.position;
      if (p === -1 || values[index] !== undefined) break;
      if (index === fields.length) {
        p = skipValue(bytes, p, end, cursor, depth + 1);
      } else if (bytes[p] === 0x6e) {
        values[index] = null;
        p = skipNull(bytes, p, end);
      } else {
        values[index] = readers[index]!(bytes, p, end, cursor);
        p = cursor.position;
      }
      if (p === -1) break;
      p = skipSpace(bytes, p, end);
      isDone = p < end && bytes[p] === 0x7d;
      if (isDone) break;
      if (p >= end || bytes[p] !== 0x2c) break;
      p = skipSpace(bytes, p + 1, end);
    }
    cursor.position = isDone ? p + 1 : -1;
    return isDone ? values.map((value) => value ?? null) : null;
  };
}
