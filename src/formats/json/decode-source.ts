/**
 * Generates the JSON decoder of a row: straight-line code for these columns, working on the bytes.
 *
 * A row is an object; its properties are taken as they come. The value is read by the column's reader, or only validated if
 * nobody needs it.
 *
 * Whenever something is not as expected (malformed text, a property twice, a number of an odd kind), the code leaves the block
 * labelled `$fast`, and the slow path decodes the whole record again and words the error if there is one. So the fast path never
 * decides that a record is bad; it must only never accept what the slow path would refuse, nor read it differently. A record
 * counts only if it closed before `end`.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { RangeVariables } from '../format.ts';
import { INLINE_COLUMNS_MAX } from '../limits.ts';
import { hasTwins } from './name-table.ts';
import type { Taking } from './plain-source.ts';
import { valueChecker, valueReader } from './readers.ts';
import {
  CURSOR,
  LOOK_AT,
  membersSource,
  SLOW,
  spaceSource,
  valueConstants,
  valueSource,
} from './value-source.ts';

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

/** What `decodeSource` refers to by number. */
export function decodeConstants(shape: DecodeShape, slow: SlowDecode): readonly unknown[] {
  const { columns, needed, wrapped } = shape;
  const isNeeded = new Set(needed);
  const depth = wrapped ? COLUMN_DEPTH : COLUMN_DEPTH - 1;
  const readers = columns.map(({ type }, index) =>
    isNeeded.has(index) || !wrapped ? valueReader(type, depth) : valueChecker(type, depth),
  );
  const constants = valueConstants(columns, readers);
  constants[SLOW] = slow;
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
const $view = ${k}[${LOOK_AT}](bytes), $cursor = ${k}[${CURSOR}], $last = bytes.length - 4;
let $p = start, $done = false;
$fast: {
if (start >= end) break $fast;
let $c = bytes[$p];
${spaceSource(k)}
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
  if (!shape.wrapped) return singleSource(shape.columns, names);
  if (hasTwins(shape.columns)) return 'break $fast;';
  return membersSource({
    fields: shape.columns,
    k: names.k,
    depth: COLUMN_DEPTH,
    value: (index) => columnSource(shape, names, index),
  });
}

/** The document is the value. That a number or word must not run into what follows is left to the slow path. */
function singleSource(columns: readonly Field[], { slots, k }: DecodeNames): string {
  const target = slots[0] ?? '$value';
  const place = { type: columns[0]!.type, index: 0, isInlined: false };
  return `if ($c === 110) break $fast;
${slots.length === 0 ? 'let $value;' : ''}
${valueSource(k, place, { kind: 'read', target })}
if ($p < end && ($c = bytes[$p]) !== 32 && $c !== 10 && $c !== 13 && $c !== 9) break $fast;
$done = true;`;
}

/** Takes one column's value. */
function columnSource(shape: DecodeShape, names: DecodeNames, index: number): string {
  const { type } = shape.columns[index]!;
  const place = { type, index, isInlined: shape.columns.length <= INLINE_COLUMNS_MAX };
  const slot = shape.needed.indexOf(index);
  if (slot === -1) return valueSource(names.k, place, { kind: 'check' });
  const target = names.slots[slot]!;
  const range = names.ranges?.[slot] ?? null;
  const taking: Taking =
    range === null ? { kind: 'read', target } : { kind: 'range', target, range };
  return valueSource(names.k, place, taking);
}
