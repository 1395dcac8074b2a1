/**
 * Records of the `_schemas` topic: JSON as Confluent's registry writes it, keyed so that compaction keeps what counts. A version
 * is deleted by a record that says so, and for good by a tombstone.
 */
import type { Json } from '../base/env.ts';
import type { SchemaType } from '../formats/schema.ts';
import {
  type CompatibilityLevel,
  compatibilityLevels,
  type SchemaReference,
  type SubjectVersion,
} from './api.ts';

export type RegistryRecord =
  | { readonly kind: 'schema'; readonly schema: SubjectVersion; readonly deleted: boolean }
  | { readonly kind: 'remove-schema'; readonly subject: string; readonly version: number }
  /** The highest id ever given, once a schema is gone for good: payloads that name it must not be read with another. */
  | { readonly kind: 'last-id'; readonly id: number }
  /** `subject` null: the global level; `level` null: none of its own any more. */
  | {
      readonly kind: 'config';
      readonly subject: string | null;
      readonly level: CompatibilityLevel | null;
    };

export interface EncodedRecord {
  readonly key: string;
  readonly value: string | null;
}

export function encodeRecord(record: RegistryRecord): EncodedRecord {
  switch (record.kind) {
    case 'schema': {
      const { subject, version, id, type, references, text } = record.schema;
      const value = {
        subject,
        version,
        id,
        ...(type === 'AVRO' ? {} : { schemaType: type }),
        ...(references.length === 0 ? {} : { references }),
        schema: text,
        deleted: record.deleted,
      };
      return { key: schemaKey(subject, version), value: JSON.stringify(value) };
    }
    case 'remove-schema':
      return { key: schemaKey(record.subject, record.version), value: null };
    case 'last-id':
      return { key: lastIdKey, value: JSON.stringify({ id: record.id }) };
    case 'config': {
      const { subject, level } = record;
      const key = JSON.stringify({ keytype: 'CONFIG', subject, magic: 0 });
      return {
        key,
        value: level === null ? null : JSON.stringify({ subject, compatibilityLevel: level }),
      };
    }
  }
}

/** Not one of Confluent's, whose registry gives such ids again. */
const lastIdKey = JSON.stringify({ keytype: 'LEAT_LAST_ID', magic: 0 });

function schemaKey(subject: string, version: number): string {
  return JSON.stringify({ keytype: 'SCHEMA', subject, version, magic: 1 });
}

/** null for kinds of records that mean nothing here (modes, no-ops). */
export function decodeRecord({ key, value }: EncodedRecord): RegistryRecord | null {
  const { keytype, subject, version } = JSON.parse(key) as Readonly<Record<string, Json>>;
  const fields = value === null ? null : (JSON.parse(value) as Readonly<Record<string, Json>>);
  if (keytype === 'CONFIG') {
    const level = compatibilityLevels.find((known) => known === fields?.['compatibilityLevel']);
    return { kind: 'config', subject: subject as string | null, level: level ?? null };
  }
  if (keytype === 'LEAT_LAST_ID') return { kind: 'last-id', id: fields?.['id'] as number };
  if (keytype !== 'SCHEMA') return null;
  const place = { subject: subject as string, version: version as number };
  if (fields === null) return { kind: 'remove-schema', ...place };
  const schema: SubjectVersion = {
    ...place,
    id: fields['id'] as number,
    type: (fields['schemaType'] ?? 'AVRO') as SchemaType,
    text: fields['schema'] as string,
    references: (fields['references'] ?? []) as unknown as readonly SchemaReference[],
  };
  return { kind: 'schema', schema, deleted: fields['deleted'] === true };
}
