/** Rows of joins. */
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

/** The row of a side that has none. */
export function nulls(columns: readonly Field[]): Row {
  return columns.map(() => null);
}

export function hasNull(key: readonly Value[]): boolean {
  for (let index = 0; index < key.length; index++) if (key[index] === null) return true;
  return false;
}
