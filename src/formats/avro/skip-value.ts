/** Steps over values of a schema: nobody needs them, or the column has gone. */
import { FormatError } from '../format.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import type { AvroCursor } from './cursor.ts';
import type { AvroSchema } from './schema.ts';

/** Moves the cursor behind a value of the schema. Throws FormatError. */
export function skipValue(schema: AvroSchema, cursor: AvroCursor, depth = 0): void {
  if (depth > NESTING_DEPTH_MAX)
    throw new FormatError(`values nest deeper than ${NESTING_DEPTH_MAX}`);
  switch (schema.kind) {
    case 'null':
      return;
    case 'boolean':
      cursor.boolean();
      return;
    case 'int':
    case 'long':
    case 'enum':
      cursor.skipLong();
      return;
    case 'float':
      cursor.skip(4);
      return;
    case 'double':
      cursor.skip(8);
      return;
    case 'string':
    case 'bytes':
      cursor.skipBytes();
      return;
    case 'fixed':
      cursor.skip(schema.size);
      return;
    case 'array':
      eachBlock(cursor, () => skipValue(schema.items, cursor, depth + 1));
      return;
    case 'map':
      eachBlock(cursor, () => {
        cursor.skipBytes();
        skipValue(schema.values, cursor, depth + 1);
      });
      return;
    case 'record':
      for (const field of schema.fields) skipValue(field.type, cursor, depth + 1);
      return;
    case 'union':
      skipValue(branchAt(schema.branches, cursor), cursor, depth + 1);
  }
}

/** The branch whose number comes next in the payload. */
export function branchAt(branches: readonly AvroSchema[], cursor: AvroCursor): AvroSchema {
  const index = cursor.size();
  const branch = branches[index];
  if (branch === undefined) {
    throw new FormatError(`malformed Avro payload: a union has no branch ${index}`);
  }
  return branch;
}

/** Calls `element` for each element of the blocks of an array or map. */
export function eachBlock(cursor: AvroCursor, element: () => void): void {
  for (;;) {
    let count = cursor.size();
    if (count === 0) return;
    if (count < 0) {
      count = -count;
      cursor.skipLong();
    }
    const start = cursor.at;
    const most = cursor.end - start + cursor.emptyElements;
    if (count > most) throw new FormatError(`malformed Avro payload: a block of ${count} elements`);
    for (let at = 0; at < count; at++) element();
    cursor.countEmpty(count - (cursor.at - start));
  }
}
