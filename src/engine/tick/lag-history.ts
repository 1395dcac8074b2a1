/**
 * How old what a query has not processed is at most. The log does not say when a record came, so each look remembers where the
 * inputs ended; a query whose positions have passed what was seen then lags by no more than the time since.
 */

interface Look {
  readonly atMs: number;
  readonly ends: readonly number[];
}

/** Looks kept per query, and how far they are apart at least. */
const looksMax = 60;
const apartMs = 1_000;

export class LagHistory {
  readonly #looks = new Map<string, Look[]>();

  /**
   * Seconds: 0 for a query at the end of its inputs, null where no look is old enough. `positions` and `ends` go by the same
   * partitions in the same order; `atMs` never goes back.
   */
  seconds(
    query: string,
    positions: readonly number[],
    ends: readonly number[],
    atMs: number,
  ): number | null {
    const looks = this.#looksAt(query, ends.length);
    const last = looks.at(-1);
    if (last === undefined || atMs - last.atMs >= apartMs) looks.push({ atMs, ends });
    if (looks.length > looksMax) looks.splice(1, 1);
    if (hasPassed(positions, ends)) return 0;
    const passed = looks.findLastIndex((look) => hasPassed(positions, look.ends));
    if (passed < 0) return null;
    looks.splice(0, passed);
    return (atMs - (looks[0] as Look).atMs) / 1000;
  }

  /** Forgets all queries but these. */
  keep(queries: ReadonlySet<string>): void {
    for (const query of this.#looks.keys()) if (!queries.has(query)) this.#looks.delete(query);
  }

  /** A topic that was made anew has other partitions. */
  #looksAt(query: string, partitions: number): Look[] {
    const known = this.#looks.get(query);
    if (known !== undefined && known[0]?.ends.length === partitions) return known;
    const looks: Look[] = [];
    this.#looks.set(query, looks);
    return looks;
  }
}

function hasPassed(positions: readonly number[], ends: readonly number[]): boolean {
  return ends.every((end, at) => (positions[at] as number) >= end);
}
