/**
 * What has been seen of a remote registry, as a store in the log: payloads are read and written with it synchronously, and go
 * on being so when the remote one is down. Ids never change their meaning, so a schema seen once stays as it is; which version
 * is the latest is asked anew whenever a statement wants to know.
 *
 * Nothing is changed here: what was learnt comes back as records, which count once they are durable and applied.
 */
import { ProblemError, problem } from '../../base/errors.ts';
import type { SchemaText } from '../../formats/schema.ts';
import { schemaTypes } from '../../formats/table.ts';
import type { SchemaChange } from '../../sql/schema-change.ts';
import type { RegisteredSchema, SchemaInput, SchemaReference, SubjectVersion } from '../api.ts';
import type { RegistryRecord } from '../record.ts';
import { REFERENCE_DEPTH_MAX, type SchemaStore } from '../store.ts';
import type { Question } from './observed-store.ts';
import type { RemoteRegistry } from './remote-registry.ts';

/** Where schemas are kept that the remote registry gives by id without saying where they stand. */
const nowhere = ':nowhere:';
/** Schemas learnt for one question. */
const referencesMax = 1_000;

export class RegistryMirror {
  readonly remote: RemoteRegistry;
  readonly #store: SchemaStore;

  constructor(remote: RemoteRegistry, store: SchemaStore) {
    this.remote = remote;
    this.#store = store;
  }

  /** What there is to know about a question. Throws `registry.*`, in ksqlDB's words where the registry cannot be asked. */
  async answer(question: Question): Promise<readonly RegistryRecord[]> {
    const learnt = new Learnt(this.#store, this.remote);
    try {
      switch (question.kind) {
        case 'id':
          await learnt.byId(question.id);
          break;
        case 'latest':
          await learnt.latest(question.subject);
          break;
        case 'version':
          await learnt.reference({ name: '', ...question });
          break;
        case 'lookup':
          await learnt.lookUp(question.subject, question.schema);
      }
    } catch (error) {
      if (isNotFound(error)) return learnt.records;
      throw failedToFetch(question, error);
    }
    return learnt.records;
  }

  /** The schema and what it needs; null where the remote registry has none of that id. Throws what the remote one says. */
  async byId(id: number): Promise<readonly RegistryRecord[] | null> {
    const learnt = new Learnt(this.#store, this.remote);
    try {
      await learnt.byId(id);
      return learnt.records;
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** Carries a statement's changes out at the remote registry. Throws what ksqlDB says when one is refused. */
  async change(changes: readonly SchemaChange[]): Promise<readonly RegistryRecord[]> {
    const learnt = new Learnt(this.#store, this.remote);
    for (const change of changes) {
      if (change.kind === 'delete-subject') {
        await learnt.deleteSubject(change.subject);
        continue;
      }
      const { topic, subject } = change;
      try {
        if (change.kind === 'register') {
          if (change.onlyFirst && (await learnt.latest(subject))) continue;
          await learnt.register(subject, { ...change.schema, references: [] });
        } else await learnt.register(subject, await learnt.schema(change.id));
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        throw problem(
          'schema.refused',
          `Could not register schema for topic: ${topic}. ${error.message}`,
          { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
        );
      }
    }
    return learnt.records;
  }
}

/** Records gathered over a few requests, and the store as they make it. */
class Learnt {
  readonly #underWay = new Set<string>();
  readonly records: RegistryRecord[] = [];
  readonly #store: SchemaStore;
  readonly #remote: RemoteRegistry;

  constructor(store: SchemaStore, remote: RemoteRegistry) {
    this.#store = store.fork();
    this.#remote = remote;
  }

  async schema(id: number): Promise<RegisteredSchema> {
    return this.#store.schema(id) ?? (await this.#remote.request<'schema'>({ op: 'schema', id }));
  }

  async byId(id: number): Promise<void> {
    if (this.#store.schema(id) !== null) return;
    const schema = await this.#remote.request<'schema'>({ op: 'schema', id });
    const places = await this.#places(id);
    for (const place of places) await this.#keep({ ...place, ...schema }, 'seen');
  }

  async #places(
    id: number,
  ): Promise<readonly { readonly subject: string; readonly version: number }[]> {
    try {
      const places = await this.#remote.request<'places'>({ op: 'places', id, deleted: true });
      if (places.length > 0) return places;
    } catch (error) {
      if (!(error instanceof ProblemError) || error.code === 'registry.unreachable') throw error;
    }
    return [{ subject: nowhere, version: id }];
  }

  /** Whether the subject has a version. */
  async latest(subject: string): Promise<boolean> {
    let latest: SubjectVersion | null = null;
    try {
      const version = 'latest';
      latest = await this.#remote.request<'version'>({
        op: 'version',
        subject,
        version,
        deleted: false,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    // Whatever stands behind it has been deleted.
    this.#deleteAbove(subject, latest?.version ?? 0);
    if (latest !== null) await this.#keep(latest, 'live');
    return latest !== null;
  }

  async lookUp(subject: string, schema: SchemaInput): Promise<void> {
    const found = await this.#remote.request<'lookup'>({
      op: 'lookup',
      subject,
      schema,
      deleted: true,
    });
    // Kept in our own spelling: that is how it will be looked for.
    await this.#keep({ ...found, text: schema.text }, 'seen', true);
  }

  async register(subject: string, schema: SchemaInput): Promise<void> {
    const { type, text, references } = schema;
    const input: SchemaInput = { type, text, references };
    const request = { op: 'register', subject, schema: input, id: null } as const;
    const registered = await this.#remote.request<'register'>(request);
    await this.#keep({ ...registered, type, text, references }, 'live', true);
  }

  async deleteSubject(subject: string): Promise<void> {
    try {
      await this.#remote.request<'delete-subject'>({
        op: 'delete-subject',
        subject,
        permanent: false,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    this.#deleteAbove(subject, 0);
  }

  /** Throws `registry.invalid-schema` for what refers to itself or to more than anybody needs. */
  async reference({ subject, version }: SchemaReference): Promise<void> {
    if (this.#store.version(subject, version) !== null) return;
    const place = JSON.stringify([subject, version]);
    if (this.#underWay.has(place))
      throw unreadable(`version ${version} of ${subject} refers to itself`);
    if (this.#underWay.size >= REFERENCE_DEPTH_MAX || this.records.length >= referencesMax)
      throw unreadable(`version ${version} of ${subject} is one reference too many`);
    this.#underWay.add(place);
    const found = await this.#remote.request<'version'>({
      op: 'version',
      subject,
      version,
      deleted: true,
    });
    await this.#keep(found, 'seen');
    this.#underWay.delete(place);
  }

  /**
   * A version that is merely seen may be a deleted one, and counts as such until it is known to live: it reads and writes all
   * the same. With `ours` its text is in our spelling and stays so, else a text that the store has stays.
   */
  async #keep(version: SubjectVersion, state: 'seen' | 'live', ours = false): Promise<void> {
    const { subject, version: number, id, type, references } = version;
    const entry = this.#store.version(subject, number);
    const known = entry?.schema.id === id ? entry : null;
    const deleted = state === 'seen' && (known?.deleted ?? true);
    for (const reference of references) await this.reference(reference);
    const text = ours ? version.text : (known?.schema.text ?? this.#canonical(version));
    if (known?.deleted === deleted && known.schema.text === text) return;
    const schema = { subject, version: number, id, type, text, references };
    this.#add({ kind: 'schema', schema, deleted });
  }

  /** Throws `registry.invalid-schema` for what we cannot read. */
  #canonical({ id, type, text, references }: SubjectVersion): string {
    const texts = this.#store.resolve(references);
    try {
      const schema: SchemaText = { type, text, references: texts ?? new Map() };
      return schemaTypes[type].canonical(schema);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      throw problem('registry.invalid-schema', `Schema ${id} cannot be read: ${error.message}`, {
        cause: error,
      });
    }
  }

  #deleteAbove(subject: string, version: number): void {
    for (const { schema, deleted } of this.#store.versions(subject)) {
      if (!deleted && schema.version > version)
        this.#add({ kind: 'schema', schema, deleted: true });
    }
  }

  #add(record: RegistryRecord): void {
    this.#store.apply(record);
    this.records.push(record);
  }
}

function unreadable(why: string): ProblemError {
  return problem('registry.invalid-schema', `Schema cannot be read: ${why}`);
}

const notFound: ReadonlySet<string> = new Set([
  'registry.subject-not-found',
  'registry.version-not-found',
  'registry.schema-not-found',
  'registry.subject-soft-deleted',
]);

function isNotFound(error: unknown): boolean {
  return error instanceof ProblemError && notFound.has(error.code);
}

function failedToFetch(question: Question, error: unknown): unknown {
  if (!(error instanceof ProblemError)) return error;
  const what = question.kind === 'id' ? `schema with id ${question.id}` : sideOf(question.subject);
  return problem(
    error.code,
    `Failed to fetch ${what}. Please check if schema exists in Schema Registry and/or check connection with Schema Registry.\nCaused by: ${error.message}`,
    { ...(error.hint === undefined ? {} : { hint: error.hint }), cause: error },
  );
}

function sideOf(subject: string): string {
  return `${subject.endsWith('-key') ? 'key' : 'value'} schema (${subject})`;
}
