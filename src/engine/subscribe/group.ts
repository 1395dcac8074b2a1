/**
 * Subscribers of one shape over one table: one operator for all of them. It finds those whom a change concerns by the tuples that
 * the row had and has, so a change costs as much as it has subscribers; texts are made once for all who get them.
 */
import type { Row } from '../../types/value.ts';
import { type Change, deliveryOf } from './delivery.ts';
import type { Shape } from './shape.ts';
import type { Subscriber } from './subscriber.ts';

/** A row before and after a change, as pull queries see it. */
export interface RowChange {
  readonly key: Row;
  readonly after: Row | null;
  readonly before: Row | null;
  readonly timestamp: number;
}

export class SubscriberGroup {
  readonly id: string;
  readonly sql: string;
  readonly shape: Shape;
  readonly #members = new Map<string, Set<Subscriber>>();
  readonly #subscribers = new Set<Subscriber>();

  constructor(id: string, sql: string, shape: Shape) {
    this.id = id;
    this.sql = sql;
    this.shape = shape;
  }

  get subscribers(): ReadonlySet<Subscriber> {
    return this.#subscribers;
  }

  add(subscriber: Subscriber): void {
    this.#subscribers.add(subscriber);
    for (const tuple of subscriber.options.tuples) {
      const members = this.#members.get(tuple);
      if (members === undefined) this.#members.set(tuple, new Set([subscriber]));
      else members.add(subscriber);
    }
  }

  remove(subscriber: Subscriber): void {
    if (!this.#subscribers.delete(subscriber)) return;
    for (const tuple of subscriber.options.tuples) {
      const members = this.#members.get(tuple);
      members?.delete(subscriber);
      if (members?.size === 0) this.#members.delete(tuple);
    }
  }

  /** Gives everybody what of `changes`, in order, concerns them; `position` is where they lead. */
  publish(changes: readonly RowChange[], position: string): void {
    const byTuple = new Map<string, Change[]>();
    for (const change of changes) this.#sort(change, byTuple);
    const own = new Map<Subscriber, Change[]>();
    for (const [tuple, found] of byTuple) {
      const shared = deliveryOf(found, this.shape.form, position);
      for (const subscriber of [...(this.#members.get(tuple) ?? [])]) {
        if (subscriber.isShared) subscriber.deliver(shared, found, position);
        else own.set(subscriber, [...(own.get(subscriber) ?? []), ...found]);
      }
    }
    for (const [subscriber, found] of own) subscriber.take(found, position);
  }

  /** A row that leaves one tuple for another is gone for the subscribers of the first. */
  #sort({ key, after, before, timestamp }: RowChange, into: Map<string, Change[]>): void {
    const { shape } = this;
    const to = after === null ? null : shape.tuple(key, after, timestamp);
    const from = before === null ? null : shape.tupleBefore(key, before, timestamp);
    if (to !== null && this.#members.has(to)) addTo(into, to, shape.upsert(key, after!, timestamp));
    if (from !== null && from !== to && this.#members.has(from))
      addTo(into, from, shape.deleted(key));
  }
}

function addTo(into: Map<string, Change[]>, tuple: string, change: Change): void {
  const found = into.get(tuple);
  if (found === undefined) into.set(tuple, [change]);
  else found.push(change);
}
