/**
 * Generates the JSON encoder of a row: room for all primitive values is made once, then braces, names and values are stored
 * byte by byte; names stand in the text as numbers. Containers write themselves.
 */
import type { Field, SqlType } from '../../types/type.ts';
import type { RangeVariables } from '../format.ts';
import { quotedRoom, UNCOUNTED_TEXT_MAX, UNIT_BYTES_MAX, writeQuoted } from './write-text.ts';
import {
  base64BytesMax,
  copyBytes,
  decimalBytesMax,
  fieldPrefix,
  fieldPrefixes,
  NUMBER_BYTES_MAX,
  valueWriter,
  writeBase64,
  writeBigint,
  writeBoolean,
  writeDecimal,
  writeDouble,
  writeInteger,
  writeNull,
} from './write-value.ts';

/** Names longer than this are copied rather than stored byte by byte. */
const INLINE_NAME_BYTES = 40;
/** Places in the constants. */
const NULL = 0;
const COPY = 1;
const ROOM = 2;
/** Two places for each column: its writer and the bytes before its value. */
const COLUMNS = 3;

type Family = 'number' | 'text' | 'bytes' | 'decimal' | 'container';

function family(type: SqlType): Family {
  switch (type.kind) {
    case 'STRING':
      return 'text';
    case 'BYTES':
      return 'bytes';
    case 'DECIMAL':
      return 'decimal';
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
      return 'container';
    default:
      return 'number';
  }
}

/** What `encodeSource` refers to by number. */
export function encodeConstants(columns: readonly Field[]): readonly unknown[] {
  const prefixes = fieldPrefixes(columns);
  const constants: unknown[] = [writeNull, copyBytes, quotedRoom];
  columns.forEach(({ type }, index) => {
    constants.push(columnWriter(type), prefixes[index]);
  });
  return constants;
}

function columnWriter(type: SqlType): unknown {
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
    case 'MAP':
    case 'STRUCT':
      return valueWriter(type);
    default:
      return writeInteger;
  }
}

/** The parameters of `CodecSource.encode`; the constants are in `k` from `offset` on. */
export interface EncodeNames {
  readonly values: readonly string[];
  readonly k: string;
  readonly offset: number;
  readonly written: string | undefined;
  readonly ranges: readonly (RangeVariables | null)[] | undefined;
}

/** Statements as `CodecSource.encode` describes them. */
export function encodeSource(
  { columns, wrapped }: { readonly columns: readonly Field[]; readonly wrapped: boolean },
  names: EncodeNames,
): string {
  const { values, written } = names;
  const locals = values.map((value, i) => `const $v${i} = ${value};`).join('\n');
  const reserve = reserveSource(columns, names);
  if (wrapped) {
    return `{
${locals}
${written === undefined ? '' : `${written} = true;`}
${reserve}
${columns.map((column, i) => memberSource(column, names, i)).join('\n')}
${columns.length === 0 ? '$b[$n++] = 123;' : ''}
$b[$n++] = 125;
out.length = $n;
}`;
  }
  const range = names.ranges?.[0] ?? null;
  const isPresent = range === null ? '$v0 !== null' : `$v0 !== null || ${range.start} !== -1`;
  return `{
${locals}
const $present = ${isPresent};
${written === undefined ? '' : `${written} = $present;`}
if ($present) {
${reserve}
${valueSource(columns[0]!, names, 0)}
out.length = $n;
}
}`;
}

/** Makes room for everything but the containers. */
function reserveSource(columns: readonly Field[], names: EncodeNames): string {
  let fixed = 2;
  const variable: string[] = [];
  for (const prefix of fieldPrefixes(columns)) fixed += prefix.length;
  columns.forEach(({ type }, i) => {
    const range = names.ranges?.[i] ?? null;
    if (range !== null) variable.push(`(${range.end} - ${range.start})`);
    fixed += NUMBER_BYTES_MAX;
    switch (family(type)) {
      case 'text':
        variable.push(textRoom(`$v${i}`, names));
        break;
      case 'bytes':
        variable.push(`($v${i} === null ? 0 : 2 * $v${i}.length)`);
        fixed += base64BytesMax(1);
        break;
      case 'decimal':
        if (type.kind === 'DECIMAL') fixed += decimalBytesMax(type.precision);
        break;
      default:
    }
  });
  return `const $room = ${[fixed, ...variable].join(' + ')};
out.reserve($room);
let $b = out.bytes, $n = out.length;`;
}

/** As `quotedRoom`, with the ordinary case inlined; the quotes are counted with the rest. */
function textRoom(value: string, names: EncodeNames): string {
  const counted = `${constant(names, ROOM)}(${value})`;
  const most = `${UNIT_BYTES_MAX} * ${value}.length`;
  return `(${value} === null ? 0 : ${value}.length <= ${UNCOUNTED_TEXT_MAX} ? ${most} : ${counted})`;
}

/** A name and its value. */
function memberSource(column: Field, names: EncodeNames, index: number): string {
  const range = names.ranges?.[index] ?? null;
  const copy =
    range === null
      ? ''
      : `if (${range.start} !== -1) $n = ${constant(names, COPY)}($b, $n, bytes, ${range.start}, ${range.end}); else `;
  return `${prefixSource(column, names, index)}
${copy}if ($v${index} === null) $n = ${constant(names, NULL)}($b, $n); else { ${writeSource(column, names, index)} }`;
}

/** The value of a single column, which is not NULL. */
function valueSource(column: Field, names: EncodeNames, index: number): string {
  const range = names.ranges?.[index] ?? null;
  const write = writeSource(column, names, index);
  if (range === null) return write;
  return `if (${range.start} !== -1) $n = ${constant(names, COPY)}($b, $n, bytes, ${range.start}, ${range.end}); else { ${write} }`;
}

function constant({ k, offset }: EncodeNames, place: number): string {
  return `${k}[${offset + place}]`;
}

function prefixSource(column: Field, names: EncodeNames, index: number): string {
  const bytes = fieldPrefix(column, index);
  if (bytes.length > INLINE_NAME_BYTES) {
    return `$b.set(${constant(names, COLUMNS + 2 * index + 1)}, $n); $n += ${bytes.length};`;
  }
  const stores = Array.from(bytes, (byte, i) => `$b[$n${i === 0 ? '' : ` + ${i}`}] = ${byte};`);
  return `${stores.join(' ')} $n += ${bytes.length};`;
}

/** Writes a value that is not NULL. */
function writeSource({ type }: Field, names: EncodeNames, index: number): string {
  const write = constant(names, COLUMNS + 2 * index);
  switch (family(type)) {
    case 'container':
      return `out.length = $n; ${write}(out, $v${index}); out.reserve($room); $b = out.bytes; $n = out.length;`;
    case 'decimal':
      return `$n = ${write}($b, $n, $v${index}, ${type.kind === 'DECIMAL' ? type.scale : 0});`;
    default:
      return `$n = ${write}($b, $n, $v${index});`;
  }
}
