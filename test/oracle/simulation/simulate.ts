/**
 * One simulated life of an engine: a random case's queries, producers that retry or give up, and a log that fails. Crashes kill
 * the engine, which is opened again over what the log holds. In the end the faults stop, and the model decides:
 *
 * - a record that was acknowledged stands in its topic, where the acknowledgement said; no record more often than it was sent,
 *   none that was refused for good;
 * - the topics that queries write are what the reference interpreter makes of the inputs as they stand: no input lost, none
 *   taken twice, whatever died in between;
 * - what pull queries answer, that is the state, equals the fold of what was emitted.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProblemError } from '../../../src/base/errors.ts';
import { StatementFailure } from '../../../src/engine/api.ts';
import { LocalEngine } from '../../../src/engine/local-engine.ts';
import { openDurableLog } from '../../../src/log/durable/open.ts';
import type { Log } from '../../../src/log/log.ts';
import { createMemoryLog } from '../../../src/log/memory-log.ts';
import { checkOutcome } from '../check.ts';
import { generateCase } from '../generate-case.ts';
import type { Case, InputRecord } from '../model.ts';
import { printQuery, printSource } from '../print.ts';
import { Random } from '../random.ts';
import {
  engineProperties,
  execute,
  type Outcome,
  pullAll,
  quietEnv,
  readTopics,
  toProduce,
} from '../run-engine.ts';
import { sourceNamed, sourcesOf } from '../schema.ts';
import { type FaultCounts, type Faults, FaultyLog, noFaults } from './faulty-log.ts';

export interface SimulationResult {
  /** null: all promises were kept. */
  readonly violation: string | null;
  readonly counts: FaultCounts;
  readonly acknowledged: number;
}

/** An engine from its start to its crash. */
interface Life {
  readonly engine: LocalEngine;
  readonly log: FaultyLog;
}

/** What became of one record. */
interface Sent {
  readonly record: InputRecord;
  /** Times it may have been appended. */
  attempts: number;
  /** Where acknowledgements said it stands. */
  readonly acknowledged: { readonly partition: number; readonly offset: number }[];
}

/** What outlives the engine. */
export interface Disk {
  /** Opens the log as a process does that starts; the one before it is over. */
  open(): Promise<Log>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A log in memory, which stays. */
export function memoryDisk(): Disk {
  const log = createMemoryLog();
  return {
    open: async () => log,
    async [Symbol.asyncDispose]() {
      await log[Symbol.asyncDispose]();
    },
  };
}

/** A durable log, opened and recovered anew by every life. */
export function realDisk(): Disk {
  const directory = mkdtempSync(join(tmpdir(), 'leat-simulation-'));
  let log: Log | null = null;
  const close = async (): Promise<void> => {
    await log?.[Symbol.asyncDispose]();
  };
  return {
    async open() {
      await close();
      log = await openDurableLog({ directory, durability: 'process' });
      return log;
    },
    async [Symbol.asyncDispose]() {
      await close();
      rmSync(directory, { recursive: true });
    },
  };
}

export async function simulate(seed: number, disk: Disk = memoryDisk()): Promise<SimulationResult> {
  await using kept = disk;
  return await new Simulation(seed, kept).run();
}

class Simulation {
  readonly #random: Random;
  readonly #case: Case;
  readonly #disk: Disk;
  readonly #faults: Faults;
  readonly #counts: FaultCounts = { commits: 0, full: 0, crashes: 0 };
  readonly #sent: Sent[];
  #faulty: FaultyLog | null = null;
  #engine: LocalEngine | null = null;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(seed: number, disk: Disk) {
    this.#random = new Random(seed);
    this.#case = { ...generateCase(seed), backlog: 0 };
    this.#disk = disk;
    // Each seed has its own kinds of faults, and how many.
    const chance = (most: number): number =>
      this.#random.chance(0.6) ? this.#random.next() * most : 0;
    this.#faults = {
      full: chance(0.15),
      crashBefore: chance(0.1),
      crashAfter: chance(0.1),
      slow: chance(0.5),
    };
    this.#sent = this.#case.records.map((record) => ({ record, attempts: 0, acknowledged: [] }));
  }

  async run(): Promise<SimulationResult> {
    for (const sql of this.#statements()) await this.#executeUntilDone(sql);
    await this.#produceAll();
    await this.#heal();
    const violation = await this.#judge();
    await this.#engine?.[Symbol.asyncDispose]();
    const acknowledged = this.#sent.filter((sent) => sent.acknowledged.length > 0).length;
    return { violation, counts: this.#counts, acknowledged };
  }

  async #newLife(faults: Faults): Promise<FaultyLog> {
    const log = await this.#disk.open();
    return new FaultyLog(log, { random: this.#random, faults, counts: this.#counts });
  }

  #statements(): string[] {
    const sources = sourcesOf(this.#case);
    return [
      ...this.#case.sources.map(printSource),
      ...this.#case.queries.map((query) =>
        printQuery(query, sourceNamed(sources, query.sink).kind),
      ),
    ];
  }

  /** The engine, opened again if it died; by one of those who ask at a time. */
  #alive(): Promise<Life> {
    const life = this.#opening.then(() => this.#open());
    this.#opening = life.catch(() => undefined);
    return life;
  }

  async #open(): Promise<Life> {
    for (let tries = 0; ; tries++) {
      if (this.#engine !== null && this.#faulty?.isCrashed === false)
        return { engine: this.#engine, log: this.#faulty };
      this.#engine = null;
      // A machine that can never start would never end.
      const faulty = await this.#newLife(tries < 20 ? this.#faults : noFaults);
      this.#faulty = faulty;
      try {
        this.#engine = await LocalEngine.open(
          faulty,
          { directory: null, durability: 'memory', properties: engineProperties },
          { env: quietEnv(), functions: [], timers: false, onFatal: () => {} },
        );
      } catch (error) {
        if (!faulty.isCrashed && !isFull(error)) throw error;
        faulty.isCrashed = true;
      }
    }
  }

  /** A client that repeats its statement until it hears that it is done, or was done before. */
  async #executeUntilDone(sql: string): Promise<void> {
    for (;;) {
      const { engine, log } = await this.#alive();
      try {
        await execute(engine, sql);
        return;
      } catch (error) {
        if (error instanceof StatementFailure && /already exists/.test(error.message)) return;
        if (log.isCrashed || isFull(error)) continue;
        throw error;
      }
    }
  }

  async #produceAll(): Promise<void> {
    let waiting: Promise<void>[] = [];
    for (const sent of this.#sent) {
      waiting.push(this.#send(sent, 3));
      if (this.#random.chance(0.5)) continue;
      await Promise.all(waiting);
      waiting = [];
    }
    await Promise.all(waiting);
  }

  async #send(sent: Sent, tries: number): Promise<void> {
    const { engine, log } = await this.#alive();
    sent.attempts++;
    try {
      const produced = toProduce(sent.record, sourcesOf(this.#case));
      const id = new TextEncoder().encode(String(this.#sent.indexOf(sent)));
      const [place] = await engine.produce([{ ...produced, headers: [['id', id]] }]);
      sent.acknowledged.push(place!);
    } catch (error) {
      // Refused for good: it must not be there.
      if (isFull(error)) sent.attempts--;
      else if (!log.isCrashed) throw error;
      if (tries > 1 && this.#random.chance(0.7)) await this.#send(sent, tries - 1);
    }
  }

  /** Opens the engine a last time, over a log without faults. */
  async #heal(): Promise<void> {
    if (this.#faulty !== null) this.#faulty.isCrashed = true;
    await this.#engine?.[Symbol.asyncDispose]();
    this.#faulty = await this.#newLife(noFaults);
    this.#engine = await LocalEngine.open(
      this.#faulty,
      { directory: null, durability: 'memory', properties: engineProperties },
      {
        env: quietEnv(),
        functions: [],
        timers: false,
        onFatal: (error) => {
          throw error;
        },
      },
    );
  }

  async #judge(): Promise<string | null> {
    const engine = this.#engine!;
    const failures = await engine.settle();
    if (failures.length > 0) return `query failed: ${failures[0]!.message}`;
    return (await this.#judgeRecords(engine)) ?? this.#judgeResults(engine);
  }

  async #judgeRecords(engine: LocalEngine): Promise<string | null> {
    const places = new Map<number, string[]>();
    for (const { topic, partitions } of this.#case.sources) {
      for (let partition = 0; partition < partitions; partition++) {
        let expected = 0;
        for (const { offset, headers } of await engine.fetch(topic, partition, 0, 1 << 30)) {
          if (offset !== expected++) return `${topic}/${partition} has no offset ${expected - 1}`;
          const id = Number(new TextDecoder().decode(headers[0]![1]!));
          places.set(id, [...(places.get(id) ?? []), `${partition}/${offset}`]);
        }
      }
    }
    for (const [id, { attempts, acknowledged }] of this.#sent.entries()) {
      const found = places.get(id) ?? [];
      for (const { partition, offset } of acknowledged) {
        const place = `${partition}/${offset}`;
        if (!found.includes(place)) return `record ${id} was acknowledged at ${place}, not lost`;
      }
      if (found.length > attempts)
        return `record ${id} stands ${found.length} times, sent ${attempts}`;
      if (
        new Set(acknowledged.map((at) => `${at.partition}/${at.offset}`)).size < acknowledged.length
      )
        return `record ${id} was acknowledged twice at one place`;
    }
    return null;
  }

  async #judgeResults(engine: LocalEngine): Promise<string | null> {
    const sources = sourcesOf(this.#case);
    const none = new Map<string, readonly number[]>();
    const outcome: Outcome = {
      topics: await readTopics(engine, [...sources.values()]),
      backlogs: new Map(this.#case.queries.map((query) => [query.sink, none])),
      pulled: await pullAll(engine, this.#case),
      failures: [],
    };
    const difference = checkOutcome(this.#case, outcome);
    return difference === null ? null : `${difference.kind}: ${difference.message}`;
  }
}

function isFull(error: unknown): boolean {
  const cause = error instanceof StatementFailure ? error.data.problem.code : null;
  return (
    cause === 'log.disk-full' || (error instanceof ProblemError && error.code === 'log.disk-full')
  );
}
