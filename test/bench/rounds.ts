/**
 * Contestants run in short rounds, in turn (A B A B …), so that neighbours on the machine disturb all alike; what counts is the
 * median over the rounds of the ratio within each. The first rounds are warm-up and are not counted.
 */

/** Something that is timed. Whatever a round needs beforehand is done outside the time it returns. */
export interface Contestant {
  /** One round; milliseconds it took. */
  round(): Promise<number>;
  close(): Promise<void>;
}

export interface Race {
  /** Median milliseconds of a round, per contestant. */
  readonly medians: readonly number[];
  /** Median over the rounds of: milliseconds of the last contestant by those of each. */
  readonly ratios: readonly number[];
}

const WARM_UP_ROUNDS = 4;

/** Runs `rounds` counted rounds of each, in turn. The last contestant is the yardstick. */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<Race> {
  const times: number[][] = contestants.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const elapsed = await contestant.round();
      if (round >= 0) times[index]!.push(elapsed);
    }
  }
  const yardstick = times.at(-1)!;
  return {
    medians: times.map(median),
    ratios: times.map((list) => median(list.map((time, round) => yardstick[round]! / time))),
  };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** `share` of the values are below it. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
