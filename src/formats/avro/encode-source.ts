/**
 * Generates the encoder of a row for a schema: room for everything of a fixed size is made once, then the values are stored one
 * behind the other. Texts, bytes and the elements of lists make room for themselves, so that `$room` bytes are always left. What
 * the text does not spell out (unions of several types, decimals, defaults) is written by the functions of write-value.ts.
 */
import type { Bytes } from '../../base/env.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { DECIMAL_BYTES_MAX, integerSize, putInteger } from '../binary-decimal.ts';
import { HIGH, LOW, long, outputView, putVarint, putZigzag64, words } from '../binary-numbers.ts';
import type { EncodeFunction } from '../generate.ts';
import { GENERATED_COLUMNS_MAX } from '../limits.ts';
import { putText } from '../payload-text.ts';
import { FRAME_BYTES } from '../schema.ts';
import { SourceBuilder } from '../source-builder.ts';
import type { AvroField, AvroRecord, AvroSchema } from './schema.ts';
import {
  absentWriter,
  type AvroWriter,
  avroWriter,
  columnOf,
  fieldWriter,
  nullValue,
} from './write-value.ts';

/** Writes the bytes of a decimal of at most DECIMAL_BYTES_MAX, with their length. */
function putDecimal(bytes: Bytes, position: number, value: bigint): number {
  const size = integerSize(value);
  bytes[position] = size << 1;
  return putInteger(bytes, position + 1, value, size);
}

/** Values of a fixed size take no more, the number of their union's branch included. */
const VALUE_BYTES_MAX = 16;

export interface EncoderRequest {
  readonly id: number;
  readonly schema: AvroSchema;
  /** The schema's record holds the columns; otherwise the one column's value is the schema's. */
  readonly isRecord: boolean;
  readonly columns: readonly Field[];
}

/** Writes rows with the frame in front. The schema has been found to take the columns (write-value.ts). */
export function generatedEncoder(request: EncoderRequest): EncodeFunction {
  return new EncodeSource().encoder(request);
}

class EncodeSource {
  readonly #text = new SourceBuilder(GENERATED_COLUMNS_MAX);
  #roomBytes = FRAME_BYTES;

  encoder({ id, schema, isRecord, columns }: EncoderRequest): EncodeFunction {
    const body = isRecord
      ? this.#fields(schema as AvroRecord, columns, 'row', '')
      : this.#value(schema, columns[0]!.type, 'row[0]', '');
    const frame = [0, (id >>> 24) & 0xff, (id >>> 16) & 0xff, (id >>> 8) & 0xff, id & 0xff];
    return this.#text.compile<EncodeFunction>(
      'row, out',
      `${isRecord ? '' : 'if (row[0] === null) return false;'}
const $room = ${this.#roomBytes};
out.reserve($room);
let $b = out.bytes, $n = out.length;
${frame.map((byte, at) => `$b[$n + ${at}] = ${byte};`).join(' ')} $n += ${FRAME_BYTES};
${body}
out.length = $n;
return true;`,
    );
  }

  #fields(record: AvroRecord, columns: readonly Field[], row: string, path: string): string {
    return record.fields
      .map((field) => {
        const index = columnOf(field, columns);
        const inner = path === '' ? field.name : `${path}.${field.name}`;
        const column = columns[index];
        return column === undefined
          ? this.#called(absentWriter(field, inner), 'null')
          : this.#field(field, column.type, `${row}[${index}]`, inner);
      })
      .join('\n');
  }

  #field(field: AvroField, type: SqlType, value: string, path: string): string {
    // The default stands for NULL only where the schema has no null.
    const { type: schema } = field;
    const isNullable =
      schema.kind === 'union' && schema.branches.some(({ kind }) => kind === 'null');
    if (field.default !== undefined && !isNullable) {
      return this.#called(fieldWriter(field, type, path), value);
    }
    return this.#value(schema, type, value, path);
  }

  /** Writes the value of an expression. */
  #value(schema: AvroSchema, type: SqlType, value: string, path: string): string {
    this.#roomBytes += VALUE_BYTES_MAX;
    const name = this.#text.name();
    const source = this.#text.takeValue() ? this.#orNull(schema, type, name, path) : null;
    return source === null
      ? this.#called(avroWriter(schema, type, path), value)
      : `const ${name} = ${value};\n${source}`;
  }

  /** By a function. */
  #called(write: AvroWriter, value: string): string {
    const name = this.#text.constant(write);
    return `out.length = $n; ${name}(out, ${value}); out.reserve($room); $b = out.bytes; $n = out.length;`;
  }

  #orNull(schema: AvroSchema, type: SqlType, value: string, path: string): string | null {
    if (schema.kind !== 'union') {
      const source = this.#spelled(schema, type, value, path);
      const refuse = this.#text.constant(() => {
        throw nullValue(schema, path);
      });
      return source === null ? null : `if (${value} === null) ${refuse}();\n${source}`;
    }
    const { branches } = schema;
    const nullAt = branches.findIndex(({ kind }) => kind === 'null');
    const of = branches[1 - nullAt];
    if (branches.length !== 2 || nullAt === -1 || of === undefined || of.kind === 'null')
      return null;
    const source = this.#spelled(of, type, value, path);
    if (source === null) return null;
    return `if (${value} === null) $b[$n++] = ${2 * nullAt}; else {
$b[$n++] = ${2 * (1 - nullAt)};
${source}
}`;
  }

  /** Makes room for so many bytes besides `$room`. */
  #grow(byteCount: string): string {
    return `if ($n + ${byteCount} + $room > $b.length) { out.length = $n; out.reserve(${byteCount} + $room); $b = out.bytes; }`;
  }

  /** A value that is not NULL; null where the text does not spell it out. */
  #spelled(schema: AvroSchema, type: SqlType, value: string, path: string): string | null {
    const call = (put: unknown, values: string): string =>
      `$n = ${this.#text.constant(put)}($b, $n, ${values});`;
    switch (type.kind) {
      case 'BOOLEAN':
        return schema.kind === 'boolean' ? `$b[$n++] = ${value} === true ? 1 : 0;` : null;
      case 'INTEGER':
      case 'DATE':
      case 'TIME':
      case 'TIMESTAMP':
        if (schema.kind === 'int' && type.kind !== 'TIMESTAMP')
          return call(putVarint, `(${value} << 1) ^ (${value} >> 31)`);
        if (schema.kind !== 'long' || schema.logical?.kind.endsWith('-micros') === true)
          return null;
        return call(putZigzag64, `${value} | 0, Math.floor(${value} / 4294967296)`);
      case 'BIGINT': {
        if (schema.kind !== 'long') return null;
        const halves = this.#text.constant(words);
        return `${this.#text.constant(long)}[0] = ${value};
${call(putZigzag64, `${halves}[${LOW}], ${halves}[${HIGH}]`)}`;
      }
      case 'DOUBLE': {
        if (schema.kind !== 'double' && schema.kind !== 'float') return null;
        const [size, method] = schema.kind === 'double' ? [8, 'setFloat64'] : [4, 'setFloat32'];
        return `${this.#text.constant(outputView)}($b).${method}($n, ${value}, true); $n += ${size};`;
      }
      case 'STRING':
        if (schema.kind !== 'string') return null;
        return `${this.#grow(`3 * ${value}.length`)}\n${call(putText, `${value}, 1`)}`;
      case 'BYTES':
        if (schema.kind !== 'bytes') return null;
        return `${this.#grow(`${value}.length`)}
${call(putVarint, `${value}.length << 1`)} $b.set(${value}, $n); $n += ${value}.length;`;
      case 'DECIMAL': {
        if (schema.kind !== 'bytes' || schema.logical?.kind !== 'decimal') return null;
        if (schema.logical.scale !== type.scale) return null;
        return `${this.#grow(String(DECIMAL_BYTES_MAX))}
${call(putDecimal, value)}`;
      }
      case 'ARRAY':
        return schema.kind === 'array' ? this.#list(schema.items, type.element, value, path) : null;
      case 'MAP':
        if (schema.kind !== 'map' || type.key.kind !== 'STRING') return null;
        return this.#map(schema.values, type.value, value, path);
      case 'STRUCT':
        return schema.kind === 'record' ? this.#fields(schema, type.fields, value, path) : null;
      default:
        return null;
    }
  }

  /** All elements in one block. */
  #list(items: AvroSchema, element: SqlType, list: string, path: string): string {
    const at = this.#text.name();
    return `if (${list}.length > 0) {
$n = ${this.#text.constant(putVarint)}($b, $n, ${list}.length << 1);
for (let ${at} = 0; ${at} < ${list}.length; ${at}++) {
${this.#grow('0')}
${this.#value(items, element, `${list}[${at}]`, path)}
}
}
$b[$n++] = 0;`;
  }

  #map(values: AvroSchema, type: SqlType, map: string, path: string): string {
    const key = this.#text.name();
    const item = this.#text.name();
    return `if (${map}.size > 0) {
$n = ${this.#text.constant(putVarint)}($b, $n, ${map}.size << 1);
for (const [${key}, ${item}] of ${map}) {
${this.#grow(`3 * ${key}.length`)}
$n = ${this.#text.constant(putText)}($b, $n, ${key}, 1);
${this.#value(values, type, item, path)}
}
}
$b[$n++] = 0;`;
  }
}
