/**
 * A log that fails as machines do, by seed. It wraps the log that survives: what that has committed stays, whatever happens to
 * the engine above. Faults of a commit: refused because the disk is full (nothing happened); a crash before it; a crash after
 * it, its outcome lost; it takes its time. Reads take their time and bring little. After a crash nothing answers any more.
 */
import { type ProblemError, problem } from '../../../src/base/errors.ts';
import type {
  Commit,
  Committed,
  Log,
  Offset,
  OwnerState,
  RecordBatch,
  TopicPartition,
  TopicSpec,
} from '../../../src/log/log.ts';
import type { Random } from '../random.ts';

/** Chances of each fault, per call. */
export interface Faults {
  readonly full: number;
  readonly crashBefore: number;
  readonly crashAfter: number;
  readonly slow: number;
}

export const noFaults: Faults = { full: 0, crashBefore: 0, crashAfter: 0, slow: 0 };

export interface FaultCounts {
  commits: number;
  full: number;
  crashes: number;
}

export class FaultyLog implements Log {
  readonly #log: Log;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #counts: FaultCounts;
  isCrashed = false;

  constructor(
    log: Log,
    with_: { readonly random: Random; readonly faults: Faults; readonly counts: FaultCounts },
  ) {
    this.#log = log;
    this.#random = with_.random;
    this.#faults = with_.faults;
    this.#counts = with_.counts;
  }

  get durability(): Log['durability'] {
    return this.#log.durability;
  }

  topics(): readonly TopicSpec[] {
    return this.#log.topics();
  }

  async createTopic(spec: TopicSpec): Promise<void> {
    await this.#step();
    await this.#log.createTopic(spec);
    this.#maybeCrashAfter();
  }

  async deleteTopic(name: string): Promise<void> {
    await this.#step();
    await this.#log.deleteTopic(name);
  }

  bounds(of: TopicPartition): ReturnType<Log['bounds']> {
    return this.#log.bounds(of);
  }

  size(of: TopicPartition): number {
    return this.#log.size(of);
  }

  nextTime(): number {
    return this.#log.nextTime();
  }

  async read(from: TopicPartition, at: Offset, maxBytes: number): Promise<readonly RecordBatch[]> {
    await this.#pause();
    // At least one batch, if there is any: no more is promised.
    const little = this.#random.chance(this.#faults.slow) ? 1 : maxBytes;
    return this.#log.read(from, at, little);
  }

  async offsetForTime(of: TopicPartition, timestamp: number): Promise<Offset | null> {
    await this.#pause();
    return this.#log.offsetForTime(of, timestamp);
  }

  async commit(parts: readonly Commit[]): Promise<readonly Committed[]> {
    this.#counts.commits++;
    if (this.#random.chance(this.#faults.full)) {
      await this.#pause();
      this.#counts.full++;
      throw problem('log.disk-full', 'nothing was written: the disk is full');
    }
    await this.#step();
    const outcome = await this.#log.commit(parts);
    this.#maybeCrashAfter();
    await this.#pause();
    return outcome;
  }

  async open(ownerId: string): Promise<OwnerState> {
    await this.#step();
    return this.#log.open(ownerId);
  }

  positions(ownerId: string): OwnerState['positions'] {
    return this.#log.positions(ownerId);
  }

  async drop(ownerId: string): Promise<void> {
    await this.#step();
    await this.#log.drop(ownerId);
  }

  owners(prefix: string): readonly string[] {
    return this.#log.owners(prefix);
  }

  async maintain(): Promise<boolean> {
    return false;
  }

  /** The process ends; what is committed stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isCrashed = true;
  }

  async #step(): Promise<void> {
    await this.#pause();
    if (this.#random.chance(this.#faults.crashBefore)) this.#crash();
  }

  #maybeCrashAfter(): void {
    if (this.#random.chance(this.#faults.crashAfter)) this.#crash();
  }

  async #pause(): Promise<void> {
    if (this.isCrashed) throw dead();
    if (!this.#random.chance(this.#faults.slow)) return;
    for (let turns = this.#random.between(1, 4); turns > 0; turns--) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (this.isCrashed) throw dead();
  }

  #crash(): never {
    this.isCrashed = true;
    this.#counts.crashes++;
    throw dead();
  }
}

function dead(): ProblemError {
  return problem('log.outcome-unknown', 'the process was killed');
}
