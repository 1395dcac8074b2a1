/**
 * The registry in the engine: its store in memory, its topic in the log. Requests that change something run between two ticks;
 * what a statement changes is committed together with its command.
 */
import type { Env } from '../base/env.ts';
import { ProblemError, problem } from '../base/errors.ts';
import type { Append, Log, TopicSpec } from '../log/log.ts';
import type {
  RegistryOp,
  RegistryReplies,
  RegistryRequest,
  RequestOf,
  SchemaInput,
} from '../registry/api.ts';
import type { RegistryRecord } from '../registry/record.ts';
import { answer } from '../registry/registry.ts';
import { schemasAppend, schemasTopic } from '../registry/schemas-topic.ts';
import type { SchemaStore } from '../registry/store.ts';
import type { SchemaChange } from '../sql/schema-change.ts';
import type { Entity, Effect } from '../sql/statements/statement.ts';
import { assertPollMs } from './limits.ts';

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
  /** As of the last commit; readers hold on to it. */
  readonly store: SchemaStore;

  constructor(options: {
    readonly log: Log;
    readonly env: Env;
    readonly store: SchemaStore;
    readonly createTopic: (spec: TopicSpec) => Promise<void>;
    /** Runs the job between two ticks. */
    readonly atRest: <Result>(job: () => Promise<Result>) => Promise<Result>;
  }) {
    this.#log = options.log;
    this.#env = options.env;
    this.store = options.store;
    this.#createTopic = options.createTopic;
    this.#atRest = options.atRest;
  }

  /** Answers when what changed is durable. Throws Problems `registry.*`. */
  async request<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]> {
    if (isRead(request)) return answer<Op>(this.store, request).reply;
    return this.#atRest(async () => {
      const { reply, records } = answer<Op>(this.store, request);
      const planned = await this.#plan(records);
      await this.#commit(planned);
      return reply;
    });
  }

  /** What the changes of a statement come to. Call between two ticks. */
  async plan(changes: readonly SchemaChange[]): Promise<PlannedSchemas> {
    if (changes.length === 0) return { appends: [], settle: () => undefined };
    return this.#plan(schemaRecords(this.store.fork(), changes));
  }

  /** Changes that no command goes with. */
  change(changes: readonly SchemaChange[]): Promise<void> {
    return this.#atRest(async () => this.#commit(await this.plan(changes)));
  }

  /** ASSERT SCHEMA: looks every so often until the assertion holds or its time is over (spec: sql-statements.md §13). */
  async assert(effect: Extract<Effect, { kind: 'assert-schema' }>): Promise<Entity> {
    const { clock, timers } = this.#env;
    const { subject, id, exists } = effect;
    const deadline = clock.now() + effect.timeoutMs;
    while (this.#has(subject, id) !== exists) {
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

  #has(subject: string | null, id: number | null): boolean {
    if (subject === null) return id !== null && this.store.schema(id) !== null;
    const live = this.store.versions(subject).filter(({ deleted }) => !deleted);
    return live.some(({ schema }) => id === null || schema.id === id);
  }

  async #plan(records: readonly RegistryRecord[]): Promise<PlannedSchemas> {
    if (records.length === 0) return { appends: [], settle: () => undefined };
    const isThere = this.#log.topics().some(({ name }) => name === schemasTopic.name);
    if (!isThere) await this.#createTopic(schemasTopic);
    return {
      appends: [schemasAppend(records, this.#env.clock.now())],
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
