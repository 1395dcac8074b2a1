/** Protocol Buffers messages as trees: what the codec, inference and comparison need of a schema. */

export type ProtoScalar =
  | 'double'
  | 'float'
  | 'int32'
  | 'int64'
  | 'uint32'
  | 'uint64'
  | 'sint32'
  | 'sint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed32'
  | 'sfixed64'
  | 'bool'
  | 'string'
  | 'bytes';

export type ProtoType =
  | { readonly kind: 'scalar'; readonly scalar: ProtoScalar }
  | {
      readonly kind: 'enum';
      readonly name: string;
      /** By number; the first is the default. */
      readonly values: ReadonlyMap<number, string>;
    }
  | { readonly kind: 'message'; readonly message: ProtoMessage };

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  readonly repeated: boolean;
  /** An absent field is told from one that has the default. */
  readonly presence: boolean;
  readonly type: ProtoType;
  /** The oneof it belongs to; null for none, and for the one that `optional` stands for. */
  readonly oneof: string | null;
  /** Of a `confluent.type.Decimal`, as the field's options give them; null where they do not. */
  readonly decimal: { readonly precision: number; readonly scale: number } | null;
}

/** `fields` and `nested` are filled after the message has a name, since a message may hold itself. */
export interface ProtoMessage {
  readonly name: string;
  /** With its package and the messages around it. */
  readonly fullName: string;
  /** In the order of their numbers. */
  fields: readonly ProtoField[];
  /** Messages declared inside, in order of declaration. */
  nested: readonly ProtoMessage[];
}

export interface ProtoFile {
  readonly package: string;
  /** Messages of the file itself, in order of declaration. */
  readonly messages: readonly ProtoMessage[];
}

/** Messages that stand for SQL types. */
export const decimalMessage = 'confluent.type.Decimal';
export const dateMessage = 'google.type.Date';
export const timeMessage = 'google.type.TimeOfDay';
export const timestampMessage = 'google.protobuf.Timestamp';

/** The scalar inside one of Google's wrapper messages, or null. */
export function wrappedScalar(message: ProtoMessage): ProtoScalar | null {
  return wrappers.get(message.fullName) ?? null;
}

const wrappers: ReadonlyMap<string, ProtoScalar> = new Map([
  ['google.protobuf.DoubleValue', 'double'],
  ['google.protobuf.FloatValue', 'float'],
  ['google.protobuf.Int64Value', 'int64'],
  ['google.protobuf.UInt64Value', 'uint64'],
  ['google.protobuf.Int32Value', 'int32'],
  ['google.protobuf.UInt32Value', 'uint32'],
  ['google.protobuf.BoolValue', 'bool'],
  ['google.protobuf.StringValue', 'string'],
  ['google.protobuf.BytesValue', 'bytes'],
]);

export interface MapEntry {
  readonly message: ProtoMessage;
  readonly key: ProtoField;
  readonly value: ProtoField;
}

/** The entries of a repeated field that can be read as a map; else null. */
export function mapEntryOf(field: ProtoField): MapEntry | null {
  if (!field.repeated || field.type.kind !== 'message') return null;
  const { message } = field.type;
  const [key, value] = message.fields;
  if (message.fields.length !== 2 || key === undefined || value === undefined) return null;
  return key.name === 'key' && value.name === 'value' ? { message, key, value } : null;
}

/** Whether inference takes such entries for a map, by the name that Connect gives them. */
export function isMapEntry({ message, key, value }: MapEntry): boolean {
  return message.name.endsWith('Entry') && !key.repeated && !value.repeated;
}

/** Where the message stands in its file: its number among the messages around it, from the outside in. */
export function messageIndexes(file: ProtoFile, message: ProtoMessage): readonly number[] | null {
  return indexesIn(file.messages, message);
}

function indexesIn(
  messages: readonly ProtoMessage[],
  wanted: ProtoMessage,
): readonly number[] | null {
  for (const [index, message] of messages.entries()) {
    if (message === wanted) return [index];
    const inner = indexesIn(message.nested, wanted);
    if (inner !== null) return [index, ...inner];
  }
  return null;
}

/** The message at these indexes, or null. */
export function messageAt(file: ProtoFile, indexes: readonly number[]): ProtoMessage | null {
  let messages = file.messages;
  let found: ProtoMessage | null = null;
  for (const index of indexes) {
    found = messages[index] ?? null;
    if (found === null) return null;
    messages = found.nested;
  }
  return found;
}

/** By simple or full name; null where there is none. */
export function messageNamed(file: ProtoFile, name: string): ProtoMessage | null {
  const search = (messages: readonly ProtoMessage[]): ProtoMessage | null => {
    for (const message of messages) {
      if (message.fullName === name || (!name.includes('.') && message.name === name))
        return message;
    }
    for (const message of messages) {
      const inner = search(message.nested);
      if (inner !== null) return inner;
    }
    return null;
  };
  return search(file.messages);
}
