/**
 * Generates the encoder of a message: room for everything of a fixed size is made once, then the fields are stored one behind the
 * other. Texts, bytes and the elements of lists make room for themselves, so that `$room` bytes are always left. A message inside
 * is written behind a single byte for its length, and moved if that was not enough. What the text does not spell out (oneofs,
 * symbols, conversions, messages that stand for other types) is written by the functions of write-message.ts.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import {
  HIGH,
  LOW,
  long,
  outputView,
  putVarint,
  putVarint64,
  putZigzag64,
  varintSize,
  words,
} from '../binary-numbers.ts';
import { byteWriter, writtenBytes } from '../byte-writer.ts';
import type { EncodeFunction } from '../generate.ts';
import { GENERATED_COLUMNS_MAX } from '../limits.ts';
import { putText } from '../payload-text.ts';
import { SourceBuilder } from '../source-builder.ts';
import { wireTypeOf } from './cursor.ts';
import { appendVarint } from './output.ts';
import { mapEntryOf, type ProtoField, type ProtoMessage, wrappedScalar } from './schema.ts';
import { columnOf, fieldWriter, type FieldWriter, memberWriter } from './write-message.ts';
import { putTemporal, TEMPORAL_BYTES_MAX } from './write-temporal.ts';

/** A tag and a value of a fixed size, or the length of what follows, take no more. */
const VALUE_BYTES_MAX = 16;

export interface EncoderRequest {
  readonly message: ProtoMessage;
  readonly columns: readonly Field[];
  /** What stands in front of the message. */
  readonly prefix: Bytes;
}

/** Throws FormatError where the message does not take the columns. */
export function generatedEncoder(request: EncoderRequest): EncodeFunction {
  return new EncodeSource().encoder(request);
}

class EncodeSource {
  readonly #text = new SourceBuilder(GENERATED_COLUMNS_MAX);
  #roomBytes = 0;

  encoder({ message, columns, prefix }: EncoderRequest): EncodeFunction {
    const fields = this.#fields(message, cellsOf(columns, 'row'), '');
    return this.#text.compile<EncodeFunction>(
      'row, out',
      `const $room = ${this.#roomBytes + prefix.length};
out.reserve($room);
let $b = out.bytes, $n = out.length;
${bytesSource(prefix)}
${fields}
out.length = $n;
return true;`,
    );
  }

  #fields(message: ProtoMessage, columns: readonly Given[], path: string): string {
    return message.fields
      .map((field) => {
        const column = columns[columnOf(field.oneof ?? field.name, columns)];
        if (column === undefined) return '';
        const inner = path === '' ? column.name : `${path}.${column.name}`;
        return this.#field(field, column.type, { value: column.value, path: inner });
      })
      .join('\n');
  }

  #field(field: ProtoField, type: SqlType, { value, path }: Place): string {
    if (field.oneof !== null) return this.#called(memberWriter(field, type, path), value);
    const name = this.#text.name();
    const source = this.#text.takeValue()
      ? this.#spelled(field, type, { value: name, path })
      : null;
    if (source === null) return this.#called(fieldWriter(field, type, path), value);
    this.#roomBytes += VALUE_BYTES_MAX;
    return `const ${name} = ${value};\n${source}`;
  }

  /** By a function. */
  #called(write: FieldWriter, value: string): string {
    const name = this.#text.constant(write);
    return `out.length = $n; ${name}(out, ${value}); out.reserve($room); $b = out.bytes; $n = out.length;`;
  }

  /** Null where the text does not spell it out. */
  #spelled(field: ProtoField, type: SqlType, { value, path }: Place): string | null {
    if (!field.repeated) return this.#single(field, type, { value, path });
    if (type.kind === 'MAP') return this.#map(field, type, { value, path });
    if (type.kind !== 'ARRAY') return null;
    const at = this.#text.name();
    const item = this.#text.name();
    const wireType = field.type.kind === 'scalar' ? wireTypeOf(field.type.scalar) : 2;
    const write = this.#element(field, type.element, { value: item, path });
    if (write === null) return null;
    this.#roomBytes += VALUE_BYTES_MAX;
    const each = (
      source: string,
    ): string => `for (let ${at} = 0; ${at} < ${value}.length; ${at}++) {
const ${item} = ${value}[${at}];
${this.#grow('0')}
${source}
}`;
    if (wireType === 2) {
      const blank = `if (${item} === null) $b[$n++] = 0; else { ${write} }`;
      return `if (${value} !== null) ${each(`${tagSource(field.number, 2)}\n${blank}`)}`;
    }
    const zero = zeroSource(wireType);
    return `if (${value} !== null && ${value}.length > 0) {
${tagSource(field.number, 2)}
${this.#delimited(each(`if (${item} === null) { ${zero} } else { ${write} }`))}
}`;
  }

  #single(field: ProtoField, type: SqlType, place: Place): string | null {
    const { value } = place;
    const write = this.#element(field, type, place);
    if (write === null) return null;
    const test =
      field.type.kind === 'message' || field.presence ? '' : ` && ${notDefault(type, value)}`;
    const wireType = field.type.kind === 'scalar' ? wireTypeOf(field.type.scalar) : 2;
    return `if (${value} !== null${test}) {
${tagSource(field.number, wireType)}
${write}
}`;
  }

  /** A value that is not NULL, without its tag; null where the text does not spell it out. */
  #element({ type: of }: ProtoField, type: SqlType, place: Place): string | null {
    if (of.kind === 'scalar') return this.#scalar(of.scalar, type, place.value);
    if (of.kind === 'enum') return null;
    const { message } = of;
    const { value, path } = place;
    if (wrappedScalar(message) !== null && type.kind !== 'STRUCT') {
      return this.#delimited(this.#fields(message, [{ name: 'value', type, value }], path));
    }
    const put = putTemporal(message, type);
    if (put !== null) {
      return `${this.#grow(String(TEMPORAL_BYTES_MAX))}
${this.#delimited(`$n = ${this.#text.constant(put)}($b, $n, ${value});`)}`;
    }
    if (type.kind !== 'STRUCT') return null;
    return this.#delimited(this.#fields(message, cellsOf(type.fields, value), path));
  }

  #map(
    field: ProtoField,
    type: Extract<SqlType, { kind: 'MAP' }>,
    { value, path }: Place,
  ): string | null {
    const entry = mapEntryOf(field);
    if (entry === null) return null;
    const key = this.#text.name();
    const item = this.#text.name();
    const parts = [
      { name: 'key', type: type.key, value: key },
      { name: 'value', type: type.value, value: item },
    ];
    const fields = this.#fields(entry.message, parts, path);
    return `if (${value} !== null) for (const [${key}, ${item}] of ${value}) {
${this.#grow('0')}
${tagSource(field.number, 2)}
${this.#delimited(fields)}
}`;
  }

  /** What the source writes, with its length before it. */
  #delimited(source: string): string {
    const from = this.#text.name();
    return `const ${from} = ++$n;
${source}
$n = ${this.#text.constant(close)}($b, ${from}, $n);`;
  }

  /** Makes room for so many bytes besides `$room`. */
  #grow(byteCount: string): string {
    return `if ($n + ${byteCount} + $room > $b.length) { out.length = $n; out.reserve(${byteCount} + $room); $b = out.bytes; }`;
  }

  #scalar(scalar: string, type: SqlType, value: string): string | null {
    const call = (put: unknown, values: string): string =>
      `$n = ${this.#text.constant(put)}($b, $n, ${values});`;
    const fixed = (size: number, method: string): string =>
      `${this.#text.constant(outputView)}($b).${method}($n, ${value}, true); $n += ${size};`;
    const halves = this.#text.constant(words);
    const load = `${this.#text.constant(long)}[0] = ${value};`;
    switch (`${type.kind} ${scalar}`) {
      case 'BOOLEAN bool':
        return `$b[$n++] = ${value} === true ? 1 : 0;`;
      case 'INTEGER int32':
        return call(putVarint64, `${value}, ${value} >> 31`);
      case 'INTEGER sint32':
        return call(putVarint, `(${value} << 1) ^ (${value} >> 31)`);
      case 'INTEGER sfixed32':
        return fixed(4, 'setInt32');
      case 'BIGINT int64':
      case 'BIGINT uint64':
        return `${load}\n${call(putVarint64, `${halves}[${LOW}], ${halves}[${HIGH}]`)}`;
      case 'BIGINT sint64':
        return `${load}\n${call(putZigzag64, `${halves}[${LOW}], ${halves}[${HIGH}]`)}`;
      case 'BIGINT fixed64':
      case 'BIGINT sfixed64':
        return fixed(8, 'setBigInt64');
      case 'DOUBLE double':
        return fixed(8, 'setFloat64');
      case 'DOUBLE float':
        return fixed(4, 'setFloat32');
      case 'STRING string':
        return `${this.#grow(`3 * ${value}.length`)}\n${call(putText, `${value}, 0`)}`;
      case 'BYTES bytes':
        return `${this.#grow(`${value}.length`)}
${call(putVarint, `${value}.length`)} $b.set(${value}, $n); $n += ${value}.length;`;
      default:
        return null;
    }
  }
}

/** A column and the expression of its value. */
interface Given extends Field {
  readonly value: string;
}

/** The columns of the row that an expression stands for. */
function cellsOf(columns: readonly Field[], row: string): readonly Given[] {
  return columns.map((column, index) => ({ ...column, value: `${row}[${index}]` }));
}

interface Place {
  /** The expression. */
  readonly value: string;
  /** For messages. */
  readonly path: string;
}

function bytesSource(bytes: Bytes): string {
  return Array.from(bytes, (byte) => `$b[$n++] = ${byte};`).join(' ');
}

/** The number zero, which stands for NULL in lists. */
function zeroSource(wireType: number): string {
  return bytesSource(new Uint8Array(wireType === 1 ? 8 : wireType === 5 ? 4 : 1));
}

function tagSource(number: number, wireType: number): string {
  const out = byteWriter(8);
  appendVarint(out, (number << 3) | wireType);
  return bytesSource(writtenBytes(out));
}

/** -0 is no default: its bits are not all zero. */
function notDefault(type: SqlType, value: string): string {
  switch (type.kind) {
    case 'BOOLEAN':
      return `${value} !== false`;
    case 'BIGINT':
      return `${value} !== 0n`;
    case 'STRING':
    case 'BYTES':
      return `${value}.length !== 0`;
    default:
      return `(${value} !== 0 || 1 / ${value} < 0)`;
  }
}

/** Puts the length in front of what begins at `from`, behind the one byte left for it; returns where it ends. */
function close(bytes: Bytes, from: number, end: number): number {
  const length = end - from;
  const size = varintSize(length);
  if (size > 1) bytes.copyWithin(from + size - 1, from, end);
  putVarint(bytes, from - 1, length);
  return end + size - 1;
}
