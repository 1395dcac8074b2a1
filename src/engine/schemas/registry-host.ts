/**
 * The registry in the engine: its store in memory, its topic in the log. Requests that change something run between two ticks;
 * what a statement changes is committed together with its command.
 *
 * With a remote registry the store is a mirror of what has been seen of it (src/registry/remote/mirror.ts). Requests go to the
 * remote one; a statement is prepared with what it says at that moment, and its changes are carried out there first.
 */
import type { Env } from '../../base/env.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { Append, Log, TopicSpec } from '../../log/log.ts';
import type {
  RegistryOp,
  RegistryReplies,
  RegistryRequest,
  RequestOf,
  SchemaInput,
} from '../../registry/api.ts';
import type { RegistryRecord } from '../../registry/record.ts';
import { answer } from '../../registry/registry.ts';
import type { RegistryMirror } from '../../registry/remote/mirror.ts';
import { ObservedStore, type Question } from '../../registry/remote/observed-store.ts';
import { schemasAppend } from '../../registry/schemas-topic.ts';
import type { SchemaStore } from '../../registry/store.ts';
import type { SchemaChange } from '../../sql/schema-change.ts';
import type { Entity, Effect } from '../../sql/statements/statement.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { assertPollMs } from '../limits.ts';
import { SchemaFetcher } from './schema-fetcher.ts';
import { SchemaGate } from './schema-gate.ts';

/** Records to be committed; `settle` is called once they are. */
export interface PlannedSchemas {
  readonly appends: readonly Append[];
  settle(): void;
}

export class RegistryHost {
  readonly #log: Log;
  readonly #env: Env;
  readonly #atRest: <Result>(job: () => Promise<Result>) => Promise<Result>;
  readonly #createTopic: (spec: TopicSpec) => Promise<void>;
  readonly #topic: TopicSpec;
  readonly #mirror: RegistryMirror | null;
  readonly #fetcher: SchemaFetcher | null;
  /** As of the last commit; readers hold on to it. */
  readonly store: SchemaStore;

  constructor(options: {
    readonly log: Log;
    readonly env: Env;
    readonly store: SchemaStore;
    /** Where the store's records are. */
    readonly topic: TopicSpec;
    /** Of the remote registry, over `store`; null: the registry is the engine's own. */
    readonly mirror: RegistryMirror | null;
    readonly createTopic: (spec: TopicSpec) => Promise<void>;
    /** Runs the job between two ticks. */
    readonly atRest: <Result>(job: () => Promise<Result>) => Promise<Result>;
  }) {
    this.#log = options.log;
    this.#env = options.env;
    this.store = options.store;
    this.#createTopic = options.createTopic;
    this.#atRest = options.atRest;
    this.#topic = options.topic;
    const { mirror, store, env } = options;
    this.#mirror = mirror;
    const keep = (records: readonly RegistryRecord[]) => this.#keep(records);
    this.#fetcher = mirror === null ? null : new SchemaFetcher({ mirror, store, env, keep });
  }

  stop(): void {
    this.#fetcher?.stop();
  }

  /** For a query over the catalog's sources; null where every schema is at hand. */
  gate(catalog: Catalog): SchemaGate | null {
    return this.#fetcher === null ? null : new SchemaGate(this.#fetcher, catalog);
  }

  /**
   * What `run` makes of the registry as it is now. `run` is called again as long as it asks for what has not been fetched from
   * the remote registry. With `mayBeStale` what was seen before will do when the remote registry is down.
   */
  async withSchemas<Result>(
    run: (schemas: SchemaStore) => Result,
    mayBeStale: boolean,
  ): Promise<Result> {
    const mirror = this.#mirror;
    if (mirror === null) return run(this.store);
    const answered = new Set<string>();
    for (;;) {
      const asked = new Map<string, Question>();
      const observed = new ObservedStore(this.store, (question) => {
        const key = JSON.stringify(question);
        if (!answered.has(key)) asked.set(key, question);
      });
      const outcome = outcomeOf(() => run(observed));
      if (asked.size === 0) return outcome();
      for (const [key, question] of asked) {
        answered.add(key);
        await this.#ask(mirror, question, mayBeStale);
      }
    }
  }

  async #ask(mirror: RegistryMirror, question: Question, mayBeStale: boolean): Promise<void> {
    try {
      await this.#keep(await mirror.answer(question));
    } catch (error) {
      const isDown = error instanceof ProblemError && error.code === 'registry.unreachable';
      if (!isDown || !mayBeStale || !this.#hasSeen(question)) throw error;
    }
  }

  #hasSeen(question: Question): boolean {
    switch (question.kind) {
      case 'latest':
        return this.store.versions(question.subject).length > 0;
      case 'lookup':
        return this.store.versionOf(question.subject, question.schema) !== null;
      default:
        return false;
    }
  }

  async #keep(records: readonly RegistryRecord[]): Promise<void> {
    await this.#atRest(async () => this.#commit(await this.#plan(records)));
  }

  /** Answers when what changed is durable. Throws Problems `registry.*`. */
  async request<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]> {
    if (this.#mirror !== null) {
      if (request.forwarded === true) throw chained(this.#mirror.remote.urls);
      return this.#mirror.remote.request<Op>(request);
    }
    if (isRead(request)) return answer<Op>(this.store, request).reply;
    return this.#atRest(async () => {
      const { reply, records } = answer<Op>(this.store, request);
      const planned = await this.#plan(records);
      await this.#commit(planned);
      return reply;
    });
  }

  /** What the changes of a statement come to, which has them made at the remote registry. Call the result between two ticks. */
  async planner(changes: readonly SchemaChange[]): Promise<() => Promise<PlannedSchemas>> {
    if (this.#mirror === null || changes.length === 0)
      return () => this.#plan(schemaRecords(this.store.fork(), changes));
    const records = await this.#mirror.change(changes);
    return () => this.#plan(records);
  }

  /** Changes that no command goes with. */
  async change(changes: readonly SchemaChange[]): Promise<void> {
    const plan = await this.planner(changes);
    await this.#atRest(async () => this.#commit(await plan()));
  }

  /** ASSERT SCHEMA: looks every so often until the assertion holds or its time is over (spec: sql-statements.md §13). */
  async assert(effect: Extract<Effect, { kind: 'assert-schema' }>): Promise<Entity> {
    const { clock, timers } = this.#env;
    const { subject, id, exists } = effect;
    const deadline = clock.now() + effect.timeoutMs;
    const has = (schemas: SchemaStore): boolean => hasSchema(schemas, subject, id);
    while ((await this.withSchemas(has, false)) !== exists) {
      if (clock.now() >= deadline) {
        const name = subject === null ? '' : ` subject name ${subject}`;
        const number = id === null ? '' : ` id ${id}`;
        const state = exists ? 'does not exist' : 'exists';
        throw problem('assert.failed', `Schema with${name}${number} ${state}`);
      }
      await new Promise<void>((resolve) => {
        timers.after(assertPollMs, resolve);
      });
    }
    return { '@type': 'assert_schema', subject, id, exists };
  }

  async #plan(records: readonly RegistryRecord[]): Promise<PlannedSchemas> {
    if (records.length === 0) return { appends: [], settle: () => undefined };
    const isThere = this.#log.topics().some(({ name }) => name === this.#topic.name);
    if (!isThere) await this.#createTopic(this.#topic);
    return {
      appends: [schemasAppend(records, this.#env.clock.now(), this.#topic)],
      settle: () => {
        for (const record of records) this.store.apply(record);
      },
    };
  }

  async #commit({ appends, settle }: PlannedSchemas): Promise<void> {
    if (appends.length > 0)
      await this.#log.commit([{ owner: null, appends, offsets: [], state: [] }]);
    settle();
  }
}

/** It could go round for ever. */
function chained(urls: string): ProblemError {
  return problem(
    'registry.chained',
    `The server that is asked for schemas has none of its own: its Schema Registry is at ${urls}`,
    {
      hint: 'ksql.schema.registry.url must be that of a registry, not of this server itself or of another that asks one.',
    },
  );
}

function outcomeOf<Result>(run: () => Result): () => Result {
  try {
    const result = run();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function hasSchema(schemas: SchemaStore, subject: string | null, id: number | null): boolean {
  if (subject === null) return id !== null && schemas.schema(id) !== null;
  if (schemas.version(subject, 'latest') === null) return false;
  const live = schemas.versions(subject).filter(({ deleted }) => !deleted);
  return live.some(({ schema }) => id === null || schema.id === id);
}

function isRead({ op }: RegistryRequest): boolean {
  switch (op) {
    case 'register':
    case 'delete-subject':
    case 'delete-version':
    case 'set-config':
    case 'delete-config':
      return false;
    default:
      return true;
  }
}

/** The records of the changes, which are applied to `store`. Throws what ksqlDB says when a schema is refused. */
export function schemaRecords(
  store: SchemaStore,
  changes: readonly SchemaChange[],
): readonly RegistryRecord[] {
  return changes.flatMap((change) => {
    const records = recordsOf(store, change);
    for (const record of records) store.apply(record);
    return records;
  });
}

function recordsOf(store: SchemaStore, change: SchemaChange): readonly RegistryRecord[] {
  const { subject } = change;
  const latest = store.version(subject, 'latest');
  switch (change.kind) {
    case 'delete-subject':
      if (latest === null) return [];
      return answer<'delete-subject'>(store, { op: 'delete-subject', subject, permanent: false })
        .records;
    case 'register':
      if (change.onlyFirst && latest !== null) return [];
      return registered(store, change, { ...change.schema, references: [] }, null);
    case 'register-id': {
      const schema = store.schema(change.id);
      return schema === null ? [] : registered(store, change, schema, change.id);
    }
  }
}

function registered(
  store: SchemaStore,
  { subject, topic }: { readonly subject: string; readonly topic: string },
  { type, text, references }: SchemaInput,
  id: number | null,
): readonly RegistryRecord[] {
  const schema: SchemaInput = { type, text, references };
  try {
    return answer<'register'>(store, { op: 'register', subject, schema, id }).records;
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    throw problem(
      'schema.refused',
      `Could not register schema for topic: ${topic}. ${error.message}`,
      { cause: error },
    );
  }
}
