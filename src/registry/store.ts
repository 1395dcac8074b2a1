/**
 * What the registry knows: the fold of its records. Synchronous and without IO; readers of payloads ask it while they run.
 * Equal schemas share an id over all subjects, unless a client asked for ids of its own.
 */
import type { SchemaResolver, SchemaText, StoredSchema } from '../formats/schema.ts';
import { schemaTypes } from '../formats/table.ts';
import type {
  CompatibilityLevel,
  RegisteredSchema,
  SchemaInput,
  SchemaReference,
  SubjectVersion,
  VersionSpec,
} from './api.ts';
import type { RegistryRecord } from './record.ts';

/** One version of a subject. */
export interface VersionEntry {
  readonly schema: SubjectVersion;
  readonly deleted: boolean;
}

/** How deep references may refer. */
export const REFERENCE_DEPTH_MAX = 20;
const defaultLevel: CompatibilityLevel = 'BACKWARD';

export class SchemaStore implements SchemaResolver {
  readonly #schemas: Map<number, RegisteredSchema>;
  /** The first id of each schema. */
  readonly #ids: Map<string, number>;
  readonly #subjects: Map<string, readonly VersionEntry[]>;
  readonly #levels: Map<string | null, CompatibilityLevel>;
  /** Schemas with the texts they refer to, which do not change. */
  readonly #resolved = new Map<number, StoredSchema>();
  #lastId: number;

  constructor(from?: SchemaStore) {
    this.#schemas = new Map(from === undefined ? [] : from.#schemas);
    this.#ids = new Map(from === undefined ? [] : from.#ids);
    this.#subjects = new Map(from === undefined ? [] : from.#subjects);
    this.#levels = new Map(from === undefined ? [] : from.#levels);
    this.#lastId = from === undefined ? 0 : from.#lastId;
  }

  /** A copy that may go its own way, to see what would become of changes. */
  fork(): SchemaStore {
    return new SchemaStore(this);
  }

  apply(record: RegistryRecord): void {
    switch (record.kind) {
      case 'schema':
        this.#put(record.schema, record.deleted);
        break;
      case 'remove-schema':
        this.#remove(record.subject, record.version);
        break;
      case 'last-id':
        this.#lastId = Math.max(this.#lastId, record.id);
        break;
      case 'config':
        if (record.level === null) this.#levels.delete(record.subject);
        else this.#levels.set(record.subject, record.level);
    }
  }

  /** In the order of their characters. */
  subjects(): readonly string[] {
    return [...this.#subjects.keys()].sort();
  }

  /** In ascending order, deleted ones too; empty for an unknown subject. */
  versions(subject: string): readonly VersionEntry[] {
    return this.#subjects.get(subject) ?? [];
  }

  version(subject: string, version: VersionSpec): VersionEntry | null {
    const entries = this.versions(subject);
    if (version === 'latest') return entries.findLast(({ deleted }) => !deleted) ?? null;
    return entries.find(({ schema }) => schema.version === version) ?? null;
  }

  schema(id: number): RegisteredSchema | null {
    return this.#schemas.get(id) ?? null;
  }

  /** Everything under all subjects, deleted ones too. */
  *entries(): Iterable<VersionEntry> {
    for (const entries of this.#subjects.values()) yield* entries;
  }

  /** The level in force for a subject, or globally. */
  level(subject: string | null): CompatibilityLevel {
    return this.#levels.get(subject) ?? this.#levels.get(null) ?? defaultLevel;
  }

  /** The level set for exactly this subject, or null. */
  ownLevel(subject: string | null): CompatibilityLevel | null {
    return this.#levels.get(subject) ?? null;
  }

  /** The highest id given so far. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The id that a schema has or will get; its text as the registry keeps it. */
  idFor(schema: SchemaInput): number {
    return this.#ids.get(identityOf(schema)) ?? this.#lastId + 1;
  }

  /** The version of the subject that holds this schema, its text as the registry keeps it. */
  versionOf(subject: string, schema: SchemaInput): VersionEntry | null {
    const identity = identityOf(schema);
    const same = ({ schema: other }: VersionEntry): boolean => identityOf(other) === identity;
    const entries = this.versions(subject);
    return (
      entries.findLast((entry) => !entry.deleted && same(entry)) ?? entries.findLast(same) ?? null
    );
  }

  byId(id: number): StoredSchema | null {
    const known = this.#resolved.get(id);
    if (known !== undefined) return known;
    const schema = this.#schemas.get(id);
    if (schema === undefined) return null;
    const references = this.resolve(schema.references);
    if (references === null) return null;
    const stored = { id, type: schema.type, text: schema.text, references };
    this.#resolved.set(id, stored);
    return stored;
  }

  latest(subject: string): StoredSchema | null {
    const entry = this.version(subject, 'latest');
    return entry === null ? null : this.byId(entry.schema.id);
  }

  find(subject: string, schema: SchemaText): number | null {
    const entry = this.versionOf(subject, { type: schema.type, text: schema.text, references: [] });
    return entry?.schema.id ?? null;
  }

  /** The texts referred to, each behind those it needs; null where one does not exist. */
  resolve(references: readonly SchemaReference[]): ReadonlyMap<string, string> | null {
    const texts = new Map<string, string>();
    return this.#collect(references, texts, 0) ? texts : null;
  }

  #collect(
    references: readonly SchemaReference[],
    into: Map<string, string>,
    depth: number,
  ): boolean {
    if (depth > REFERENCE_DEPTH_MAX) return false;
    return references.every(({ name, subject, version }) => {
      if (into.has(name)) return true;
      const entry = this.version(subject, version);
      if (entry === null || !this.#collect(entry.schema.references, into, depth + 1)) return false;
      into.set(name, entry.schema.text);
      return true;
    });
  }

  #put(schema: SubjectVersion, deleted: boolean): void {
    const { subject, version, ...registered } = schema;
    const others = this.versions(subject).filter((entry) => entry.schema.version !== version);
    const entries = [...others, { schema, deleted }];
    entries.sort((a, b) => a.schema.version - b.schema.version);
    this.#subjects.set(subject, entries);
    this.#schemas.set(schema.id, registered);
    const identity = identityOf(schema);
    if (!this.#ids.has(identity)) this.#ids.set(identity, schema.id);
    this.#lastId = Math.max(this.#lastId, schema.id);
  }

  #remove(subject: string, version: number): void {
    const removed = this.version(subject, version);
    if (removed === null) return;
    const entries = this.versions(subject).filter((entry) => entry !== removed);
    if (entries.length === 0) this.#subjects.delete(subject);
    else this.#subjects.set(subject, entries);
    const { id } = removed.schema;
    for (const { schema } of this.entries()) if (schema.id === id) return;
    this.#schemas.delete(id);
    this.#resolved.delete(id);
    const identity = identityOf(removed.schema);
    if (this.#ids.get(identity) === id) this.#ids.delete(identity);
  }
}

function identityOf({ type, text, references }: SchemaInput): string {
  const names = references.map(({ name, subject, version }) => [name, subject, version]);
  return JSON.stringify([type, schemaTypes[type].identity(text), names]);
}
