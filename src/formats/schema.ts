/**
 * Registered schemas as formats see them: plain data handed in by whoever holds the registry, so that codecs stay synchronous.
 * The payload of a registered schema begins with a zero byte and the schema's id in four bytes, big-endian (Confluent's wire
 * format); PROTOBUF adds which message of the schema follows.
 */
import { getInt32 } from '../base/bytes.ts';
import type { Bytes } from '../base/env.ts';
import type { Problem } from '../base/errors.ts';
import type { Field } from '../types/type.ts';
import { type ByteWriter, FormatError, type FormatSpec } from './format.ts';

/** Kinds of schemas that a registry keeps, under the names of its API. */
export type SchemaType = 'AVRO' | 'PROTOBUF' | 'JSON';

/** A schema's text with the texts of everything it refers to. */
export interface SchemaText {
  readonly type: SchemaType;
  readonly text: string;
  /** By the name under which the schema refers to them; transitive, in an order in which each comes after those it needs. */
  readonly references: ReadonlyMap<string, string>;
}

/** A schema in the registry. */
export interface StoredSchema extends SchemaText {
  readonly id: number;
}

/** Looks at the registry as it is now. Ids never change their meaning; what is the latest may change between two calls. */
export interface SchemaResolver {
  byId(id: number): StoredSchema | null;
  /** The latest version of the subject. */
  latest(subject: string): StoredSchema | null;
  /** The id under which the subject holds this very schema, deleted or not, or null: a deleted one still reads what it wrote. */
  find(subject: string, schema: SchemaText): number | null;
}

/** How columns are read from a schema. */
export interface InferOptions {
  readonly side: 'key' | 'value';
  /** The schema is that of the one column itself. */
  readonly unwrapped: boolean;
  /** Which record or message; null: the only one. */
  readonly fullName: string | null;
  /** Field names become upper case, as where the statement gives no schema id. */
  readonly upperCase: boolean;
}

export interface InferredColumns {
  readonly columns: readonly Field[];
  /** Full name of the record or message they were read from; null where the schema has none. */
  readonly fullName: string | null;
}

/** What a kind of schema can do, whatever format uses it. Throws Problems `schema.*` for texts that are none. */
export interface SchemaTypeDef {
  readonly type: SchemaType;
  /** Checks the schema; gives its text as the registry keeps it. */
  canonical(schema: SchemaText): string;
  /** Of a kept text: the same for schemas that differ in spelling only. */
  identity(text: string): string;
  /** Why data written with `writer` cannot be read with `reader`, a line for each reason; empty when it can. */
  incompatibilities(reader: SchemaText, writer: SchemaText): readonly string[];
}

/** How a format uses registered schemas. */
export interface SchemaUse {
  readonly type: SchemaType;
  /** The schema of these columns, its text as the registry keeps it. */
  derive(columns: readonly Field[], side: 'key' | 'value', spec: FormatSpec): SchemaText;
  /** Columns of a schema; a Problem says why there are none. */
  infer(schema: SchemaText, options: InferOptions): InferredColumns | Problem;
}

/** `<topic>-key` or `<topic>-value`. */
export function subjectOf(topic: string, side: 'key' | 'value'): string {
  return `${topic}-${side}`;
}

export const FRAME_BYTES = 5;

/** The schema id of the framed payload in bytes[start, end). Throws FormatError. */
export function frameId(bytes: Bytes, start: number, end: number): number {
  if (end - start < FRAME_BYTES || bytes[start] !== 0) throw new FormatError('Unknown magic byte!');
  return getInt32(bytes, start + 1) >>> 0;
}

/** Appends the zero byte and the id. */
export function appendFrame(out: ByteWriter, id: number): void {
  out.reserve(FRAME_BYTES);
  const { bytes, length } = out;
  bytes[length] = 0;
  bytes[length + 1] = id >>> 24;
  bytes[length + 2] = id >>> 16;
  bytes[length + 3] = id >>> 8;
  bytes[length + 4] = id;
  out.length = length + FRAME_BYTES;
}

/**
 * Finds the schema that a sink writes with: the one the spec names, else the one derived from the columns, under its subject.
 * Without a resolver nothing is registered and the derived schema goes by id 0: for bytes that are only compared.
 */
export function writerSchema(
  use: SchemaUse,
  request: {
    readonly columns: readonly Field[];
    readonly side: 'key' | 'value';
    readonly spec: FormatSpec;
    readonly topic: string;
    readonly schemas?: SchemaResolver | undefined;
  },
): StoredSchema {
  const { columns, side, spec, topic, schemas } = request;
  const { schemaId } = spec.properties;
  if (schemaId !== undefined && schemas !== undefined) {
    const stored = schemas.byId(schemaId);
    if (stored?.type === use.type) return stored;
    throw new FormatError(`Schema ${schemaId} of type ${use.type} is not in the Schema Registry`);
  }
  const derived = use.derive(columns, side, spec);
  if (schemas === undefined) return { ...derived, id: 0 };
  const subject = subjectOf(topic, side);
  const id = schemas.find(subject, derived);
  if (id !== null) return { ...derived, id };
  throw new FormatError(`The schema of topic ${topic} is not registered under subject ${subject}`);
}

/** The schema of a payload's id, of the type wanted. Throws FormatError. */
export function readerSchema(
  type: SchemaType,
  id: number,
  schemas: SchemaResolver | undefined,
): StoredSchema {
  const stored = schemas?.byId(id) ?? null;
  if (stored === null) throw new FormatError(`Error retrieving ${type} schema for id ${id}`);
  if (stored.type === type) return stored;
  throw new FormatError(`Schema ${id} is of type ${stored.type}, not ${type}`);
}
