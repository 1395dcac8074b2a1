/** A commit being put together: parts in the order in which the log will number them. */
import { assert } from '../base/assert.ts';
import type {
  Append,
  Commit,
  Committed,
  Log,
  LogicalTimes,
  Offset,
  RecordBatch,
  TopicPartition,
} from '../log/log.ts';
import { setBaseOffset } from '../log/record-batch.ts';
import type { Admitted } from './produce-queue.ts';

/** Offsets and times are predicted, which is sound because the tick is the log's only writer. */
export class Draft {
  readonly parts: Commit[] = [];
  /** The producers whose records it holds. */
  admitted: Admitted | null = null;
  /** What is to happen once it is durable. */
  readonly sealed: (() => void)[] = [];
  readonly #log: Log;
  #before: Draft | null;
  readonly #predicted: Offset[][] = [];
  readonly #ends = new Map<string, Map<number, Offset>>();
  #time: number;

  /** `before` is the draft whose commit is under way, if one is: this one goes on where that will end. */
  constructor(log: Log, before: Draft | null) {
    this.#log = log;
    this.#before = before;
    this.#time = before === null ? log.nextTime() : before.#time;
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
    this.parts.push(part);
    this.#predicted.push(batches.map((batch) => batch.baseOffset));
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
    const times: LogicalTimes = append.times ?? [[this.#time++, recordCount]];
    return { baseOffset, lastOffset, recordCount, maxTimestamp, times, bytes };
  }

  /** The commit before this one is over. */
  follow(): void {
    this.#before = null;
  }

  /** It is durable. */
  release(): void {
    for (const release of this.sealed) release();
  }

  /** What the log made of it must be what was predicted. */
  check(outcomes: readonly Committed[]): void {
    outcomes.forEach((outcome, part) => {
      outcome.appended.forEach(({ baseOffset }, at) => {
        assert(baseOffset === this.#predicted[part]?.[at], 'the log numbers appends as predicted');
      });
    });
  }
}
