/**
 * The fast decoder's reader, and its checker, for each SQL type. A checker validates the values of columns nobody needs, without
 * building them: a record is bad whoever reads it. Those of containers are generated from those of what they hold.
 */
import { unreachable } from '../../base/assert.ts';
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { GENERATED_COLUMNS_MAX, INLINE_COLUMNS_MAX, NESTING_DEPTH_MAX } from '../limits.ts';
import { hasTwins } from './name-table.ts';
import type { Taking } from './plain-source.ts';
import {
  checkBigint,
  checkDouble,
  decimalReader,
  readBigint,
  readDouble,
  readInt32,
  readInteger,
  readTime,
} from './read-number.ts';
import { readBytes, readString, textReader } from './read-text.ts';
import {
  type Checker,
  type Cursor,
  type Reader,
  skipFalse,
  skipString,
  skipTrue,
  skipValue,
} from './scan.ts';
import {
  entryNameSource,
  itemsSource,
  membersSource,
  valueConstants,
  valueSource,
} from './value-source.ts';
import { wideStructReader } from './wide-struct.ts';

/** The reader of a type; `depth` is the level a container at this place is on (the document itself is on 1). */
export function valueReader(type: SqlType, depth: number): Reader<Value> {
  switch (type.kind) {
    case 'BOOLEAN':
      return readBoolean;
    case 'INTEGER':
    case 'DATE':
      return readInt32;
    case 'BIGINT':
      return readBigint;
    case 'TIME':
      return readTime;
    case 'TIMESTAMP':
      return readInteger;
    case 'DOUBLE':
      return readDouble;
    case 'DECIMAL':
      return decimalReader(type.precision, type.scale);
    case 'STRING':
      return textReader(depth);
    case 'BYTES':
      return readBytes;
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return containerReader(type, depth) ?? giveUp;
    default:
      return unreachable(type);
  }
}

/** The checker of a type; `depth` as for `valueReader`. */
export function valueChecker(type: SqlType, depth: number): Checker {
  switch (type.kind) {
    case 'STRING':
      return (bytes, start, end, cursor) => skipValue(bytes, start, end, cursor, depth);
    case 'BIGINT':
      return checkBigint;
    case 'DOUBLE':
      return checkDouble;
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return containerChecker(type, depth) ?? (() => -1);
    default:
      return checkerOf(valueReader(type, depth));
  }
}

function checkerOf(read: Reader<Value>): Checker {
  return (bytes, start, end, cursor) => {
    read(bytes, start, end, cursor);
    return cursor.position;
  };
}

/** For what only the slow path can read. */
function giveUp(_bytes: Bytes, _start: number, _end: number, cursor: Cursor): null {
  cursor.position = -1;
  return null;
}

function readBoolean(bytes: Bytes, start: number, end: number, cursor: Cursor): boolean {
  if (bytes[start] === 0x74) {
    cursor.position = skipTrue(bytes, start, end);
    return true;
  }
  cursor.position = bytes[start] === 0x66 ? skipFalse(bytes, start, end) : -1;
  return false;
}

type Container = Extract<SqlType, { kind: 'ARRAY' | 'MAP' | 'STRUCT' }>;

/** null where only the slow path can read it. */
function containerReader(type: Container, depth: number): Reader<Value> | null {
  if (depth > NESTING_DEPTH_MAX) return null;
  const inner = depth + 1;
  switch (type.kind) {
    case 'ARRAY':
      return containerFunction(
        arraySource(type.element, true),
        [],
        [valueReader(type.element, inner)],
      );
    case 'MAP':
      return containerFunction(
        mapSource(type.value, true),
        [],
        [valueReader(type.value, inner), readString],
      );
    case 'STRUCT': {
      const { fields } = type;
      if (hasTwins(fields)) return null;
      const readers = fields.map((field) => valueReader(field.type, inner));
      return fields.length > GENERATED_COLUMNS_MAX
        ? wideStructReader(fields, readers, depth)
        : containerFunction(structSource(fields, inner, true), fields, readers);
    }
  }
}

/** null where only the slow path can read it. */
function containerChecker(type: Container, depth: number): Checker | null {
  if (depth > NESTING_DEPTH_MAX) return null;
  const inner = depth + 1;
  switch (type.kind) {
    case 'ARRAY':
      return containerFunction(
        arraySource(type.element, false),
        [],
        [valueChecker(type.element, inner)],
      );
    case 'MAP':
      return containerFunction(
        mapSource(type.value, false),
        [],
        [valueChecker(type.value, inner), checkName],
      );
    case 'STRUCT': {
      const { fields } = type;
      if (hasTwins(fields)) return null;
      if (fields.length > GENERATED_COLUMNS_MAX) return checkerOf(valueReader(type, depth));
      const checkers = fields.map((field) => valueChecker(field.type, inner));
      return containerFunction(structSource(fields, inner, false), fields, checkers);
    }
  }
}

function checkName(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  return bytes[start] === 0x22 ? skipString(bytes, start + 1, end, cursor) : -1;
}

/** What a container's function does: the statements before and within the block `$fast`, and what it gives; null: it checks. */
interface ContainerSource {
  readonly before: string;
  readonly take: string;
  readonly result: string | null;
}

const CHECK: Taking = { kind: 'check' };
const READ_VALUE: Taking = { kind: 'read', target: '$value' };

function arraySource(element: SqlType, isRead: boolean): ContainerSource {
  const place = { type: element, index: 0, isInlined: true };
  const item = isRead
    ? `$value = null;\n${valueSource('k', place, READ_VALUE)}\n$result.push($value);`
    : valueSource('k', place, CHECK);
  return {
    before: isRead ? 'const $result = []; let $value;' : '',
    take: itemsSource('k', 0x5b, 0x5d, item),
    result: isRead ? '$result' : null,
  };
}

function mapSource(value: SqlType, isRead: boolean): ContainerSource {
  const place = { type: value, index: 0, isInlined: true };
  const entry = isRead
    ? `${entryNameSource('k', 1, { kind: 'read', target: '$name' })}
$value = null;
${valueSource('k', place, READ_VALUE)}
$result.set($name, $value);`
    : `${entryNameSource('k', 1, CHECK)}\n${valueSource('k', place, CHECK)}`;
  return {
    before: isRead ? 'const $result = new Map(); let $name, $value;' : '',
    take: itemsSource('k', 0x7b, 0x7d, entry),
    result: isRead ? '$result' : null,
  };
}

function structSource(fields: readonly Field[], depth: number, isRead: boolean): ContainerSource {
  const targets = fields.map((_, index) => `$v${index}`);
  const isInlined = fields.length <= INLINE_COLUMNS_MAX;
  const value = (index: number): string => {
    const taking: Taking = isRead ? { kind: 'read', target: targets[index]! } : CHECK;
    return valueSource('k', { type: fields[index]!.type, index, isInlined }, taking);
  };
  return {
    before: isRead ? targets.map((target) => `let ${target} = null;`).join(' ') : '',
    take: membersSource({ fields, k: 'k', depth, value }),
    result: isRead ? `[${targets.join(', ')}]` : null,
  };
}

/** Functions of one text share what V8 learns about them: a number keeps them apart. */
let functionCount = 0;

function containerFunction<T extends Reader<Value> | Checker>(
  { before, take, result }: ContainerSource,
  fields: readonly Field[],
  readers: readonly (Reader<Value> | Checker)[],
): T {
  const give =
    result === null
      ? 'return $done ? $p + 1 : -1;'
      : `$cursor.position = $done ? $p + 1 : -1;\nreturn ${result};`;
  const text = `return (bytes, start, end, $cursor) => { // ${++functionCount}
const $view = $cursor.view, $last = bytes.length - 4;
let $p = start, $c = 0, $done = false;
${before}
$fast: {
${take}
}
${give}
};`;
  return new Function('k', text)(valueConstants(fields, readers)) as T;
}
