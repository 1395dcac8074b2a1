/** The JSON schema of SQL columns (spec: semantics.md §3.7a). */
import type { Field, SqlType } from '../../types/type.ts';
import type { FormatSpec } from '../format.ts';
import { isRecord } from '../row-shape.ts';
import { printSchemaJson, type SchemaJson, type SchemaObject } from '../schema-json.ts';
import type { SchemaText } from '../schema.ts';

const noReferences: ReadonlyMap<string, string> = new Map();

/** Every field may be null; so may a single key or value, but not the object around several. */
export function deriveJson(
  columns: readonly Field[],
  side: 'key' | 'value',
  spec: FormatSpec,
): SchemaText {
  const [only] = columns;
  const json =
    only === undefined || isRecord({ columns, side, spec })
      ? objectOf(columns)
      : nullable(schemaOf(only.type));
  return { type: 'JSON', text: printSchemaJson(json), references: noReferences };
}

function nullable(schema: SchemaJson): SchemaObject {
  return { oneOf: [{ type: 'null' }, schema] };
}

function objectOf(fields: readonly Field[]): SchemaJson {
  const properties = fields.map(
    (field, index) =>
      [field.name, { 'connect.index': index, ...nullable(schemaOf(field.type)) }] as const,
  );
  return { type: 'object', properties: Object.fromEntries(properties) };
}

function schemaOf(type: SqlType): SchemaJson {
  switch (type.kind) {
    case 'BOOLEAN':
      return { type: 'boolean' };
    case 'INTEGER':
      return { type: 'integer', 'connect.type': 'int32' };
    case 'BIGINT':
      return { type: 'integer', 'connect.type': 'int64' };
    case 'DOUBLE':
      return { type: 'number', 'connect.type': 'float64' };
    case 'STRING':
      return { type: 'string' };
    case 'BYTES':
      return { type: 'string', 'connect.type': 'bytes' };
    case 'DECIMAL':
      return {
        ...logical('number', 'Decimal', 'bytes'),
        'connect.parameters': {
          scale: String(type.scale),
          'connect.decimal.precision': String(type.precision),
        },
      };
    case 'DATE':
      return logical('integer', 'Date', 'int32');
    case 'TIME':
      return logical('integer', 'Time', 'int32');
    case 'TIMESTAMP':
      return logical('integer', 'Timestamp', 'int64');
    case 'ARRAY':
      return { type: 'array', items: nullable(schemaOf(type.element)) };
    case 'MAP':
      return {
        type: 'object',
        'connect.type': 'map',
        additionalProperties: nullable(schemaOf(type.value)),
      };
    case 'STRUCT':
      return objectOf(type.fields);
  }
}

function logical(type: string, name: string, connectType: string): SchemaObject {
  return {
    type,
    title: `org.apache.kafka.connect.data.${name}`,
    'connect.version': 1,
    'connect.type': connectType,
  };
}
