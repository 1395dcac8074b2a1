import type { Value } from '../../../types/value.ts';
import type { ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** AS_VALUE: the planner sees an expression, not a key column, and so puts it into the value. */
export const asValue: ScalarDef = scalar({
  name: 'AS_VALUE',
  category: 'OTHER',
  doc: 'Its argument; lets a projection copy a key column into the value.',
  examples: [["as_value('key')", 'key']],
  overloads: [handled('(T key) -> T', (value: Value) => value)],
});
