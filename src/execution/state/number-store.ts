/** A few durable numbers of a step: observed stream time, how far results were emitted. */
import { bytesOf, textOf } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { StateChange } from '../../log/log.ts';
import type { DurableStore } from './table-store.ts';

export class NumberStore implements DurableStore {
  readonly name: string;
  readonly #numbers = new Map<string, number>();
  readonly #dirty = new Set<string>();

  constructor(name: string) {
    this.name = name;
  }

  /** `otherwise` until it was set. */
  get(key: string, otherwise: number): number {
    return this.#numbers.get(key) ?? otherwise;
  }

  set(key: string, value: number): void {
    if (this.#numbers.get(key) === value) return;
    this.#numbers.set(key, value);
    this.#dirty.add(key);
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    for (const [key, value] of entries) this.#numbers.set(textOf(key), Number(textOf(value)));
  }

  collect(into: StateChange[] | null): void {
    for (const key of this.#dirty) {
      into?.push({
        store: this.name,
        key: bytesOf(key),
        value: bytesOf(String(this.#numbers.get(key))),
      });
    }
    this.#dirty.clear();
  }
}
