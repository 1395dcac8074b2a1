/**
 * Randomness that a replay repeats (reliability P9): a function of the query's seed, its name, the record's topic, partition and
 * offset, and of how many numbers were drawn for this record before. So what RANDOM() and UUID() wrote does not depend on ticks,
 * restarts or retries.
 *
 * The generator is sfc32 (PractRand), seeded anew for each record that draws.
 */
import { bytesOf } from '../base/bytes.ts';
import { murmur2 } from '../base/hash.ts';
import type { RecordContext } from './task.ts';

const WARM_UP_ROUNDS = 12;

/** In [0, 1), with 53 bits. `seed` is a whole number below 2^53. */
export function recordRandom(seed: number, query: string, record: RecordContext): () => number {
  const queryHash = murmur2(bytesOf(query));
  const generator = new Sfc32();
  let topic: string | null = null;
  let topicHash = 0;
  let partition = -1;
  let offset = -1;
  return () => {
    if (record.offset !== offset || record.partition !== partition || record.topic !== topic) {
      if (record.topic !== topic) topicHash = murmur2(bytesOf(record.topic));
      ({ topic, partition, offset } = record);
      generator.seed(
        low(seed) ^ queryHash,
        high(seed) ^ topicHash,
        low(offset),
        Math.imul(partition + 1, 0x9e3779b1) ^ high(offset),
      );
    }
    return (generator.next() * 2 ** 21 + (generator.next() >>> 11)) / 2 ** 53;
  };
}

function low(value: number): number {
  return value | 0;
}

function high(value: number): number {
  return Math.floor(value / 2 ** 32) | 0;
}

class Sfc32 {
  #a = 0;
  #b = 0;
  #c = 0;
  #count = 0;

  seed(a: number, b: number, c: number, count: number): void {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#count = count;
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.next();
  }

  /** In [0, 2^32). */
  next(): number {
    const sum = (this.#a + this.#b + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
}
