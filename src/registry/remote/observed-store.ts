/**
 * A copy of a store that says what it was asked: a statement is prepared against it, what it asked is fetched from the remote
 * registry, and it is prepared again, until it asks nothing new. Levels are the remote registry's business, which will check
 * what is registered.
 */
import type { StoredSchema } from '../../formats/schema.ts';
import type { CompatibilityLevel, RegisteredSchema, SchemaInput, VersionSpec } from '../api.ts';
import { SchemaStore, type VersionEntry } from '../store.ts';

export type Question =
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'latest'; readonly subject: string }
  | { readonly kind: 'version'; readonly subject: string; readonly version: number }
  | { readonly kind: 'lookup'; readonly subject: string; readonly schema: SchemaInput };

export class ObservedStore extends SchemaStore {
  readonly #ask: (question: Question) => void;

  constructor(from: SchemaStore, ask: (question: Question) => void) {
    super(from);
    this.#ask = ask;
  }

  override fork(): SchemaStore {
    return new ObservedStore(this, this.#ask);
  }

  override version(subject: string, version: VersionSpec): VersionEntry | null {
    const known = super.version(subject, version);
    if (version === 'latest') this.#ask({ kind: 'latest', subject });
    else if (known === null) this.#ask({ kind: 'version', subject, version });
    return known;
  }

  override versionOf(subject: string, schema: SchemaInput): VersionEntry | null {
    this.#ask({ kind: 'lookup', subject, schema });
    return super.versionOf(subject, schema);
  }

  override schema(id: number): RegisteredSchema | null {
    const known = super.schema(id);
    if (known === null) this.#ask({ kind: 'id', id });
    return known;
  }

  override byId(id: number): StoredSchema | null {
    const known = super.byId(id);
    if (known === null) this.#ask({ kind: 'id', id });
    return known;
  }

  override level(): CompatibilityLevel {
    return 'NONE';
  }
}
