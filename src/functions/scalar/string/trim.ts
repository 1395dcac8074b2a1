import { javaTrim } from '../../../types/java-text.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

/** TRIM: as Java's `String.trim`. */
export const trim: ScalarDef = scalar({
  name: 'TRIM',
  category: 'STRING',
  doc: 'A text without leading and trailing spaces and control characters.',
  examples: [["trim('  a b ')", 'a b']],
  overloads: [strict('(STRING text) -> STRING', javaTrim)],
});
