/**
 * A statement decides, the engine does: `prepare` is pure and returns an Effect, plain data that the engine carries out.
 */
import type { Json, TimestampMs } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Command } from '../../catalog/command.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import type { TopicSpec } from '../../log/log.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import type { Field } from '../../types/type.ts';
import type { Row } from '../../types/value.ts';
import type { SchemaChange } from '../schema-change.ts';

/** Column of a query's result; `role` says how clients mark it. */
export interface ResultColumn extends Field {
  readonly role: 'key' | 'value';
}

/** A pull query: finite, over what is committed. */
export type PullPlan =
  /** Over the materialised rows of query `query`. `lookups` null: scan. Each lookup is a full key. */
  | {
      readonly kind: 'table';
      readonly query: string;
      readonly lookups: readonly Row[] | null;
      readonly window: import('../../execution/task.ts').WindowRange | null;
      /** Over the materialised key and value columns. */
      readonly predicate: Expression | null;
      readonly columns: readonly NamedExpression[];
      readonly limit: number | null;
    }
  /** A stream, read from its beginning to its end as of now. */
  | { readonly kind: 'stream'; readonly plan: PhysicalPlan; readonly limit: number | null };

/** A subscription: rows as they are, then changes; `key` are the indexes of the key columns among `columns`. */
export type SubscribePlan =
  /** Over the materialised rows of query `query`; the rest as in a pull query. */
  | (Omit<Extract<PullPlan, { kind: 'table' }>, 'limit'> & {
      readonly source: string;
      readonly key: readonly number[];
      readonly limit: number | null;
    })
  /** Of one stream, record by record. */
  | {
      readonly kind: 'stream';
      readonly source: string;
      readonly plan: PhysicalPlan;
      readonly limit: number | null;
    };

/** Reply of one statement in the shape of spec api.md §4, without statementText: `{'@type': 'streams', streams: [...]}`. */
export type Entity = { readonly '@type': string } & { readonly [field: string]: Json };

export type Effect =
  /** `message` is the status message; `commandId` as in api.md, e.g. "stream/`S1`/create". */
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly message: string;
      readonly commandId: string;
      readonly queryId: string | null;
      readonly warnings: readonly string[];
      /** What becomes of the registry, in one commit with the command. */
      readonly schemas: readonly SchemaChange[];
    }
  /** Changes the registry; the statement is then prepared again. */
  | { readonly kind: 'register-schemas'; readonly schemas: readonly SchemaChange[] }
  | { readonly kind: 'entity'; readonly entity: Entity }
  | {
      readonly kind: 'insert';
      readonly topic: string;
      readonly key: Uint8Array | null;
      readonly value: Uint8Array | null;
      readonly timestamp: TimestampMs | null;
    }
  | {
      readonly kind: 'push';
      readonly plan: PhysicalPlan;
      readonly sources: readonly string[];
      readonly columns: readonly ResultColumn[];
      readonly limit: number | null;
      readonly table: boolean;
      /** ksqlDB would serve it from the running query that writes its source: its id begins with SCALABLE_PUSH_QUERY (semantics.md §13). */
      readonly scalable?: boolean;
    }
  | { readonly kind: 'pull'; readonly plan: PullPlan; readonly columns: readonly ResultColumn[] }
  /** A push query that begins with what there is, or behind a token; `after` null: the former. */
  | {
      readonly kind: 'subscribe';
      readonly plan: SubscribePlan;
      readonly columns: readonly ResultColumn[];
      readonly after: string | null;
    }
  | {
      readonly kind: 'print';
      readonly topic: string;
      readonly fromBeginning: boolean;
      readonly interval: number;
      readonly limit: number | null;
    }
  /** Ends a running push query. */
  | { readonly kind: 'close-query'; readonly queryId: string }
  /** Session properties and variables: null unsets. Produces no reply, or a warning. */
  | {
      readonly kind: 'session';
      readonly properties: Readonly<Record<string, string | null>>;
      readonly variables: Readonly<Record<string, string | null>>;
      readonly warning: string | null;
    }
  /** ASSERT TOPIC: polled until it holds or the time is over. */
  | {
      readonly kind: 'assert-topic';
      readonly topic: string;
      readonly exists: boolean;
      readonly config: Readonly<Record<string, number>>;
      readonly timeoutMs: number;
    }
  /** ASSERT SCHEMA, likewise; at least one of subject and id is given. */
  | {
      readonly kind: 'assert-schema';
      readonly subject: string | null;
      readonly id: number | null;
      readonly exists: boolean;
      readonly timeoutMs: number;
    };

/** Read-only view of what runs, for SHOW and DESCRIBE. */
export interface RuntimeView {
  topics(): readonly TopicSpec[];
  queryStatus(id: string): {
    readonly status: 'RUNNING' | 'PAUSED' | 'ERROR';
    readonly errors: readonly { readonly timestamp: number; readonly message: string }[];
  } | null;
  pushQueries(): readonly { readonly id: string; readonly sql: string }[];
  /** Ends of each partition: start, end. */
  offsets(topic: string): readonly { readonly start: number; readonly end: number }[];
  /** Committed positions of a query, per topic. */
  positions(query: string): Readonly<Record<string, readonly number[]>>;
  serverProperties(): Readonly<Record<string, string>>;
}

export interface PrepareContext {
  readonly catalog: Catalog;
  readonly functions: FunctionRegistry;
  readonly runtime: RuntimeView;
  /** The registry; absent: there is none, and formats that need one are refused. */
  readonly schemas?: SchemaResolver | undefined;
  /** Server properties overlaid by the session's. */
  readonly properties: Readonly<Record<string, string>>;
  readonly variables: ReadonlyMap<string, string>;
  readonly now: TimestampMs;
  /** In [0, 1). */
  readonly random: () => number;
  /** The whole text that was parsed: spans are offsets into it. The statement's own text is `statement.text`. */
  readonly text: string;
  /** Number for a new query id: the offset of the command to be. */
  readonly nextQueryNumber: number;
  /** The test tool creates missing topics with this many partitions; absent: a statement must say PARTITIONS. */
  readonly topicDefaults?: { readonly partitions: number };
}
