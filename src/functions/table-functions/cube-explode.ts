import type { Value } from '../../types/value.ts';
import type { TableFunctionDef } from '../define.ts';

const POSITIONS_MAX = 20;

/**
 * Counts in binary over the positions whose value is not NULL, the last one being the lowest bit: bit set, the value; bit clear,
 * NULL.
 */
function* combinations(list: readonly Value[] | null): Iterable<Value> {
  if (list === null) return;
  if (list.length > POSITIONS_MAX)
    throw new Error(`cube_explode: too many columns (${list.length}); max is ${POSITIONS_MAX}`);
  const positions = list.flatMap((value, index) => (value === null ? [] : [index])).reverse();
  for (let bits = 0; bits < 2 ** positions.length; bits++) {
    const row: Value[] = list.map(() => null);
    positions.forEach((position, bit) => {
      if (bits & (1 << bit)) row[position] = list[position]!;
    });
    yield row;
  }
}

export const cubeExplode: TableFunctionDef = {
  kind: 'table',
  name: 'CUBE_EXPLODE',
  spelled: 'cube_explode',
  category: 'TABLE',
  doc: 'A row for each way of replacing elements of the array by NULL, from all of them to none; none for NULL, one for an empty array.',
  examples: [
    ['cube_explode(ARRAY[1, 2])', '[null, null]; [null, 2]; [1, null]; [1, 2]'],
    ['cube_explode(ARRAY[1, NULL])', '[null, null]; [1, null]'],
  ],
  overloads: [{ signature: '(ARRAY<T> list) -> ARRAY<T>', bind: () => combinations }],
};
