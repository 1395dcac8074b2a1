/** Avro schemas as trees (Avro specification 1.11, "Schema Declaration"). */
import type { SchemaJson } from '../schema-json.ts';

export type AvroPrimitive =
  | 'null'
  | 'boolean'
  | 'int'
  | 'long'
  | 'float'
  | 'double'
  | 'string'
  | 'bytes';

/** Logical types that SQL has a type for. */
export type AvroLogical =
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | {
      readonly kind:
        | 'date'
        | 'time-millis'
        | 'time-micros'
        | 'timestamp-millis'
        | 'timestamp-micros';
    };

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroSchema;
  /** `undefined`: the field has no default. */
  readonly default: SchemaJson | undefined;
}
/** `fields` is filled after the record has a name, since a record may hold itself. */
export interface AvroRecord {
  readonly kind: 'record';
  /** Full name. */
  readonly name: string;
  readonly aliases: readonly string[];
  fields: readonly AvroField[];
  /** Connect's mark on the entries of a map whose keys Avro's own maps cannot hold. */
  readonly isMapEntry: boolean;
}
export type AvroSchema =
  | { readonly kind: AvroPrimitive; readonly logical: AvroLogical | null }
  | {
      readonly kind: 'fixed';
      readonly name: string;
      readonly aliases: readonly string[];
      readonly size: number;
      readonly logical: AvroLogical | null;
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly aliases: readonly string[];
      readonly symbols: readonly string[];
      readonly default: string | null;
    }
  | { readonly kind: 'array'; readonly items: AvroSchema }
  | { readonly kind: 'map'; readonly values: AvroSchema }
  | { readonly kind: 'union'; readonly branches: readonly AvroSchema[] }
  | AvroRecord;

/** The part of a full name behind its last dot. */
export function simpleName(fullName: string): string {
  return fullName.slice(fullName.lastIndexOf('.') + 1);
}

/** The part of a full name before its last dot; empty without one. */
export function namespaceOf(fullName: string): string {
  const dot = fullName.lastIndexOf('.');
  return dot === -1 ? '' : fullName.slice(0, dot);
}

/** The branches that are not null; the schema itself where it is no union. */
export function nonNullBranches(schema: AvroSchema): readonly AvroSchema[] {
  if (schema.kind !== 'union') return [schema];
  return schema.branches.filter((branch) => branch.kind !== 'null');
}

/** What a union calls its branch, and Connect the field that it makes of it. */
export function branchName(schema: AvroSchema): string {
  switch (schema.kind) {
    case 'record':
    case 'enum':
    case 'fixed':
      return simpleName(schema.name);
    default:
      return schema.kind;
  }
}

/** The two fields of a map's entry, where an array of these records stands for a map; else null. */
export function mapEntryOf(
  schema: AvroSchema,
): { readonly key: AvroSchema; readonly value: AvroSchema } | null {
  if (schema.kind !== 'record' || schema.fields.length !== 2) return null;
  const [key, value] = schema.fields;
  if (key?.name !== 'key' || value?.name !== 'value') return null;
  const isEntry = schema.isMapEntry || simpleName(schema.name) === 'MapEntry';
  return isEntry ? { key: key.type, value: value.type } : null;
}
