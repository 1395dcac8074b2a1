/**
 * ASSERT VALUES and ASSERT NULL VALUES of the test tool (spec: sql-statements.md §15, cli.md §5.3). Pure: the tool keeps count
 * of what each source's topic has been read, decodes the next record and shows what comes back.
 */
import type { AssertNullValues, AssertValues } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { textFunction } from '../../types/java-text.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { valueKey } from '../../types/value-key.ts';
import { type ConstantContext, constantValue } from './constant-value.ts';
import type { DecodedRecord } from './decode-record.ts';

/** Why an assertion fails: the words and a table to show under them, its first column telling rows apart. */
export interface AssertionFailure {
  readonly message: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What an assertion is checked against. */
export interface AssertedTopic {
  readonly source: SourceDef;
  /** All records of the topic so far. */
  readonly records: readonly DecodedRecord[];
  /** Index of the next one. */
  readonly next: number;
}

type Assertion = AssertValues | AssertNullValues;
const bigint: SqlType = { kind: 'BIGINT' };

/** null when the assertion holds. Throws Problems for assertions that say something impossible. */
export function checkAssertedValues(
  statement: Assertion,
  topic: AssertedTopic,
  context: ConstantContext,
): AssertionFailure | null {
  const expected = expectedValues(statement, topic.source, context);
  const record = topic.records[topic.next];
  if (record === undefined) {
    return {
      message: 'Expected another record, but all records have already been read:',
      header: header(topic.source),
      rows: topic.records.map((read) => actualRow('', topic.source, read)),
    };
  }
  if (matches(statement, expected, topic.source, record)) return null;
  return {
    message: 'Expected record does not match actual.',
    header: header(topic.source),
    rows: [
      expectedRow(statement, topic.source, expected),
      actualRow('ACTUAL', topic.source, record),
    ],
  };
}

function expectedValues(
  statement: Assertion,
  source: SourceDef,
  context: ConstantContext,
): ReadonlyMap<string, Value> {
  const fields = comparedFields(statement, source);
  if (fields.length !== statement.values.length) {
    throw problem(
      'assert.count',
      `Expected a value for each column. Expected Columns: [${fields.map(({ name }) => name).join(', ')}]. Got ${statement.values.length} values`,
    );
  }
  return new Map(
    fields.map((field, index) => {
      const expression = statement.values[index];
      const value = expression === undefined ? null : constantValue(expression, field, context);
      return [field.name, value];
    }),
  );
}

/** The columns that the values are for. */
function comparedFields(statement: Assertion, source: SourceDef): readonly Field[] {
  const isTombstone = statement.kind === 'assertNullValues';
  const { key } = source.schema;
  const value = valueFields(source);
  if (statement.columns === null) return isTombstone ? key : [...key, ...value];
  return statement.columns.map(({ name }) => {
    const keyField = key.find((field) => field.name === name);
    if (keyField !== undefined) return keyField;
    const valueField = value.find((field) => field.name === name);
    if (isTombstone && valueField !== undefined) {
      throw problem(
        'assert.value-columns',
        'Unexpected value columns specified in ASSERT NULL VALUES.',
      );
    }
    if (valueField !== undefined) return valueField;
    if (name === 'ROWTIME') return { name, type: bigint };
    throw problem('assert.unknown-column', `Column name \`${name}\` does not exist.`);
  });
}

function valueFields(source: SourceDef): readonly Field[] {
  return source.schema.value.filter((column) => !('header' in column));
}

function matches(
  statement: Assertion,
  expected: ReadonlyMap<string, Value>,
  source: SourceDef,
  record: DecodedRecord,
): boolean {
  const isTombstone = record.value === null;
  if (isTombstone !== (statement.kind === 'assertNullValues')) return false;
  const pairs: readonly (readonly [Field, Value])[] = [
    [{ name: 'ROWTIME', type: bigint }, BigInt(record.timestamp)],
    ...source.schema.key.map((field, index) => [field, record.key[index] ?? null] as const),
    ...valueFields(source).map((field, index) => [field, record.value?.[index] ?? null] as const),
  ];
  return pairs.every(([field, actual]) => {
    const value = expected.get(field.name);
    return value === undefined || valueKey(field.type, value) === valueKey(field.type, actual);
  });
}

function header(source: SourceDef): readonly string[] {
  const columns = [...source.schema.key, ...valueFields(source)];
  return ['.', 'ROWTIME', ...columns.map(({ name }) => name)];
}

function expectedRow(
  statement: Assertion,
  source: SourceDef,
  expected: ReadonlyMap<string, Value>,
): readonly string[] {
  const isTombstone = statement.kind === 'assertNullValues';
  const shown = (field: Field): string => {
    const value = expected.get(field.name);
    return value === undefined ? '' : text(field, value);
  };
  return [
    'EXPECTED',
    shown({ name: 'ROWTIME', type: bigint }),
    ...source.schema.key.map(shown),
    ...valueFields(source).map((field) => (isTombstone ? '<TOMBSTONE>' : shown(field))),
  ];
}

function actualRow(label: string, source: SourceDef, record: DecodedRecord): readonly string[] {
  return [
    label,
    String(record.timestamp),
    ...source.schema.key.map((field, index) => text(field, record.key[index] ?? null)),
    ...valueFields(source).map((field, index) =>
      record.value === null ? '<TOMBSTONE>' : text(field, record.value[index] ?? null),
    ),
  ];
}

function text(field: Field, value: Value): string {
  return value === null ? 'null' : textFunction(field.type)(value);
}
