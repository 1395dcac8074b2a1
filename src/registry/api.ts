/** What the registry can be asked, as plain data: the engine's thread answers (Confluent Schema Registry API, version 7). */
import type { SchemaType } from '../formats/schema.ts';

/** A schema that another refers to. */
export interface SchemaReference {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
}

/** A schema as clients hand it in. */
export interface SchemaInput {
  readonly type: SchemaType;
  readonly text: string;
  readonly references: readonly SchemaReference[];
}

/** A schema as the registry keeps it. */
export interface RegisteredSchema extends SchemaInput {
  readonly id: number;
}

/** A schema at its place under a subject. */
export interface SubjectVersion extends RegisteredSchema {
  readonly subject: string;
  readonly version: number;
}

export const compatibilityLevels = [
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
] as const;
export type CompatibilityLevel = (typeof compatibilityLevels)[number];

/** A version's number, or the newest that is not deleted. */
export type VersionSpec = number | 'latest';

export type RegistryRequest =
  | { readonly op: 'subjects'; readonly prefix: string; readonly deleted: boolean }
  | { readonly op: 'versions'; readonly subject: string; readonly deleted: boolean }
  | {
      readonly op: 'version';
      readonly subject: string;
      readonly version: VersionSpec;
      readonly deleted: boolean;
    }
  | { readonly op: 'schema'; readonly id: number }
  /** Where a schema stands. */
  | { readonly op: 'places'; readonly id: number; readonly deleted: boolean }
  /** Ids of schemas that refer to this one. */
  | { readonly op: 'referenced-by'; readonly subject: string; readonly version: VersionSpec }
  | {
      readonly op: 'register';
      readonly subject: string;
      readonly schema: SchemaInput;
      /** null: the registry gives one. */
      readonly id: number | null;
    }
  | {
      readonly op: 'lookup';
      readonly subject: string;
      readonly schema: SchemaInput;
      readonly deleted: boolean;
    }
  | {
      readonly op: 'compatible';
      readonly subject: string;
      /** null: the versions that the subject's level asks for. */
      readonly version: VersionSpec | null;
      readonly schema: SchemaInput;
    }
  | { readonly op: 'delete-subject'; readonly subject: string; readonly permanent: boolean }
  | {
      readonly op: 'delete-version';
      readonly subject: string;
      readonly version: VersionSpec;
      readonly permanent: boolean;
    }
  /** `subject` null: the global level. With `fallback` a subject without a level of its own answers with the global one. */
  | { readonly op: 'config'; readonly subject: string | null; readonly fallback: boolean }
  | { readonly op: 'set-config'; readonly subject: string | null; readonly level: string }
  | { readonly op: 'delete-config'; readonly subject: string | null };

export interface RegistryReplies {
  readonly subjects: readonly string[];
  readonly versions: readonly number[];
  readonly version: SubjectVersion;
  readonly schema: RegisteredSchema;
  readonly places: readonly { readonly subject: string; readonly version: number }[];
  readonly 'referenced-by': readonly number[];
  readonly register: SubjectVersion;
  readonly lookup: SubjectVersion;
  /** Reasons why not; empty when compatible. */
  readonly compatible: readonly string[];
  readonly 'delete-subject': readonly number[];
  readonly 'delete-version': number;
  readonly config: CompatibilityLevel;
  readonly 'set-config': CompatibilityLevel;
  readonly 'delete-config': CompatibilityLevel;
}
export type RegistryOp = RegistryRequest['op'];
export type RequestOf<Op extends RegistryOp> = Extract<RegistryRequest, { readonly op: Op }> & {
  /** It comes from an engine whose registry is elsewhere: one that would pass it on as well refuses it. */
  readonly forwarded?: boolean;
};

/** The header that marks requests of engines whose registry is elsewhere. */
export const forwardedHeader = 'x-leat-registry-client';
