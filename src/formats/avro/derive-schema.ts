/**
 * The Avro schema of SQL columns (spec: semantics.md §3.7): every field a union with null, nested records named after the path
 * that leads to them, maps as arrays of entries, attributes for Kafka Connect.
 */
import type { Field, SqlType } from '../../types/type.ts';
import { isRecord } from '../row-shape.ts';
import type { FormatSpec } from '../format.ts';
import { printSchemaJson, type SchemaJson } from '../schema-json.ts';
import type { SchemaText } from '../schema.ts';
import { namespaceOf, simpleName } from './schema.ts';

const defaultName = 'io.confluent.ksql.avro_schemas.KsqlDataSourceSchema';
const noReferences: ReadonlyMap<string, string> = new Map();

/** The schema as it is registered. */
export function deriveAvro(
  columns: readonly Field[],
  side: 'key' | 'value',
  spec: FormatSpec,
): SchemaText {
  const name = spec.properties.fullSchemaName ?? defaultName;
  const [only] = columns;
  const json =
    only === undefined || isRecord({ columns, side, spec })
      ? recordOf(columns, name, '')
      : schemaOf(only.type, name, '');
  return { type: 'AVRO', text: printSchemaJson(json), references: noReferences };
}

/** The name that Avro knows a column or field by. */
export function avroFieldName(name: string): string {
  return name.replaceAll('.', '_');
}

/** `name` is the full name that a record takes here; `namespace` that of what surrounds it. */
function schemaOf(type: SqlType, name: string, namespace: string): SchemaJson {
  switch (type.kind) {
    case 'BOOLEAN':
      return 'boolean';
    case 'INTEGER':
      return 'int';
    case 'BIGINT':
      return 'long';
    case 'DOUBLE':
      return 'double';
    case 'STRING':
      return 'string';
    case 'BYTES':
      return 'bytes';
    case 'DECIMAL':
      return decimal(type.precision, type.scale);
    case 'DATE':
      return temporal('int', 'Date', 'date');
    case 'TIME':
      return temporal('int', 'Time', 'time-millis');
    case 'TIMESTAMP':
      return temporal('long', 'Timestamp', 'timestamp-millis');
    case 'ARRAY':
      return { type: 'array', items: nullable(schemaOf(type.element, name, namespace)) };
    case 'MAP':
      return map(type, name, namespace);
    case 'STRUCT':
      return recordOf(type.fields, name, namespace);
  }
}

function nullable(schema: SchemaJson): SchemaJson {
  return ['null', schema];
}

function decimal(precision: number, scale: number): SchemaJson {
  return {
    type: 'bytes',
    scale,
    precision,
    'connect.version': 1,
    'connect.parameters': {
      scale: String(scale),
      'connect.decimal.precision': String(precision),
    },
    'connect.name': 'org.apache.kafka.connect.data.Decimal',
    logicalType: 'decimal',
  };
}

function temporal(type: 'int' | 'long', connectName: string, logicalType: string): SchemaJson {
  return {
    type,
    'connect.version': 1,
    'connect.name': `org.apache.kafka.connect.data.${connectName}`,
    logicalType,
  };
}

function recordOf(fields: readonly Field[], name: string, namespace: string): SchemaJson {
  const own = namespaceOf(name);
  return {
    ...head(name, namespace),
    fields: fields.map((field) =>
      nullableField(
        avroFieldName(field.name),
        schemaOf(field.type, `${name}_${avroFieldName(field.name)}`, own),
      ),
    ),
    'connect.name': name,
  };
}

function map(type: Extract<SqlType, { kind: 'MAP' }>, name: string, namespace: string): SchemaJson {
  const own = namespaceOf(name);
  return {
    type: 'array',
    items: {
      ...head(name, namespace),
      fields: [
        nullableField('key', schemaOf(type.key, `${name}_MapKey`, own)),
        nullableField('value', schemaOf(type.value, `${name}_MapValue`, own)),
      ],
      'connect.internal.type': 'MapEntry',
    },
    'connect.name': name,
  };
}

function head(name: string, namespace: string): { readonly [attribute: string]: SchemaJson } {
  const own = namespaceOf(name);
  return {
    type: 'record',
    name: simpleName(name),
    ...(own === namespace ? {} : { namespace: own }),
  };
}

function nullableField(name: string, schema: SchemaJson): SchemaJson {
  return { name, type: nullable(schema), default: null };
}
