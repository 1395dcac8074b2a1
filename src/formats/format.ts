/**
 * A serialisation format: compiles a codec for a list of columns and the columns that are needed (spec: semantics.md §3).
 */
import type { Bytes } from '../base/env.ts';
import type { Problem } from '../base/errors.ts';
import type { Field, SqlType } from '../types/type.ts';
import type { Row, Value } from '../types/value.ts';
import type { SchemaResolver, SchemaUse } from './schema.ts';

/** A growing buffer that records are written into. `bytes` may be replaced by `reserve`. */
export interface ByteWriter {
  bytes: Uint8Array;
  length: number;
  /** Makes room for `byteCount` more bytes. */
  reserve(byteCount: number): void;
}

/** Works on bytes in place. */
export interface Codec {
  /**
   * Fills `into[0 .. columns)` from the payload at bytes[start, end); columns not needed are left as they are. Returns false
   * when the payload decodes to a null row (JSON `null`, for example). Throws FormatError.
   */
  decode(bytes: Bytes, start: number, end: number, into: Value[]): boolean;
  /** Appends the encoded row; false when it encodes as a null payload (an unwrapped NULL), nothing is then written. Throws FormatError. */
  encode(row: Row, out: ByteWriter): boolean;
  /**
   * JavaScript source of both for stages that fuse them with what stands around; null where only the functions exist (all formats
   * here have it).
   */
  readonly source: CodecSource | null;
}

/**
 * Source text for code generation. No name or literal of the user's becomes source text: constants are passed in `constants`
 * and referred to as `k[i]`.
 *
 * A column that passes through unchanged can be handed over as bytes, when both codecs have the same `spelling` and the columns
 * the same type: with a pair of variables in `ranges`, decoding may say where the value stands in the payload instead of reading
 * it, and encoding copies it from there.
 */
export interface CodecSource {
  readonly constants: readonly unknown[];
  /**
   * A block of statements over `bytes`, `start` and `end` that assigns the variables named by `slots`, one for each needed
   * column in the order of `needed`, or throws FormatError. The boolean variable named by `present` is set to false for a null
   * row (the slots are then null) and to true otherwise. The block's own variables begin with `$`; those named must not.
   * `ranges` goes with `slots`; its variables are always assigned, and where the start is not -1 the slot is null.
   */
  readonly decode: (
    slots: readonly string[],
    k: string,
    present?: string,
    ranges?: readonly (RangeVariables | null)[],
  ) => string;
  /**
   * A block of statements that appends the row given as expressions, each evaluated once, to the ByteWriter `out`. The boolean
   * variable named by `written` is set to what `Codec.encode` would return. `ranges` goes with `values`; where the start is not
   * -1, that range of `bytes` is the value.
   */
  readonly encode: (
    values: readonly string[],
    k: string,
    written?: string,
    ranges?: readonly (RangeVariables | null)[],
  ) => string;
  /** Who writes values as the same bytes; null where values cannot be handed over as bytes, and `ranges` must not be given. */
  readonly spelling: 'json' | null;
}

/** Names of two integer variables for the range of `bytes` that a value takes; the start is -1 where there is none. */
export interface RangeVariables {
  readonly start: string;
  readonly end: string;
}

/** A payload that does not fit the schema, or a value that cannot be written. `message` has ksqlDB's words. */
export class FormatError extends Error {
  override readonly name = 'FormatError';
}

/** Resolved properties of one side of a source: what the WITH clause and the defaults came to. Plain data. */
export interface FormatProperties {
  /** DELIMITED: one character. */
  readonly delimiter?: string;
  /** Schema formats. */
  readonly fullSchemaName?: string;
  readonly schemaId?: number;
  readonly nullableRepresentation?: 'OPTIONAL' | 'WRAPPER';
}
export type SerdeFeature = 'WRAP_SINGLES' | 'UNWRAP_SINGLES';
/** One side of a source, as stored in the catalog. */
export interface FormatSpec {
  readonly format: string;
  readonly properties: FormatProperties;
  /** Only where they deviate from the format's default (spec: semantics.md §3.3). */
  readonly features: readonly SerdeFeature[];
}

export interface CodecRequest {
  readonly columns: readonly Field[];
  /** Indexes into `columns` that decode must fill. */
  readonly needed: readonly number[];
  readonly spec: FormatSpec;
  readonly side: 'key' | 'value';
  /** For messages, and for the subject of a registered schema. */
  readonly topic: string;
  /** The registry, for the formats that use one; without it payloads cannot be read and are written under schema id 0. */
  readonly schemas?: SchemaResolver | undefined;
}

export interface FormatDef {
  readonly name: string;
  readonly doc: string;
  /** Names of the FormatProperties it understands. */
  readonly properties: readonly (keyof FormatProperties)[];
  /** How a single column is written when the statement does not say. */
  readonly singleDefault: 'wrapped' | 'unwrapped';
  /** Which WRAP_SINGLE_VALUE settings it accepts. */
  readonly wrapping: readonly boolean[];
  /** A single key column is written unwrapped. */
  readonly unwrapsKeys: boolean;
  readonly multipleKeyColumns: boolean;
  /** Schemas live in a registry; columns may be inferred. */
  readonly registry: boolean;
  /** How it uses registered schemas; only with `registry`. */
  readonly schemas?: SchemaUse;
  /** What writing a row and reading it again makes of it; absent or null where that is the same row. */
  asStored?(types: readonly SqlType[], spec: FormatSpec): ((row: Row) => Row) | null;
  /** Why these columns cannot be written, in ksqlDB's words, or null. */
  check(columns: readonly Field[], side: 'key' | 'value'): Problem | null;
  codec(request: CodecRequest): Codec;
}
