import { problem } from '../../base/errors.ts';
import { configuredLimit, type Limit } from '../../base/limits.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { QueryDef } from '../../catalog/command.ts';
import type { Task } from '../../execution/task.ts';
import { propertyValue } from '../../sql/properties.ts';
import type { ResultColumn } from '../../sql/statements/statement.ts';
import type { SubscribeEffect } from '../../sql/statements/subscribe.ts';
import type { SharedPush } from '../push/shared-push.ts';
import type { WaitingRows } from '../push/waiting-rows.ts';
import type { TaskParts } from '../task-parts.ts';
import type { DeliveryForm } from './delivery.ts';
import { idleTickMs, subscriptionsMax } from './limits.ts';
import { startStream } from './stream-subscription.ts';
import type { DeliverySink } from './subscriber.ts';
import { TableSubscriptions } from './table-subscriptions.ts';

export interface SubscriptionsOptions extends TaskParts {
  readonly waiting: WaitingRows;
  readonly push: SharedPush;
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
  lost(error: unknown): void;
}

export class Subscriptions {
  readonly #options: SubscriptionsOptions;
  readonly #max: Limit;
  readonly #tables: TableSubscriptions;
  readonly #streams = new Map<string, RunningStream>();
  readonly #committed: Disposable;
  #idle: Disposable | null = null;
  #started = 0;

  /** Throws `config.invalid-limit`. */
  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#max = configuredLimit(subscriptionsMax, options.properties);
    this.#tables = new TableSubscriptions(options, {
      id: (source) => this.#id(source),
      checkPushLimit: (request) => this.#checkPushLimit(request),
    });
    this.#committed = options.ticker.onCommitted(() => this.#tables.publish());
  }

  /** Operators that run, as push queries. */
  get running(): readonly { readonly id: string; readonly sql: string }[] {
    return [...this.#tables.groups.values(), ...this.#streams.values()].map(({ id, sql }) => ({
      id,
      sql,
    }));
  }

  get size(): number {
    return this.#tables.subscribers.size + this.#streams.size;
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
    if (plan.kind === 'stream') return this.#openStream(request, plan, sink);
    this.#tickLater();
    return this.#tables.open(request, plan, sink);
  }

  /** By its reader; false if there is no such subscription. */
  close(id: string): boolean {
    return this.#finish(id, 'closed');
  }

  /** By somebody else: one subscription, or all of a group. */
  terminate(id: string): boolean {
    const group = this.#tables.groups.get(id);
    if (group === undefined) return this.#finish(id, 'terminated');
    for (const subscriber of [...group.subscribers]) subscriber.finish('terminated');
    return true;
  }

  stop(): void {
    this.#committed[Symbol.dispose]();
    this.#idle?.[Symbol.dispose]();
    for (const id of [...this.#tables.subscribers.keys(), ...this.#streams.keys()])
      this.#finish(id, 'terminated');
  }

  /** A persistent query's task was made, or made anew from what is committed. */
  made(def: QueryDef, task: Task): void {
    this.#tables.made(def, task);
  }

  failed(query: string): void {
    this.#tables.failed(query);
  }

  /** What is to be called once the tick that the query ran in is durable; null: nothing. */
  sealed(query: string): (() => void) | null {
    return this.#tables.sealed(query);
  }

  /** What queries computed and did not commit is void; those of tables are made anew, and say so themselves. */
  lost(error: unknown): void {
    for (const stream of [...this.#streams.values()]) stream.lost(error);
  }

  /** A persistent query is no more, or another one. */
  stopped(query: string): void {
    this.#tables.stopped(query);
  }

  /** The topic is about to be deleted; tables over it have been stopped. */
  endReadersOf(topic: string): void {
    for (const stream of [...this.#streams.values()])
      if (stream.topic === topic) stream.finish('terminated');
  }

  #finish(id: string, end: 'closed' | 'terminated'): boolean {
    const found = this.#tables.subscribers.get(id) ?? this.#streams.get(id);
    found?.finish(end);
    return found !== undefined;
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
    const lost = (error: unknown): void => stream.lost(error);
    if (!stream.isEnded) this.#streams.set(id, { id, sql: request.sql, topic, finish, lost });
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
    if (this.#tables.groups.size + this.#streams.size + this.#options.pushQueries() < most) return;
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
      this.#options.ticker.atRest(() => this.#tables.tickIdle()).catch(() => undefined);
      if (this.#tables.subscribers.size > 0) this.#tickLater();
    });
  }
}
