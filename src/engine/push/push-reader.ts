/** One reader of a push query that runs for all who ask the same: its id, its LIMIT, and the rows that wait for it. */
import type { Env } from '../../base/env.ts';
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Offset } from '../../log/log.ts';
import type { QueryFrame, QueryHead } from '../api.ts';
import { pushBufferBytesMax, pushStalledMsMax } from '../limits.ts';
import { RowQueue } from './row-queue.ts';
import type { WaitingRows } from './waiting-rows.ts';

export interface PushReaderOptions {
  readonly head: QueryHead;
  readonly sql: string;
  readonly limit: number | null;
  readonly env: Env;
  readonly waiting: WaitingRows;
  /** It had let too much wait, and has read enough of it to go on. */
  readonly onRoom: (reader: PushReader) => void;
  /** It has ended, whoever ended it. */
  readonly onEnd: (reader: PushReader) => void;
}

export class PushReader {
  readonly id: string;
  readonly sql: string;
  readonly rows: RowQueue;
  /** Next offset of each partition that it was given no rows of; of one who reads along, its cohort knows better. */
  position: readonly Offset[];
  readonly #options: PushReaderOptions;
  #left: number;
  #isAway = false;
  #hasRead = false;
  #isOver = false;
  #stalled: Disposable | null = null;

  constructor(options: PushReaderOptions, position: readonly Offset[]) {
    this.#options = options;
    this.id = options.head.queryId;
    this.sql = options.sql;
    this.position = position;
    this.#left = options.limit ?? Number.POSITIVE_INFINITY;
    this.rows = new RowQueue(options.head, {
      bytesMax: pushBufferBytesMax,
      waiting: options.waiting,
      onRead: () => this.#onRead(),
      onClose: async () => this.#over(),
    });
  }

  /** Takes rows that go to everybody, `bytes` as `frameBytes` counts. Afterwards it may be full, or have ended. */
  take(frame: QueryFrame, bytes: number): void {
    const { length } = frame.rows;
    if (length <= this.#left) this.rows.push(frame, bytes);
    else this.rows.push(firstOf(frame, this.#left));
    this.#left -= Math.min(length, this.#left);
    if (this.#left === 0) this.finish('limit');
  }

  /** It reads along no longer, and was given everything before `position`. */
  leave(position: readonly Offset[]): void {
    this.position = position;
    this.#isAway = true;
    this.#watch();
  }

  /** It reads along again. */
  comeBack(): void {
    this.#stalled?.[Symbol.dispose]();
  }

  finish(end: 'limit' | 'terminated'): void {
    this.rows.finish(end);
    this.#over();
  }

  onFailed(error: unknown): void {
    this.rows.fail(error);
    this.#over();
  }

  #onRead(): void {
    this.#hasRead = true;
    if (!this.#isAway || !this.rows.hasRoom || this.#isOver) return;
    this.#isAway = false;
    this.#options.onRoom(this);
  }

  /** Ends it if it reads nothing for a while. */
  #watch(): void {
    this.#hasRead = false;
    this.#stalled = this.#options.env.timers.after(pushStalledMsMax, () => {
      if (this.#hasRead) this.#watch();
      else this.onFailed(slowReader());
    });
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stalled?.[Symbol.dispose]();
    this.#options.onEnd(this);
  }
}

function firstOf({ rows, tombstones, ...rest }: QueryFrame, count: number): QueryFrame {
  const gone = tombstones?.filter((at) => at < count) ?? [];
  return { ...rest, rows: rows.slice(0, count), tombstones: gone.length > 0 ? gone : null };
}

/** What a reader that stays away is closed with. */
export function slowReader(): ProblemError {
  return problem(
    'push.slow-consumer',
    `the reader took no rows for ${pushStalledMsMax / 1000} s while ${pushBufferBytesMax} bytes waited (push.buffer)`,
    { hint: 'Read faster, select fewer columns, or start the query again.' },
  );
}
