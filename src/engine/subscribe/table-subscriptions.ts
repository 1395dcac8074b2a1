/**
 * Subscriptions to tables. Those of one shape are a group (group.ts); the groups of one table share its watch (table-watch.ts), which is
 * there for as long as somebody subscribes.
 */
import { problem } from '../../base/errors.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { Task } from '../../execution/task.ts';
import { formatByName } from '../../formats/table.ts';
import { CatchUp } from './catch-up.ts';
import { tickDelivery } from './delivery.ts';
import { SubscriberGroup } from './group.ts';
import { tokenAgeMsMax } from './limits.ts';
import {
  Shape,
  type ShapeContext,
  splitCondition,
  type SplitCondition,
  type TablePlan,
} from './shape.ts';
import { type DeliverySink, Subscriber, type WaitingBytes } from './subscriber.ts';
import type {
  OpenSubscription,
  SubscriptionRequest,
  SubscriptionsOptions,
} from './subscriptions.ts';
import { TableWatch } from './table-watch.ts';
import { expired, identityOf, type Position, positionOf } from './token.ts';

export interface TableSubscriptionsHost {
  /** Of a new group. */
  id(source: string): string;
  /** Throws `query.too-many-push`. */
  checkPushLimit(request: SubscriptionRequest): void;
}

export class TableSubscriptions {
  readonly subscribers: Map<string, Subscriber> = new Map();
  readonly groups: Map<string, SubscriberGroup> = new Map();
  readonly waiting: WaitingBytes = { bytes: 0 };
  readonly #options: SubscriptionsOptions;
  readonly #host: TableSubscriptionsHost;
  readonly #watches = new Map<string, { readonly watch: TableWatch; readonly catchUp: CatchUp }>();
  #started = 0;

  constructor(options: SubscriptionsOptions, host: TableSubscriptionsHost) {
    this.#options = options;
    this.#host = host;
  }

  async open(
    request: SubscriptionRequest,
    plan: TablePlan,
    sink: DeliverySink,
  ): Promise<OpenSubscription> {
    const { after } = request.effect;
    try {
      return after === null
        ? await this.#begin(request, plan, sink)
        : await this.#resume(request, plan, { after, sink });
    } catch (error) {
      const known = this.#watches.get(plan.query);
      if (known !== undefined) this.#release(known.watch);
      throw error;
    }
  }

  #begin(
    request: SubscriptionRequest,
    plan: TablePlan,
    sink: DeliverySink,
  ): Promise<OpenSubscription> {
    return this.#options.ticker.atRest(() => {
      const { watch } = this.#watch(plan);
      return this.#join(request, plan, { watch, sink }, null);
    });
  }

  async #resume(
    request: SubscriptionRequest,
    plan: TablePlan,
    { after, sink }: { readonly after: string; readonly sink: DeliverySink },
  ): Promise<OpenSubscription> {
    const { watch, catchUp, position } = await this.#options.ticker.atRest(() => {
      const found = this.#watch(plan);
      return { ...found, position: this.#positionOf(after, found.watch, plan) };
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
    const identity = this.#identity(plan, watch);
    const position = watch.position();
    const subscriber = new Subscriber({
      id: `${group.id}_${++this.#started}`,
      identity,
      form: request.form,
      limit: plan.limit,
      tuples,
      sink,
      waiting: this.waiting,
      onEnd: (ended) => this.#ended(ended, group, watch),
    });
    try {
      const rows = changes === null ? watch.snapshot(plan, shape, tuples) : null;
      const missed = changes === null ? [] : changes({ shape, tuples });
      group.add(subscriber);
      this.subscribers.set(subscriber.options.id, subscriber);
      if (rows !== null) subscriber.begin(rows, position);
      else subscriber.take(missed, position);
    } catch (error) {
      this.#ended(subscriber, group, watch);
      throw error;
    }
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
    this.subscribers.delete(subscriber.options.id);
    group.remove(subscriber);
    if (group.subscribers.size > 0) return;
    this.groups.delete(group.id);
    for (const [key, other] of watch.groups) if (other === group) watch.groups.delete(key);
    this.#release(watch);
  }

  /** Nobody need be told of a table that nobody subscribes to. */
  #release(watch: TableWatch): void {
    const { id } = watch.options.def;
    if (watch.groups.size > 0 || this.#watches.get(id)?.watch !== watch) return;
    watch.detach();
    this.#watches.delete(id);
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
    this.#host.checkPushLimit(request);
    const shape = new Shape(plan, effect.columns, split, {
      ...this.#shapeContext(request),
      form,
      key: watch.keyColumns,
      valueCount: watch.options.source.schema.value.length,
    });
    const group = new SubscriberGroup(this.#host.id(plan.source), sql, shape);
    watch.groups.set(key, group);
    this.groups.set(group.id, group);
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

  #identity(plan: TablePlan, watch: TableWatch): string {
    return identityOf(watch.identity, plan.columns, plan.predicate);
  }

  #positionOf(token: string, watch: TableWatch, plan: TablePlan): Position {
    const position = positionOf(token, this.#identity(plan, watch));
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
      throw expired('it is too old, and the topic is compacted');
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

  /** After a commit, before the next. */
  publish(): void {
    for (const { watch } of this.#watches.values()) watch.publish();
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
