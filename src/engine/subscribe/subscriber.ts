/**
 * One subscriber, on the engine's side. It may have so many bytes on their way as it was given credit for. While it has none its
 * changes wait, the last of each row instead of all, and leave together once it reads again; where even those are too many it is
 * closed with the token it can go on from. It never holds anybody up.
 */
import type { ProblemError } from '../../base/errors.ts';
import { problem } from '../../base/errors.ts';
import type { QueryEnd } from '../push/row-queue.ts';
import {
  type Change,
  type Delivery,
  type DeliveryForm,
  deliveryOf,
  snapshotDelivery,
  tickDelivery,
} from './delivery.ts';
import {
  allWaitingBytesMax,
  frameRowsMax,
  sentBytesMax,
  waitingBytesMax,
  waitingChangeBytes,
} from './limits.ts';

/** Where deliveries go; whoever takes them gives credit back. */
export interface DeliverySink {
  push(delivery: Delivery): void;
  finish(end: QueryEnd): void;
  fail(error: unknown): void;
}

/** Bytes that wait for all subscribers together. */
export interface WaitingBytes {
  bytes: number;
}

export interface SubscriberOptions {
  readonly id: string;
  readonly identity: string;
  readonly form: DeliveryForm;
  /** How many rows it gets in all; null: as many as there are. */
  readonly limit: number | null;
  /** By which its group finds it. */
  readonly tuples: readonly string[];
  readonly sink: DeliverySink;
  readonly waiting: WaitingBytes;
  /** It has ended, whoever ended it. */
  readonly onEnd: (subscriber: Subscriber) => void;
}

export class Subscriber {
  readonly options: SubscriberOptions;
  /** Up to where everything was sent, or waits. */
  position: string | null = null;
  #left: number;
  #credit: number = sentBytesMax;
  /** By row. */
  #waiting: Map<string, Change> | null = null;
  #waitingBytes = 0;
  #sentPosition: string | null = null;
  #isEnded = false;

  constructor(options: SubscriberOptions) {
    this.options = options;
    this.#left = options.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Can deliveries that it shares with others be handed to it as they are? */
  get isShared(): boolean {
    return this.options.limit === null && this.options.tuples.length === 1;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The rows there are, all at once: whoever asks for them has room for them. */
  begin(rows: readonly string[], position: string): void {
    const { form } = this.options;
    const wanted = rows.length > this.#left ? rows.slice(0, this.#left) : rows;
    this.#left -= wanted.length;
    for (let at = 0; at < wanted.length; at += frameRowsMax)
      this.#send(snapshotDelivery(wanted.slice(at, at + frameRowsMax), form));
    this.#send(tickDelivery(position));
    if (this.#left <= 0) this.finish('limit');
  }

  /** `shared` is `changes` up to `position`, made once for all who get the same. */
  deliver(shared: Delivery, changes: readonly Change[], position: string): void {
    if (this.#isEnded) return;
    if (this.#waiting === null && this.#credit > 0) this.#send(shared);
    else this.#wait(changes, position);
  }

  /** Changes of its own. */
  take(changes: readonly Change[], position: string): void {
    const wanted = changes.length > this.#left ? changes.slice(0, this.#left) : changes;
    this.#left -= wanted.length;
    this.deliver(deliveryOf(wanted, this.options.form, position), wanted, position);
    if (this.#left <= 0) this.finish('limit');
  }

  /** A newer position, where nothing happened to it and nothing waits. */
  tick(shared: Delivery, position: string): void {
    if (this.#isEnded || this.position === position) return;
    if (this.#waiting === null && this.#credit > 0) this.#send(shared);
  }

  /** Its reader has taken so many bytes. */
  give(bytes: number): void {
    this.#credit += bytes;
    if (this.#credit <= 0 || this.#isEnded) return;
    this.#flush();
  }

  finish(end: QueryEnd): void {
    if (this.#isEnded) return;
    this.#flush();
    this.#close();
    this.options.sink.finish(end);
  }

  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#close();
    this.options.sink.fail(error);
  }

  #send(delivery: Delivery): void {
    this.#credit -= delivery.bytes;
    if (delivery.position !== null) {
      this.position = delivery.position;
      this.#sentPosition = delivery.position;
    }
    this.options.sink.push(delivery);
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.position === null) return;
    this.#forgetWaiting();
    this.#send(deliveryOf([...waiting.values()], this.options.form, this.position));
  }

  #wait(changes: readonly Change[], position: string): void {
    this.#waiting ??= new Map();
    this.position = position;
    for (const change of changes) {
      const before = this.#waiting.get(change.key);
      this.#count(sizeOf(change) - (before === undefined ? 0 : sizeOf(before)));
      this.#waiting.set(change.key, change);
    }
    const isFull =
      this.#waitingBytes > waitingBytesMax || this.options.waiting.bytes > allWaitingBytesMax;
    if (isFull) this.fail(tooSlow(this.#sentPosition, this.options.identity));
  }

  #count(bytes: number): void {
    this.#waitingBytes += bytes;
    this.options.waiting.bytes += bytes;
  }

  #forgetWaiting(): void {
    this.#count(-this.#waitingBytes);
    this.#waiting = null;
  }

  #close(): void {
    this.#isEnded = true;
    this.#forgetWaiting();
    this.options.onEnd(this);
  }
}

function sizeOf({ key, text }: Change): number {
  return key.length + text.length + waitingChangeBytes;
}

function tooSlow(position: string | null, identity: string): ProblemError {
  const token = position === null ? null : `${position}.${identity}`;
  return problem(
    'push.slow-consumer',
    `SLOW_CONSUMER: more than ${waitingBytesMax} bytes of changes waited for this subscriber, of every row only the last`,
    {
      hint:
        token === null
          ? 'Read faster, or select fewer columns or rows.'
          : `Read faster, and go on from the last token: ${token}`,
    },
  );
}
