/**
 * Room in a spill area, handed out in extents: powers of two from 8 KiB to 64 MiB, each at a multiple of its size, so that two
 * free neighbours become one again (a buddy allocator: Knowlton 1965). What is free is used again before the area grows.
 */
import { assert } from '../../base/assert.ts';
import { type Limit, limitText } from '../../base/limits.ts';
import { TaskFailure } from '../task.ts';
import type { SpillArea } from './spill-area.ts';

const EXTENT_BYTES_MIN = 8 * 1024;
export const EXTENT_BYTES_MAX: number = 64 * 1024 * 1024;
const ORDERS = Math.log2(EXTENT_BYTES_MAX / EXTENT_BYTES_MIN) + 1;

export class Extents {
  readonly area: SpillArea;
  /** Bytes of all extents that are in use. */
  usedBytes = 0;
  readonly #limit: Limit;
  /** Positions of free extents, by order: the size is `EXTENT_BYTES_MIN << order`. */
  readonly #free: readonly Set<number>[] = Array.from({ length: ORDERS }, () => new Set<number>());
  #end = 0;

  constructor(area: SpillArea, limit: Limit) {
    this.area = area;
    this.#limit = limit;
  }

  /** The size of the extent that holds `bytes`. */
  static sizeFor(bytes: number): number {
    assert(bytes <= EXTENT_BYTES_MAX, 'nothing larger than an extent to be spilled');
    let size = EXTENT_BYTES_MIN;
    while (size < bytes) size *= 2;
    return size;
  }

  /** The position of an extent of that size, which `sizeFor` gave. Throws a TaskFailure above the limit. */
  allocate(size: number): number {
    if (this.usedBytes + size > this.#limit.value)
      throw new TaskFailure(
        limitText(this.#limit, 'bytes of spilled state', this.usedBytes + size),
      );
    const order = orderOf(size);
    let from = order;
    while (from < ORDERS && this.#free[from]!.size === 0) from++;
    if (from === ORDERS) {
      from = ORDERS - 1;
      this.#free[from]!.add(this.#end);
      this.#end += EXTENT_BYTES_MAX;
    }
    const [position] = this.#free[from]!;
    assert(position !== undefined, 'a free extent where there is one');
    this.#free[from]!.delete(position);
    for (let half = from - 1; half >= order; half--)
      this.#free[half]!.add(position + (EXTENT_BYTES_MIN << half));
    this.usedBytes += size;
    return position;
  }

  release(position: number, size: number): void {
    this.usedBytes -= size;
    let at = position;
    let order = orderOf(size);
    for (; order < ORDERS - 1; order++) {
      const bytes = EXTENT_BYTES_MIN << order;
      const buddy = (at / bytes) % 2 === 0 ? at + bytes : at - bytes;
      if (!this.#free[order]!.delete(buddy)) break;
      at = Math.min(at, buddy);
    }
    this.#free[order]!.add(at);
    if (order === ORDERS - 1) this.#shrink();
  }

  #shrink(): void {
    const whole = this.#free[ORDERS - 1]!;
    const before = this.#end;
    while (this.#end > 0 && whole.delete(this.#end - EXTENT_BYTES_MAX))
      this.#end -= EXTENT_BYTES_MAX;
    if (this.#end < before) this.area.truncate(this.#end);
  }
}

function orderOf(size: number): number {
  return 31 - Math.clz32(size / EXTENT_BYTES_MIN);
}
