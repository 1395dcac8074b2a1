/**
 * Generates the decoder of a row from a writer's schema: straight-line code that works on the bytes, value by value in the order
 * in which they were written. Values of a kind that the text does not spell out (unions of several types, decimals, blocks in
 * several parts) are read by the functions of read-value.ts, which a cursor hands over to.
 *
 * Whenever something is not as expected, the code gives the whole record to the slow reader, which is made of those functions and
 * words the error if there is one. So the fast code never decides that a record is bad; it must only never accept what the slow
 * one would refuse, nor read it differently. Positions may run past `end` in between: a record counts only if it did not, and
 * nothing is made of bytes whose length has not been checked.
 */
import { MS_PER_DAY } from '../../types/temporal.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { decimalReader } from '../binary-decimal.ts';
import { HIGH, inputView, LOW, long, words } from '../binary-numbers.ts';
import type { DecodeFunction } from '../generate.ts';
import { GENERATED_COLUMNS_MAX, NESTING_DEPTH_MAX } from '../limits.ts';
import { textOf } from '../payload-text.ts';
import {
  halfVarintSource,
  shortVarintSource,
  skipVarintSource,
  SLOW,
  varint32Source,
  varint64Source,
} from '../varint-source.ts';
import { SourceBuilder } from '../source-builder.ts';
import { AvroCursor } from './cursor.ts';
import { type AvroReader, avroReader, lazily, slotsOf } from './read-value.ts';
import type { AvroRecord, AvroSchema } from './schema.ts';
import { skipValue } from './skip-value.ts';

export interface RowRequest {
  readonly writer: AvroSchema;
  /** The writer's record holds the columns; otherwise the writer's value is the one column. */
  readonly isRecord: boolean;
  readonly columns: readonly Field[];
  readonly needed: readonly number[];
}

/** Reads a payload without its frame. */
export function generatedDecoder(request: RowRequest, slow: DecodeFunction): DecodeFunction {
  return new DecodeSource(slow).decoder(request);
}

class DecodeSource {
  readonly #text = new SourceBuilder(GENERATED_COLUMNS_MAX);
  readonly #cursor = new AvroCursor(new Uint8Array(0), 0, 0);
  #usesCursor = false;

  constructor(slow: DecodeFunction) {
    this.#text.constant(slow);
  }

  decoder({ writer, isRecord, columns, needed }: RowRequest): DecodeFunction {
    const body = isRecord
      ? this.#rowSource(writer, columns, needed)
      : this.#singleSource(writer, columns[0]!.type, needed);
    const reset = this.#usesCursor ? `${this.#cursorName()}.reset(bytes, start, end);` : '';
    return this.#text.compile<DecodeFunction>(
      'bytes, start, end, into',
      `let $p = start, $c = 0, $d = 0;\n${reset}\n${body}`,
    );
  }

  #rowSource(writer: AvroSchema, columns: readonly Field[], needed: readonly number[]): string {
    const slots = new Map(needed.map((index) => [index, this.#text.name()]));
    const branches = writer.kind === 'union' ? writer.branches : [writer];
    const at = branches.findIndex(({ kind }) => kind === 'record');
    const record = branches[at] as AvroRecord;
    const fields = this.#fieldsSource(record, columns, { slots, path: '' });
    return `${writer.kind === 'union' ? `if (bytes[$p++] !== ${2 * at}) ${SLOW}` : ''}
${[...slots.values()].map((slot) => `let ${slot} = null;`).join(' ')}
${fields}
if ($p > end) ${SLOW}
${[...slots].map(([index, slot]) => `into[${index}] = ${slot};`).join(' ')}
return true;`;
  }

  #singleSource(writer: AvroSchema, type: SqlType, needed: readonly number[]): string {
    if (needed.length === 0) {
      return `${this.#skip(writer)}\nif ($p > end) ${SLOW}\nreturn true;`;
    }
    const slot = this.#text.name();
    return `let ${slot} = null;
${this.#value(writer, type, slot, '')}
if ($p > end) ${SLOW}
into[0] = ${slot};
return ${slot} !== null;`;
  }

  #fieldsSource(
    record: AvroRecord,
    columns: readonly Field[],
    { slots, path }: { readonly slots: ReadonlyMap<number, string>; readonly path: string },
  ): string {
    const targets = slotsOf(record, columns, [...slots.keys()]);
    return record.fields
      .map((field, at) => {
        const column = columns[targets[at]!];
        if (column === undefined) return this.#skip(field.type);
        return this.#value(
          field.type,
          column.type,
          slots.get(targets[at]!)!,
          `${path}->${column.name}`,
        );
      })
      .join('\n');
  }

  /** Assigns the value at `$p` to `target`, which is null before. */
  #value(writer: AvroSchema, type: SqlType, target: string, path: string): string {
    const source = this.#text.takeValue() ? this.#spelled(writer, type, target, path) : null;
    return (
      source ??
      this.#called(
        lazily(() => avroReader(writer, type, path)),
        target,
      )
    );
  }

  /** The value by a function. */
  #called(read: AvroReader, target: string): string {
    this.#usesCursor = true;
    const cursor = this.#cursorName();
    return `${cursor}.at = $p; ${target} = ${this.#text.constant(read)}(${cursor}); $p = ${cursor}.at;`;
  }

  #cursorName(): string {
    return this.#text.constant(this.#cursor);
  }

  /** Null where the text does not spell it out. */
  #spelled(writer: AvroSchema, type: SqlType, target: string, path: string): string | null {
    if (writer.kind === 'union') return this.#nullable(writer.branches, type, target, path);
    switch (type.kind) {
      case 'BOOLEAN':
        return writer.kind === 'boolean'
          ? `if (($c = bytes[$p++]) > 1) ${SLOW}\n${target} = $c === 1;`
          : null;
      case 'INTEGER':
      case 'DATE':
        return writer.kind === 'int'
          ? `${varint32Source}\n${target} = ($c >>> 1) ^ -($c & 1);`
          : null;
      case 'BIGINT':
        return writer.kind === 'long' || writer.kind === 'int' ? this.#bigint(target) : null;
      case 'TIME':
        return writer.kind === 'int'
          ? `${varint32Source}
if (($c = ($c >>> 1) ^ -($c & 1)) < 0 || $c > ${MS_PER_DAY}) ${SLOW}
${target} = $c;`
          : null;
      case 'TIMESTAMP':
        return writer.kind === 'long' && writer.logical?.kind.endsWith('-micros') !== true
          ? `${halfVarintSource}\n${target} = ($c & 1) === 0 ? $d : -$d - 1;`
          : null;
      case 'DECIMAL': {
        if (writer.kind !== 'bytes') return null;
        const scale = writer.logical?.kind === 'decimal' ? writer.logical.scale : type.scale;
        const read = this.#text.constant(decimalReader(type.precision, type.scale));
        return `${lengthSource}\n${target} = ${read}(bytes, $p - $c, $p, ${scale});`;
      }
      case 'DOUBLE':
        return this.#double(writer, target);
      case 'STRING':
        if (writer.kind !== 'string') return null;
        return `${lengthSource}\n${target} = ${this.#text.constant(textOf)}(bytes, $p - $c, $p);`;
      case 'BYTES':
        return writer.kind === 'bytes'
          ? `${lengthSource}\n${target} = bytes.slice($p - $c, $p);`
          : null;
      case 'ARRAY':
      case 'MAP':
        return this.#block(writer, type, target, path);
      case 'STRUCT':
        return this.#struct(writer, type, target, path);
      default:
        return null;
    }
  }

  /** A union of null and one type. */
  #nullable(
    branches: readonly AvroSchema[],
    type: SqlType,
    target: string,
    path: string,
  ): string | null {
    const nullAt = branches.findIndex(({ kind }) => kind === 'null');
    const of = branches[1 - nullAt];
    if (branches.length !== 2 || nullAt === -1 || of === undefined || of.kind === 'null')
      return null;
    const inner = this.#spelled(of, type, target, path);
    if (inner === null) return null;
    return `if (($c = bytes[$p++]) === ${2 * (1 - nullAt)}) {
${inner}
} else if ($c !== ${2 * nullAt}) ${SLOW}`;
  }

  #bigint(target: string): string {
    const longName = this.#text.constant(long);
    const wordsName = this.#text.constant(words);
    return `${varint64Source}
${wordsName}[${LOW}] = (($c >>> 1) | ($d << 31)) ^ -($c & 1); ${wordsName}[${HIGH}] = ($d >>> 1) ^ -($c & 1);
${target} = ${longName}[0];`;
  }

  #double(writer: AvroSchema, target: string): string | null {
    if (writer.kind !== 'double' && writer.kind !== 'float') return null;
    const [size, method] = writer.kind === 'double' ? [8, 'getFloat64'] : [4, 'getFloat32'];
    return `if ($p + ${size} > end) ${SLOW}
${target} = ${this.#text.constant(inputView)}(bytes).${method}($p, true); $p += ${size};`;
  }

  #struct(
    writer: AvroSchema,
    type: Extract<SqlType, { kind: 'STRUCT' }>,
    target: string,
    path: string,
  ): string | null {
    if (writer.kind !== 'record') return null;
    const slots = new Map(type.fields.map((_, index) => [index, this.#text.name()]));
    const names = [...slots.values()];
    const fields = this.#fieldsSource(writer, type.fields, { slots, path });
    return `${names.map((name) => `let ${name} = null;`).join(' ')}
${fields}
${target} = [${names.join(', ')}];`;
  }

  /** An array or map whose elements stand in one block; another one is read by a function, from its beginning. */
  #block(
    writer: AvroSchema,
    type: Extract<SqlType, { kind: 'ARRAY' | 'MAP' }>,
    target: string,
    path: string,
  ): string | null {
    const of = elementOf(writer, type);
    if (of === null || isEmpty(of)) return null;
    const name = (): string => this.#text.name();
    const [list, item, key, at, count, from, block] = [
      name(),
      name(),
      name(),
      name(),
      name(),
      name(),
      name(),
    ];
    const read = this.#value(of, type.kind === 'ARRAY' ? type.element : type.value, item, path);
    const text = this.#text.constant(textOf);
    const isArray = type.kind === 'ARRAY';
    const add = isArray ? `${list}.push(${item});` : `${list}.set(${key}, ${item});`;
    const whole = this.#called(
      lazily(() => avroReader(writer, type, path)),
      target,
    );
    return `const ${from} = $p;
${block}: {
${varint32Source}
const ${count} = $c >>> 1;
const ${list} = ${isArray ? '[]' : 'new Map()'};
if (($c & 1) === 0 && ${count} <= end - $p) {
for (let ${at} = 0; ${at} < ${count}; ${at}++) {
let ${item} = null;
${isArray ? '' : `${lengthSource}\nconst ${key} = ${text}(bytes, $p - $c, $p);`}
${read}
${add}
}
if (${count} === 0 || bytes[$p++] === 0) { ${target} = ${list}; break ${block}; }
}
$p = ${from};
${whole}
}`;
  }

  /** Steps over a value. */
  #skip(writer: AvroSchema): string {
    if (this.#text.takeValue()) {
      const spelled = skipSource(writer);
      if (spelled !== null) return spelled;
      if (writer.kind === 'union' && writer.branches.length === 2) {
        const nullAt = writer.branches.findIndex(({ kind }) => kind === 'null');
        const of = writer.branches[1 - nullAt];
        const inner = nullAt === -1 || of === undefined ? null : skipSource(of);
        if (inner !== null) {
          return `if (($c = bytes[$p++]) === ${2 * (1 - nullAt)}) { ${inner} } else if ($c !== ${2 * nullAt}) ${SLOW}`;
        }
      }
    }
    this.#usesCursor = true;
    const cursor = this.#cursorName();
    const skip = this.#text.constant((at: AvroCursor) => skipValue(writer, at));
    return `${cursor}.at = $p; ${skip}(${cursor}); $p = ${cursor}.at;`;
  }
}

/** The elements of an array, or the values of a map. */
function elementOf(
  writer: AvroSchema,
  type: Extract<SqlType, { kind: 'ARRAY' | 'MAP' }>,
): AvroSchema | null {
  if (type.kind === 'ARRAY') return writer.kind === 'array' ? writer.items : null;
  return writer.kind === 'map' && type.key.kind === 'STRING' ? writer.values : null;
}

/** Might values take no bytes? Then a count says nothing about the length of what follows. */
function isEmpty(schema: AvroSchema, depth = 0): boolean {
  if (schema.kind === 'record') {
    // Deeper ones hold themselves.
    return depth > NESTING_DEPTH_MAX || schema.fields.every(({ type }) => isEmpty(type, depth + 1));
  }
  return schema.kind === 'null' || (schema.kind === 'fixed' && schema.size === 0);
}

/** `$c`: the length of what ends at `$p`, which has been checked. */
const lengthSource = `${shortVarintSource}
if (($c & 1) === 1 || ($c >>>= 1) > end - $p) ${SLOW}
$p += $c;`;

/** Null where it is no matter of a line. */
function skipSource(writer: AvroSchema): string | null {
  switch (writer.kind) {
    case 'null':
      return '';
    case 'boolean':
      return `if (bytes[$p++] > 1) ${SLOW}`;
    case 'int':
    case 'long':
    case 'enum':
      return skipVarintSource;
    case 'float':
      return '$p += 4;';
    case 'double':
      return '$p += 8;';
    case 'string':
    case 'bytes':
      return lengthSource;
    case 'fixed':
      return writer.size < 1024 ? `$p += ${writer.size};` : null;
    default:
      return null;
  }
}
