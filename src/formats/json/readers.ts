/** The fast decoder's reader for each SQL type; those of containers are made of those of what they hold. */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { unreachable } from '../../base/assert.ts';
import type { Value } from '../../types/value.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import { hasTwins, NameTable } from './name-table.ts';
import {
  decimalReader,
  readBigint,
  readDouble,
  readInt32,
  readInteger,
  readTime,
} from './read-number.ts';
import { readBytes, readString, textReader } from './read-text.ts';
import {
  type Cursor,
  type Reader,
  skipFalse,
  skipNull,
  skipSpace,
  skipTrue,
  skipValue,
} from './scan.ts';

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
      return depth > NESTING_DEPTH_MAX ? giveUp : arrayReader(orNull(type.element, depth + 1));
    case 'MAP':
      return depth > NESTING_DEPTH_MAX ? giveUp : mapReader(orNull(type.value, depth + 1));
    case 'STRUCT':
      return depth > NESTING_DEPTH_MAX || hasTwins(type.fields)
        ? giveUp
        : structReader(type.fields, depth);
    default:
      return unreachable(type);
  }
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

/** Also reads `null`. */
function orNull(type: SqlType, depth: number): Reader<Value> {
  const read = valueReader(type, depth);
  return (bytes, start, end, cursor) => {
    if (bytes[start] !== 0x6e) return read(bytes, start, end, cursor);
    cursor.position = skipNull(bytes, start, end);
    return null;
  };
}

function arrayReader(readElement: Reader<Value>): Reader<Value> {
  return (bytes, start, end, cursor) => {
    const elements: Value[] = [];
    if (bytes[start] !== 0x5b) return giveUp(bytes, start, end, cursor);
    let p = skipSpace(bytes, start + 1, end);
    if (p < end && bytes[p] === 0x5d) {
      cursor.position = p + 1;
      return elements;
    }
    while (p < end) {
      elements.push(readElement(bytes, p, end, cursor));
      if (cursor.position === -1) return null;
      p = skipSpace(bytes, cursor.position, end);
      if (p >= end) break;
      if (bytes[p] === 0x5d) {
        cursor.position = p + 1;
        return elements;
      }
      if (bytes[p] !== 0x2c) break;
      p = skipSpace(bytes, p + 1, end);
    }
    return giveUp(bytes, start, end, cursor);
  };
}

/** Position of the value behind a property's name that ended at `p`, or -1. */
function behindColon(bytes: Bytes, position: number, end: number): number {
  const p = skipSpace(bytes, position, end);
  return p < end && bytes[p] === 0x3a ? skipSpace(bytes, p + 1, end) : -1;
}

function mapReader(readItem: Reader<Value>): Reader<Value> {
  return (bytes, start, end, cursor) => {
    const entries = new Map<Value, Value>();
    if (bytes[start] !== 0x7b) return giveUp(bytes, start, end, cursor);
    let p = skipSpace(bytes, start + 1, end);
    if (p < end && bytes[p] === 0x7d) {
      cursor.position = p + 1;
      return entries;
    }
    while (p < end) {
      const name = readString(bytes, p, end, cursor);
      if (cursor.position === -1) return null;
      p = behindColon(bytes, cursor.position, end);
      if (p === -1 || p >= end) break;
      entries.set(name, readItem(bytes, p, end, cursor));
      if (cursor.position === -1) return null;
      p = skipSpace(bytes, cursor.position, end);
      if (p >= end) break;
      if (bytes[p] === 0x7d) {
        cursor.position = p + 1;
        return entries;
      }
      if (bytes[p] !== 0x2c) break;
      p = skipSpace(bytes, p + 1, end);
    }
    return giveUp(bytes, start, end, cursor);
  };
}

/** Reads an object as one value per field; a field that comes twice makes it give up. */
export function structReader(fields: readonly Field[], depth: number): Reader<Value> {
  const table = new NameTable(fields);
  const readers = fields.map((field) => orNull(field.type, depth + 1));
  const empty: undefined[] = fields.map(() => undefined);
  return (bytes, start, end, cursor) => {
    if (bytes[start] !== 0x7b) return giveUp(bytes, start, end, cursor);
    const values: (Value | undefined)[] = empty.slice();
    let p = skipSpace(bytes, start + 1, end);
    if (p < end && bytes[p] === 0x7d) {
      cursor.position = p + 1;
      return withNulls(values);
    }
    while (p < end && bytes[p] === 0x22) {
      const index = table.find(bytes, p + 1, end, cursor);
      if (cursor.position === -1) return null;
      p = behindColon(bytes, cursor.position, end);
      if (p === -1 || p >= end) break;
      if (index === -1) {
        p = skipValue(bytes, p, end, depth + 1);
      } else {
        if (values[index] !== undefined) break;
        values[index] = readers[index]!(bytes, p, end, cursor);
        p = cursor.position;
      }
      if (p === -1) break;
      p = skipSpace(bytes, p, end);
      if (p >= end) break;
      if (bytes[p] === 0x7d) {
        cursor.position = p + 1;
        return withNulls(values);
      }
      if (bytes[p] !== 0x2c) break;
      p = skipSpace(bytes, p + 1, end);
    }
    return giveUp(bytes, start, end, cursor);
  };
}

function withNulls(values: (Value | undefined)[]): Value[] {
  for (let i = 0; i < values.length; i++) if (values[i] === undefined) values[i] = null;
  return values as Value[];
}
