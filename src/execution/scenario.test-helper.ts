/**
 * Runs a task over records written as text: `K|{"V":1}` at a time in a partition. Keys and values are UTF-8 text, null for
 * null; what comes out is text again.
 */
import { bytesOf, textOf } from '../base/bytes.ts';
import type { ScanSource } from '../plan/lower.ts';
import { lowerQuery } from '../plan/lower.ts';
import type { LogicalPlan } from '../plan/logical.ts';
import type { PhysicalPlan } from '../plan/physical.ts';
import { builtinFunctions } from '../functions/table.ts';
import { createRegistry } from '../functions/registry.ts';
import type { FunctionRegistry } from '../functions/define.ts';
import type { Header, OwnerState, RecordBatch } from '../log/log.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import { encodeRecords } from '../log/record-batch-writer.ts';
import { setBaseOffset } from '../log/record-batch.ts';
import { type ExecutionLimits, executionLimits } from './limits.ts';
import { createTask } from './query-task.ts';
import { StateMemory } from './state/memory.ts';
import { MemorySpillArea } from './state/spill-area.ts';
import type { EmittedRow, ProcessingError, Task, TaskCommit, TaskOptions } from './task.ts';

export const functions: FunctionRegistry = createRegistry(builtinFunctions);

export interface InputRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: string | Uint8Array | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly headers?: readonly Header[];
}

export interface OutputRecord {
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
}

export interface Scenario {
  readonly sources: readonly ScanSource[];
  readonly plan: LogicalPlan;
  readonly partitions?: number;
  readonly properties?: Readonly<Record<string, string>>;
  /** Ends of the backlog. */
  readonly backlog?: TaskOptions['backlog'];
  readonly limits?: Partial<ExecutionLimits>;
  /** Bytes of state in memory; absent: all of it. */
  readonly memoryBytes?: number;
  /** Nobody keeps what it commits. */
  readonly isTransient?: boolean;
}

/** A log in memory, just enough to feed a task and to keep what it commits. */
export class Bench {
  readonly scenario: Scenario;
  readonly plan: PhysicalPlan;
  readonly errors: ProcessingError[] = [];
  readonly emitted: EmittedRow[] = [];
  readonly outputs: OutputRecord[] = [];
  readonly appends: TaskCommit['appends'][number][] = [];
  task: Task;
  readonly #batches = new Map<string, RecordBatch[]>();
  readonly #stores = new Map<string, Map<string, readonly [Uint8Array, Uint8Array]>>();
  readonly #positions = new Map<string, OwnerState['positions'][number]>();
  /** null: all state stays in memory. */
  readonly memory: StateMemory | null;
  #time = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.memory = scenario.memoryBytes === undefined ? null : stateMemory(scenario.memoryBytes);
    const sources = new Map(scenario.sources.map((source) => [source.name, source]));
    this.plan = lowerQuery(scenario.plan, { sources: (name) => sources.get(name)! });
    this.task = this.#createTask();
  }

  /** Appends each record as a batch of its own, each at the next logical time. */
  append(...records: readonly InputRecord[]): void {
    for (const record of records) this.appendBatch([record]);
  }

  /** Appends records of one partition as one batch, at the next logical time unless given. */
  appendBatch(records: readonly InputRecord[], time: number = this.#time++): void {
    const { topic, partition = 0 } = records[0]!;
    const name = `${topic}/${partition}`;
    const batches = this.#batches.get(name) ?? [];
    this.#batches.set(name, batches);
    const baseOffset = (batches.at(-1)?.lastOffset ?? -1) + 1;
    const encoded = encodeRecords(
      records.map(({ key, value, timestamp, headers = [] }) => ({
        key: typeof key === 'string' ? bytesOf(key) : key,
        value: value === null ? null : bytesOf(value),
        timestamp,
        headers,
      })),
    );
    setBaseOffset(encoded.bytes, baseOffset);
    batches.push({
      ...encoded,
      baseOffset,
      lastOffset: baseOffset + records.length - 1,
      times: [[time, records.length]],
      appendedMs: time,
    });
  }

  /** Offers what stands in the log and runs until nothing is left, committing every `budget` records. */
  run(budget: number = Number.MAX_SAFE_INTEGER): this {
    while (this.step(budget) > 0);
    return this;
  }

  /** Runs at most `budget` records and commits. */
  step(budget: number): number {
    this.#offer();
    const count = this.task.run(budget, Number.POSITIVE_INFINITY);
    this.commit();
    return count;
  }

  commit(): void {
    const commit = this.task.takeCommit();
    if (commit === null) return;
    for (const append of commit.appends) {
      this.appends.push(append);
      for (const { key, value, timestamp } of decodeRecords({ bytes: append.batch })) {
        this.outputs.push({
          partition: append.to.partition,
          key: key === null ? null : textOf(key),
          value: value === null ? null : textOf(value),
          timestamp,
        });
      }
    }
    for (const position of commit.offsets) {
      this.#positions.set(`${position.of.topic}/${position.of.partition}`, position);
    }
    for (const { store, key, value } of commit.state) {
      const entries = this.#stores.get(store) ?? new Map();
      this.#stores.set(store, entries);
      if (value === null) entries.delete(textOf(key) + Buffer.from(key).toString('hex'));
      else entries.set(textOf(key) + Buffer.from(key).toString('hex'), [key, value]);
    }
    this.task.settle();
  }

  /** Makes the task anew from what it committed. */
  restart(): void {
    this.task.close();
    this.task = this.#createTask();
  }

  /** Outputs as `key|value@timestamp`; with the partition in front where there are several. */
  lines(): readonly string[] {
    const many = (this.scenario.partitions ?? 1) > 1;
    return this.outputs.map(
      ({ partition, key, value, timestamp }) =>
        `${many ? `${partition}:` : ''}${key}|${value}@${timestamp}`,
    );
  }

  #offer(): void {
    for (const [input, { topic, partitions }] of this.task.inputs.entries()) {
      for (let partition = 0; partition < partitions; partition++) {
        for (const batch of this.#batches.get(`${topic}/${partition}`) ?? []) {
          if (batch.lastOffset >= this.task.wants(input, partition))
            this.task.offer(input, partition, batch);
        }
      }
    }
  }

  #committed(): OwnerState {
    return {
      epoch: 1,
      positions: [...this.#positions.values()],
      stores: new Map([...this.#stores].map(([name, entries]) => [name, [...entries.values()]])),
    };
  }

  #createTask(): Task {
    const { properties = {}, backlog = {}, partitions = 1, limits = {} } = this.scenario;
    return createTask({
      query: 'Q',
      plan: this.plan,
      functions,
      properties,
      backlog,
      partitions: () => partitions,
      restored: this.scenario.isTransient === true ? null : this.#committed(),
      start: () => 0,
      now: () => 0,
      random: () => 0,
      onEmit: (row) => this.emitted.push(row),
      onError: (error) => this.errors.push(error),
      limits: { ...executionLimits(), ...limits },
      ...(this.memory === null ? {} : { memory: this.memory }),
    });
  }
}

/** Of which so much is memory, and the rest is what is spilled. */
export function stateMemory(memoryBytes: number): StateMemory {
  const limits = {
    memory: { key: 'leat.limit.state.memory', value: memoryBytes },
    spill: { key: 'leat.limit.state.spill', value: 1024 * 1024 * 1024 },
  };
  return new StateMemory(limits, new MemorySpillArea());
}
