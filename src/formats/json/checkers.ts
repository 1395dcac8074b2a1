/**
 * Validates the values of columns nobody needs, without building them: a record is bad whoever reads it. A checker takes the
 * position of a value that is not `null` and returns the position behind it, or -1 where only the slow path knows.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import { hasTwins, NameTable } from './name-table.ts';
import { readBigint, readInteger } from './read-number.ts';
import { valueReader } from './readers.ts';
import { type Cursor, skipFixedPoint, skipNull, skipSpace, skipString, skipValue } from './scan.ts';

export type Checker = (bytes: Bytes, start: number, end: number, cursor: Cursor) => number;

/** The checker of a type; `depth` as for `valueReader`. */
export function valueChecker(type: SqlType, depth: number): Checker {
  switch (type.kind) {
    case 'STRING':
      return (bytes, start, end) => skipValue(bytes, start, end, depth);
    case 'BIGINT':
      return checkBigint;
    case 'DOUBLE':
      return checkDouble;
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return containerChecker(type, depth);
    default: {
      const read = valueReader(type, depth);
      return (bytes, start, end, cursor) => {
        read(bytes, start, end, cursor);
        return cursor.position;
      };
    }
  }
}

function checkBigint(bytes: Bytes, start: number, end: number, cursor: Cursor): number {
  readInteger(bytes, start, end, cursor);
  if (cursor.position !== -1) return cursor.position;
  readBigint(bytes, start, end, cursor);
  return cursor.position;
}

/** Without an exponent no number of less than 300 digits is out of range. */
function checkDouble(bytes: Bytes, start: number, end: number): number {
  const p = skipFixedPoint(bytes, start, end);
  if (p === -1 || p - start > 300) return -1;
  return p < end && (bytes[p]! | 0x20) === 0x65 ? -1 : p;
}

function containerChecker(
  type: Extract<SqlType, { kind: 'ARRAY' | 'MAP' | 'STRUCT' }>,
  depth: number,
): Checker {
  if (depth > NESTING_DEPTH_MAX) return giveUp;
  switch (type.kind) {
    case 'ARRAY': {
      const checkElement = orNull(type.element, depth + 1);
      return (bytes, start, end, cursor) =>
        bytes[start] === 0x5b ? checkArray(bytes, start, end, cursor, checkElement) : -1;
    }
    case 'MAP': {
      const checkItem = orNull(type.value, depth + 1);
      const check = (bytes: Bytes, name: number, end: number, cursor: Cursor): number => {
        const p = skipString(bytes, name + 1, end);
        return p === -1 ? -1 : checkMember(bytes, p, end, cursor, checkItem);
      };
      return (bytes, start, end, cursor) => checkObject(bytes, start, end, cursor, check);
    }
    case 'STRUCT':
      return hasTwins(type.fields) ? giveUp : structChecker(type.fields, depth);
  }
}

function giveUp(): number {
  return -1;
}

function orNull(type: SqlType, depth: number): Checker {
  const check = valueChecker(type, depth);
  return (bytes, start, end, cursor) =>
    bytes[start] === 0x6e ? skipNull(bytes, start, end) : check(bytes, start, end, cursor);
}

function checkArray(
  bytes: Bytes,
  start: number,
  end: number,
  cursor: Cursor,
  checkElement: Checker,
): number {
  let p = skipSpace(bytes, start + 1, end);
  if (p < end && bytes[p] === 0x5d) return p + 1;
  while (p < end) {
    p = checkElement(bytes, p, end, cursor);
    if (p === -1) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    if (bytes[p] === 0x5d) return p + 1;
    if (bytes[p] !== 0x2c) return -1;
    p = skipSpace(bytes, p + 1, end);
  }
  return -1;
}

/** The rest of a member whose name ended at `position`. */
function checkMember(
  bytes: Bytes,
  position: number,
  end: number,
  cursor: Cursor,
  checkValue: Checker,
): number {
  let p = skipSpace(bytes, position, end);
  if (p >= end || bytes[p] !== 0x3a) return -1;
  p = skipSpace(bytes, p + 1, end);
  return p < end ? checkValue(bytes, p, end, cursor) : -1;
}

/** `check` gets the position of the quote that opens each member's name. */
function checkObject(
  bytes: Bytes,
  start: number,
  end: number,
  cursor: Cursor,
  check: Checker,
): number {
  if (bytes[start] !== 0x7b) return -1;
  let p = skipSpace(bytes, start + 1, end);
  if (p < end && bytes[p] === 0x7d) return p + 1;
  while (p < end && bytes[p] === 0x22) {
    p = check(bytes, p, end, cursor);
    if (p === -1) return -1;
    p = skipSpace(bytes, p, end);
    if (p >= end) return -1;
    if (bytes[p] === 0x7d) return p + 1;
    if (bytes[p] !== 0x2c) return -1;
    p = skipSpace(bytes, p + 1, end);
  }
  return -1;
}

/** A field that comes twice needs no care: if all its values are good, so is the one that counts. */
function structChecker(fields: readonly Field[], depth: number): Checker {
  const table = new NameTable(fields);
  const checkers = fields.map((field) => orNull(field.type, depth + 1));
  const skip: Checker = (bytes, start, end) => skipValue(bytes, start, end, depth + 1);
  const check: Checker = (bytes, name, end, cursor) => {
    const index = table.find(bytes, name + 1, end, cursor);
    if (cursor.position === -1) return -1;
    return checkMember(bytes, cursor.position, end, cursor, index === -1 ? skip : checkers[index]!);
  };
  return (bytes, start, end, cursor) => checkObject(bytes, start, end, cursor, check);
}
