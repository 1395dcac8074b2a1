/**
 * Contestants run in short rounds, in turn (A B A B …), so that neighbours on the machine disturb all alike; what counts is the
 * median over the rounds of the ratio within each. The first rounds are warm-up and are not counted.
 */

export interface Timing {
  readonly elapsedMs: number;
  readonly processorMs: number;
}

/** Something that is timed. Whatever a round needs beforehand is done outside the time it returns. */
export interface Contestant {
  round(): Promise<Timing>;
  close(): Promise<void>;
}

export interface Race {
  /** Median milliseconds of a round, per contestant. */
  readonly medians: readonly number[];
  /** Median over the rounds of: milliseconds of the last contestant by those of each. */
  readonly ratios: readonly number[];
  /** The same of processor time, of all threads: a busy machine changes it least. */
  readonly processorRatios: readonly number[];
}

const WARM_UP_ROUNDS = 3;

/** Runs `rounds` counted rounds of each, in turn. The last contestant is the yardstick. */
export async function race(contestants: readonly Contestant[], rounds: number): Promise<Race> {
  const times: number[][] = contestants.map(() => []);
  const processor: number[][] = contestants.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const { elapsedMs, processorMs } = await contestant.round();
      if (round < 0) continue;
      times[index]!.push(elapsedMs);
      processor[index]!.push(processorMs);
    }
  }
  return { medians: times.map(median), ratios: ratios(times), processorRatios: ratios(processor) };
}

function ratios(times: readonly (readonly number[])[]): readonly number[] {
  const yardstick = times.at(-1)!;
  return times.map((list) => median(list.map((time, round) => yardstick[round]! / time)));
}

/** What `run` takes. */
export async function timed(run: () => Promise<void> | void): Promise<Timing> {
  const before = process.cpuUsage();
  const started = performance.now();
  await run();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { elapsedMs, processorMs: (user + system) / 1000 };
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** `share` of the values are below it. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
