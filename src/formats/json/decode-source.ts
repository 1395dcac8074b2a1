/**
 * Generates the JSON decoder of a row: straight-line code for these columns, working on the bytes.
 *
 * A row is an object; its properties are taken as they come. A property's name is compared, byte by byte and ignoring case, with
 * the columns' names inlined as numbers; a name with escapes or outside ASCII, and every name when there are many columns, is
 * looked up in a table. The value is read by the column's reader, or only validated if nobody needs it.
 *
 * Whenever something is not as expected (malformed text, a property twice, a number of an odd kind), the code leaves the block
 * labelled `$fast`, and the slow path decodes the whole record again and words the error if there is one. So the fast path never
 * decides that a record is bad; it must only never accept what the slow path would refuse, nor read it differently.
 *
 * Positions may run past `end` (the next record's bytes, or beyond the buffer) in comparisons only; loops stop at `end`, and a
 * record counts only if it closed before `end`.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { RangeVariables } from '../format.ts';
import { INLINE_NAMES_MAX } from '../limits.ts';
import { type BytePattern, bytePattern, hasTwins, NameTable } from './name-table.ts';
import { valueChecker } from './checkers.ts';
import { valueReader } from './readers.ts';
import {
  type Cursor,
  plainBigintEnd,
  plainStringEnd,
  skipNull,
  skipSpace,
  skipValue,
} from './scan.ts';

/** Decodes every column, in column order; null for a null row. Throws FormatError. */
export type SlowDecode = (bytes: Bytes, start: number, end: number) => readonly Value[] | null;

export interface DecodeShape {
  readonly columns: readonly Field[];
  readonly needed: readonly number[];
  /** The row is an object; otherwise the document is the single column's value. */
  readonly wrapped: boolean;
}

/** Level of a container that is a column's value. */
const COLUMN_DEPTH = 2;
/** Places in the constants. */
const CURSOR = 0;
const SLOW = 1;
const SKIP_SPACE = 2;
const SKIP_VALUE = 3;
const SKIP_NULL = 4;
const FIND_NAME = 5;
const PLAIN_STRING = 6;
const PLAIN_BIGINT = 7;
const READERS = 8;

/** What `decodeSource` refers to by number. */
export function decodeConstants(shape: DecodeShape, slow: SlowDecode): readonly unknown[] {
  const { columns, needed, wrapped } = shape;
  const cursor: Cursor = { position: 0, fraction: 0 };
  const table = new NameTable(columns);
  const constants: unknown[] = [];
  constants[CURSOR] = cursor;
  constants[SLOW] = slow;
  constants[SKIP_SPACE] = skipSpace;
  constants[SKIP_VALUE] = skipValue;
  constants[SKIP_NULL] = skipNull;
  constants[PLAIN_STRING] = plainStringEnd;
  constants[PLAIN_BIGINT] = plainBigintEnd;
  constants[FIND_NAME] = (bytes: Bytes, start: number, end: number) =>
    table.find(bytes, start, end, cursor);
  const isNeeded = new Set(needed);
  columns.forEach(({ type }, index) => {
    const depth = wrapped ? COLUMN_DEPTH : COLUMN_DEPTH - 1;
    const make = isNeeded.has(index) || !wrapped ? valueReader : valueChecker;
    constants[READERS + index] = make(type, depth);
  });
  return constants;
}

/** The parameters of `CodecSource.decode`. */
export interface DecodeNames {
  readonly slots: readonly string[];
  readonly k: string;
  readonly present: string | undefined;
  readonly ranges: readonly (RangeVariables | null)[] | undefined;
}

/** Statements as `CodecSource.decode` describes them. */
export function decodeSource(shape: DecodeShape, names: DecodeNames): string {
  const { slots, k, present, ranges } = names;
  const assignNulls = slots.map((slot) => `${slot} = null;`).join(' ');
  const assignNoRanges = (ranges ?? [])
    .map((range) => (range === null ? '' : `${range.start} = -1; ${range.end} = -1;`))
    .join(' ');
  const fromSlow = slots.map((slot, i) => `${slot} = $row[${shape.needed[i]}];`).join(' ');
  const setPresent = (value: boolean): string =>
    present === undefined ? '' : `${present} = ${value};`;
  return `{
${assignNulls} ${assignNoRanges} ${setPresent(true)}
const $cursor = ${k}[${CURSOR}];
let $p = start, $c = 0, $done = false;
$fast: {
while ($p < end && (($c = bytes[$p]) === 32 || $c === 10 || $c === 13 || $c === 9)) $p++;
if ($p >= end) break $fast;
${fastSource(shape, names)}
}
if (!$done) {
  const $row = ${k}[${SLOW}](bytes, start, end);
  ${assignNoRanges}
  if ($row === null) { ${assignNulls} ${setPresent(false)} } else { ${fromSlow} }
}
}`;
}

function fastSource(shape: DecodeShape, names: DecodeNames): string {
  if (!shape.wrapped) return singleSource(names);
  return hasTwins(shape.columns) ? 'break $fast;' : objectSource(shape, names);
}

/** The document is the value. That a number or word must not run into what follows is left to the slow path. */
function singleSource({ slots, k }: DecodeNames): string {
  const slot = slots[0] ?? 'const $value';
  return `if (bytes[$p] === 110) break $fast;
${slot} = ${k}[${READERS}](bytes, $p, end, $cursor);
$p = $cursor.position;
if ($p === -1) break $fast;
if ($p < end && ($c = bytes[$p]) !== 32 && $c !== 10 && $c !== 13 && $c !== 9) break $fast;
$done = true;`;
}

function objectSource(shape: DecodeShape, names: DecodeNames): string {
  const { columns } = shape;
  const { k } = names;
  const maskCount = Math.ceil(columns.length / 31);
  const masks = Array.from({ length: maskCount }, (_, i) => `let $seen${i} = 0;`).join(' ');
  const skipSpaceSource = `if ($c <= 32) { $p = ${k}[${SKIP_SPACE}](bytes, $p, end); $c = bytes[$p]; }`;
  return `if (bytes[$p] !== 123) break $fast;
$c = bytes[++$p];
${masks}
${skipSpaceSource}
if ($c === 125) { $done = $p < end; break $fast; }
for (;;) {
if ($c !== 34 || ++$p >= end) break $fast;
let $i = -1;
${columns.length <= INLINE_NAMES_MAX ? inlineNames(columns) : ''}
if ($i === -1) {
  $i = ${k}[${FIND_NAME}](bytes, $p, end);
  $p = $cursor.position;
  if ($p === -1) break $fast;
}
$c = bytes[$p];
${skipSpaceSource}
if ($c !== 58) break $fast;
$c = bytes[++$p];
${skipSpaceSource}
if ($p >= end) break $fast;
switch ($i) {
${columns.map((_, index) => columnSource(shape, names, index)).join('\n')}
default:
  $p = ${k}[${SKIP_VALUE}](bytes, $p, end, ${COLUMN_DEPTH});
}
if ($p === -1) break $fast;
$c = bytes[$p];
${skipSpaceSource}
if ($p >= end) break $fast;
if ($c === 125) { $done = true; break $fast; }
if ($c !== 44) break $fast;
$c = bytes[++$p];
${skipSpaceSource}
}`;
}

/** Finds, reads or validates one column's value. */
function columnSource(
  shape: DecodeShape,
  { slots, k, ranges }: DecodeNames,
  index: number,
): string {
  const slot = shape.needed.indexOf(index);
  const seen = `$seen${Math.floor(index / 31)}`;
  const bit = 1 << (index % 31);
  const read = `${k}[${READERS + index}](bytes, $p, end, $cursor)`;
  const range = ranges?.[slot];
  return `case ${index}: {
  if ((${seen} & ${bit}) !== 0) break $fast;
  ${seen} |= ${bit};
  if ($c === 110) { $p = ${k}[${SKIP_NULL}](bytes, $p, end); break; }
  ${range === undefined || range === null ? '' : rangeSource(range, shape.columns[index]!.type, k)}
  ${slot === -1 ? `$p = ${read};` : `${slots[slot]} = ${read}; $p = $cursor.position;`}
  break;
}`;
}

/** Takes the value's bytes where they are what the encoder would write. */
function rangeSource({ start, end }: RangeVariables, type: SqlType, k: string): string {
  const place = type.kind === 'STRING' ? PLAIN_STRING : type.kind === 'BIGINT' ? PLAIN_BIGINT : -1;
  if (place === -1) return '';
  return `const $end = ${k}[${place}](bytes, $p, end);
  if ($end !== -1) { ${start} = $p; ${end} = $end; $p = $end; break; }`;
}

interface Candidate {
  readonly index: number;
  readonly pattern: BytePattern;
}

/** Sets `$i` and moves `$p` behind the closing quote when the name at `$p` is a column's. */
function inlineNames(columns: readonly Field[]): string {
  const candidates = columns.flatMap((column, index): Candidate[] => {
    const pattern = bytePattern(column.name);
    return pattern === null ? [] : [{ index, pattern }];
  });
  return candidates.length === 0 ? '' : chooseName(candidates);
}

/** Tells the candidates apart by switching on a byte in which they differ most, then compares the one that is left in full. */
function chooseName(candidates: readonly Candidate[]): string {
  const [only] = candidates;
  if (candidates.length === 1) return compareName(only!);
  const shortest = Math.min(...candidates.map(({ pattern }) => pattern.bytes.length));
  let best = groupBy(candidates, 0);
  let bestAt = 0;
  for (let at = 1; at <= shortest; at++) {
    const groups = groupBy(candidates, at);
    if (groups.size > best.size) {
      best = groups;
      bestAt = at;
    }
  }
  // Names of one pattern: a name with small letters beside the same in capitals is a twin, which has no inline names.
  if (best.size === 1) return candidates.map(compareName).join(' else ');
  const cases = [...best].map(([byte, group]) => {
    const labels = firstBytes(byte).map((label) => `case ${label}:`);
    return `${labels.join(' ')} ${chooseName(group)} break;`;
  });
  return `switch (bytes[$p + ${bestAt}]) {\n${cases.join('\n')}\n}`;
}

/** By the byte at a place, a letter whose case does not matter as its small form plus 256; the closing quote counts. */
function groupBy(candidates: readonly Candidate[], at: number): Map<number, Candidate[]> {
  const groups = new Map<number, Candidate[]>();
  for (const candidate of candidates) {
    const { bytes, masks } = candidate.pattern;
    const byte = at === bytes.length ? 0x22 : bytes[at]! + (masks[at] === 0 ? 0 : 256);
    const group = groups.get(byte);
    if (group === undefined) groups.set(byte, [candidate]);
    else group.push(candidate);
  }
  return groups;
}

function firstBytes(byte: number): readonly number[] {
  return byte < 256 ? [byte] : [byte - 256, byte - 256 - 0x20];
}

function compareName({ index, pattern }: Candidate): string {
  const length = pattern.bytes.length;
  const tests = pattern.bytes.map((byte, i) => {
    const at = `bytes[$p + ${i}]`;
    return pattern.masks[i] === 0 ? `${at} === ${byte}` : `(${at} | 32) === ${byte}`;
  });
  tests.push(`bytes[$p + ${length}] === 34`);
  return `if (${tests.join(' && ')}) { $i = ${index}; $p += ${length + 1}; }`;
}
