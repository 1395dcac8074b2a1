/**
 * Source text of the encoder's pieces: making room, names, one value. The row's encoder and the writers of nested containers are
 * made of these.
 *
 * The text works on the ByteWriter `out`, `$b` (its bytes), `$w` (the same as words) and `$n` (where the next byte goes); values are
 * in `$v0`, `$v1` … Constants are in `k`: those of `writeConstants`, by number.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import type { RangeVariables } from '../format.ts';
import { copyBytes } from './copy-bytes.ts';
import { outputView, viewOf } from './views.ts';
import { base64BytesMax, decimalBytesMax, NUMBER_BYTES_MAX, writeNull } from './write-primitive.ts';
import { quotedRoom, UNCOUNTED_TEXT_MAX, UNIT_BYTES_MAX, writeQuoted } from './write-text.ts';

/** Names longer than this are copied rather than stored word by word. */
const INLINE_NAME_BYTES = 80;
/** Places in the constants. */
const NULL = 0;
const COPY = 1;
const ROOM = 2;
const VIEW = 3;
const QUOTED = 4;
/** Two places for each field: its writer and the bytes before its value. */
const FIELDS = 5;

/** What the text refers to by number: a writer for each field, from `names.offset` on. */
export function writeConstants(
  fields: readonly Field[],
  writers: readonly unknown[],
): readonly unknown[] {
  const constants: unknown[] = [writeNull, copyBytes, quotedRoom, outputView, writeQuoted];
  fields.forEach((field, index) => {
    constants.push(writers[index], fieldPrefix(field, index));
  });
  return constants;
}

/** What stands before the value of the field at `index`: `{"A":`, `,"B":` … */
export function fieldPrefix(field: Field, index: number): Bytes {
  const bytes = new Uint8Array(quotedRoom(field.name) + 2);
  bytes[0] = index === 0 ? 0x7b : 0x2c;
  const end = writeQuoted(bytes, 1, field.name, viewOf(bytes));
  bytes[end] = 0x3a;
  return bytes.slice(0, end + 1);
}

/** Where the constants are, and which values may be ranges of `bytes` instead. */
export interface WriteNames {
  readonly k: string;
  readonly offset: number;
  readonly ranges: readonly (RangeVariables | null)[] | undefined;
}

function constant({ k, offset }: WriteNames, place: number): string {
  return `${k}[${offset + place}]`;
}

/** Makes room for `more` bytes, and for the fields' names and values but for containers, which make room themselves. */
export function reserveSource(
  fields: readonly Field[],
  names: WriteNames,
  more: readonly string[],
): string {
  const room = fields.map((field, index) => roomSource(field, index, names));
  return `const $room = ${[...more, ...room].join(' + ')};
out.reserve($room);
let $b = out.bytes, $n = out.length, $w = ${constant(names, VIEW)}($b);`;
}

function roomSource(field: Field, index: number, names: WriteNames): string {
  const value = `$v${index}`;
  const range = names.ranges?.[index] ?? null;
  const copied = range === null ? '' : ` + (${range.end} - ${range.start})`;
  return `${fieldPrefix(field, index).length + valueBytesMax(field.type)}${copied}${variableRoom(field.type, value, names)}`;
}

/** Room for what does not depend on the value. */
function valueBytesMax(type: SqlType): number {
  switch (type.kind) {
    case 'BYTES':
      return NUMBER_BYTES_MAX + base64BytesMax(1);
    case 'DECIMAL':
      return NUMBER_BYTES_MAX + decimalBytesMax(type.precision);
    default:
      return NUMBER_BYTES_MAX;
  }
}

function variableRoom(type: SqlType, value: string, names: WriteNames): string {
  switch (type.kind) {
    case 'STRING':
      return ` + (${value} === null ? 0 : ${textRoomSource(value, names)})`;
    case 'BYTES':
      return ` + (${value} === null ? 0 : 2 * ${value}.length)`;
    default:
      return '';
  }
}

/** As `quotedRoom`, with the ordinary case inlined; the quotes are counted with the rest. */
export function textRoomSource(text: string, names: WriteNames): string {
  const counted = `${constant(names, ROOM)}(${text})`;
  return `(${text}.length <= ${UNCOUNTED_TEXT_MAX} ? ${UNIT_BYTES_MAX} * ${text}.length : ${counted})`;
}

/** A name and its value. */
export function memberSource(field: Field, index: number, names: WriteNames): string {
  return `${prefixSource(field, index, names)}\n${valueSource(field, index, names)}`;
}

function prefixSource(field: Field, index: number, names: WriteNames): string {
  const bytes = fieldPrefix(field, index);
  const { length } = bytes;
  if (length > INLINE_NAME_BYTES) {
    return `$b.set(${constant(names, FIELDS + 2 * index + 1)}, $n); $n += ${length};`;
  }
  const words = viewOf(bytes);
  const stores: string[] = [];
  for (let at = 0; at < length; at += 4) {
    // The last word overlaps the one before.
    const from = Math.min(at, length - 4);
    stores.push(`$w.setInt32($n + ${from}, ${words.getInt32(from, true)}, true);`);
  }
  return `${stores.join(' ')} $n += ${length};`;
}

/** A value that may be NULL, or a range. */
export function valueSource(field: Field, index: number, names: WriteNames): string {
  const copy = copySource(index, names);
  const write = presentSource(field, index, names);
  return `${copy}if ($v${index} === null) $n = ${constant(names, NULL)}($b, $n); else { ${write} }`;
}

/** Copies the value where it is a range, else goes on. */
export function copySource(index: number, names: WriteNames): string {
  const range = names.ranges?.[index] ?? null;
  if (range === null) return '';
  const copy = `${constant(names, COPY)}($b, $n, bytes, ${range.start}, ${range.end})`;
  return `if (${range.start} !== -1) $n = ${copy}; else `;
}

/** A value that is not NULL. */
export function presentSource({ type }: Field, index: number, names: WriteNames): string {
  const write = constant(names, FIELDS + 2 * index);
  const value = `$v${index}`;
  switch (type.kind) {
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return `out.length = $n; ${write}(out, ${value}); out.reserve($room);
$b = out.bytes; $n = out.length; $w = ${constant(names, VIEW)}($b);`;
    case 'DECIMAL':
      return `$n = ${write}($b, $n, ${value}, ${type.scale});`;
    default:
      return `$n = ${write}($b, $n, ${value}, $w);`;
  }
}

/** A text in quotes, given as an expression. */
export function quotedSource(text: string, names: WriteNames): string {
  return `$n = ${constant(names, QUOTED)}($b, $n, ${text}, $w);`;
}
