/** Subscriptions for readers on the engine's own thread. */
import type { QueryEnd } from '../push/row-queue.ts';
import { frameBytes, RowQueue } from '../push/row-queue.ts';
import type { QueryFrame, QueryStream, Subscription } from '../api.ts';
import type { Delivery } from './delivery.ts';
import type { DeliverySink } from './subscriber.ts';
import { SubscriptionQueue } from './subscription-queue.ts';
import type { OpenSubscription, SubscriptionRequest, Subscriptions } from './subscriptions.ts';

type Open = (sink: DeliverySink) => Promise<OpenSubscription>;

/** Keeps what comes before the reader is there. */
class Early implements DeliverySink {
  #calls: ((sink: DeliverySink) => void)[] | null = [];
  #sink: DeliverySink | null = null;

  push(delivery: Delivery): void {
    this.#call((sink) => sink.push(delivery));
  }

  finish(end: QueryEnd): void {
    this.#call((sink) => sink.finish(end));
  }

  fail(error: unknown): void {
    this.#call((sink) => sink.fail(error));
  }

  to(sink: DeliverySink): void {
    for (const call of this.#calls ?? []) call(sink);
    this.#calls = null;
    this.#sink = sink;
  }

  #call(call: (sink: DeliverySink) => void): void {
    if (this.#sink === null) this.#calls?.push(call);
    else call(this.#sink);
  }
}

/** Frames. */
export async function openQueue(open: Open): Promise<Subscription> {
  const early = new Early();
  const { give, close, queryId, table, columns, identity } = await open(early);
  const queue = new SubscriptionQueue(
    { queryId, table, columns, identity },
    { onRead: give, onClose: close },
  );
  early.to(queue);
  return queue;
}

const frames = new WeakMap<Delivery, QueryFrame>();

/** One object for all who get the delivery: it crosses to the other thread once. */
function frameOf(delivery: Delivery): QueryFrame {
  let frame = frames.get(delivery);
  if (frame === undefined) {
    frame = { rows: delivery.texts, tombstones: delivery.tombstones };
    frames.set(delivery, frame);
  }
  return frame;
}

/** Rows in ksqlDB's shapes: nobody is told tokens. */
export async function subscribeRows(
  subscriptions: Subscriptions,
  request: Pick<SubscriptionRequest, 'sql' | 'effect' | 'properties'>,
): Promise<QueryStream> {
  const early = new Early();
  const opened = await subscriptions.open({ ...request, form: 'rows', from: 'beginning' }, early);
  const { queryId, columns, table } = opened;
  const queue = new RowQueue(
    { queryId, kind: 'push', columns, table },
    {
      bytesMax: Number.POSITIVE_INFINITY,
      onRead: (bytes) => opened.give(bytes),
      onClose: async () => opened.close(),
    },
  );
  early.to({
    push: (delivery) => {
      if (delivery.texts.length === 0) return opened.give(delivery.bytes);
      const frame = frameOf(delivery);
      // Both sides count their own way: the difference is settled at once.
      opened.give(delivery.bytes - frameBytes(frame));
      queue.push(frame);
    },
    finish: (end) => queue.finish(end),
    fail: (error) => queue.fail(error),
  });
  return queue;
}
