import type { Catalog } from '../../catalog/catalog.ts';
import type { Log, Offset, TopicPartition } from '../../log/log.ts';
import { propertyValue } from '../../sql/properties.ts';
import type { QueryFrame, QueryHead } from '../api.ts';
import { PushQuery } from '../push/push-query.ts';
import type { PushReader } from '../push/push-reader.ts';
import type { QueryEnd } from '../push/row-queue.ts';
import type { SharedPush } from '../push/shared-push.ts';
import type { WaitingRows } from '../push/waiting-rows.ts';
import type { TaskParts } from '../task-parts.ts';
import { timesOf } from '../tick/logical-time.ts';
import { type Delivery, type DeliveryForm, insertDelivery, tickDelivery } from './delivery.ts';
import { sentBytesMax } from './limits.ts';
import type { DeliverySink } from './subscriber.ts';
import type { SubscriptionRequest } from './subscriptions.ts';
import { expired, identityOf, type Position, positionOf, positionText } from './token.ts';

type StreamPlan = Extract<SubscriptionRequest['effect']['plan'], { kind: 'stream' }>;

export interface StreamRequest extends SubscriptionRequest {
  readonly id: string;
  readonly plan: StreamPlan;
  readonly sink: DeliverySink;
}

export interface StreamContext extends TaskParts {
  readonly waiting: WaitingRows;
  readonly push: SharedPush;
  readonly catalog: () => Catalog;
  readonly onEnd: () => void;
}

export interface StreamSubscription {
  readonly topic: string;
  readonly identity: string;
  readonly isEnded: boolean;
  give(bytes: number): void;
  finish(end: 'closed' | 'terminated'): void;
  /** What was computed and not committed is void: one that shares its query does not notice. */
  lost(error: unknown): void;
}

export async function startStream(
  request: StreamRequest,
  context: StreamContext,
): Promise<StreamSubscription> {
  const { log, ticker } = context;
  const topic = context.catalog().sources.get(request.plan.source)?.topic ?? '';
  const identity = identityOfStream(request, context);
  const { after } = request.effect;
  const position = after === null ? null : positionOf(after, identity);
  if (position !== null) await checkReachable(position, topic, log);
  return ticker.atRest(() => {
    const spec = log.topics().find(({ name }) => name === topic);
    const bounds = Array.from({ length: spec?.partitions ?? 0 }, (_, partition) =>
      log.bounds({ topic, partition }),
    );
    const isEarliest =
      request.from === 'beginning' ||
      propertyValue(request.properties, 'auto.offset.reset') === 'earliest';
    const start =
      position?.offsets ?? bounds.map(({ start: first, end }) => (isEarliest ? first : end));
    return new Running(request, context, { topic, identity, start }).start();
  });
}

function identityOfStream({ plan }: StreamRequest, { catalog }: StreamContext): string {
  const source = catalog().sources.get(plan.source);
  const steps = JSON.stringify(plan.plan.steps, (name, value: unknown) =>
    name === 'limit' ? undefined : value,
  );
  return identityOf('stream', source?.query ?? null, steps);
}

/** Throws `subscribe.expired` where records behind the token have gone, or stand in a topic that was made anew since. */
async function checkReachable({ offsets, time }: Position, topic: string, log: Log): Promise<void> {
  const spec = log.topics().find(({ name }) => name === topic);
  if (spec?.partitions !== offsets.length) throw expired('the topic has other partitions');
  for (const [partition, offset] of offsets.entries()) {
    const { start, end } = log.bounds({ topic, partition });
    if (offset < start || offset > end) throw expired('records behind it have been deleted');
    if (offset === start) continue;
    const [batch] = await log.read({ topic, partition }, offset - 1, 1);
    const isOlder = batch === undefined || timesOf(batch)(offset - 1) < time;
    if (!isOlder) throw expired('the topic has been made anew');
  }
}

class Running implements StreamSubscription {
  readonly topic: string;
  readonly identity: string;
  readonly #request: StreamRequest;
  readonly #context: StreamContext;
  readonly #query: PushQuery | PushReader;
  readonly #start: readonly Offset[];
  #credit: number = sentBytesMax;
  #wake: (() => void) | null = null;

  constructor(
    request: StreamRequest,
    context: StreamContext,
    {
      topic,
      identity,
      start,
    }: { readonly topic: string; readonly identity: string; readonly start: readonly Offset[] },
  ) {
    this.topic = topic;
    this.identity = identity;
    this.#request = request;
    this.#context = context;
    this.#start = start;
    const { id, sql, plan, properties, effect } = request;
    const head: QueryHead = { queryId: id, kind: 'push', columns: effect.columns, table: false };
    const asked = {
      head,
      sql,
      plan: plan.plan,
      properties,
      limit: plan.limit,
      start: ({ partition }: TopicPartition) => start[partition] ?? 0,
      onEnd: () => this.#onEnd(),
    };
    const shared = plan.limit === 0 ? null : context.push.open(asked);
    this.#query =
      shared ??
      new PushQuery({
        ...context,
        ...asked,
        gate: context.gate(context.catalog()),
        until: 'cancelled',
        withOffsets: true,
      });
  }

  get isEnded(): boolean {
    return this.#query.rows.isEnded;
  }

  start(): this {
    this.#deliver(tickDelivery(this.#position(this.#start)));
    void this.#pump();
    if (this.#request.plan.limit === 0) this.#query.finish('limit');
    else if (this.#query instanceof PushQuery) this.#context.ticker.add(this.#query);
    return this;
  }

  give(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit <= 0) return;
    this.#wake?.();
    this.#wake = null;
  }

  finish(end: 'closed' | 'terminated'): void {
    if (end === 'closed') void this.#query.rows.close();
    else this.#query.finish(end);
    this.give(Number.POSITIVE_INFINITY);
  }

  lost(error: unknown): void {
    if (this.#query instanceof PushQuery) this.#query.onFailed(error);
  }

  #onEnd(): void {
    const { ticker, processingLog, onEnd } = this.#context;
    processingLog?.remove(this.#query.id);
    ticker.remove(this.#query.id);
    onEnd();
  }

  async #pump(): Promise<void> {
    const { sink } = this.#request;
    try {
      for await (const frame of this.#query.rows) {
        this.#deliver(this.#deliveryOf(frame));
        while (this.#credit <= 0) await this.#credited();
      }
      sink.finish(this.#query.rows.end() as QueryEnd);
    } catch (error) {
      sink.fail(error);
    }
  }

  #credited(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Readers of one query get one delivery, as they got one frame. */
  #deliveryOf(frame: QueryFrame): Delivery {
    const { form } = this.#request;
    const known = deliveries[form].get(frame);
    if (known !== undefined) return known;
    const delivery = insertDelivery(frame.rows, form, this.#position(frame.offsets ?? []));
    deliveries[form].set(frame, delivery);
    return delivery;
  }

  #position(offsets: readonly Offset[]): string {
    const { log, env } = this.#context;
    return positionText({ wallMs: env.clock.now(), time: log.nextTime(), offsets });
  }

  #deliver(delivery: Delivery): void {
    this.#credit -= delivery.bytes;
    this.#request.sink.push(delivery);
  }
}

const deliveries: Readonly<Record<DeliveryForm, WeakMap<QueryFrame, Delivery>>> = {
  frames: new WeakMap(),
  rows: new WeakMap(),
};
