/**
 * Generates the JSON encoder of a row: room for all primitive values is made once, then braces, names and values are stored
 * byte by byte; names stand in the text as numbers. Containers write themselves.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { quotedBytesMax, writeQuoted } from './write-text.ts';
import {
  base64BytesMax,
  decimalBytesMax,
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
const WRITE_NULL = 0;
/** Two places for each column: its writer and the bytes before its value. */
const COLUMNS = 1;

/** Where the constants are: from `offset` on in the array that the expression `k` names. */
interface Place {
  readonly k: string;
  readonly offset: number;
}

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
  const constants: unknown[] = [writeNull];
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

/** Statements as `CodecSource.encode` describes them. */
export function encodeSource(
  columns: readonly Field[],
  wrapped: boolean,
  values: readonly string[],
  place: Place,
  written: string | undefined,
): string {
  const setWritten = (value: boolean): string =>
    written === undefined ? '' : `${written} = ${value};`;
  const locals = values.map((value, i) => `const $v${i} = ${value};`).join('\n');
  if (!wrapped) {
    return `{
${locals}
if ($v0 === null) { ${setWritten(false)} } else {
${setWritten(true)}
${reserveSource(columns)}
${writeSource(columns, place, 0)}
out.length = $n;
}
}`;
  }
  const prefixes = fieldPrefixes(columns);
  const members = columns.map(
    (_, i) => `${prefixSource(prefixes[i]!, place, i)}
if ($v${i} === null) $n = ${place.k}[${place.offset + WRITE_NULL}]($b, $n); else { ${writeSource(columns, place, i)} }`,
  );
  return `{
${locals}
${setWritten(true)}
${reserveSource(columns)}
${members.join('\n')}
${columns.length === 0 ? '$b[$n++] = 123;' : ''}
$b[$n++] = 125;
out.length = $n;
}`;
}

/** The writer of column `index`. */
function constant({ k, offset }: Place, index: number): string {
  return `${k}[${offset + COLUMNS + 2 * index}]`;
}

/** Makes room for everything but the containers. */
function reserveSource(columns: readonly Field[]): string {
  let fixed = 2;
  const variable: string[] = [];
  for (const prefix of fieldPrefixes(columns)) fixed += prefix.length;
  columns.forEach(({ type }, i) => {
    fixed += NUMBER_BYTES_MAX;
    switch (family(type)) {
      case 'text':
        variable.push(
          `($v${i} === null ? 0 : ${quotedBytesMax(1) - quotedBytesMax(0)} * $v${i}.length)`,
        );
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

function prefixSource(bytes: Bytes, place: Place, index: number): string {
  if (bytes.length > INLINE_NAME_BYTES) {
    const prefix = `${place.k}[${place.offset + COLUMNS + 2 * index + 1}]`;
    return `$b.set(${prefix}, $n); $n += ${bytes.length};`;
  }
  const stores = Array.from(bytes, (byte, i) => `$b[$n${i === 0 ? '' : ` + ${i}`}] = ${byte};`);
  return `${stores.join(' ')} $n += ${bytes.length};`;
}

function writeSource(columns: readonly Field[], place: Place, index: number): string {
  const { type } = columns[index]!;
  const write = constant(place, index);
  switch (family(type)) {
    case 'container':
      return `out.length = $n; ${write}(out, $v${index}); out.reserve($room); $b = out.bytes; $n = out.length;`;
    case 'decimal':
      return `$n = ${write}($b, $n, $v${index}, ${type.kind === 'DECIMAL' ? type.scale : 0});`;
    default:
      return `$n = ${write}($b, $n, $v${index});`;
  }
}
