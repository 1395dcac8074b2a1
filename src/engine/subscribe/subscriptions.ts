/**
 * Everybody who subscribes: to tables, in groups of one shape (group.ts) over what a persistent query keeps (table-watch.ts), and to
 * streams, each with a query of its own (stream-subscription.ts). A group counts as one push query.
 */
import type { Env } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import { configuredLimit, type Limit } from '../../base/limits.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { ExecutionLimits } from '../../execution/limits.ts';
import type { StateMemory } from '../../execution/state/memory.ts';
import type { Task } from '../../execution/task.ts';
import { formatByName } from '../../formats/table.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Log } from '../../log/log.ts';
import { propertyValue } from '../../sql/properties.ts';
import type { ResultColumn } from '../../sql/statements/statement.ts';
import type { SubscribeEffect } from '../../sql/statements/subscribe.ts';
import type { ProcessingLog } from '../processing-log.ts';
import type { SchemaGate } from '../schema-gate.ts';
import type { Ticker } from '../tick.ts';
import { CatchUp } from './catch-up.ts';
import { type DeliveryForm, tickDelivery } from './delivery.ts';
import { SubscriberGroup } from './group.ts';
import { idleTickMs, subscriptionsMax, tokenAgeMsMax } from './limits.ts';
import {
  Shape,
  type ShapeContext,
  splitCondition,
  type SplitCondition,
  type TablePlan,
} from './shape.ts';
import { startStream } from './stream-subscription.ts';
import { type DeliverySink, Subscriber, type WaitingBytes } from './subscriber.ts';
import { TableWatch } from './table-watch.ts';
import { expired, identityOf, type Position, positionOf } from './token.ts';

export interface SubscriptionsOptions {
  readonly log: Log;
  readonly env: Env;
  readonly functions: FunctionRegistry;
  readonly schemas: SchemaResolver;
  readonly gate: (catalog: Catalog) => SchemaGate | null;
  readonly ticker: Ticker;
  readonly limits: ExecutionLimits;
  readonly memory: StateMemory;
  readonly processingLog: ProcessingLog | null;
  /** Of the server. */
  readonly properties: Readonly<Record<string, string>>;
  readonly catalog: () => Catalog;
  /** The task of a persistent query; null where there is none whose rows are committed. */
  readonly task: (id: string) => Task | null;
  /** How many other push queries run. */
  readonly pushQueries: () => number;
  /** false: nothing happens merely because time passes. */
  readonly timers: boolean;
}

export interface SubscriptionRequest {
  readonly sql: string;
  readonly effect: SubscribeEffect;
  /** The server's, overlaid by the session's. */
  readonly properties: Readonly<Record<string, string>>;
  readonly form: DeliveryForm;
  /** A stream without token: from its beginning, or from where the session says. */
  readonly from: 'beginning' | 'session';
}

/** A subscription that has begun: what its sink gets is bounded by the credit given. */
export interface OpenSubscription {
  readonly queryId: string;
  /** The last part of its tokens. */
  readonly identity: string;
  readonly table: boolean;
  readonly columns: readonly ResultColumn[];
  give(bytes: number): void;
  close(): void;
}

/** Of a stream. */
interface RunningStream {
  readonly id: string;
  readonly sql: string;
  readonly topic: string;
  finish(end: 'closed' | 'terminated'): void;
}

export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #max: Limit;
  readonly #watches = new Map<string, { readonly watch: TableWatch; readonly catchUp: CatchUp }>();
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #groups = new Map<string, SubscriberGroup>();
  readonly #streams = new Map<string, RunningStream>();
  readonly #waiting: WaitingBytes = { bytes: 0 };
  readonly #committed: Disposable;
  #idle: Disposable | null = null;
  #started = 0;

  /** Throws `config.invalid-limit`. */
  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#max = configuredLimit(subscriptionsMax, options.properties);
    this.#committed = options.ticker.onCommitted(() => {
      for (const { watch } of this.#watches.values()) watch.publish();
    });
  }

  /** Operators that run, as push queries. */
  get running(): readonly { readonly id: string; readonly sql: string }[] {
    return [...this.#groups.values(), ...this.#streams.values()].map(({ id, sql }) => ({
      id,
      sql,
    }));
  }

  get size(): number {
    return this.#subscribers.size + this.#streams.size;
  }

  /** Bytes of changes that wait for slow subscribers. */
  get waitingBytes(): number {
    return this.#waiting.bytes;
  }

  open(request: SubscriptionRequest, sink: DeliverySink): Promise<OpenSubscription> {
    if (this.size >= this.#max.value)
      return Promise.reject(
        problem(
          'subscribe.too-many',
          `LIMIT_EXCEEDED: open subscriptions are ${this.size}, limit ${this.#max.value} (${this.#max.key})`,
        ),
      );
    const { plan } = request.effect;
    return plan.kind === 'stream'
      ? this.#openStream(request, plan, sink)
      : this.#openTable(request, plan, sink);
  }

  /** By its reader; false if there is no such subscription. */
  close(id: string): boolean {
    return this.#finish(id, 'closed');
  }

  /** By somebody else: one subscription, or all of a group. */
  terminate(id: string): boolean {
    const group = this.#groups.get(id);
    if (group === undefined) return this.#finish(id, 'terminated');
    for (const subscriber of [...group.subscribers]) subscriber.finish('terminated');
    return true;
  }

  stop(): void {
    this.#committed[Symbol.dispose]();
    this.#idle?.[Symbol.dispose]();
    for (const id of [...this.#subscribers.keys(), ...this.#streams.keys()])
      this.#finish(id, 'terminated');
  }

  /** A persistent query's task was made, or made anew from what is committed. */
  made(def: QueryDef, task: Task): void {
    const known = this.#watches.get(def.id);
    if (known === undefined) return;
    if (known.watch.options.def.plan === def.plan) known.watch.attach(task);
    else this.stopped(def.id);
  }

  failed(query: string): void {
    this.#watches.get(query)?.watch.forget();
  }

  /** What is to be called once the tick that the query ran in is durable; null: nothing. */
  sealed(query: string): (() => void) | null {
    return this.#watches.get(query)?.watch.seal() ?? null;
  }

  /** A persistent query is no more, or another one. */
  stopped(query: string): void {
    const groups = this.#watches.get(query)?.watch.groups.values() ?? [];
    for (const { subscribers } of [...groups])
      for (const subscriber of [...subscribers]) subscriber.finish('terminated');
  }

  /** The topic is about to be deleted; tables over it have been stopped. */
  endReadersOf(topic: string): void {
    for (const stream of [...this.#streams.values()])
      if (stream.topic === topic) stream.finish('terminated');
  }

  #finish(id: string, end: 'closed' | 'terminated'): boolean {
    const found = this.#subscribers.get(id) ?? this.#streams.get(id);
    found?.finish(end);
    return found !== undefined;
  }

  async #openTable(
    request: SubscriptionRequest,
    plan: TablePlan,
    sink: DeliverySink,
  ): Promise<OpenSubscription> {
    const { after } = request.effect;
    if (after === null)
      return this.#options.ticker.atRest(() => {
        const { watch } = this.#watch(plan);
        return this.#join(request, plan, { watch, sink }, null);
      });
    const { watch, catchUp, position } = await this.#options.ticker.atRest(() => {
      const found = this.#watch(plan);
      return { ...found, position: this.#positionOf(after, found.watch, request, plan) };
    });
    return catchUp.resume(position.offsets, (keys) => {
      this.#checkReachable(position, watch);
      const attached = this.#watch(plan);
      if (attached.watch.identity !== watch.identity) throw expired('the table was made anew');
      return this.#join(request, plan, { watch: attached.watch, sink }, (of) =>
        attached.watch.changesSince(position.offsets, keys, { plan, ...of }),
      );
    });
  }

  /** Between two ticks. `changes`: what a subscriber that resumes gets in place of a snapshot. */
  #join(
    request: SubscriptionRequest,
    plan: TablePlan,
    { watch, sink }: { readonly watch: TableWatch; readonly sink: DeliverySink },
    changes:
      | ((of: {
          readonly shape: Shape;
          readonly tuples: readonly string[];
        }) => ReturnType<TableWatch['changesSince']>)
      | null,
  ): OpenSubscription {
    const split = splitCondition(plan.predicate, this.#shapeContext(request));
    const group = this.#group(request, plan, watch, split);
    const { shape } = group;
    const { tuples } = split;
    const identity = this.#identity(request, plan, watch);
    const position = watch.position();
    const subscriber = new Subscriber({
      id: `${group.id}_${++this.#started}`,
      identity,
      form: request.form,
      limit: plan.limit,
      tuples,
      sink,
      waiting: this.#waiting,
      onEnd: (ended) => this.#ended(ended, group, watch),
    });
    try {
      const rows = changes === null ? watch.snapshot(plan, shape, tuples) : null;
      const missed = changes === null ? [] : changes({ shape, tuples });
      group.add(subscriber);
      this.#subscribers.set(subscriber.options.id, subscriber);
      if (rows !== null) subscriber.begin(rows, position);
      else subscriber.take(missed, position);
    } catch (error) {
      this.#ended(subscriber, group, watch);
      throw error;
    }
    this.#tickLater();
    return {
      queryId: subscriber.options.id,
      identity,
      table: true,
      columns: request.effect.columns,
      give: (bytes) => subscriber.give(bytes),
      close: () => subscriber.finish('closed'),
    };
  }

  #ended(subscriber: Subscriber, group: SubscriberGroup, watch: TableWatch): void {
    this.#subscribers.delete(subscriber.options.id);
    group.remove(subscriber);
    if (group.subscribers.size > 0) return;
    this.#groups.delete(group.id);
    for (const [key, other] of watch.groups) if (other === group) watch.groups.delete(key);
    if (watch.groups.size > 0) return;
    watch.detach();
    this.#watches.delete(watch.options.def.id);
  }

  /** Throws `pull.not-running`. */
  #watch(plan: TablePlan): { readonly watch: TableWatch; readonly catchUp: CatchUp } {
    const known = this.#watches.get(plan.query);
    const task = this.#options.task(plan.query);
    const { catalog, log, env, schemas, ticker } = this.#options;
    const def = catalog().queries.get(plan.query);
    const source = catalog().sources.get(plan.source);
    if (task === null || def === undefined || source === undefined)
      throw problem(
        'pull.not-running',
        `Query with id ${plan.query} is not running: its table cannot be queried`,
      );
    if (known !== undefined) return known;
    const now = () => env.clock.now();
    const watch = new TableWatch({ def, source, log, now, asStored: asStored(source) }, task);
    const made = { watch, catchUp: new CatchUp(watch, { log, schemas, ticker }) };
    this.#watches.set(plan.query, made);
    return made;
  }

  #group(
    request: SubscriptionRequest,
    plan: TablePlan,
    watch: TableWatch,
    split: SplitCondition,
  ): SubscriberGroup {
    const { effect, form, sql } = request;
    const key = JSON.stringify([
      form,
      plan.columns,
      plan.key,
      split.indexBy,
      split.rest,
      request.properties,
    ]);
    const known = watch.groups.get(key);
    if (known !== undefined) return known;
    this.#checkPushLimit(request);
    const shape = new Shape(plan, effect.columns, split, {
      ...this.#shapeContext(request),
      form,
      key: watch.keyColumns,
      valueCount: watch.options.source.schema.value.length,
    });
    const group = new SubscriberGroup(this.#id(plan.source), sql, shape);
    watch.groups.set(key, group);
    this.#groups.set(group.id, group);
    return group;
  }

  #shapeContext({ properties }: SubscriptionRequest): ShapeContext {
    const { functions, env } = this.#options;
    return {
      functions,
      properties,
      now: () => env.clock.now(),
      random: () => env.random.next(),
    };
  }

  #identity(request: SubscriptionRequest, plan: TablePlan, watch: TableWatch): string {
    return identityOf(
      watch.identity,
      plan.columns,
      plan.predicate,
      request.properties['ksql.timezone'] ?? null,
    );
  }

  #positionOf(
    token: string,
    watch: TableWatch,
    request: SubscriptionRequest,
    plan: TablePlan,
  ): Position {
    const position = positionOf(token, this.#identity(request, plan, watch));
    this.#checkReachable(position, watch);
    return position;
  }

  /** Throws `subscribe.expired` where the log no longer says what became of every row since. */
  #checkReachable({ offsets, wallMs }: Position, watch: TableWatch): void {
    const { log, env } = this.#options;
    const { topic } = watch.options.source;
    const ends = watch.offsets();
    if (ends.length !== offsets.length) throw expired('the topic has other partitions');
    const isWithin = offsets.every(
      (offset, partition) =>
        offset >= log.bounds({ topic, partition }).start && offset <= ends[partition]!,
    );
    if (!isWithin) throw expired('records behind it have been deleted');
    const spec = log.topics().find(({ name }) => name === topic);
    const isCompacted = spec?.cleanup !== 'delete';
    if (isCompacted && env.clock.now() - wallMs > tokenAgeMsMax)
      throw expired('it is older than a day, and the topic is compacted');
  }

  async #openStream(
    request: SubscriptionRequest,
    plan: Extract<SubscribeEffect['plan'], { kind: 'stream' }>,
    sink: DeliverySink,
  ): Promise<OpenSubscription> {
    this.#checkPushLimit(request);
    const id = this.#id(plan.source);
    const stream = await startStream(
      { ...request, id, plan, sink },
      {
        ...this.#options,
        onEnd: () => {
          this.#streams.delete(id);
        },
      },
    );
    const finish = (end: 'closed' | 'terminated'): void => stream.finish(end);
    const { topic } = stream;
    if (!stream.isEnded) this.#streams.set(id, { id, sql: request.sql, topic, finish });
    return {
      queryId: id,
      identity: stream.identity,
      table: false,
      columns: request.effect.columns,
      give: (bytes) => stream.give(bytes),
      close: () => stream.finish('closed'),
    };
  }

  #checkPushLimit({ properties }: SubscriptionRequest): void {
    const most = Number(propertyValue(properties, 'ksql.max.push.queries'));
    if (this.#groups.size + this.#streams.size + this.#options.pushQueries() < most) return;
    throw problem('query.too-many-push', 'Maximum number of push queries exceeded', {
      hint: `At most ${most} may run at a time (ksql.max.push.queries). Subscriptions that differ only in constants count as one.`,
    });
  }

  #id(source: string): string {
    return `SUBSCRIPTION_${source}_${this.#options.env.clock.now()}_${++this.#started}`;
  }

  /** Tokens of those to whom nothing happens grow old: now and then they get newer ones. */
  #tickLater(): void {
    if (this.#idle !== null || !this.#options.timers) return;
    this.#idle = this.#options.env.timers.after(idleTickMs, () => {
      this.#idle = null;
      this.#options.ticker.atRest(() => this.tickIdle()).catch(() => undefined);
      if (this.#subscribers.size > 0) this.#tickLater();
    });
  }

  /** Between two ticks. */
  tickIdle(): void {
    for (const { watch } of this.#watches.values()) {
      const position = watch.position();
      const tick = tickDelivery(position);
      for (const { subscribers } of watch.groups.values())
        for (const subscriber of subscribers) subscriber.tick(tick, position);
    }
  }
}

function asStored({ valueFormat, schema }: SourceDef): TableWatch['options']['asStored'] {
  const types = schema.value.map((column) => column.type);
  return formatByName(valueFormat.format).asStored?.(types, valueFormat) ?? null;
}
