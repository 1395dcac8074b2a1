/**
 * Frames between a running query and its one reader. Bounded by bytes: a writer that finds the queue full is expected to hold
 * back until the reader has caught up (`isFull`).
 */
import type { QueryFrame, QueryHead, QueryStream } from './api.ts';

export type QueryEnd = ReturnType<QueryStream['end']>;

export class RowQueue implements QueryStream {
  readonly head: QueryHead;
  readonly #frames: QueryFrame[] = [];
  readonly #bytesMax: number;
  readonly #onRead: (frame: QueryFrame) => void;
  readonly #onClose: () => Promise<void>;
  #bytes = 0;
  #end: QueryEnd | null = null;
  #error: unknown = null;
  #wake: (() => void) | null = null;

  constructor(
    head: QueryHead,
    options: {
      readonly bytesMax: number;
      readonly onRead: (frame: QueryFrame) => void;
      readonly onClose: () => Promise<void>;
    },
  ) {
    this.head = head;
    this.#bytesMax = options.bytesMax;
    this.#onRead = options.onRead;
    this.#onClose = options.onClose;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#bytesMax;
  }

  get isEnded(): boolean {
    return this.#end !== null || this.#error !== null;
  }

  push(frame: QueryFrame): void {
    if (this.isEnded) return;
    this.#frames.push(frame);
    this.#bytes += bytesIn(frame);
    this.#notify();
  }

  /** No more rows will come; those queued are still read. */
  finish(end: QueryEnd): void {
    if (this.isEnded) return;
    this.#end = end;
    this.#notify();
  }

  /** The reader gets `error` after the rows queued. */
  fail(error: unknown): void {
    if (this.isEnded) return;
    this.#error = error;
    this.#notify();
  }

  end(): QueryEnd {
    return this.#end ?? 'closed';
  }

  async close(): Promise<void> {
    this.finish('closed');
    this.#frames.length = 0;
    await this.#onClose();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    try {
      while (true) {
        const frame = this.#frames.shift();
        if (frame !== undefined) {
          this.#bytes -= bytesIn(frame);
          yield frame;
          this.#onRead(frame);
        } else if (this.#error !== null) throw this.#error;
        else if (this.#end !== null) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      await this.close();
    }
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

function bytesIn(frame: QueryFrame): number {
  let bytes = 0;
  for (const row of frame.rows) bytes += row.length;
  return bytes;
}
