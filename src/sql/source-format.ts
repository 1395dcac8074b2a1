/**
 * Formats of a source: from what the WITH clause says, the defaults and what a sink inherits, to the FormatSpecs that the
 * catalog keeps (spec: sql-statements.md §5.2, semantics.md §3.1 and §3.3).
 */
import { problem } from '../base/errors.ts';
import type { FormatDef, FormatProperties, FormatSpec, SerdeFeature } from '../formats/format.ts';
import { formatByName } from '../formats/table.ts';
import { formatType, quoteAlways } from '../types/format-type.ts';
import type { Field, Schema, SqlType } from '../types/type.ts';
import type { SourceProperties } from './source-properties.ts';

/** Names of the formats in a WITH clause, FORMAT meaning both; null where it names none. */
export function namedFormats(properties: SourceProperties): {
  readonly key: string | null;
  readonly value: string | null;
} {
  return {
    key: properties.keyFormat ?? properties.format,
    value: properties.valueFormat ?? properties.format,
  };
}

/** The server's default format of one side; throws when it has none. */
export function defaultFormat(
  side: 'key' | 'value',
  properties: Readonly<Record<string, string>>,
): string {
  const name = `ksql.persistence.default.format.${side}`;
  const value = properties[name] ?? (side === 'key' ? 'KAFKA' : '');
  if (value.trim() !== '') return value.trim().toUpperCase();
  const property = side === 'key' ? 'KEY_FORMAT' : 'VALUE_FORMAT';
  throw problem(
    'format.missing',
    `Statement is missing the '${property}' property from the WITH clause. Either provide one or set a default via the '${name}' config.`,
  );
}

/** What decides one side's spec besides its columns. */
export interface FormatRequest {
  readonly source: string;
  readonly with: SourceProperties;
  /** Format properties taken over from the source that a query reads, already reduced to what may be inherited. */
  readonly inherited: FormatProperties;
  /** Server properties overlaid by the session's. */
  readonly properties: Readonly<Record<string, string>>;
}

/** The key's spec. `columns` are the key columns. */
export function keyFormatSpec(
  format: FormatDef,
  columns: readonly Field[],
  request: FormatRequest,
): FormatSpec {
  const { with: given } = request;
  const properties = formatProperties(
    format,
    {
      ...(format.name === 'AVRO' ? { fullSchemaName: avroKeyName(request.source) } : {}),
      ...request.inherited,
    },
    {
      ...(given.keyDelimiter === null ? {} : { delimiter: given.keyDelimiter }),
      ...(given.keySchemaFullName === null ? {} : { fullSchemaName: given.keySchemaFullName }),
      ...(given.keySchemaId === null ? {} : { schemaId: given.keySchemaId }),
      ...(given.keyNullableRepresentation === null
        ? {}
        : { nullableRepresentation: given.keyNullableRepresentation }),
    },
    'KEY_PROTOBUF_NULLABLE_REPRESENTATION',
  );
  const unwraps = columns.length === 1 && format.unwrapsKeys && format.singleDefault === 'wrapped';
  return { format: format.name, properties, features: unwraps ? ['UNWRAP_SINGLES'] : [] };
}

/** The value's spec. `columns` are the value columns without header columns. */
export function valueFormatSpec(
  format: FormatDef,
  columns: readonly Field[],
  request: FormatRequest,
): FormatSpec {
  const { with: given } = request;
  const properties = formatProperties(
    format,
    request.inherited,
    {
      ...(given.valueDelimiter === null ? {} : { delimiter: given.valueDelimiter }),
      ...(given.valueSchemaFullName === null ? {} : { fullSchemaName: given.valueSchemaFullName }),
      ...(given.valueSchemaId === null ? {} : { schemaId: given.valueSchemaId }),
      ...(given.valueNullableRepresentation === null
        ? {}
        : { nullableRepresentation: given.valueNullableRepresentation }),
    },
    'VALUE_PROTOBUF_NULLABLE_REPRESENTATION',
  );
  return { format: format.name, properties, features: wrapping(format, columns, request) };
}

function wrapping(
  format: FormatDef,
  columns: readonly Field[],
  request: FormatRequest,
): readonly SerdeFeature[] {
  const explicit = request.with.wrapSingleValue;
  if (explicit !== null) {
    if (columns.length !== 1) {
      throw problem(
        'format.wrapping',
        "'WRAP_SINGLE_VALUE' is only valid for single-field value schemas",
      );
    }
    if (!format.wrapping.includes(explicit)) {
      throw problem(
        'format.wrapping',
        `Format '${format.name}' does not support 'WRAP_SINGLE_VALUE' set to '${explicit}'.`,
      );
    }
    return [explicit ? 'WRAP_SINGLES' : 'UNWRAP_SINGLES'];
  }
  const fallback = request.properties['ksql.persistence.wrap.single.values'];
  if (fallback === undefined || fallback === '' || columns.length !== 1) return [];
  const wrap = fallback.toLowerCase() === 'true';
  if (!format.wrapping.includes(wrap)) return [];
  return [wrap ? 'WRAP_SINGLES' : 'UNWRAP_SINGLES'];
}

function formatProperties(
  format: FormatDef,
  inherited: FormatProperties,
  given: FormatProperties,
  representationProperty: string,
): FormatProperties {
  if (given.nullableRepresentation !== undefined && !format.name.startsWith('PROTOBUF')) {
    throw problem(
      'format.property',
      `Property ${representationProperty} can only be enabled with protobuf format`,
    );
  }
  if (given.fullSchemaName?.trim() === '') {
    throw problem(
      'format.property',
      'fullSchemaName cannot be empty. Format configuration: {fullSchemaName=}',
    );
  }
  const foreign = Object.keys(given).filter(
    (name) => !format.properties.some((known) => known === name),
  );
  if (foreign.length > 0) {
    throw problem(
      'format.property',
      `${format.name} does not support the following configs: [${foreign.join(', ')}]`,
    );
  }
  return { ...inherited, ...given };
}

/** What a sink takes over from the format of the source it reads, when both have the same format. */
export function inheritedProperties(from: FormatSpec, format: FormatDef): FormatProperties {
  if (from.format !== format.name) return {};
  const { delimiter, fullSchemaName, nullableRepresentation } = from.properties;
  switch (format.name) {
    case 'DELIMITED':
      return delimiter === undefined ? {} : { delimiter };
    case 'PROTOBUF':
      return fullSchemaName === undefined ? {} : { fullSchemaName };
    case 'PROTOBUF_NOSR':
      return nullableRepresentation === undefined ? {} : { nullableRepresentation };
    default:
      return {};
  }
}

/** LEFT_TABLE: `io.confluent.ksql.avro_schemas.LeftTableKey`. */
function avroKeyName(source: string): string {
  const camel = source
    .split('_')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1).toLowerCase())
    .join('');
  return `io.confluent.ksql.avro_schemas.${camel}Key`;
}

/** Refuses what the formats cannot write. `statement` is appended to the message, as ksqlDB does; empty to leave it out. */
export function checkFormats(
  schema: Schema,
  keyFormat: FormatSpec,
  valueFormat: FormatSpec,
  statement: string,
): void {
  for (const column of schema.key) refuseMapKey(column);
  const value = schema.value.filter((column) => !('header' in column));
  checkSide('key', schema.key, keyFormat, statement);
  checkSide('value', value, valueFormat, statement);
}

function checkSide(
  side: 'key' | 'value',
  columns: readonly Field[],
  spec: FormatSpec,
  statement: string,
): void {
  const reason = formatByName(spec.format).check(columns, side);
  if (reason === null) return;
  const mark = side === 'key' ? ' KEY' : '';
  const list = columns
    .map(({ name, type }) => `${quoteAlways(name)} ${formatType(type)}${mark}`)
    .join(', ');
  const title = side === 'key' ? 'Key' : 'Value';
  throw problem(
    'format.schema',
    `${title} format does not support schema.\nformat: ${spec.format}\nschema: Persistence{columns=[${list}], features=[${spec.features.join(', ')}]}\nreason: ${reason.message}${statement === '' ? '' : `\nStatement: ${statement}`}`,
    { ...(reason.hint === undefined ? {} : { hint: reason.hint }) },
  );
}

/** Refuses a key column whose type holds a map, whatever the format. */
export function refuseMapKey(column: Field): void {
  if (!containsMap(column.type)) return;
  throw problem(
    'source.map-key',
    `Map keys, including types that contain maps, are not supported as they may lead to unexpected behavior due to inconsistent serialization. Key column name: ${quoteAlways(column.name)}. Column type: ${formatType(column.type)}. See https://github.com/confluentinc/ksql/issues/6621 for more.`,
  );
}

function containsMap(type: SqlType): boolean {
  switch (type.kind) {
    case 'MAP':
      return true;
    case 'ARRAY':
      return containsMap(type.element);
    case 'STRUCT':
      return type.fields.some((field) => containsMap(field.type));
    default:
      return false;
  }
}
