/** The TIMESTAMP and TIMESTAMP_FORMAT properties (spec: sql-statements.md §5.2, semantics.md §3.9). */
import { problem } from '../base/errors.ts';
import type { SourceDef } from '../catalog/command.ts';
import { quoteAlways } from '../types/format-type.ts';
import type { Schema } from '../types/type.ts';
import { similarHint } from './suggest.ts';
import type { SourceProperties } from './source-properties.ts';

/** The column that gives ROWTIME, checked against the schema; null without the property. */
export function sourceTimestamp(
  properties: Pick<SourceProperties, 'timestamp' | 'timestampFormat'>,
  schema: Schema,
): SourceDef['timestamp'] {
  const { timestamp, timestampFormat } = properties;
  if (timestamp === null) return null;
  const columns = [...schema.key, ...schema.value];
  const column = columns.find(({ name }) => name === timestamp);
  if (column === undefined) {
    throw problem(
      'source.timestamp',
      `The TIMESTAMP column set in the WITH clause does not exist in the schema: '${timestamp}'`,
      similarHint(
        timestamp,
        columns.map(({ name }) => name),
      ),
    );
  }
  const { kind } = column.type;
  const fits =
    kind === 'STRING'
      ? timestampFormat !== null
      : (kind === 'BIGINT' || kind === 'TIMESTAMP') && timestampFormat === null;
  if (fits) return { column: timestamp, format: timestampFormat };
  const extra =
    timestampFormat !== null && kind !== 'STRING'
      ? '. The TIMESTAMP_FORMAT set in the WITH clause can only be used when the timestamp column is of type STRING'
      : '';
  throw problem(
    'source.timestamp',
    `Timestamp column, ${quoteAlways(timestamp)}, should be LONG(INT64), TIMESTAMP, or a String with a timestamp_format specified${extra}`,
  );
}
