/** The delimiter of the DELIMITED format (spec: sql-statements.md §5.2). */
import { assert } from '../../base/assert.ts';

/** The character that the property, one character or `TAB` or `SPACE`, stands for. That it is one of these is checked before. */
export function delimiterCharacter(property: string): string {
  if (property === 'TAB') return '\t';
  if (property === 'SPACE') return ' ';
  assert(property.length === 1, 'a delimiter of one character');
  return property;
}
