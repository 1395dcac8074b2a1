/**
 * What a query still has to read from the log. A query that is up to date is offered new batches in memory; one that is not
 * gets the next stretch of the log each tick, with the one after it under way while the first is processed.
 */
import type { Log, Offset, RecordBatch, TopicPartition } from '../../log/log.ts';
import { catchUpBytesMax, catchUpBytesMin, taskBufferedRecordsMax } from '../limits.ts';
import type { TickQuery } from './tick-query.ts';

/** One partition of one input. */
interface Inlet {
  readonly input: number;
  readonly of: TopicPartition;
  /** Logical time of the last record offered, -1 before the first. */
  time: number;
  ahead: { readonly at: Offset; readonly batches: Promise<readonly RecordBatch[]> } | null;
}

/** Where partitions end, commits under way included. */
export type EndOf = (of: TopicPartition) => Offset;

export class Feed {
  readonly query: TickQuery;
  readonly #log: Log;
  readonly #endOf: EndOf;
  readonly #inlets: readonly Inlet[];

  constructor(query: TickQuery, log: Log, endOf: EndOf) {
    this.query = query;
    this.#log = log;
    this.#endOf = endOf;
    this.#inlets = query.task.inputs.flatMap(({ topic, partitions }, input) =>
      Array.from({ length: partitions }, (_, partition): Inlet => {
        return { input, of: { topic, partition }, time: -1, ahead: null };
      }),
    );
  }

  get isRunning(): boolean {
    return this.query.status === 'RUNNING' && this.query.isReady();
  }

  /** Does its task choose among several partitions? */
  get isMerging(): boolean {
    return this.#inlets.length > 1;
  }

  /** Is there anything that the task was not offered? */
  isBehind(): boolean {
    return this.#inlets.some((inlet) => this.#isInletBehind(inlet));
  }

  #isInletBehind({ input, of }: Inlet): boolean {
    return this.query.task.wants(input, of.partition) < this.#endOf(of);
  }

  /**
   * The logical time up to which the task was offered everything: it merges its partitions by time, so what one has not seen
   * yet holds the others back. The time of the last record offered may not be over: more records can bear it.
   */
  offeredTo(): number {
    let time = Number.POSITIVE_INFINITY;
    for (const inlet of this.#inlets) {
      if (inlet.time <= time && this.#isInletBehind(inlet)) time = inlet.time - 1;
    }
    return time;
  }

  /** Offers a batch that is being committed; false if the task is not up to date there. */
  offer(to: TopicPartition, batch: RecordBatch): boolean {
    const inlet = this.#inlets.find(
      ({ of }) => of.partition === to.partition && of.topic === to.topic,
    );
    if (inlet === undefined) return false;
    if (this.query.task.wants(inlet.input, to.partition) !== batch.baseOffset) return false;
    return this.#hand(inlet, batch);
  }

  /** Hands the task the next stretch of what it has not seen; how many bytes were read. */
  async read(): Promise<number> {
    const behind = this.#inlets.filter((inlet) => this.#isInletBehind(inlet));
    const bytesMax = Math.max(catchUpBytesMin, Math.floor(catchUpBytesMax / behind.length));
    let bytesRead = 0;
    for (const inlet of behind) {
      const { end } = this.#log.bounds(inlet.of);
      const at = this.query.task.wants(inlet.input, inlet.of.partition);
      if (at >= end || !this.#mayRead(inlet, behind)) continue;
      for (const batch of await this.#next(inlet, { at, end, bytesMax })) {
        if (!this.#hand(inlet, batch)) return bytesRead;
        bytesRead += batch.bytes.length;
      }
    }
    return bytesRead;
  }

  /** A task that holds much is given more only where it cannot go on without. */
  #mayRead({ input, of, time }: Inlet, behind: readonly Inlet[]): boolean {
    const { task } = this.query;
    if (task.buffered() <= taskBufferedRecordsMax) return true;
    const starved = task.starved();
    if (starved !== null) return starved.input === input && starved.partition === of.partition;
    return behind.every((other) => time <= other.time);
  }

  async #next(
    inlet: Inlet,
    { at, end, bytesMax }: { readonly at: Offset; readonly end: Offset; readonly bytesMax: number },
  ): Promise<readonly RecordBatch[]> {
    const { ahead } = inlet;
    inlet.ahead = null;
    const isAhead = ahead?.at === at;
    const batches = await (isAhead ? ahead.batches : this.#log.read(inlet.of, at, bytesMax));
    const last = batches.at(-1);
    if (last === undefined) this.query.task.skip(inlet.input, inlet.of.partition, end);
    else if (last.lastOffset + 1 < end) this.#readAhead(inlet, last.lastOffset + 1, bytesMax);
    return batches;
  }

  #readAhead(inlet: Inlet, at: Offset, bytesMax: number): void {
    const batches = this.#log.read(inlet.of, at, bytesMax);
    // Whoever asks for it is told what went wrong; perhaps nobody does.
    batches.catch(() => undefined);
    inlet.ahead = { at, batches };
  }

  /** false if the query does not take it now. */
  #hand(inlet: Inlet, batch: RecordBatch): boolean {
    if (this.query.admits?.(inlet.of.topic, batch) === false) return false;
    this.query.task.offer(inlet.input, inlet.of.partition, batch);
    inlet.time = batch.times.at(-1)?.[0] ?? inlet.time;
    return true;
  }
}
