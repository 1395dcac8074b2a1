/** The bytes of the record being processed, for reports that show them. */
import type { Bytes } from '../base/env.ts';
import type { ProcessingError, RecordContext } from './task.ts';

/** One side of the record, the value unless it is said; a view. Null where it has none. */
export function recordBytes(
  { cursor }: RecordContext,
  target: ProcessingError['target'],
): Bytes | null {
  if (cursor === null) return null;
  const [start, end] =
    target === 'key' ? [cursor.keyStart, cursor.keyEnd] : [cursor.valueStart, cursor.valueEnd];
  return start < 0 ? null : cursor.bytes.subarray(start, end);
}
