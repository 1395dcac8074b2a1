/** The newest batches of all partitions, kept in memory because most readers follow the end of the log. */
import type { RecordBatch } from '../log.ts';
import type { Partition } from './topics.ts';

interface Kept {
  readonly partition: Partition;
  readonly batch: RecordBatch;
}

/** What a batch takes beside its bytes, and each run of its logical times: small batches are mostly that (measured). */
const batchOverhead = 512;
const runOverhead = 64;

/** What is kept per partition always reaches up to its end; the oldest batch of the log goes first. */
export class Tail {
  readonly #bytesMax: number;
  #queue: Kept[] = [];
  #head = 0;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  add(partition: Partition, batch: RecordBatch): void {
    partition.tail.push(batch);
    this.#queue.push({ partition, batch });
    this.#bytes += sizeOf(batch);
    while (this.#bytes > this.#bytesMax) this.#removeOldest();
  }

  /** Batches of the partition changed or went: it is read from disk until new ones come. */
  forget(partition: Partition): void {
    const { tail } = partition;
    if (tail.length === 0) return;
    for (const batch of tail) this.#bytes -= sizeOf(batch);
    tail.length = 0;
    this.#queue = this.#queue.slice(this.#head).filter((kept) => kept.partition !== partition);
    this.#head = 0;
  }

  #removeOldest(): void {
    const { partition, batch } = this.#queue[this.#head++]!;
    partition.tail.shift();
    this.#bytes -= sizeOf(batch);
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}

function sizeOf({ bytes, times }: RecordBatch): number {
  return bytes.length + batchOverhead + runOverhead * times.length;
}
