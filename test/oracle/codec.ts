/**
 * Keys and values as bytes and back, worked out from the specification (semantics.md §3.4 to §3.6) without the engine's help,
 * and the partition that Kafka's partitioner gives a key.
 */
import type { Column, FormatName, Source, TopicRecord, Type, Value } from './model.ts';
import { decimalText, doubleText, parseDecimal } from './value-text.ts';

type Side = 'key' | 'value';
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** null: a null record. */
export function encode(
  format: FormatName,
  columns: readonly Column[],
  values: readonly Value[],
  side: Side,
): Uint8Array | null {
  if (columns.length === 0) return null;
  const isSingle = columns.length === 1;
  if (format === 'KAFKA') return encodeKafka(columns[0]!.type, values[0]!);
  if (format === 'DELIMITED') {
    if (isSingle && values[0] === null) return null;
    const texts = columns.map(({ type }, at) =>
      values[at] === null ? '' : csvField(plainText(type, values[at]!), at === 0),
    );
    return encoder.encode(texts.join(','));
  }
  if (isSingle && side === 'key') {
    return values[0] === null ? null : encoder.encode(jsonText(columns[0]!.type, values[0]!));
  }
  const fields = columns.map(
    ({ name, type }, at) => `${JSON.stringify(name)}:${jsonText(type, values[at]!)}`,
  );
  return encoder.encode(`{${fields.join(',')}}`);
}

function encodeKafka(type: Type, value: Value): Uint8Array | null {
  if (value === null) return null;
  if (type.kind === 'STRING') return encoder.encode(value as string);
  const view = new DataView(new ArrayBuffer(type.kind === 'INTEGER' ? 4 : 8));
  if (type.kind === 'INTEGER') view.setInt32(0, Number(value));
  else if (type.kind === 'BIGINT') view.setBigInt64(0, value as bigint);
  else view.setFloat64(0, value as number);
  return new Uint8Array(view.buffer);
}

function plainText(type: Type, value: Value): string {
  if (value === null) return '';
  if (type.kind === 'DOUBLE') return doubleText(value as number);
  if (type.kind === 'DECIMAL') return decimalText(value as bigint, type.scale);
  return String(value);
}

/** Quoted as Apache Commons CSV does it: the first field also if it begins with anything but a letter or a digit. */
function csvField(text: string, isFirst: boolean): string {
  const isQuoted =
    text === ''
      ? isFirst
      : /[",\r\n]|^[\0-#]|[\0- ]$/.test(text) || (isFirst && !/^[0-9A-Za-z]/.test(text));
  return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}

function jsonText(type: Type, value: Value): string {
  if (value === null) return 'null';
  if (type.kind === 'ARRAY')
    return `[${(value as readonly Value[]).map((item) => jsonText(type.element, item)).join(',')}]`;
  if (type.kind === 'STRING') return JSON.stringify(value);
  if (type.kind === 'DOUBLE' && !Number.isFinite(value)) return `"${doubleText(value as number)}"`;
  return plainText(type, value);
}

export function decode(
  format: FormatName,
  columns: readonly Column[],
  bytes: Uint8Array | null,
  side: Side,
): Value[] | null {
  if (bytes === null || columns.length === 0) return null;
  if (format === 'KAFKA') return [decodeKafka(columns[0]!.type, bytes)];
  const text = decoder.decode(bytes);
  if (format === 'DELIMITED') {
    const fields = csvFields(text);
    if (fields.length !== columns.length) throw new Error(`not ${columns.length} fields: ${text}`);
    return columns.map(({ type }, at) => fromText(type, fields[at]!));
  }
  const document: unknown = parseJson(text);
  if (columns.length === 1 && side === 'key') return [fromJson(columns[0]!.type, document)];
  return columns.map(({ name, type }) =>
    fromJson(type, (document as Readonly<Record<string, unknown>>)[name] ?? null),
  );
}

/** Numbers stay texts, so none loses a digit. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

function parseJson(text: string): unknown {
  type Reviver = (key: string, value: unknown, context: { source: string }) => unknown;
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' ? new NumberText(source) : value,
  );
}

function fromJson(type: Type, value: unknown): Value {
  if (value === null) return null;
  if (type.kind === 'ARRAY')
    return (value as unknown[]).map((item) => fromJson(type.element, item));
  if (value instanceof NumberText) return fromText(type, value.text);
  if (type.kind === 'DOUBLE') return Number(value);
  if (type.kind === 'STRING' || type.kind === 'BOOLEAN') return value as Value;
  throw new Error(`not a ${type.kind}: ${JSON.stringify(value)}`);
}

function fromText(type: Type, text: string): Value {
  if (text === '') return null;
  switch (type.kind) {
    case 'STRING':
      return text;
    case 'BOOLEAN':
      return text === 'true';
    case 'DOUBLE':
      return Number(text);
    case 'DECIMAL': {
      const unscaled = parseDecimal(text, type.scale);
      if (unscaled === null) throw new Error(`not a ${type.kind}: ${text}`);
      return unscaled;
    }
    default:
      return BigInt(text);
  }
}

function decodeKafka(type: Type, bytes: Uint8Array): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (type.kind) {
    case 'INTEGER':
      return BigInt(view.getInt32(0));
    case 'BIGINT':
      return view.getBigInt64(0);
    case 'DOUBLE':
      return view.getFloat64(0);
    default:
      return decoder.decode(bytes);
  }
}

function csvFields(text: string): string[] {
  const fields: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(,|$)/y;
  for (;;) {
    const found = pattern.exec(text)!;
    const field = found[1]!;
    fields.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
    if (found[2] === '') return fields;
  }
}

/** A row of a query's answer: its columns as a JSON array. */
export function decodeRow(types: readonly Type[], text: string): Value[] {
  const items = parseJson(text) as unknown[];
  return types.map((type, at) => fromJson(type, items[at]));
}

/** What a value becomes on its way through a topic: DELIMITED has no empty texts. */
export function throughTopic(
  format: FormatName,
  columns: readonly Column[],
  values: readonly Value[] | null,
  side: Side,
): readonly Value[] | null {
  if (values === null) return null;
  return decode(format, columns, encode(format, columns, values, side), side);
}

/** Records of a source's topic as rows. */
export function decodeRecord(
  source: Source,
  record: {
    readonly partition: number;
    readonly offset: number;
    readonly time: number;
    readonly timestamp: number;
    readonly key: Uint8Array | null;
    readonly value: Uint8Array | null;
  },
): TopicRecord {
  const { partition, offset, time, timestamp } = record;
  const { bytes, window } = splitWindow(source, record.key);
  return {
    partition,
    offset,
    time,
    timestamp,
    window,
    key: decode(source.keyFormat, source.key, bytes, 'key'),
    value: decode(source.valueFormat, source.value, record.value, 'value'),
  };
}

/** Windowed keys end with the start, session keys with end and start. */
function splitWindow(
  { window }: Source,
  key: Uint8Array | null,
): { readonly bytes: Uint8Array | null; readonly window: TopicRecord['window'] } {
  if (window === null || key === null) return { bytes: key, window: null };
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const start = Number(view.getBigInt64(key.length - 8));
  const isSession = window.kind === 'session';
  const end = isSession
    ? Number(view.getBigInt64(key.length - 16))
    : start + (window.sizeMs as number);
  return { bytes: key.subarray(0, key.length - (isSession ? 16 : 8)), window: { start, end } };
}

/** Kafka's default partitioner: MurmurHash2 with seed 0x9747b28c over the key, without its sign. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ key.length;
  const words = key.length >> 2;
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  for (let word = 0; word < words; word++) {
    let k = Math.imul(view.getInt32(word * 4, true), m);
    k = Math.imul(k ^ (k >>> 24), m);
    h = Math.imul(h, m) ^ k;
  }
  const rest = key.subarray(words * 4);
  if (rest.length > 2) h ^= rest[2]! << 16;
  if (rest.length > 1) h ^= rest[1]! << 8;
  if (rest.length > 0) h = Math.imul(h ^ rest[0]!, m);
  h = Math.imul(h ^ (h >>> 13), m);
  h ^= h >>> 15;
  return (h & 0x7fffffff) % partitions;
}
