/** A commit being put together: parts in the order in which the log will number them. */
import { assert } from '../../base/assert.ts';
import type { TimestampMs } from '../../base/env.ts';
import type {
  Append,
  Commit,
  Committed,
  Log,
  LogicalTimes,
  Offset,
  RecordBatch,
  TopicPartition,
} from '../../log/log.ts';
import { setBaseOffset } from '../../log/record-batch.ts';
import type { Admitted } from './produce-queue.ts';

/** Offsets and times are predicted, which is sound because the tick is the log's only writer. */
export class Draft {
  readonly parts: Commit[] = [];
  /** What is to happen once it is durable. */
  readonly sealed: (() => void)[] = [];
  /** Bytes of its appends. */
  byteCount = 0;
  /** The producers whose records it holds, and the parts that hold them. */
  readonly #admitted: { readonly admitted: Admitted; readonly part: number }[] = [];
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  readonly #log: Log;
  #before: Draft | null;
  readonly #predicted: { readonly baseOffset: Offset; readonly time: number | undefined }[][] = [];
  readonly #ends = new Map<string, Map<number, Offset>>();
  /** The next logical time, once one was given. */
  #time: number | null = null;
  readonly #now: () => TimestampMs;
  /** When all of it was appended, as clock functions will see it; null before the first append. */
  #appendedMs: TimestampMs | null = null;

  /** `before` is the draft whose commit is under way, if one is: this one goes on where that will end. */
  constructor(log: Log, now: () => TimestampMs, before: Draft | null) {
    this.#log = log;
    this.#now = now;
    this.#before = before;
  }

  get isEmpty(): boolean {
    return this.parts.length === 0 && this.sealed.length === 0 && this.#admitted.length === 0;
  }

  /** Where the partition will end once this commit is through. */
  end(of: TopicPartition): Offset {
    return this.#ends.get(of.topic)?.get(of.partition) ?? this.#endBefore(of);
  }

  /** What was committed before that one, the log knows. */
  #endBefore(of: TopicPartition): Offset {
    const before = this.#before;
    const end = before === null ? undefined : before.#ends.get(of.topic)?.get(of.partition);
    return end ?? this.#log.bounds(of).end;
  }

  /** Adds a part; returns its appends as the batches they will be. */
  add(part: Commit): readonly RecordBatch[] {
    const batches = part.appends.map((append) => this.#number(append));
    const appends = part.appends.map((append, at) => {
      return { ...append, appendedMs: batches[at]!.appendedMs };
    });
    this.parts.push({ ...part, appends });
    this.#predicted.push(
      batches.map(({ baseOffset, times }) => ({ baseOffset, time: times[0]?.[0] })),
    );
    return batches;
  }

  #number(append: Append): RecordBatch {
    const { to, batch: bytes, recordCount, maxTimestamp } = append;
    const baseOffset = this.end(to);
    const lastOffset = baseOffset + recordCount - 1;
    let ends = this.#ends.get(to.topic);
    if (ends === undefined) {
      ends = new Map();
      this.#ends.set(to.topic, ends);
    }
    ends.set(to.partition, lastOffset + 1);
    setBaseOffset(bytes, baseOffset);
    this.byteCount += bytes.length;
    const times: LogicalTimes = append.times ?? [[this.#nextTime(), recordCount]];
    this.#appendedMs ??= this.#now();
    const appendedMs = this.#appendedMs;
    return { baseOffset, lastOffset, recordCount, maxTimestamp, times, bytes, appendedMs };
  }

  /** The commit before this one is over. */
  follow(): void {
    this.#before = null;
  }

  /** Whether a part holds what producers handed in. */
  isProduced(part: number): boolean {
    return this.#admitted.some((entry) => entry.part === part);
  }

  /** Their records are the part added next. */
  admit(admitted: Admitted): void {
    this.#admitted.push({ admitted, part: this.parts.length });
  }

  /** Resolves when it is durable; rejects with what `fail` is told. */
  durable(): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** It is durable: acknowledges producers. */
  committed(outcomes: readonly Committed[]): void {
    for (const { admitted, part } of this.#admitted)
      admitted.committed(outcomes[part] as Committed);
  }

  /** It will never be. */
  fail(error: unknown): void {
    for (const { admitted } of this.#admitted) admitted.failed(error);
    for (const { reject } of this.#waiting) reject(error);
  }

  /** What stands in it is committed, and its queries may show it. */
  release(): void {
    for (const release of this.sealed) release();
    for (const { resolve } of this.#waiting) resolve();
  }

  #nextTime(): number {
    const time = this.#peekTime();
    this.#time = time + 1;
    return time;
  }

  #peekTime(): number {
    const before = this.#before;
    return this.#time ?? (before === null ? this.#log.nextTime() : before.#peekTime());
  }

  /** What the log made of it must be what was predicted. */
  check(outcomes: readonly Committed[]): void {
    outcomes.forEach(({ appended }, part) => {
      appended.forEach(({ baseOffset, times }, at) => {
        const predicted = this.#predicted[part]?.[at];
        const isRight = baseOffset === predicted?.baseOffset && times[0]?.[0] === predicted.time;
        assert(isRight, 'the log numbers appends as predicted');
      });
    });
  }
}
