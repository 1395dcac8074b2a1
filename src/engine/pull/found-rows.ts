/**
 * What a pull query has found, by key: rows come, change and go until the query has seen one state. Of a query with LIMIT only
 * somewhat more than its rows are kept; if so many of them go that those cut off would be needed, it `isShort`.
 */
import { compareBytes } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { Row } from '../../types/value.ts';

/** A row of the result, and its place in it: by `ordinal`, partition, key bytes and window. `key` with the window's bounds. */
export interface FoundRow {
  readonly ordinal: number;
  readonly partition: number;
  readonly key: Row;
  readonly bytes: Bytes;
  readonly start: number;
  readonly text: string;
}

/** Throws where they are too many. */
export type SizeCheck = (rows: number, bytes: number) => void;

/** Rows beyond its LIMIT that a query keeps. */
const spareRows = 500;
/** Rows that are sorted or merged in one step. */
const sortedAtOnce = 2_000;

export class FoundRows {
  readonly #rows = new Map<string, FoundRow>();
  readonly #limit: number | null;
  readonly #check: SizeCheck;
  #bytes = 0;
  /** What comes after it is not kept. */
  #last: FoundRow | null = null;

  constructor(limit: number | null, check: SizeCheck) {
    this.#limit = limit;
    this.#check = check;
  }

  /** Rows are missing that were cut off. */
  get isShort(): boolean {
    return this.#last !== null && this.#rows.size < (this.#limit ?? 0);
  }

  set(id: string, row: FoundRow): void {
    this.delete(id);
    if (this.#last !== null && compareRows(row, this.#last) > 0) return;
    this.#rows.set(id, row);
    this.#bytes += row.text.length;
    const limit = this.#limit;
    if (limit === null) this.#check(this.#rows.size, this.#bytes);
    else if (this.#rows.size > 2 * (limit + spareRows)) this.#cut(limit + spareRows);
    else this.#checkLimited(limit);
  }

  delete(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    this.#bytes -= row.text.length;
    this.#rows.delete(id);
  }

  entries(): Iterable<readonly [id: string, row: FoundRow]> {
    return this.#rows;
  }

  /** The texts in order, a step at a time. */
  *sorted(): Generator<undefined, readonly string[]> {
    const rows = [...this.#rows.values()];
    let runs: FoundRow[][] = [];
    for (let at = 0; at < rows.length; at += sortedAtOnce) {
      if (at > 0) yield;
      runs.push(rows.slice(at, at + sortedAtOnce).sort(compareRows));
    }
    while (runs.length > 1) {
      const merged: FoundRow[][] = [];
      for (let at = 0; at < runs.length; at += 2) {
        const [left, right] = [runs[at]!, runs[at + 1]];
        merged.push(right === undefined ? left : yield* merge(left, right));
      }
      runs = merged;
    }
    const sorted = runs[0] ?? [];
    return sorted.slice(0, this.#limit ?? sorted.length).map(({ text }) => text);
  }

  /** Those beyond the limit do not count, but take room until they are cut off. */
  #checkLimited(limit: number): void {
    try {
      this.#check(this.#rows.size, this.#bytes);
    } catch (error) {
      if (this.#rows.size <= limit) throw error;
      this.#cut(limit);
      this.#check(this.#rows.size, this.#bytes);
    }
  }

  #cut(count: number): void {
    const sorted = [...this.#rows].sort(([, a], [, b]) => compareRows(a, b));
    for (const [id] of sorted.slice(count)) this.delete(id);
    this.#last = sorted[count - 1]?.[1] ?? null;
  }
}

function* merge(
  left: readonly FoundRow[],
  right: readonly FoundRow[],
): Generator<undefined, FoundRow[]> {
  const merged: FoundRow[] = [];
  for (let a = 0, b = 0; a < left.length || b < right.length; ) {
    const isLeft = b >= right.length || (a < left.length && compareRows(left[a]!, right[b]!) <= 0);
    merged.push(isLeft ? left[a++]! : right[b++]!);
    if (merged.length % sortedAtOnce === 0) yield;
  }
  return merged;
}

function compareRows(a: FoundRow, b: FoundRow): number {
  return (
    a.ordinal - b.ordinal ||
    a.partition - b.partition ||
    compareBytes(a.bytes, b.bytes) ||
    a.start - b.start
  );
}
