/** The newest batches of all partitions, kept in memory because most readers follow the end of the log. */
import type { RecordBatch } from '../log.ts';
import type { Partition } from './topics.ts';

interface Kept {
  readonly partition: Partition;
  readonly batch: RecordBatch;
}

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
    this.#bytes += batch.bytes.length;
    while (this.#bytes > this.#bytesMax) this.#removeOldest();
  }

  /** Batches of the partition changed or went: it is read from disk until new ones come. */
  forget({ tail }: Partition): void {
    for (const batch of tail) this.#bytes -= batch.bytes.length;
    tail.length = 0;
  }

  #removeOldest(): void {
    const { partition, batch } = this.#queue[this.#head++]!;
    // Entries of forgotten batches are still in the queue.
    if (partition.tail[0] === batch) {
      partition.tail.shift();
      this.#bytes -= batch.bytes.length;
    }
    if (this.#head * 2 > this.#queue.length) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
