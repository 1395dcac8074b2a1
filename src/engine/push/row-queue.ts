/**
 * Frames between a running query and its one reader. Bounded by bytes: a writer that finds the queue full is expected to hold
 * back until the reader has caught up (`isFull`). A reader elsewhere has the frames sent on as they come (`pipe`), and says how much
 * of them it has read; what it has not counts as waiting here.
 */
import type { QueryFrame, QueryHead, QueryStream } from '../api.ts';
import type { WaitingRows } from './waiting-rows.ts';

export type QueryEnd = ReturnType<QueryStream['end']>;

/** Where the frames of a piped queue go. */
export interface FrameSink {
  push(frame: QueryFrame): void;
  finish(end: QueryEnd): void;
  fail(error: unknown): void;
}

export interface RowQueueOptions {
  readonly bytesMax: number;
  /** Shared with other queues; absent: nobody else counts. */
  readonly waiting?: WaitingRows | undefined;
  readonly onRead: (bytes: number) => void;
  readonly onClose: () => Promise<void>;
}

export class RowQueue implements QueryStream {
  readonly head: QueryHead;
  readonly #frames: QueryFrame[] = [];
  readonly #options: RowQueueOptions;
  #bytes = 0;
  #end: QueryEnd | null = null;
  #error: unknown = null;
  #wake: (() => void) | null = null;
  #sink: FrameSink | null = null;

  constructor(head: QueryHead, options: RowQueueOptions) {
    this.head = head;
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#bytes >= this.#room;
  }

  /** Has the reader taken so much of what waited that its query may go on without soon filling it again? */
  get hasRoom(): boolean {
    return this.#bytes <= this.#room / 2;
  }

  get isEnded(): boolean {
    return this.#end !== null || this.#error !== null;
  }

  /** `bytes`: its size, where somebody knows it already. */
  push(frame: QueryFrame, bytes: number = frameBytes(frame)): void {
    if (this.isEnded) return;
    this.#changed(bytes);
    if (this.#sink !== null) {
      this.#sink.push(frame);
      return;
    }
    this.#frames.push(frame);
    this.#notify();
  }

  /** No more rows will come; those queued are still read. */
  finish(end: QueryEnd): void {
    if (this.isEnded) return;
    this.#end = end;
    this.#ended();
  }

  /** The reader gets `error` after the rows queued. */
  fail(error: unknown): void {
    if (this.isEnded) return;
    this.#error = error;
    this.#ended();
  }

  end(): QueryEnd {
    return this.#end ?? 'closed';
  }

  /** Sends everything on, instead of being iterated; whoever reads there calls `read`. */
  pipe(sink: FrameSink): void {
    for (const frame of this.#frames.splice(0)) sink.push(frame);
    this.#sink = sink;
    if (this.isEnded) this.#ended();
  }

  /** Of a piped queue: its reader has taken so many bytes. */
  read(bytes: number): void {
    this.#changed(-Math.min(bytes, this.#bytes));
    this.#options.onRead(bytes);
  }

  async close(): Promise<void> {
    this.finish('closed');
    this.#frames.length = 0;
    this.#changed(-this.#bytes);
    await this.#options.onClose();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    try {
      while (true) {
        const frame = this.#frames.shift();
        if (frame !== undefined) {
          const bytes = frameBytes(frame);
          this.#changed(-bytes);
          yield frame;
          this.#options.onRead(bytes);
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

  get #room(): number {
    const { bytesMax, waiting } = this.#options;
    return waiting === undefined ? bytesMax : waiting.share(bytesMax);
  }

  #changed(bytes: number): void {
    const before = this.#bytes;
    this.#bytes += bytes;
    this.#options.waiting?.changed(before, this.#bytes);
  }

  #ended(): void {
    if (this.#sink === null) {
      this.#notify();
      return;
    }
    // What is still on its way is its reader's: nobody here is told any more.
    this.#changed(-this.#bytes);
    if (this.#error !== null) this.#sink.fail(this.#error);
    else this.#sink.finish(this.end());
    void this.#options.onClose();
  }

  #notify(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }
}

/** What a frame and a row take beyond their text. */
const frameOverhead = 64;
const rowOverhead = 32;

export function frameBytes(frame: QueryFrame): number {
  let bytes = frameOverhead + rowOverhead * frame.rows.length;
  for (const row of frame.rows) bytes += row.length;
  return bytes;
}
