/**
 * Rows that wait for all readers of push queries of the process. Up to its maximum each reader may let as many wait as its own
 * maximum says; beyond it those who let rows wait share it evenly, so a thousand readers who stay away take no more than one limit.
 */

import { getHeapStatistics } from 'node:v8';
import { configuredLimit } from '../../base/limits.ts';
import { pushWaitingBytesMax } from '../limits.ts';

/** A reader may always let so many bytes wait: what is read is told in pieces of half of it (`readPieceBytes`). */
export const waitingBytesMin: number = 128 * 1024;
/** Bytes that a reader has read before the writer hears of them. */
export const readPieceBytes: number = waitingBytesMin / 2;

export class WaitingRows {
  readonly #bytesMax: number;
  #bytes = 0;
  #readers = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** What waits for one reader has changed. */
  changed(before: number, after: number): void {
    this.#bytes += after - before;
    if (before === 0 && after > 0) this.#readers++;
    else if (before > 0 && after === 0) this.#readers--;
  }

  /** Bytes that may wait for a reader whose own maximum is `most`. */
  share(most: number): number {
    if (this.#bytes <= this.#bytesMax) return most;
    return Math.min(most, Math.max(waitingBytesMin, Math.floor(this.#bytesMax / this.#readers)));
  }
}

/** As the server's properties set it. Throws `config.invalid-limit`. */
export function waitingRows(properties: Readonly<Record<string, string>>): WaitingRows {
  const { key, value } = pushWaitingBytesMax;
  const quarter = Math.floor(getHeapStatistics().heap_size_limit / 4);
  const { value: bytesMax } = configuredLimit({ key, value: Math.min(value, quarter) }, properties);
  return new WaitingRows(bytesMax);
}
