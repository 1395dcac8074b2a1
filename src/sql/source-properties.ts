/**
 * The WITH clause of CREATE STREAM, CREATE TABLE, their AS SELECT forms and INSERT INTO (spec: sql-statements.md §5.2): names
 * checked against the statement, values against their types. Says nothing about formats, topics or columns.
 */
import type { Literal, Property } from '../../grammar/ast.ts';
import { problem } from '../base/errors.ts';
import { dateTimeFormatter } from '../functions/scalar/datetime/formatter.ts';
import type { WindowKind } from '../plan/logical.ts';
import { parseWindowSize } from './window-size.ts';

/** What a WITH clause says; null where it says nothing. */
export interface SourceProperties {
  readonly topic: string | null;
  readonly partitions: number | null;
  readonly replicas: number | null;
  readonly retentionMs: number | null;
  /** Upper case. */
  readonly format: string | null;
  readonly keyFormat: string | null;
  readonly valueFormat: string | null;
  /** Name of the column, folded unless it was back-quoted inside the text. */
  readonly timestamp: string | null;
  readonly timestampFormat: string | null;
  readonly wrapSingleValue: boolean | null;
  /** One character. */
  readonly keyDelimiter: string | null;
  readonly valueDelimiter: string | null;
  readonly keySchemaId: number | null;
  readonly valueSchemaId: number | null;
  readonly keySchemaFullName: string | null;
  readonly valueSchemaFullName: string | null;
  readonly keyNullableRepresentation: 'OPTIONAL' | 'WRAPPER' | null;
  readonly valueNullableRepresentation: 'OPTIONAL' | 'WRAPPER' | null;
  readonly windowType: WindowKind | null;
  readonly windowSizeMs: number | null;
  readonly queryId: string | null;
}

/** Which statement the clause belongs to: each knows its own names. */
export type PropertiesOwner = 'create' | 'create-as' | 'insert-into';

const create: ReadonlySet<string> = new Set([
  'WINDOW_TYPE',
  'WINDOW_SIZE',
  'SOURCE_CONNECTOR',
  'SOURCED_BY_CONNECTOR',
]);
const common: ReadonlySet<string> = new Set([
  'KAFKA_TOPIC',
  'PARTITIONS',
  'REPLICAS',
  'RETENTION_MS',
  'FORMAT',
  'KEY_FORMAT',
  'VALUE_FORMAT',
  'TIMESTAMP',
  'TIMESTAMP_FORMAT',
  'WRAP_SINGLE_VALUE',
  'KEY_DELIMITER',
  'VALUE_DELIMITER',
  'KEY_SCHEMA_ID',
  'VALUE_SCHEMA_ID',
  'KEY_SCHEMA_FULL_NAME',
  'VALUE_SCHEMA_FULL_NAME',
  'VALUE_AVRO_SCHEMA_FULL_NAME',
  'KEY_PROTOBUF_NULLABLE_REPRESENTATION',
  'VALUE_PROTOBUF_NULLABLE_REPRESENTATION',
]);

/** Reads the clause; throws `source.property` with ksqlDB's text. A name given twice counts as given last. */
export function readSourceProperties(
  properties: readonly Property[],
  owner: PropertiesOwner,
): SourceProperties {
  const given = new Map(properties.map((property) => [property.name, property.value]));
  checkNames([...given.keys()], owner);
  const read = new Reader(given);
  const fullName = read.text('VALUE_SCHEMA_FULL_NAME');
  const avroName = read.text('VALUE_AVRO_SCHEMA_FULL_NAME');
  if (fullName !== null && avroName !== null) {
    throw refused(
      "Cannot supply both 'VALUE_AVRO_SCHEMA_FULL_NAME' and 'VALUE_SCHEMA_FULL_NAME' properties. Please only set 'VALUE_SCHEMA_FULL_NAME'.",
    );
  }
  const timestamp = read.text('TIMESTAMP');
  const result: SourceProperties = {
    topic: read.topic(),
    partitions: read.integer('PARTITIONS', 'INT'),
    replicas: read.integer('REPLICAS', 'SHORT'),
    retentionMs: read.integer('RETENTION_MS', 'LONG'),
    format: read.format('FORMAT'),
    keyFormat: read.format('KEY_FORMAT'),
    valueFormat: read.format('VALUE_FORMAT'),
    timestamp: timestamp === null ? null : foldName(timestamp),
    timestampFormat: read.timestampFormat(),
    wrapSingleValue: read.boolean('WRAP_SINGLE_VALUE'),
    keyDelimiter: read.delimiter('KEY_DELIMITER'),
    valueDelimiter: read.delimiter('VALUE_DELIMITER'),
    keySchemaId: read.integer('KEY_SCHEMA_ID', 'INT'),
    valueSchemaId: read.integer('VALUE_SCHEMA_ID', 'INT'),
    keySchemaFullName: read.text('KEY_SCHEMA_FULL_NAME'),
    valueSchemaFullName: fullName ?? avroName,
    keyNullableRepresentation: read.representation('KEY_PROTOBUF_NULLABLE_REPRESENTATION'),
    valueNullableRepresentation: read.representation('VALUE_PROTOBUF_NULLABLE_REPRESENTATION'),
    windowType: read.windowType(),
    windowSizeMs: read.windowSize(),
    queryId: read.text('QUERY_ID'),
  };
  checkCombinations(result);
  return result;
}

function checkNames(names: readonly string[], owner: PropertiesOwner): void {
  if (names.includes('CLEANUP_POLICY')) {
    throw refused(
      "Invalid config variable in the WITH clause: CLEANUP_POLICY.\nThe CLEANUP_POLICY config is automatically inferred based on the type of source (STREAM or TABLE).\nUsers can't set the CLEANUP_POLICY config manually.",
    );
  }
  const unknown = names.filter((name) => {
    if (owner === 'insert-into') return name !== 'QUERY_ID';
    return !common.has(name) && !(owner === 'create' && create.has(name));
  });
  if (unknown.length === 0) return;
  throw refused(`Invalid config variable(s) in the WITH clause: ${unknown.join(',')}`);
}

function checkCombinations(properties: SourceProperties): void {
  const { format, windowType, windowSizeMs } = properties;
  for (const name of ['KEY_FORMAT', 'VALUE_FORMAT'] as const) {
    const side = name === 'KEY_FORMAT' ? properties.keyFormat : properties.valueFormat;
    if (format === null || side === null) continue;
    throw refused(
      `Cannot supply both '${name}' and 'FORMAT' properties, as 'FORMAT' sets both key and value formats. Either use just 'FORMAT', or use 'KEY_FORMAT' and 'VALUE_FORMAT'.`,
    );
  }
  const needsSize = windowType === 'HOPPING' || windowType === 'TUMBLING';
  if (needsSize && windowSizeMs === null) {
    throw refused(
      `${windowType} windows require 'WINDOW_SIZE' to be provided in the WITH clause. For example: 'WINDOW_SIZE'='10 SECONDS'`,
    );
  }
  if (!needsSize && windowSizeMs !== null) {
    const of = windowType === null ? "sources without 'WINDOW_TYPE'" : `${windowType} windows`;
    throw refused(`'WINDOW_SIZE' should not be set for ${of}.`);
  }
}

/** A name in a property's text: folded to upper case unless it is quoted. */
function foldName(text: string): string {
  const quoted = /^`((?:[^`]|``)*)`$/.exec(text) ?? /^"((?:[^"]|"")*)"$/.exec(text);
  if (quoted === null) return text.toUpperCase();
  return (quoted[1] ?? '').replaceAll('``', '`').replaceAll('""', '"');
}

const limits = {
  SHORT: 32_767n,
  INT: 2_147_483_647n,
  LONG: 9_007_199_254_740_991n,
} as const;

/** Typed access to the values given. */
class Reader {
  readonly #given: ReadonlyMap<string, Literal>;

  constructor(given: ReadonlyMap<string, Literal>) {
    this.#given = given;
  }

  text(name: string): string | null {
    const value = this.#given.get(name);
    if (value === undefined || value.kind === 'null') return null;
    if (value.kind === 'string') return value.value;
    throw invalid(
      name,
      `Invalid value ${literalText(value)} for configuration ${name}: Expected value to be a string, but it was a ${value.kind}`,
    );
  }

  integer(name: string, type: 'SHORT' | 'INT' | 'LONG'): number | null {
    const value = this.#given.get(name);
    if (value === undefined || value.kind === 'null') return null;
    const text = literalText(value).trim();
    const number = /^[+-]?\d+$/.test(text) ? BigInt(text) : null;
    if (number === null || number > limits[type] || number < -limits[type]) {
      throw invalid(
        name,
        `Invalid value ${text} for configuration ${name}: Not a number of type ${type}`,
      );
    }
    return Number(number);
  }

  boolean(name: string): boolean | null {
    const value = this.#given.get(name);
    if (value === undefined || value.kind === 'null') return null;
    const text = literalText(value).trim().toLowerCase();
    if (text === 'true') return true;
    if (text === 'false') return false;
    throw invalid(
      name,
      `Invalid value ${literalText(value)} for configuration ${name}: Expected value to be either true or false`,
    );
  }

  topic(): string | null {
    const topic = this.text('KAFKA_TOPIC');
    if (topic === '') throw invalid('KAFKA_TOPIC', 'KAFKA_TOPIC cannot be empty');
    return topic;
  }

  timestampFormat(): string | null {
    const pattern = this.text('TIMESTAMP_FORMAT');
    if (pattern === null) return null;
    try {
      dateTimeFormatter(pattern);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw invalid(
        'TIMESTAMP_FORMAT',
        `Invalid datetime format for config:TIMESTAMP_FORMAT, reason:${reason}`,
      );
    }
    return pattern;
  }

  format(name: string): string | null {
    return this.text(name)?.toUpperCase() ?? null;
  }

  delimiter(name: string): string | null {
    const text = this.text(name);
    if (text === null) return null;
    if (text === 'TAB') return '\t';
    if (text === 'SPACE') return ' ';
    if (text.trim() === '') {
      throw invalid(
        name,
        "Delimiter cannot be empty, if you meant to have a tab or space for delimiter, please use the special values 'TAB' or 'SPACE'\nExample valid value: ';'",
      );
    }
    if (text === '"') {
      throw invalid(
        name,
        `Invalid delimiter value: '"'. The quoteChar character and the delimiter cannot be the same ('"')\nExample valid value: ';'`,
      );
    }
    if (text.length === 1) return text;
    throw invalid(
      name,
      `Invalid delimiter value: '${text}'. Delimiter must be a single character or TAB,SPACE\nExample valid value: ';'`,
    );
  }

  representation(name: string): 'OPTIONAL' | 'WRAPPER' | null {
    const text = this.text(name)?.toUpperCase() ?? null;
    if (text === null || text === 'OPTIONAL' || text === 'WRAPPER') return text;
    throw invalid(
      name,
      `Invalid value ${text} for configuration ${name}: String must be one of: OPTIONAL, WRAPPER, null`,
    );
  }

  windowType(): WindowKind | null {
    const text = this.text('WINDOW_TYPE')?.toUpperCase() ?? null;
    if (text === null || text === 'SESSION' || text === 'HOPPING' || text === 'TUMBLING')
      return text;
    throw invalid(
      'WINDOW_TYPE',
      `Invalid value ${text} for configuration WINDOW_TYPE: String must be one of: SESSION, HOPPING, TUMBLING, null`,
    );
  }

  windowSize(): number | null {
    const text = this.text('WINDOW_SIZE');
    if (text === null) return null;
    const size = parseWindowSize(text);
    if (typeof size === 'string') throw invalid('WINDOW_SIZE', size);
    return size;
  }
}

/** The value of a literal as text, without quotes. */
export function literalText(literal: Literal): string {
  switch (literal.kind) {
    case 'null':
      return 'null';
    case 'decimal':
      return literal.text;
    default:
      return String(literal.value);
  }
}

function invalid(name: string, reason: string): Error {
  return refused(`Configuration ${name} is invalid: ${reason}`);
}

function refused(reason: string): Error {
  return problem('source.property', `Failed to prepare statement: ${reason}`);
}
