/**
 * Rows as protobuf messages (encoding: protobuf.dev/programming-guides/encoding). Rows come as the JSON text of api.md §6.5;
 * numbers are taken from that text as written, so no digit of a BIGINT or DECIMAL is lost. As proto3 has it, NULL is an
 * absent field and so is a number 0, false or empty text outside repeated fields.
 */
import { ByteWriter, bytesOf } from '../../base/bytes.ts';
import { bytesOfBigint } from '../../formats/bigint-bytes.ts';
import { base64ToBytes } from '../../types/base64.ts';
import { parseDecimal, rescaleHalfUp } from '../../types/decimal.ts';
import { civilFromDays, parseDate, parseTime, parseTimestamp } from '../../types/temporal.ts';
import type { ProtobufField, ProtobufMessage, ProtobufType } from './schema.ts';

/** A number of the text, before anything is made of it. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
type Parsed =
  | null
  | boolean
  | string
  | NumberText
  | readonly Parsed[]
  | { readonly [name: string]: Parsed };

const varint = 0;
const fixed64 = 1;
const delimited = 2;

/** A function from a row's JSON text to its message's bytes. */
export function rowWriter(message: ProtobufMessage): (row: string) => Uint8Array {
  return (row) => {
    const out = new ByteWriter();
    writeFields(message.fields, parseRow(row), out);
    return out.take();
  };
}

function parseRow(row: string): readonly Parsed[] {
  const reviver = (_: string, value: unknown, context?: { readonly source?: string }): unknown =>
    typeof value === 'number' ? new NumberText(context?.source ?? String(value)) : value;
  return JSON.parse(row, reviver) as readonly Parsed[];
}

function writeFields(
  fields: readonly ProtobufField[],
  values: readonly Parsed[],
  out: ByteWriter,
): void {
  fields.forEach((field, at) => {
    const value = values[at];
    if (value === null || value === undefined) return;
    if (field.repeated) writeRepeated(at + 1, field.type, value as readonly Parsed[], out);
    else writeOne(at + 1, field.type, value, out, true);
  });
}

/** Numbers packed, everything else one by one; a NULL among them is the type's default. */
function writeRepeated(
  number: number,
  type: ProtobufType,
  values: readonly Parsed[],
  out: ByteWriter,
): void {
  if (type.kind !== 'scalar' || type.name === 'string') {
    for (const value of values) writeOne(number, type, value, out, false);
    return;
  }
  if (values.length === 0) return;
  const packed = new ByteWriter();
  for (const value of values) writeNumber(type.name, value, packed);
  writeBytes(number, packed.view(), out);
}

function writeOne(
  number: number,
  type: ProtobufType,
  value: Parsed,
  out: ByteWriter,
  skipsDefault: boolean,
): void {
  switch (type.kind) {
    case 'scalar': {
      const content = new ByteWriter(16);
      if (type.name === 'string') {
        const text = bytesOf(typeof value === 'string' ? value : '');
        if (!skipsDefault || text.length > 0) writeBytes(number, text, out);
        return;
      }
      writeNumber(type.name, value, content);
      if (skipsDefault && content.view().every((byte) => byte === 0)) return;
      writeTag(number, type.name === 'double' ? fixed64 : varint, out);
      out.writeBytes(content.view());
      return;
    }
    case 'bytes': {
      const bytes = base64ToBytes(typeof value === 'string' ? value : '');
      if (!skipsDefault || bytes.length > 0) writeBytes(number, bytes, out);
      return;
    }
    case 'entries': {
      for (const [key, item] of Object.entries(value ?? {}))
        writeMessage(number, type.entry.fields, [keyOf(type.entry, key), item], out);
      return;
    }
    case 'message': {
      const { fields } = type.message;
      const struct = (value ?? {}) as { readonly [name: string]: Parsed };
      const values = fields.map(({ name }) => struct[name] ?? null);
      writeMessage(number, fields, values, out);
      return;
    }
    default:
      writeMessage(number, partFields[type.kind], partsOf(type, value), out);
  }
}

/** Keys of maps are texts in JSON, whatever their type. */
function keyOf(entry: ProtobufMessage, key: string): Parsed {
  const type = entry.fields[0]?.type;
  if (type?.kind !== 'scalar' || type.name === 'string') return key;
  return type.name === 'bool' ? key === 'true' : new NumberText(key);
}

function writeMessage(
  number: number,
  fields: readonly ProtobufField[],
  values: readonly Parsed[],
  out: ByteWriter,
): void {
  const content = new ByteWriter();
  writeFields(fields, values, content);
  writeBytes(number, content.view(), out);
}

const int32: ProtobufField = {
  name: '',
  type: { kind: 'scalar', name: 'int32' },
  repeated: false,
};
const int64: ProtobufField = { ...int32, type: { kind: 'scalar', name: 'int64' } };
const bytes: ProtobufField = { ...int32, type: { kind: 'bytes' } };
/** Fields of confluent.type.Decimal, google.type.Date, google.type.TimeOfDay and google.protobuf.Timestamp. */
const partFields = {
  decimal: [bytes, int32, int32],
  date: [int32, int32, int32],
  time: [int32, int32, int32, int32],
  timestamp: [int64, int32],
} as const;

type WellKnown = Extract<ProtobufType, { readonly kind: keyof typeof partFields }>;

/** Outside structs dates and times are texts, inside numbers. */
function partsOf(type: WellKnown, value: Parsed): readonly Parsed[] {
  const text = value instanceof NumberText ? value.text : String(value ?? 0);
  const amount = (parse: (text: string) => number): number =>
    value instanceof NumberText ? Number(text) : parse(text);
  switch (type.kind) {
    case 'decimal': {
      const decimal = parseDecimal(text) ?? { unscaled: 0n, scale: 0 };
      const unscaled = rescaleHalfUp(decimal.unscaled, decimal.scale, type.scale);
      const content = Buffer.from(bytesOfBigint(unscaled)).toString('base64');
      return [content, numberText(type.precision), numberText(type.scale)];
    }
    case 'date': {
      const { year, month, day } = civilFromDays(amount(parseDate));
      return [year, month, day].map(numberText);
    }
    case 'time': {
      const ms = amount(parseTime);
      const seconds = Math.floor(ms / 1000);
      return [
        Math.floor(seconds / 3600),
        Math.floor(seconds / 60) % 60,
        seconds % 60,
        (ms % 1000) * 1_000_000,
      ].map(numberText);
    }
    case 'timestamp': {
      const ms = amount(parseTimestamp);
      const seconds = Math.floor(ms / 1000);
      return [numberText(seconds), numberText((ms - seconds * 1000) * 1_000_000)];
    }
  }
}

function numberText(value: number): NumberText {
  return new NumberText(String(value));
}

function writeNumber(
  name: 'int32' | 'int64' | 'double' | 'bool',
  value: Parsed,
  out: ByteWriter,
): void {
  const text = value instanceof NumberText ? value.text : null;
  switch (name) {
    case 'bool':
      out.writeByte(value === true ? 1 : 0);
      return;
    case 'int32':
    case 'int64':
      writeVarint(BigInt(text ?? 0), out);
      return;
    case 'double': {
      // NaN and the infinities are texts in JSON.
      const content = Buffer.alloc(8);
      content.writeDoubleLE(Number(text ?? value ?? 0));
      out.writeBytes(content);
    }
  }
}

/** Negative numbers take ten bytes, those of their 64 bits. */
function writeVarint(value: bigint, out: ByteWriter): void {
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    out.writeByte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.writeByte(Number(rest));
}

function writeTag(number: number, wireType: number, out: ByteWriter): void {
  out.writeUnsignedVarint(number * 8 + wireType);
}

function writeBytes(number: number, content: Uint8Array, out: ByteWriter): void {
  writeTag(number, delimited, out);
  out.writeUnsignedVarint(content.length);
  out.writeBytes(content);
}
