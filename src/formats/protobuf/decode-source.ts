/**
 * Generates the decoder of a message: a loop over its fields that works on the bytes, with a case for each field by its whole tag.
 * Messages inside are loops of their own. Fields of nobody's interest are stepped over, those that are not in the schema by a
 * function; messages that stand for other types, and conversions, are read by the functions of read-message.ts, which a cursor
 * hands over to.
 *
 * Whenever something is not as expected, the code gives the whole message to the slow reader, which is made of those functions and
 * words the error if there is one. So the fast code never decides that a record is bad; it must only never accept what the slow
 * one would refuse, nor read it differently. Positions may run past the end of a message in between: it counts only if its last
 * field ended where it does, and nothing is made of bytes whose length has not been checked.
 */
import type { Field, SqlType } from '../../types/type.ts';
import { HIGH, inputView, LOW, long, words } from '../binary-numbers.ts';
import type { DecodeFunction } from '../generate.ts';
import { GENERATED_COLUMNS_MAX } from '../limits.ts';
import { textOf } from '../payload-text.ts';
import { SourceBuilder } from '../source-builder.ts';
import { lowVarintSource, SLOW, tagSource, varint64Source } from '../varint-source.ts';
import { caseSource, endSource, lengthSource, skipper, skipSource } from './source-parts.ts';
import { ProtoCursor, wireTypeOf } from './cursor.ts';
import {
  blankOf,
  type ElementReader,
  elementReader,
  fieldOf,
  oneofMembers,
} from './read-message.ts';
import { decimalOf, temporalOf } from './read-temporal.ts';
import {
  mapEntryOf,
  type ProtoField,
  type ProtoMessage,
  type ProtoScalar,
  wrappedScalar,
} from './schema.ts';

export interface MessageRequest {
  readonly message: ProtoMessage;
  readonly columns: readonly Field[];
  readonly needed: readonly number[];
}

/** Reads a bare message; `slow` does the same. */
export function generatedDecoder(request: MessageRequest, slow: DecodeFunction): DecodeFunction {
  return new DecodeSource(slow).decoder(request) ?? slow;
}

/** Where a loop over fields puts them. */
interface Target {
  /**
   * Where the columns needed go: elements of an array. In variables they would all live through the loop, which makes every turn
   * as slow as there are columns.
   */
  readonly slots: ReadonlyMap<number, string>;
  /** The variable that says where the message ends. */
  readonly end: string;
  readonly path: string;
}

class DecodeSource {
  readonly #text = new SourceBuilder(GENERATED_COLUMNS_MAX);
  readonly #cursor = new ProtoCursor(new Uint8Array(0), 0, 0);
  #usesCursor = false;

  constructor(slow: DecodeFunction) {
    this.#text.constant(slow);
  }

  /** Null for messages that are better left to the slow reader. */
  decoder({ message, columns, needed }: MessageRequest): DecodeFunction | null {
    const slots = elementsOf('into', needed);
    const fields = this.#fields(message, columns, { slots, end: 'end', path: '' });
    if (fields === null) return null;
    const reset = this.#usesCursor ? `${this.#cursorName()}.reset(bytes, start, end);` : '';
    return this.#text.compile<DecodeFunction>(
      'bytes, start, end, into',
      `let $p = start, $c = 0, $d = 0, $tag = 0;
${reset}
${fields}
return true;`,
    );
  }

  #cursorName(): string {
    return this.#text.constant(this.#cursor);
  }

  /** Reads what stands before the end into them; null where a column is made of a oneof. */
  #fields(message: ProtoMessage, columns: readonly Field[], target: Target): string | null {
    const { slots, end } = target;
    const wanted = new Map<ProtoField, number>();
    const blanks: string[] = [];
    for (const [index, slot] of slots) {
      const column = columns[index]!;
      const field = fieldOf(message, column);
      if (field === undefined && oneofMembers(message, column).length > 0) return null;
      if (field !== undefined) wanted.set(field, index);
      blanks.push(`${slot} = ${this.#blank(field, column.type)};`);
    }
    const cases = message.fields.map((field) => {
      const index = wanted.get(field);
      if (index === undefined) return this.#skip(field);
      const { name, type } = columns[index]!;
      const slot = slots.get(index)!;
      return this.#field(field, type, { slot, end, path: `${target.path}->${name}` });
    });
    const skip = this.#text.constant(skipper([...wanted.keys()].map(({ number }) => number)));
    return `${blanks.join(' ')}
while ($p < ${end}) {
${tagSource}
switch ($tag) {
${cases.join('\n')}
default:
if (($p = ${skip}(bytes, $p, ${end}, $tag)) === -1) ${SLOW}
}
}
if ($p !== ${end}) ${SLOW}`;
  }

  /** The value of a field that does not turn up. */
  #blank(field: ProtoField | undefined, type: SqlType): string {
    if (field === undefined) return 'null';
    if (field.repeated && type.kind === 'MAP') return 'new Map()';
    if (field.repeated && type.kind === 'ARRAY') return '[]';
    const value = blankOf(field, type);
    return value === null ? 'null' : this.#text.constant(value);
  }

  /** The case of a field that nobody needs; nothing where a function steps over it. */
  #skip({ number, repeated, type }: ProtoField): string {
    const wireType =
      type.kind === 'scalar' ? wireTypeOf(type.scalar) : type.kind === 'enum' ? 0 : 2;
    if (!this.#text.takeValue()) return '';
    const packed = repeated && wireType !== 2 ? caseSource(number, 2, skipSource(2, 'end')) : '';
    return `${caseSource(number, wireType, skipSource(wireType, 'end'))}${packed}`;
  }

  /** The cases of a field: its values, and lists of numbers without tags. */
  #field(
    field: ProtoField,
    type: SqlType,
    { slot, end, path }: { readonly slot: string; readonly end: string; readonly path: string },
  ): string {
    if (field.repeated && type.kind === 'MAP')
      return this.#mapField(field, type, { slot, end, path });
    if (field.repeated !== (type.kind === 'ARRAY')) return '';
    const isList = type.kind === 'ARRAY';
    const of = isList ? type.element : type;
    const wireType =
      field.type.kind === 'scalar'
        ? wireTypeOf(field.type.scalar)
        : field.type.kind === 'enum'
          ? 0
          : 2;
    const item = isList ? this.#text.name() : slot;
    const read = this.#value(field, of, { slot: item, end, path });
    if (!isList) return caseSource(field.number, wireType, read);
    const single = `let ${item} = null;\n${read}\n${slot}.push(${item});`;
    const one = caseSource(field.number, wireType, single);
    if (wireType === 2) return one;
    const inner = this.#text.name();
    const each = this.#value(field, of, { slot: item, end: inner, path });
    return `${one}
${caseSource(
  field.number,
  2,
  `${endSource(inner, end)}
while ($p < ${inner}) {
let ${item} = null;
${each}
${slot}.push(${item});
}
if ($p !== ${inner}) ${SLOW}`,
)}`;
  }

  #mapField(
    field: ProtoField,
    type: Extract<SqlType, { kind: 'MAP' }>,
    { slot, end, path }: { readonly slot: string; readonly end: string; readonly path: string },
  ): string {
    const entry = mapEntryOf(field);
    if (entry === null) return '';
    const parts = [
      { name: 'key', type: type.key },
      { name: 'value', type: type.value },
    ];
    const pair = this.#text.name();
    const slots = elementsOf(pair, [0, 1]);
    const inner = this.#text.name();
    const fields = this.#fields(entry.message, parts, { slots, end: inner, path });
    if (fields === null) return '';
    return caseSource(
      field.number,
      2,
      `${endSource(inner, end)}
const ${pair} = [null, null];
${fields}
${slot}.set(${pair}[0], ${pair}[1]);`,
    );
  }

  /** Assigns one value at `$p` to the slot. */
  #value(
    field: ProtoField,
    type: SqlType,
    target: { readonly slot: string; readonly end: string; readonly path: string },
  ): string {
    const source = this.#text.takeValue() ? this.#spelled(field, type, target) : null;
    if (source !== null) return source;
    this.#usesCursor = true;
    const { slot, end, path } = target;
    const cursor = this.#cursorName();
    const read = this.#text.constant(lazily(() => elementReader(field, type, path).read));
    return `${cursor}.at = $p; ${cursor}.end = ${end}; ${slot} = ${read}(${cursor}); $p = ${cursor}.at;`;
  }

  /** Null where the text does not spell it out. */
  #spelled(
    { type: from }: ProtoField,
    type: SqlType,
    { slot, end, path }: { readonly slot: string; readonly end: string; readonly path: string },
  ): string | null {
    switch (from.kind) {
      case 'scalar':
        return this.#scalar(from.scalar, type, { slot, end });
      case 'enum':
        if (type.kind !== 'STRING') return null;
        return `${lowVarintSource}\n${slot} = ${this.#text.constant(symbolIn(from.values))}($c | 0);`;
      case 'message': {
        const own = this.#temporal(from.message, type, { slot, end });
        if (own !== null) return own;
        const isWrapped = wrappedScalar(from.message) !== null && type.kind !== 'STRUCT';
        if (!isWrapped && type.kind !== 'STRUCT') return null;
        const columns = type.kind === 'STRUCT' ? type.fields : [{ name: 'value', type }];
        const row = this.#text.name();
        const slots = elementsOf(row, [...columns.keys()]);
        const inner = this.#text.name();
        const fields = this.#fields(from.message, columns, { slots, end: inner, path });
        if (fields === null) return null;
        const made = type.kind === 'STRUCT' ? row : `${row}[0]`;
        return `{ ${endSource(inner, end)}
const ${row} = [${columns.map(() => 'null').join(', ')}];
${fields}
${slot} = ${made}; }`;
      }
    }
  }

  /** Messages that stand for a type of their own; null for others. */
  #temporal(
    message: ProtoMessage,
    type: SqlType,
    { slot, end }: { readonly slot: string; readonly end: string },
  ): string | null {
    const decimal = decimalOf(message, type);
    const value = temporalOf(message, type);
    if (decimal === null && value === null) return null;
    const inner = this.#text.name();
    const parts = [1, 2, 3, 4].map(() => this.#text.name());
    const [start, stop, scale] = parts;
    const cases =
      decimal === null
        ? parts.map((part, at) =>
            caseSource(at + 1, 0, `${varint64Source}\n${part} = $d * 4294967296 + ($c >>> 0);`),
          )
        : [
            caseSource(1, 2, `${lengthSource(inner)}\n${start} = $p - $c; ${stop} = $p;`),
            caseSource(3, 0, `${lowVarintSource}\n${scale} = $c | 0;`),
          ];
    const made =
      decimal === null
        ? `${this.#text.constant(value)}(${parts.join(', ')})`
        : `${this.#text.constant(decimal)}(bytes, ${start}, ${stop}, ${scale})`;
    const skip = this.#text.constant(skipper(decimal === null ? [1, 2, 3, 4] : [1, 3]));
    return `{ ${endSource(inner, end)}
${parts.map((part) => `let ${part} = 0;`).join(' ')}
while ($p < ${inner}) {
${tagSource}
switch ($tag) {
${cases.join('\n')}
default:
if (($p = ${skip}(bytes, $p, ${inner}, $tag)) === -1) ${SLOW}
}
}
if ($p !== ${inner}) ${SLOW}
${slot} = ${made}; }`;
  }

  #scalar(
    scalar: ProtoScalar,
    type: SqlType,
    { slot, end }: { readonly slot: string; readonly end: string },
  ): string | null {
    const fixed = (size: number, method: string): string =>
      `if ($p + ${size} > ${end}) ${SLOW}
${slot} = ${this.#text.constant(inputView)}(bytes).${method}($p, true); $p += ${size};`;
    const isDouble = type.kind === 'DOUBLE';
    switch (scalar) {
      case 'bool':
        return type.kind === 'BOOLEAN'
          ? `if (($c = bytes[$p++]) > 1) ${SLOW} ${slot} = $c === 1;`
          : null;
      case 'int32':
        return type.kind === 'INTEGER' ? `${lowVarintSource}\n${slot} = $c | 0;` : null;
      case 'sint32':
        if (type.kind !== 'INTEGER') return null;
        return `${lowVarintSource}\n${slot} = ($c >>> 1) ^ -($c & 1);`;
      case 'sfixed32':
        return type.kind === 'INTEGER' ? fixed(4, 'getInt32') : null;
      case 'int64':
      case 'uint64':
      case 'sint64':
        return type.kind === 'BIGINT' ? this.#bigint(slot, scalar === 'sint64') : null;
      case 'fixed64':
      case 'sfixed64':
        return type.kind === 'BIGINT' ? fixed(8, 'getBigInt64') : null;
      case 'float':
        return isDouble ? fixed(4, 'getFloat32') : null;
      case 'double':
        return isDouble ? fixed(8, 'getFloat64') : null;
      case 'string': {
        const text = this.#text.constant(textOf);
        return type.kind === 'STRING'
          ? `${lengthSource(end)}\n${slot} = ${text}(bytes, $p - $c, $p);`
          : null;
      }
      case 'bytes':
        return type.kind === 'BYTES'
          ? `${lengthSource(end)}\n${slot} = bytes.slice($p - $c, $p);`
          : null;
      default:
        return null;
    }
  }

  #bigint(slot: string, isZigzag: boolean): string {
    const halves = this.#text.constant(words);
    const [low, high] = isZigzag
      ? ['(($c >>> 1) | ($d << 31)) ^ -($c & 1)', '($d >>> 1) ^ -($c & 1)']
      : ['$c', '$d'];
    return `${varint64Source}
${halves}[${LOW}] = ${low}; ${halves}[${HIGH}] = ${high};
${slot} = ${this.#text.constant(long)}[0];`;
  }
}

function symbolIn(values: ReadonlyMap<number, string>): (number: number) => string {
  return (number) => values.get(number) ?? String(number);
}

/** Types that do not fit fail when a value turns up. */
function lazily(make: () => ElementReader): ElementReader {
  let made: ElementReader | null = null;
  return (cursor) => {
    made ??= make();
    return made(cursor);
  };
}

/** The elements of an array at these places. */
function elementsOf(array: string, indexes: readonly number[]): ReadonlyMap<number, string> {
  return new Map(indexes.map((index) => [index, `${array}[${index}]`]));
}
