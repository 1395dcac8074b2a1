/** Columns as the formats' refusals print them. */
import { formatType, quoteAlways } from '../types/format-type.ts';
import type { Field } from '../types/type.ts';

/** ``[`A` INTEGER KEY, `B` STRING KEY]`` */
export function formatColumns(columns: readonly Field[], side: 'key' | 'value'): string {
  const texts = columns.map(
    (column) =>
      `${quoteAlways(column.name)} ${formatType(column.type)}${side === 'key' ? ' KEY' : ''}`,
  );
  return `[${texts.join(', ')}]`;
}
