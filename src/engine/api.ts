/**
 * What everybody above the engine sees of it: the server, the shell, the embedded library. Two implementations: `LocalEngine`
 * (inline) and `ThreadEngine` (the same on a worker thread, over a MessagePort), so everything here is plain data, promises
 * and async iterables, and errors are EngineErrors.
 */
import type { Problem } from '../base/errors.ts';
import type { Bytes, Json, TimestampMs } from '../base/env.ts';
import type { Header, Offset, TopicSpec } from '../log/log.ts';
import type { RegistryOp, RegistryReplies, RequestOf } from '../registry/api.ts';
import type { Role } from '../sql/statement-roles.ts';
import type { Entity, ResultColumn } from '../sql/statements/statement.ts';

/** Properties and variables of a session travel with each request, as in ksqlDB's API. */
export interface StatementRequest {
  readonly sql: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Check all statements against the state that those before them will have made, before any is executed. */
  readonly validateAll?: boolean;
  /** Of a pull query on a table: it sees everything that was acknowledged before the token was given. */
  readonly consistencyToken?: string;
  /** Of a scalable push query: goes on after the frame that carried the token. */
  readonly continuationToken?: string;
  /** Waits until the command with this sequence number has been carried out; throws `engine.command-timeout` after a while. */
  readonly afterCommand?: number;
  /** Of whoever sent it: nothing is carried out if it may not run every statement (`auth.forbidden`). Absent: it may. */
  readonly role?: Role;
}

/** Reply of one statement. `session` carries what SET, UNSET, DEFINE and UNDEFINE changed, for the caller to keep. */
export interface StatementReply {
  readonly statementText: string;
  /** null for statements that answer nothing (SET, INSERT VALUES, ...). */
  readonly entity: Entity | null;
  readonly warnings: readonly string[];
  readonly session: {
    readonly properties: Readonly<Record<string, string | null>>;
    readonly variables: Readonly<Record<string, string | null>>;
  } | null;
}

/** Crosses threads as plain data; thrown as `StatementFailure`. */
export interface FailureData {
  readonly problem: Problem;
  /** The statement at fault and its number in the request, 0-based. */
  readonly statementText: string | null;
  /** Replies of the statements before it. */
  readonly replies: readonly StatementReply[];
  /** `parse`: nothing was executed because the text does not parse. */
  readonly phase: 'parse' | 'prepare' | 'execute';
}
export class StatementFailure extends Error {
  override readonly name = 'StatementFailure';
  readonly data: FailureData;
  constructor(data: FailureData) {
    super(data.problem.message);
    this.data = data;
  }
}

export interface QueryHead {
  readonly queryId: string;
  readonly kind: 'push' | 'pull' | 'print';
  readonly columns: readonly ResultColumn[];
  /** Over a table: a push query then delivers tombstones, a pull query then needs no final message. */
  readonly table: boolean;
  /** Of a scalable push query that was asked for continuation tokens: with the offsets of a frame it makes one. */
  readonly continuation?: string;
  /** Of a pull query that was asked for it: what it has seen, whoever is given the token sees too. */
  readonly consistencyToken?: string;
}
/**
 * Rows arrive in frames: what one tick committed. A row is its columns as JSON text, an array in the form of api.md §6.5
 * (`[1,"x"]`), so nothing is converted twice; PRINT gives lines instead.
 */
export interface QueryFrame {
  readonly rows: readonly string[];
  /** Indexes of tombstones in `rows`, where there are any. */
  readonly tombstones: readonly number[] | null;
  /** Up to where the query has read its one input, per partition; always inside of subscriptions, and where the head has a `continuation`. */
  readonly offsets?: readonly Offset[];
}
export interface QueryStream extends AsyncIterable<QueryFrame> {
  readonly head: QueryHead;
  /** Why it ended, once the iteration has: the client's close gives `closed`. */
  readonly end: () => 'limit' | 'completed' | 'closed' | 'terminated';
  close(): Promise<void>;
}

/** A SELECT with EMIT CHANGES, of a stream or of a table that a query keeps; `after` is a token of the same query. */
export interface SubscribeRequest extends StatementRequest {
  readonly after?: string;
}
export interface SubscriptionHead {
  readonly queryId: string;
  readonly table: boolean;
  /** Key columns have the role `key`; a table's are always among them. */
  readonly columns: readonly ResultColumn[];
  /** The last part of its tokens. */
  readonly identity: string;
}
export interface SubscriptionFrame {
  /** One JSON object (docs/subscriptions.md). */
  readonly text: string;
  /** Of a `tick`: where a subscription goes on that has got everything up to here. */
  readonly token: string | null;
}
/**
 * Frames of a subscription, beginning with its schema; the iteration ends after an `end` frame, or throws. While nobody iterates,
 * changes to a table wait, one per row, and at last end it with `push.slow-consumer`.
 */
export interface Subscription extends AsyncIterable<SubscriptionFrame> {
  readonly head: SubscriptionHead;
  close(): Promise<void>;
}

export interface ProduceRecord {
  readonly topic: string;
  /** null: murmur2 of the key, or the next partition in turn where there is no key. */
  readonly partition: number | null;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  /** null: the server's clock. */
  readonly timestamp: TimestampMs | null;
  readonly headers: readonly Header[];
}
export interface ConsumedRecord {
  readonly partition: number;
  readonly offset: Offset;
  /** Logical time: orders records over all partitions of all topics. */
  readonly time: number;
  /** Orders the batches of what came of one record over several partitions, where the log keeps it (RecordBatch.ordinal); else 0. */
  readonly ordinal: number;
  readonly timestamp: TimestampMs;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: readonly Header[];
}

/** A table that a query keeps: next offset to read, and end, of each partition that the query reads. */
export interface StoreLag {
  readonly query: string;
  readonly store: string;
  readonly partitions: readonly {
    readonly topic: string;
    readonly partition: number;
    readonly position: Offset;
    readonly end: Offset;
  }[];
}

export interface EngineMetrics {
  readonly [name: string]: number;
}

export interface Engine extends AsyncDisposable {
  /** Runs statements in order up to the first error (StatementFailure). SELECT and PRINT are refused here (api.md code 40002). */
  execute(request: StatementRequest): Promise<readonly StatementReply[]>;
  /** Starts one SELECT or PRINT. Rows wait (bounded, then the query pauses) until iterated. */
  query(request: StatementRequest): Promise<QueryStream>;
  /** Rows as they are, then changes. Throws `subscribe.*`; `subscribe.expired` where a token cannot be gone on from. */
  subscribe(request: SubscribeRequest): Promise<Subscription>;
  /** Resolves when the records are durable, with the offset of each. Throws Problems `produce.*`. */
  produce(
    records: readonly ProduceRecord[],
  ): Promise<readonly { readonly partition: number; readonly offset: Offset }[]>;
  /**
   * Row objects of `/inserts-stream`: JSON texts of objects, converted to `target`'s formats; resolves when durable. One
   * outcome per row: null or why it was refused.
   */
  insertRows(target: string, rows: readonly string[]): Promise<readonly (Problem | null)[]>;
  /** Committed records from `offset` on, at least one if there is any. */
  fetch(
    topic: string,
    partition: number,
    offset: Offset,
    maxBytes: number,
  ): Promise<readonly ConsumedRecord[]>;
  topics(): Promise<readonly TopicSpec[]>;
  /** The schema registry. What changes is durable when this resolves. Throws Problems `registry.*`. */
  registry<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]>;
  createTopic(spec: TopicSpec): Promise<void>;
  closeQuery(queryId: string): Promise<boolean>;
  /** Resolves when everything appended so far, and what follows from it, has been processed and committed. */
  settle(): Promise<
    readonly {
      readonly queryId: string;
      readonly message: string;
      readonly causes: readonly string[];
    }[]
  >;
  /** Sources, queries and topics as data: for the conformance adapter, completion and the console. */
  describe(): Promise<EngineDescription>;
  complete(sqlPrefix: string): Promise<readonly string[]>;
  metrics(): Promise<EngineMetrics>;
  /** How far queries that keep tables for pull queries are behind. */
  storeLags(): Promise<readonly StoreLag[]>;
  /** The token of everything that has been acknowledged (`StatementRequest.consistencyToken`). */
  consistencyToken(): Promise<string>;
}

export interface EngineDescription {
  readonly sources: readonly {
    readonly name: string;
    readonly type: 'STREAM' | 'TABLE';
    readonly topic: string;
    /** Quoted columns, e.g. "`ID` BIGINT KEY, `COUNT` BIGINT". */
    readonly schema: string;
    readonly keyFormat: Json;
    readonly valueFormat: Json;
    readonly isSource: boolean;
  }[];
  readonly topics: readonly { readonly name: string; readonly partitions: number }[];
  readonly queries: readonly { readonly id: string; readonly sink: string | null }[];
}
