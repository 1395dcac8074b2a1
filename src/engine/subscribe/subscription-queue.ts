/**
 * Frames of one subscription at its reader, on whichever thread that is. What was read is credited to the engine's side in larger
 * pieces, so that a subscriber whose row changes now and then costs no message back.
 */
import { formatType } from '../../types/format-type.ts';
import type { Subscription, SubscriptionFrame, SubscriptionHead } from '../api.ts';
import type { QueryEnd } from '../push/row-queue.ts';
import type { Delivery } from './delivery.ts';
import { sentBytesMax } from './limits.ts';
import type { DeliverySink } from './subscriber.ts';
import { tokenText } from './token.ts';

export class SubscriptionQueue implements Subscription, DeliverySink {
  readonly head: SubscriptionHead;
  readonly #deliveries: Delivery[] = [];
  readonly #onRead: (bytes: number) => void;
  readonly #onClose: () => void;
  #readBytes = 0;
  #end: QueryEnd | null = null;
  #error: unknown = null;
  #wake: (() => void) | null = null;

  constructor(
    head: SubscriptionHead,
    options: { readonly onRead: (bytes: number) => void; readonly onClose: () => void },
  ) {
    this.head = head;
    this.#onRead = options.onRead;
    this.#onClose = options.onClose;
  }

  push(delivery: Delivery): void {
    if (this.#isEnded) return;
    this.#deliveries.push(delivery);
    this.#notify();
  }

  finish(end: QueryEnd): void {
    if (this.#isEnded) return;
    this.#end = end;
    this.#notify();
  }

  /** The reader gets `error` after what is queued. */
  fail(error: unknown): void {
    if (this.#isEnded) return;
    this.#error = error;
    this.#notify();
  }

  async close(): Promise<void> {
    this.finish('closed');
    this.#deliveries.length = 0;
    this.#onClose();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<SubscriptionFrame> {
    try {
      yield { text: schemaFrame(this.head), token: null };
      while (true) {
        const delivery = this.#deliveries.shift();
        if (delivery !== undefined) {
          for (const text of delivery.texts) yield { text, token: null };
          if (delivery.position !== null) yield this.#tick(delivery.position);
          this.#read(delivery.bytes);
        } else if (this.#error !== null) throw this.#error;
        else if (this.#end !== null) break;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
      if (this.#end !== 'closed')
        yield { text: JSON.stringify({ type: 'end', reason: this.#end }), token: null };
    } finally {
      await this.close();
    }
  }

  get #isEnded(): boolean {
    return this.#end !== null || this.#error !== null;
  }

  #tick(position: string): SubscriptionFrame {
    const token = tokenText(position, this.head.identity);
    return { text: `{"type":"tick","token":"${token}"}`, token };
  }

  #read(bytes: number): void {
    this.#readBytes += bytes;
    if (this.#readBytes < sentBytesMax / 4) return;
    this.#onRead(this.#readBytes);
    this.#readBytes = 0;
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

function schemaFrame({ queryId, table, columns }: SubscriptionHead): string {
  return JSON.stringify({
    type: 'schema',
    queryId,
    table,
    columns: columns.map(({ name, type, role }) => ({
      name,
      type: formatType(type),
      key: role === 'key',
    })),
  });
}
