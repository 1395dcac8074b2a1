/**
 * Subscriptions on their way to the other thread. What one commit has for all of them goes in one message, and a delivery that many
 * get goes once, with their numbers.
 */
import type { SubscribeRequest } from '../api.ts';
import type { LocalEngine } from '../local-engine.ts';
import {
  type AddressedDelivery,
  errorData,
  type FromEngine,
  type ToEngine,
} from '../thread/thread-protocol.ts';
import type { Delivery } from './delivery.ts';
import type { OpenSubscription } from './subscriptions.ts';

export class ThreadSubscriptions {
  readonly #post: (message: FromEngine) => void;
  readonly #open = new Map<number, OpenSubscription>();
  /** Deliveries of this turn. */
  #outgoing = new Map<Delivery, number[]>();
  #last = 0;

  constructor(post: (message: FromEngine) => void) {
    this.#post = post;
  }

  /** Answers a call of `subscribe`. Nothing of the subscription leaves before the answer. */
  async open(
    engine: LocalEngine,
    { id, args }: Extract<ToEngine, { readonly kind: 'call' }>,
  ): Promise<void> {
    const subscription = ++this.#last;
    const early: (() => void)[] = [];
    let isAnswered = false;
    const later = (act: () => void): void => {
      if (isAnswered) act();
      else early.push(act);
    };
    const opened = await engine.openSubscription(args[0] as SubscribeRequest, {
      push: (delivery) => later(() => this.#send(subscription, delivery)),
      finish: (end) =>
        later(() => this.#ended({ kind: 'subscription-end', subscription, end, error: null })),
      fail: (error) =>
        later(() =>
          this.#ended({
            kind: 'subscription-end',
            subscription,
            end: 'closed',
            error: errorData(error),
          }),
        ),
    });
    const { queryId, table, columns, identity } = opened;
    this.#open.set(subscription, opened);
    this.#post({
      kind: 'result',
      id,
      value: { subscription, head: { queryId, table, columns, identity } },
    });
    isAnswered = true;
    for (const act of early) act();
  }

  give(subscription: number, bytes: number): void {
    this.#open.get(subscription)?.give(bytes);
  }

  close(subscription: number): void {
    this.#open.get(subscription)?.close();
    this.#open.delete(subscription);
  }

  #send(subscription: number, delivery: Delivery): void {
    if (this.#outgoing.size === 0) queueMicrotask(() => this.#flush());
    const known = this.#outgoing.get(delivery);
    if (known === undefined) this.#outgoing.set(delivery, [subscription]);
    else known.push(subscription);
  }

  #ended(message: Extract<FromEngine, { readonly kind: 'subscription-end' }>): void {
    this.#flush();
    this.#open.delete(message.subscription);
    this.#post(message);
  }

  #flush(): void {
    if (this.#outgoing.size === 0) return;
    const deliveries: AddressedDelivery[] = [...this.#outgoing].map(
      ([delivery, subscriptions]) => ({
        delivery,
        subscriptions,
      }),
    );
    this.#outgoing = new Map();
    this.#post({ kind: 'deliveries', deliveries });
  }
}
