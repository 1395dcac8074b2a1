/**
 * The operators of a task: compiled when their first row comes, built per partition when the partition's first row comes. So a
 * query that is idle costs next to nothing.
 */
import { assert } from '../base/assert.ts';
import type { Append, OwnerState, StateChange } from '../log/log.ts';
import type { Step } from '../plan/physical.ts';
import { argsOf, type SourceArgs, type StepOp } from '../plan/steps.ts';
import {
  type FusedStage,
  type FusedStep,
  type FuseRequest,
  isFusable,
  isFusableSource,
} from './codegen/fusable.ts';
import { fuse } from './codegen/fuse.ts';
import { type FusedRows, fuseRows } from './codegen/fuse-rows.ts';
import { type ExecutionLimits, executionLimits } from './limits.ts';
import type { TimestampOf } from './merge.ts';
import { recordRandom } from './record-random.ts';
import type {
  InstanceContext,
  MaterializedRows,
  OperatorDef,
  PreparedStep,
  Push,
  StepContext,
  Tap,
} from './operators/operator.ts';
import {
  type OpenSource,
  type PreparedSource,
  prepareSource,
  type RecordSink,
} from './operators/source.ts';
import { operators } from './operators/table.ts';
import { StateBudget } from './state/budget.ts';
import type { DurableStore } from './state/table-store.ts';
import { recordBytes } from './record-bytes.ts';
import { recordClock } from './record-clock.ts';
import type { RecordContext, TaskOptions } from './task.ts';

/** The sources of a plan, in its order. */
export function sourcesOf(
  steps: readonly Step[],
): readonly { readonly step: Step; readonly args: SourceArgs }[] {
  return steps
    .filter((step) => step.op === 'source@1')
    .map((step) => ({ step, args: argsOf(step, 'source@1') }));
}

/** Made with the first record. */
function lazily(make: () => RecordSink): RecordSink {
  let sink: RecordSink | null = null;
  return (cursor) => {
    sink ??= make();
    sink(cursor);
  };
}

/** The operators of a task, and their stores. */
export class OperatorGraph {
  readonly record: RecordContext = {
    topic: '',
    partition: 0,
    offset: 0,
    time: 0,
    headers: [],
    appendedMs: 0,
    cursor: null,
  };
  /** Materialised rows by step and partition. */
  readonly rows: Map<string, Map<number, MaterializedRows>> = new Map();
  /** Subscribers of the materialised rows. */
  readonly tap: Tap = { push: null };
  readonly #options: TaskOptions;
  readonly #sources = new Map<string, PreparedSource>();
  readonly #steps = new Map<string, PreparedStep>();
  /** The step below each, and which of its inputs. */
  readonly #below = new Map<string, { readonly id: string; readonly input: number }>();
  readonly #instances = new Map<string, readonly Push[]>();
  readonly #fused = new Map<string, FusedStage | null>();
  readonly #fusedRows = new Map<string, FusedRows | null>();
  readonly #rowSources = new Map<string, OpenSource>();
  readonly #openSources = new Map<string, RecordSink>();
  readonly #stores: DurableStore[] = [];

  readonly #random: () => number;
  readonly #limits: ExecutionLimits;
  readonly #budget: StateBudget;
  #lateRecords = 0;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.#limits = options.limits ?? executionLimits();
    this.#budget = new StateBudget(this.#limits, options.memory ?? null);
    const { seed, query } = options;
    this.#random = seed === undefined ? options.random : recordRandom(seed, query, this.record);
    for (const step of options.plan.steps) {
      step.inputs.forEach((id, input) => {
        this.#below.set(id, { id: step.id, input });
      });
      assert(step.op === 'source@1' || step.op in operators, `a known operator, not ${step.op}`);
    }
  }

  /** Rows that came too late, and what the stores hold. */
  metrics(): Readonly<Record<string, number>> {
    return {
      late_records_dropped_total: this.#lateRecords,
      state_rows: this.#budget.rows,
      state_bytes: this.#budget.bytes,
    };
  }

  #preparedSource(id: string): PreparedSource {
    let source = this.#sources.get(id);
    if (source === undefined) {
      const step = this.#step(id);
      source = prepareSource(argsOf(step, 'source@1'), this.#stepContext(step));
      this.#sources.set(id, source);
    }
    return source;
  }

  #prepared(id: string): PreparedStep {
    let prepared = this.#steps.get(id);
    if (prepared === undefined) {
      const step = this.#step(id);
      prepared = prepareStep(step, this.#stepContext(step));
      this.#steps.set(id, prepared);
    }
    return prepared;
  }

  /** Builds what has state, so that pull queries find it. */
  restore(): void {
    for (const name of this.#options.restored?.stores.keys() ?? []) {
      const slash = name.lastIndexOf('/');
      const store = name.slice(0, slash);
      const partition = Number(name.slice(slash + 1));
      const owners = this.#options.plan.steps.filter(
        ({ id }) => store === id || store.startsWith(`${id}-`),
      );
      for (const { id, op } of owners) {
        if (op === 'source@1') this.#open(id, partition);
        else this.#instance(id, partition);
      }
    }
  }

  /** How the first source of the topic that does not take a record's own time reads it. */
  timestampOf(topic: string): TimestampOf | null {
    for (const { step, args } of sourcesOf(this.#options.plan.steps)) {
      if (args.topic !== topic || args.timestamp === null) continue;
      const { timestampOf } = this.#preparedSource(step.id);
      if (timestampOf !== null) return timestampOf;
    }
    return null;
  }

  source(id: string, partition: number): RecordSink {
    const name = `${id}/${partition}`;
    const known = this.#openSources.get(name);
    if (known !== undefined) return known;
    const stage = this.#fusedStage(id);
    const rows = lazily(() => this.#open(id, partition).record);
    const sink: RecordSink = stage === null ? rows : (cursor) => stage(cursor, partition, rows);
    this.#openSources.set(name, sink);
    return sink;
  }

  /** The row path of a source; opened once per partition. */
  #open(id: string, partition: number): OpenSource {
    const name = `${id}/${partition}`;
    let open = this.#rowSources.get(name);
    if (open === undefined) {
      open = this.#preparedSource(id).open(this.#instanceContext(id, partition));
      this.#rowSources.set(name, open);
    }
    return open;
  }

  #fusedStage(id: string): FusedStage | null {
    let stage = this.#fused.get(id);
    if (stage === undefined) {
      stage = this.#fuse(id);
      this.#fused.set(id, stage);
    }
    return stage;
  }

  #fuse(id: string): FusedStage | null {
    const step = this.#step(id);
    const source = argsOf(step, 'source@1');
    if (this.#options.properties['leat.codegen'] === 'off' || !isFusableSource(source)) return null;
    const steps: FusedStep[] = [];
    let last = step;
    let below = this.#below.get(id);
    // What a source keeps stands between it and the steps below.
    while (!source.store && below !== undefined && isFusable(this.#step(below.id), below.input)) {
      last = this.#step(below.id);
      steps.push({ step: last, context: this.#stepContext(last) });
      below = this.#below.get(last.id);
    }
    const next = below === undefined ? null : this.#step(below.id);
    return fuse({
      source,
      context: this.#stepContext(step),
      steps,
      sink: next === null || source.store ? null : this.#fusedOutput(next),
      push: (partition) =>
        last.id === id ? this.#open(id, partition).push : this.#output(last.id, partition),
      table: (join, partition) => {
        this.#instance(join, partition);
        return this.#prepared(join).table!(partition);
      },
      partitions: this.#options.partitions,
    });
  }

  #fusedOutput(step: Step): FuseRequest['sink'] {
    if (step.op !== 'sink@1') return null;
    const args = argsOf(step, 'sink@1');
    const output = this.#prepared(step.id).output;
    return args.timestamp !== null || output === undefined ? null : { args, output };
  }

  #step(id: string): Step {
    return this.#options.plan.steps.find((step) => step.id === id)!;
  }

  takeAppends(): readonly Append[] {
    const appends: Append[] = [];
    for (const step of this.#steps.values()) appends.push(...(step.takeAppends?.() ?? []));
    return appends;
  }

  takeChanges(): readonly StateChange[] {
    const changes: StateChange[] = [];
    const into = this.#options.restored === null ? null : changes;
    for (const store of this.#stores) store.collect(into);
    this.#budget.memory?.enforce(this.#budget);
    return changes;
  }

  /** Gives back what its stores hold. */
  close(): void {
    for (const store of this.#stores) store.release?.();
  }

  #instance(id: string, partition: number): readonly Push[] {
    const name = `${id}/${partition}`;
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const inputs = this.#prepared(id).build(this.#instanceContext(id, partition));
    this.#instances.set(name, inputs);
    return inputs;
  }

  /** Where the rows of a step go. */
  #output(id: string, partition: number): Push {
    const push = this.#belowOf(id, partition);
    if (id !== this.#options.plan.materialized?.store) return push;
    const { tap } = this;
    return (key, after, before, timestamp) => {
      if (tap.push !== null) tap.push(key, after, before, timestamp);
      push(key, after, before, timestamp);
    };
  }

  #belowOf(id: string, partition: number): Push {
    const below = this.#below.get(id);
    if (below === undefined) return () => {};
    const rows = this.#instance(below.id, partition)[below.input]!;
    return this.#fusedBelow(id)?.(rows) ?? rows;
  }

  /** Below a step that keeps state: projections and the sink in one. */
  #fusedBelow(id: string): FusedRows | null {
    let fused = this.#fusedRows.get(id);
    if (fused === undefined) {
      const keepsState = ['aggregate@1', 'join@1', 'materialize@1'].includes(this.#step(id).op);
      fused = keepsState ? this.#fuseRows(id) : null;
      this.#fusedRows.set(id, fused);
    }
    return fused;
  }

  #fuseRows(id: string): FusedRows | null {
    if (this.#options.properties['leat.codegen'] === 'off') return null;
    const steps: FusedStep[] = [];
    for (let below = this.#below.get(id); below !== undefined; ) {
      const step = this.#step(below.id);
      const context = this.#stepContext(step);
      const sink = this.#fusedOutput(step);
      if (sink !== null) return fuseRows({ steps, sink: { ...sink, context } });
      if (step.op !== 'project@1') return null;
      steps.push({ step, context });
      below = this.#below.get(step.id);
    }
    return null;
  }

  #instanceContext(id: string, partition: number): InstanceContext {
    const { restored } = this.#options;
    const output = (): Push => this.#output(id, partition);
    return {
      partition,
      get emit() {
        return output();
      },
      emitTo: (target) => {
        let push: Push | null = null;
        return (key, after, before, timestamp) => {
          push ??= this.#output(id, target);
          push(key, after, before, timestamp);
        };
      },
      open: (store) => {
        store.limit?.(this.#budget);
        this.#stores.push(store);
        restoreStore(store, restored);
        return store;
      },
      tap: this.tap,
      onLate: () => {
        this.#lateRecords++;
      },
      storeName: (suffix) => `${id}${suffix === undefined ? '' : `-${suffix}`}/${partition}`,
      materialize: (rows) => {
        const partitions = this.rows.get(id) ?? new Map<number, MaterializedRows>();
        partitions.set(partition, rows);
        this.rows.set(id, partitions);
      },
    };
  }

  #stepContext(step: Step): StepContext {
    const { record } = this;
    const { functions, schemas, properties, partitions, onEmit, onError } = this.#options;
    const now = recordClock(this.#options, record);
    const includes = properties['ksql.logging.processing.rows.include'] === 'true';
    const random = this.#random;
    const limits = this.#limits;
    const report: StepContext['report'] = (type, message, target = null) =>
      onError(
        {
          type,
          step: step.id,
          message,
          topic: record.topic,
          partition: record.partition,
          offset: record.offset,
          target,
        },
        includes && type === 0 ? recordBytes(record, target) : null,
      );
    return {
      step: step.id,
      functions,
      schemas,
      properties,
      partitions,
      record,
      onEmit,
      now,
      random,
      limits,
      compile: {
        functions,
        properties,
        now,
        random,
        onError: (message) => report(1, message),
      },
      report,
    };
  }
}

function prepareStep(step: Step, context: StepContext): PreparedStep {
  const definition = (operators as Readonly<Record<string, OperatorDef<StepOp> | undefined>>)[
    step.op
  ];
  assert(definition !== undefined, `a plan of known operators, not ${step.op}`);
  return definition.prepare(argsOf(step, definition.op), context);
}

function restoreStore(store: DurableStore, restored: OwnerState | null): void {
  const entries = restored?.stores.get(store.name);
  if (entries !== undefined) store.restore(entries);
}
