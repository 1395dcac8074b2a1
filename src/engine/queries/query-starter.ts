import { problem } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Task } from '../../execution/task.ts';
import type { FormatDef } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import type { TopicPartition } from '../../log/log.ts';
import { isEnabled, propertyValue } from '../../sql/properties.ts';
import type { Effect } from '../../sql/statements/statement.ts';
import type { QueryFrame, QueryHead, QueryStream, StatementRequest } from '../api.ts';
import { checkConsistencyToken, consistencyToken } from '../pull/consistency-token.ts';
import { checkLag, lagAllowed } from '../pull/pull-lag.ts';
import { PullAdmission, type PullLimits } from '../pull/pull-limits.ts';
import { type CompiledPull, compilePull, type TablePlan } from '../pull/pull-query.ts';
import { PullRunner } from '../pull/pull-runner.ts';
import { continuedFrom, sourceIdentity } from '../push/continuation-token.ts';
import { PushQuery, type PushQueryOptions } from '../push/push-query.ts';
import type { PushReader } from '../push/push-reader.ts';
import type { SharedPush } from '../push/shared-push.ts';
import type { WaitingRows } from '../push/waiting-rows.ts';
import { subscribeRows } from '../subscribe/open.ts';
import type { Subscriptions } from '../subscribe/subscriptions.ts';
import type { TaskParts } from '../task-parts.ts';
import { PrintQuery } from './print-query.ts';

export interface QueryStarterOptions extends TaskParts {
  readonly waiting: WaitingRows;
  readonly push: SharedPush;
  readonly catalog: () => Catalog;
  readonly subscriptions: Subscriptions;
  /** The task of a persistent query, for pull queries. */
  readonly task: (id: string) => Task | null;
  readonly pullLimits: PullLimits;
  /** The server's. */
  readonly properties: () => Properties;
  /** Lets the event loop take a turn. */
  readonly yieldTurn: () => Promise<void>;
}
type Properties = Readonly<Record<string, string>>;
type PushStart = Pick<PushQueryOptions, 'plan' | 'properties' | 'limit' | 'until' | 'start'>;
type PullRequest = Pick<StatementRequest, 'properties' | 'consistencyToken'>;
const tokensEnabled = 'ksql.query.pull.consistency.token.enabled';
type Running = PushQuery | PushReader | PrintQuery;

export class QueryStarter {
  readonly #options: QueryStarterOptions;
  readonly #running = new Map<string, Running>();
  readonly #admission: PullAdmission;
  readonly #pulls: PullRunner;
  /** What pull queries over streams take of their limit. */
  readonly #places = new Map<string, Disposable>();
  #started = 0;

  constructor(options: QueryStarterOptions) {
    this.#options = options;
    const { env, ticker, task, pullLimits: limits, yieldTurn } = options;
    const admission = new PullAdmission(options.properties, () => env.clock.now());
    this.#admission = admission;
    this.#pulls = new PullRunner({ env, ticker, limits, admission, task, yieldTurn });
  }

  /** How many stand still because their readers take nothing. */
  get slow(): number {
    let count = 0;
    for (const query of this.#running.values()) if (query.rows.isFull) count++;
    return count;
  }

  get running(): readonly { readonly id: string; readonly sql: string }[] {
    const own = [...this.#running.values()].map(({ id, sql }) => ({ id, sql }));
    return [...own, ...this.#options.subscriptions.running];
  }

  /** `continuation`: the token that a scalable push query goes on from. */
  start(
    sql: string,
    effect: Effect,
    properties: Properties,
    continuation?: string,
  ): Promise<QueryStream> {
    switch (effect.kind) {
      case 'push':
        return this.#push(sql, effect, properties, continuation);
      case 'pull':
        return this.#pull(sql, effect, properties);
      case 'print':
        return this.#print(sql, effect, properties);
      case 'subscribe':
        return subscribeRows(this.#options.subscriptions, { sql, effect, properties });
      default:
        return Promise.reject(
          problem('request.not-a-query', 'Neither a query nor a print statement'),
        );
    }
  }

  /** Without subscriptions. */
  get runningCount(): number {
    return this.#running.size;
  }

  /** By its reader; false if there is no such query. */
  async close(id: string): Promise<boolean> {
    const query = this.#running.get(id);
    if (query === undefined) return this.#options.subscriptions.close(id);
    await query.rows.close();
    return true;
  }

  /** By somebody else (TERMINATE). */
  terminate(id: string): boolean {
    const query = this.#running.get(id);
    query?.finish('terminated');
    return query !== undefined || this.#options.subscriptions.terminate(id);
  }

  /** The topic is about to be deleted: nobody may ask the log for more of it. */
  endReadersOf(topic: string): void {
    this.#options.subscriptions.endReadersOf(topic);
    this.#options.push.endReadersOf(topic);
    for (const query of [...this.#running.values()])
      if (query instanceof PushQuery && query.reads(topic)) query.finish('terminated');
  }

  /** What was computed and not committed is void: `error` says so. */
  fail(error: unknown): void {
    for (const query of [...this.#running.values()]) query.onFailed(error);
    this.#options.push.rewind();
    this.#options.subscriptions.lost(error);
  }

  stop(): void {
    this.#options.subscriptions.stop();
    for (const id of [...this.#running.keys()]) this.terminate(id);
  }

  async #push(
    sql: string,
    effect: Extract<Effect, { kind: 'push' }>,
    properties: Properties,
    token: string | undefined,
  ): Promise<QueryStream> {
    const [source] = effect.sources;
    const isContinued =
      effect.scalable === true &&
      isEnabled(properties, 'ksql.query.push.v2.continuation.tokens.enabled');
    if (token !== undefined && !isContinued)
      throw problem(
        'push.bad-continuation',
        'Only a scalable push query can go on from a continuation token',
        {
          hint: 'Set ksql.query.push.v2.enabled and ksql.query.push.v2.continuation.tokens.enabled to true.',
        },
      );
    const continuation = isContinued
      ? { continuation: sourceIdentity(this.#options.catalog(), source) }
      : {};
    const head: QueryHead = {
      queryId: this.#id(source, effect.scalable === true ? 'SCALABLE_PUSH_QUERY_' : 'transient_'),
      kind: 'push',
      columns: effect.columns,
      table: effect.table,
      ...continuation,
    };
    const earliest = propertyValue(properties, 'auto.offset.reset') === 'earliest';
    return this.#startPush(sql, head, {
      plan: effect.plan,
      properties,
      limit: effect.limit,
      until: 'cancelled',
      start:
        token === undefined
          ? this.#startOffsets(effect.sources, earliest)
          : continuedFrom(token, source, {
              catalog: this.#options.catalog(),
              log: this.#options.log,
            }),
    });
  }

  /** Whoever asks what others ask shares their task. */
  #startPush(sql: string, head: QueryHead, start: PushStart): Promise<QueryStream> {
    const { properties, limit, until } = start;
    const refusal = until === 'end' ? null : this.#refusal(properties);
    if (refusal !== null) return Promise.reject(refusal);
    const { ticker } = this.#options;
    const onEnd = (): void => this.#remove(head.queryId);
    return ticker.atRest(() => {
      const reader =
        until === 'end' || limit === 0
          ? null
          : this.#options.push.open({ head, sql, ...start, onEnd });
      if (reader !== null) {
        if (head.continuation !== undefined)
          reader.rows.push({ rows: [], tombstones: null, offsets: reader.position });
        this.#running.set(head.queryId, reader);
        return reader.rows;
      }
      const query = new PushQuery({
        ...this.#options,
        head,
        sql,
        ...start,
        gate: this.#options.gate(this.#options.catalog()),
        withOffsets: head.continuation !== undefined,
        onEnd,
      });
      if ((until === 'end' && query.isAtEnd()) || limit === 0) {
        this.#remove(head.queryId);
        query.rows.finish(limit === 0 ? 'limit' : 'completed');
        return query.rows;
      }
      // Whoever loses the connection before the first row goes on from here.
      if (head.continuation !== undefined) query.rows.push(startFrame(query, start));
      this.#running.set(head.queryId, query);
      ticker.add(query);
      return query.rows;
    });
  }

  async #pull(
    sql: string,
    effect: Extract<Effect, { kind: 'pull' }>,
    properties: Properties,
  ): Promise<QueryStream> {
    const head: QueryHead = {
      queryId: this.#id(null),
      kind: 'pull',
      columns: effect.columns,
      table: effect.plan.kind === 'table',
    };
    const { plan } = effect;
    if (plan.kind === 'stream') {
      this.#admission.admit();
      this.#places.set(head.queryId, this.#admission.enter());
      return this.#startPush(sql, head, {
        plan: plan.plan,
        properties,
        limit: plan.limit,
        until: 'end',
        start: this.#startOffsets([], true),
      });
    }
    return this.pullTable(this.compile(effect, plan, properties), { properties });
  }

  /** The functions of a pull query over a table; they hold as long as the catalog does. */
  compile(
    { columns }: Extract<Effect, { kind: 'pull' }>,
    plan: TablePlan,
    properties: Properties,
  ): CompiledPull {
    const { env, functions } = this.#options;
    return compilePull(plan, columns, {
      functions,
      properties,
      now: () => env.clock.now(),
      random: () => env.random.next(),
      asStored: this.#asStored(plan.query),
    });
  }

  /** Of the request only properties and tokens count. */
  async pullTable(
    compiled: CompiledPull,
    { properties, consistencyToken: token }: PullRequest,
  ): Promise<QueryStream> {
    const { log } = this.#options;
    if (token !== undefined) checkConsistencyToken(token, log.nextTime());
    const server = this.#options.properties();
    const allowedLag = Number(properties[lagAllowed] ?? server[lagAllowed] ?? Number.NaN);
    if (!Number.isNaN(allowedLag))
      checkLag(this.#options.task(compiled.plan.query), log, allowedLag);
    const head: QueryHead = {
      queryId: this.#id(null),
      kind: 'pull',
      columns: compiled.columns,
      table: true,
      ...(isEnabled(tokensEnabled in properties ? properties : server, tokensEnabled)
        ? { consistencyToken: consistencyToken(log.nextTime()) }
        : {}),
    };
    return this.#pulls.run(head, compiled, { isCaughtUp: token !== undefined });
  }

  #asStored(query: string): ReturnType<NonNullable<FormatDef['asStored']>> {
    const sources = this.#options.catalog().sources.values();
    const source = [...sources].find((other) => other.query === query);
    if (source === undefined) return null;
    const { valueFormat, schema } = source;
    const types = schema.value.map((column) => column.type);
    return formatByName(valueFormat.format).asStored?.(types, valueFormat) ?? null;
  }

  #print(
    sql: string,
    effect: Extract<Effect, { kind: 'print' }>,
    properties: Properties,
  ): Promise<QueryStream> {
    const refusal = this.#refusal(properties);
    if (refusal !== null) return Promise.reject(refusal);
    const head: QueryHead = {
      queryId: this.#id(effect.topic),
      kind: 'print',
      columns: [],
      table: false,
    };
    const query = new PrintQuery({
      head,
      sql,
      effect,
      log: this.#options.log,
      schemas: this.#options.schemas,
      gate: this.#options.gate(this.#options.catalog()),
      ticker: this.#options.ticker,
      waiting: this.#options.waiting,
      onEnd: () => this.#remove(head.queryId),
    });
    this.#running.set(head.queryId, query);
    query.start();
    return Promise.resolve(query.rows);
  }

  /** Tables from their beginning, streams from where the session says (spec: semantics.md §13). */
  #startOffsets(sources: readonly string[], earliest: boolean): (of: TopicPartition) => number {
    const catalog = this.#options.catalog();
    const tables = new Set(
      sources
        .map((name) => catalog.sources.get(name))
        .filter((source) => source?.collection === 'table')
        .map((source) => source?.topic),
    );
    return (of) => {
      const { start, end } = this.#options.log.bounds(of);
      return earliest || (sources.length > 1 && tables.has(of.topic)) ? start : end;
    };
  }

  /** Why no further query may start, or null. */
  #refusal(properties: Properties): Error | null {
    const most = Number(propertyValue(properties, 'ksql.max.push.queries'));
    if (this.#running.size + this.#options.subscriptions.running.length < most) return null;
    return problem('query.too-many-push', 'Maximum number of push queries exceeded', {
      hint: `At most ${most} may run at a time (ksql.max.push.queries).`,
    });
  }

  #remove(id: string): void {
    this.#options.processingLog?.remove(id);
    this.#running.delete(id);
    this.#places.get(id)?.[Symbol.dispose]();
    this.#places.delete(id);
    this.#options.ticker.remove(id);
  }

  #id(source: string | null | undefined, prefix = 'transient_'): string {
    const name = source === null || source === undefined ? '' : `${source}_`;
    return `${prefix}${name}${this.#options.env.clock.now()}_${++this.#started}`;
  }
}

function startFrame({ task }: PushQuery, { start }: PushStart): QueryFrame {
  const offsets = task.inputs.flatMap(({ topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => start({ topic, partition })),
  );
  return { rows: [], tombstones: null, offsets };
}
