/**
 * The writer of each SQL type. Those of primitives write at a position (write-primitive.ts); those of containers are generated from
 * those of what they hold, write to a ByteWriter and make room themselves.
 */
import type { Field, SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { ByteWriter } from '../format.ts';
import { GENERATED_COLUMNS_MAX } from '../limits.ts';
import {
  writeBase64,
  writeBigint,
  writeBoolean,
  writeDecimal,
  writeDouble,
  writeInteger,
} from './write-primitive.ts';
import {
  fieldPrefix,
  memberSource,
  quotedSource,
  reserveSource,
  textRoomSource,
  valueSource,
  writeConstants,
  type WriteNames,
} from './write-source.ts';
import { writeQuoted } from './write-text.ts';

/** What writes the values of a type that are not NULL, called as `presentSource` calls it. */
export function writerOf(type: SqlType): unknown {
  switch (type.kind) {
    case 'STRING':
      return writeQuoted;
    case 'BYTES':
      return writeBase64;
    case 'DECIMAL':
      return writeDecimal;
    case 'BOOLEAN':
      return writeBoolean;
    case 'BIGINT':
      return writeBigint;
    case 'DOUBLE':
      return writeDouble;
    case 'ARRAY':
      return appender('list', arraySource(type.element), [item(type.element)]);
    case 'MAP':
      return appender('map', mapSource(type.value), [item(type.value)]);
    case 'STRUCT':
      return type.fields.length > GENERATED_COLUMNS_MAX
        ? wideStructAppender(type.fields)
        : appender('row', structSource(type.fields), type.fields);
    default:
      return writeInteger;
  }
}

/** Appends a value. */
export type Appender<T> = (out: ByteWriter, value: T) => void;

const NAMES: WriteNames = { k: 'k', offset: 0, ranges: undefined };

/** What stands in a container without a name of its own. */
function item(type: SqlType): Field {
  return { name: '', type };
}

/** Functions of one text share what V8 learns about them: a number keeps them apart. */
let functionCount = 0;

function appender<T>(parameter: string, body: string, fields: readonly Field[]): Appender<T> {
  const text = `return (out, ${parameter}) => { // ${++functionCount}\n${body}\n};`;
  const writers = fields.map((field) => writerOf(field.type));
  return new Function('k', text)(writeConstants(fields, writers)) as Appender<T>;
}

function arraySource(element: SqlType): string {
  const field = item(element);
  return `for (let $i = 0; $i < list.length; $i++) {
const $v0 = list[$i];
${reserveSource([field], NAMES, ['1'])}
$b[$n++] = $i === 0 ? 91 : 44;
${valueSource(field, 0, NAMES)}
out.length = $n;
}
${closeSource('list.length', 91, 93)}`;
}

/** A NULL key, which JSON has no room for, is written as the text `null`. */
function mapSource(value: SqlType): string {
  const field = item(value);
  return `let $separator = 123;
for (const [$key, $v0] of map) {
const $name = String($key);
${reserveSource([field], NAMES, ['4', textRoomSource('$name', NAMES)])}
$b[$n++] = $separator;
$separator = 44;
${quotedSource('$name', NAMES)}
$b[$n++] = 58;
${valueSource(field, 0, NAMES)}
out.length = $n;
}
${closeSource('map.size', 123, 125)}`;
}

function closeSource(count: string, open: number, close: number): string {
  return `out.reserve(2);
if (${count} === 0) out.bytes[out.length++] = ${open};
out.bytes[out.length++] = ${close};`;
}

/** The fields of `row` in order, NULL ones too. */
function structSource(fields: readonly Field[]): string {
  const values = fields.map((_, index) => `const $v${index} = row[${index}];`);
  return `${values.join(' ')}\n${objectSource(fields, NAMES)}`;
}

/** An object of the values `$v0`, `$v1` … */
export function objectSource(fields: readonly Field[], names: WriteNames): string {
  return `${reserveSource(fields, names, ['2'])}
${fields.map((field, index) => memberSource(field, index, names)).join('\n')}
${fields.length === 0 ? '$b[$n++] = 123;' : ''}
$b[$n++] = 125;
out.length = $n;`;
}

/** Of so many fields that one function would be too long: field by field. */
export function wideStructAppender(fields: readonly Field[]): Appender<Row> {
  const members = fields.map((field, index) => ({
    prefix: fieldPrefix(field, index),
    append: appender<Value>('$v0', singleSource(field.type), [item(field.type)]),
  }));
  return (out, row) => {
    members.forEach(({ prefix, append }, index) => {
      out.reserve(prefix.length);
      out.bytes.set(prefix, out.length);
      out.length += prefix.length;
      append(out, row[index]!);
    });
    out.reserve(1);
    out.bytes[out.length++] = 0x7d;
  };
}

function singleSource(type: SqlType): string {
  const field = item(type);
  return `${reserveSource([field], NAMES, ['0'])}\n${valueSource(field, 0, NAMES)}\nout.length = $n;`;
}
