import type { Value } from '../../types/value.ts';
import type { TableFunctionDef } from '../define.ts';

const explodeList = (list: readonly Value[] | null): readonly Value[] => list ?? [];

export const explode: TableFunctionDef = {
  kind: 'table',
  name: 'EXPLODE',
  spelled: 'explode',
  category: 'TABLE',
  doc: 'A row for each element of the array, NULL elements included; none for NULL or an empty array.',
  examples: [
    ['explode(ARRAY[1, NULL, 3])', '1; null; 3'],
    ['explode(ARRAY[1.50])', '1.50'],
  ],
  overloads: [{ signature: '(ARRAY<T> list) -> T', bind: () => explodeList }],
};
