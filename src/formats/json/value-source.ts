/**
 * Source text of the fast decoder's pieces: how one value is read, and how the members of an object are taken. The row's decoder
 * and the readers of nested containers are made of these.
 *
 * The text works on `bytes`, `end`, `$view`, `$last` (where the last four bytes begin), `$cursor`, `$p` (the position) and `$c` (the byte at it), and leaves the block
 * labelled `$fast` when something is not as expected. Constants are in `k`: those of `valueConstants`, by number.
 *
 * Positions may run past `end` (the next record's bytes, or beyond the buffer) in comparisons of bytes only; words are read inside,
 * and loops stop at `end`.
 */
import type { Field, SqlType } from '../../types/type.ts';
import { INLINE_COLUMNS_MAX } from '../limits.ts';
import { bytePattern, NameTable } from './name-table.ts';
import { plainConstants, plainSource, type Taking } from './plain-source.ts';
import {
  behindColon,
  type Checker,
  cursor,
  lookAt,
  type Reader,
  skipSpace,
  skipValue,
} from './scan.ts';

/** Places in the constants. */
export const CURSOR = 0;
export const LOOK_AT = 1;
export const SLOW = 2;
const SKIP_SPACE = 3;
const SKIP_VALUE = 4;
const TABLE = 6;
const NEXT = 7;
const BEHIND_COLON = 5;
const PLAIN = 8;
const READERS = PLAIN + plainConstants.length;

/** What the text refers to by number: a reader for each field that is needed, a checker for the others. */
export function valueConstants(
  fields: readonly Field[],
  readers: readonly (Reader<unknown> | Checker)[],
): unknown[] {
  const constants: unknown[] = [];
  constants[CURSOR] = cursor;
  constants[LOOK_AT] = lookAt;
  constants[SLOW] = null;
  constants[SKIP_SPACE] = skipSpace;
  constants[SKIP_VALUE] = skipValue;
  constants[TABLE] = new NameTable(fields);
  constants[NEXT] = firstGuess(fields.length);
  constants[BEHIND_COLON] = behindColon;
  constants.push(...plainConstants, ...readers);
  return constants;
}

/** Moves on to what is no white space. */
export function spaceSource(k: string): string {
  return `if ($c <= 32) { $p = ${k}[${SKIP_SPACE}](bytes, $p, end); if ($p >= end) break $fast; $c = bytes[$p]; }`;
}

/** `null` as a word. */
const NULL_WORD = 0x6c6c756e;

/** A value among others: where its reader or checker is, and whether the plain kind is taken inline. */
export interface ValuePlace {
  readonly type: SqlType;
  readonly index: number;
  readonly isInlined: boolean;
}

/** Takes the value at `$p`, a NULL by leaving the target as it is. */
export function valueSource(k: string, place: ValuePlace, taking: Taking): string {
  const { type, index, isInlined } = place;
  const constant = (at: number): string => `${k}[${PLAIN + at}]`;
  return `if ($c === 110) {
if ($p + 4 > end || $view.getInt32($p, true) !== ${NULL_WORD}) break $fast;
$p += 4;
} else $take: {
${isInlined ? plainSource(type, taking, constant) : ''}
${callSource(k, index, taking)}
if ($p === -1) break $fast;
}`;
}

function callSource(k: string, index: number, taking: Taking): string {
  const call = `${k}[${READERS + index}](bytes, $p, end, $cursor)`;
  return taking.kind === 'check'
    ? `$p = ${call};`
    : `${taking.target} = ${call}; $p = $cursor.position;`;
}

/** Takes the name of a map's entry at `$p` with the reader or checker at `index`, and goes on to the value. */
export function entryNameSource(k: string, index: number, taking: Taking): string {
  return `${callSource(k, index, taking)}
$p = ${k}[${BEHIND_COLON}](bytes, $p, end);
if ($p === -1) break $fast;
$c = bytes[$p];`;
}

/**
 * Which field the property behind each field is, as the last document had it; the places behind the fields are those of a
 * property that is no field and of the first property. It begins as the order of the fields.
 */
function firstGuess(fieldCount: number): Int32Array {
  const next = Int32Array.from({ length: fieldCount + 2 }, (_, index) => index + 1);
  next[fieldCount + 1] = 0;
  return next;
}

/** Takes what stands between two brackets, separated by commas, sets `$done` and leaves `$fast` at the closing bracket. */
export function itemsSource(k: string, open: number, close: number, item: string): string {
  const space = spaceSource(k);
  return `if (bytes[$p] !== ${open}) break $fast;
$c = bytes[++$p];
${space}
if ($c === ${close}) { $done = $p < end; break $fast; }
for (;;) {
${item}
$c = bytes[$p];
${space}
if ($c === ${close}) { $done = $p < end; break $fast; }
if ($c !== 44) break $fast;
$c = bytes[++$p];
${space}
}`;
}

/** What `membersSource` is made for. */
export interface MembersShape {
  readonly fields: readonly Field[];
  readonly k: string;
  /** Level of containers among the members. */
  readonly depth: number;
  /** The statements that take a field's value at `$p`. */
  readonly value: (index: number) => string;
}

/**
 * Takes the members of the object at `$p`.
 *
 * Documents of a topic mostly have their properties in one order. So the name is first compared, as words, with the one that came
 * there in the last document; only if it is another it is looked up.
 */
export function membersSource({ fields, k, depth, value }: MembersShape): string {
  const unknown = fields.length;
  const masks = Array.from({ length: Math.ceil(unknown / 31) }, (_, i) => `let $seen${i} = 0;`);
  const isInlined = unknown <= INLINE_COLUMNS_MAX;
  const cases = fields.map(({ name }, index) => {
    const find = isInlined ? nameSource(name, k) : 'if (!$named) break;';
    return `case ${index}:\n${find}\n${onceSource(index)}\n${value(index)}\nbreak $member;`;
  });
  const member = `let $named = false, $i = $next[$before];
$member: for (;;) {
switch ($i) {
${cases.join('\n')}
case ${unknown}:
if (!$named) break;
$p = ${k}[${SKIP_VALUE}](bytes, $p, end, $cursor, ${depth});
if ($p === -1) break $fast;
break $member;
}
$i = ${k}[${TABLE}].find(bytes, $p, end, $cursor);
$p = $cursor.position;
if ($p === -1) break $fast;
$c = bytes[$p];
$next[$before] = $i;
$named = true;
}
$before = $i;`;
  return `${masks.join(' ')}
const $next = ${k}[${NEXT}];
let $before = ${unknown + 1};
${itemsSource(k, 123, 125, member)}`;
}

/** A property that comes twice is for the slow path. */
function onceSource(index: number): string {
  const seen = `$seen${Math.floor(index / 31)}`;
  const bit = 1 << (index % 31);
  return `if ((${seen} & ${bit}) !== 0) break $fast;\n${seen} |= ${bit};`;
}

/** Names up to so many bytes are compared inline. */
const INLINE_NAME_BYTES = 40;

/** Leaves the switch unless the name at `$p`, where it is only guessed, is this one; then goes on to the value. */
function nameSource(name: string, k: string): string {
  const pattern = bytePattern(name);
  const length = name.length + 3;
  if (pattern === null || name === '' || length > INLINE_NAME_BYTES) return 'if (!$named) break;';
  const bytes = [0x22, ...pattern.bytes, 0x22, 0x3a];
  const masks = [0, ...pattern.masks, 0, 0];
  const isOther = [`$p >= end - ${length}`];
  for (let at = 0; at < length; at += 4) {
    // The last word overlaps the one before.
    const from = Math.min(at, length - 4);
    const word = `$view.getInt32($p + ${from}, true)`;
    const mask = wordAt(masks, from);
    const masked = mask === 0 ? word : `(${word} | ${mask})`;
    isOther.push(`${masked} !== ${wordAt(bytes, from)}`);
  }
  return `if (!$named) {
if (${isOther.join(' || ')}) break;
$p += ${length};
$c = bytes[$p];
${spaceSource(k)}
}`;
}

/** Four bytes as a signed integer, the lowest first. */
function wordAt(bytes: readonly number[], at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(at, at + 4);
  return a | (b << 8) | (c << 16) | (d << 24);
}
