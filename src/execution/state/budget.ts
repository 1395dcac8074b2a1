/**
 * What a task's stores hold together, against its limits. Rows are counted as they come and go; bytes are known when changes are
 * collected for a commit, because only then rows are encoded. What is restored is counted but not refused: a query that is over a
 * limit that was lowered can start, and fails with its next row.
 */
import type { StateMemory } from './memory.ts';
import { limitText } from '../../base/limits.ts';
import { type ExecutionLimits, executionLimits, stateRowBytes } from '../limits.ts';
import { TaskFailure } from '../task.ts';

/** What a row of so many stored bytes takes in memory, once it was collected. */
export function weightOf(bytes: number): number {
  return bytes === 0 ? 0 : bytes + stateRowBytes;
}

export class StateBudget {
  readonly #limits: ExecutionLimits;
  /** The process's; null: everything stays in memory. */
  readonly memory: StateMemory | null;
  #rows = 0;
  #stored = 0;

  constructor(limits: ExecutionLimits = executionLimits(), memory: StateMemory | null = null) {
    this.#limits = limits;
    this.memory = memory;
  }

  get rows(): number {
    return this.#rows;
  }

  /** About how much memory the rows would take if all were there. */
  get bytes(): number {
    return this.#stored + this.#rows * stateRowBytes;
  }

  /** A row that was not there. Throws a TaskFailure above the limit. */
  addRow(): void {
    if (++this.#rows > this.#limits.stateRows.value)
      throw new TaskFailure(limitText(this.#limits.stateRows, 'rows of state', this.#rows));
  }

  removeRows(count: number): void {
    this.#rows -= count;
  }

  /** A row now takes `before` stored bytes less and `after` more. Throws a TaskFailure above the limit. */
  resize(before: number, after: number): void {
    this.#stored += after - before;
    if (after > before && this.bytes > this.#limits.stateBytes.value)
      throw new TaskFailure(limitText(this.#limits.stateBytes, 'bytes of state', this.bytes));
  }

  restored(bytes: number): void {
    this.#rows++;
    this.#stored += bytes;
  }
}
