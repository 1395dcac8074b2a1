/** Whether one source may take another's place: CREATE OR REPLACE and ALTER (spec: semantics.md §11). */
import { problem } from '../base/errors.ts';
import type { SourceDef } from '../catalog/command.ts';
import { typesEqual } from '../types/equal-types.ts';
import { formatSchema, formatType, quoteAlways } from '../types/format-type.ts';
import type { Field, Schema } from '../types/type.ts';

/** Refuses with `source.upgrade`: only value columns may be appended; name, kind, topic and timestamp column must stay. */
export function checkSourceUpgrade(before: SourceDef, after: SourceDef): void {
  compare(before, 'type', kindName(before), kindName(after));
  compare(before, 'topic', before.topic, after.topic);
  compare(before, 'timestampColumn', timestampText(before), timestampText(after));
  const keys = changedColumns(before.schema.key, after.schema.key);
  const extraKeys = after.schema.key.slice(before.schema.key.length);
  if (keys.length > 0 || extraKeys.length > 0) {
    const list = columnList(keys.length > 0 ? keys : extraKeys, ' KEY');
    throw refused(
      before,
      'schema',
      formatSchema(before.schema),
      formatSchema(after.schema),
      ` (Key columns must be identical. The following key columns are changed, missing or reordered: ${list})`,
    );
  }
  const values = changedColumns(before.schema.value, after.schema.value);
  if (values.length > 0) {
    throw refused(
      before,
      'schema',
      formatSchema(before.schema),
      formatSchema(after.schema),
      `. (The following columns are changed, missing or reordered: ${columnList(values, '')})`,
    );
  }
  compare(before, 'keyFormat', formatText(before, 'keyFormat'), formatText(after, 'keyFormat'));
  compare(
    before,
    'valueFormat',
    formatText(before, 'valueFormat'),
    formatText(after, 'valueFormat'),
  );
}

/** Columns of `before` that do not stand at the same place in `after` with the same name and type. */
function changedColumns(before: Schema['value'], after: Schema['value']): readonly Field[] {
  return before.filter((column, index) => {
    const other = after[index];
    return (
      other === undefined || other.name !== column.name || !typesEqual(other.type, column.type)
    );
  });
}

function columnList(columns: readonly Field[], mark: string): string {
  const texts = columns.map(({ name, type }) => `${quoteAlways(name)} ${formatType(type)}${mark}`);
  return `[${texts.join(', ')}]`;
}

function compare(source: SourceDef, property: string, before: string, after: string): void {
  if (before !== after) throw refused(source, property, before, after, '');
}

function refused(
  source: SourceDef,
  property: string,
  before: string,
  after: string,
  reason: string,
): Error {
  return problem(
    'source.upgrade',
    `Cannot upgrade data source: DataSource '${quoteAlways(source.name)}' has ${property} = ${before} which is not upgradeable to ${property === 'schema' ? '' : `${property} = `}${after}${reason}`,
  );
}

/** How messages name the kind of a source. */
export function kindName(source: Pick<SourceDef, 'collection'>): 'STREAM' | 'TABLE' {
  return source.collection === 'stream' ? 'STREAM' : 'TABLE';
}

function timestampText(source: SourceDef): string {
  if (source.timestamp === null) return 'none';
  const { column, format } = source.timestamp;
  return format === null ? column : `${column} (${format})`;
}

function formatText(source: SourceDef, side: 'keyFormat' | 'valueFormat'): string {
  const { format, properties, features } = source[side];
  const settings = Object.entries(properties)
    .map(([name, value]) => `${name}=${value}`)
    .sort();
  return [format, ...settings, ...features].join(' ');
}
