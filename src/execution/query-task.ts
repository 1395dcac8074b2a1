/**
 * The task of a query: a tree of operators per partition, built when the partition's first row comes, and the records that wait
 * for it. A record is taken from the merge, decoded by the sources that read its topic and pushed through all steps before the
 * next one is looked at.
 */
import { AssertionError, assert } from '../base/assert.ts';
import type { Append, OwnerState, StateChange } from '../log/log.ts';
import type { Step } from '../plan/physical.ts';
import { argsOf, type StepOp } from '../plan/steps.ts';
import {
  type FusedStage,
  type FusedStep,
  type FuseRequest,
  fuse,
  isFusable,
  isFusableSource,
} from './codegen/fuse.ts';
import { MaterializedView } from './materialized-view.ts';
import { Merge, PartitionQueue, type TimestampOf } from './merge.ts';
import type {
  InstanceContext,
  MaterializedRows,
  OperatorDef,
  PreparedStep,
  Push,
  StepContext,
} from './operators/operator.ts';
import { type PreparedSource, prepareSource, type RecordSink } from './operators/source.ts';
import { operators } from './operators/table.ts';
import type { DurableStore } from './state/table-store.ts';
import {
  type RecordContext,
  type Task,
  type TaskCommit,
  TaskFailure,
  type TaskInput,
  type TaskOptions,
} from './task.ts';

/** Makes the task of a query: compiles its expressions, restores its state, reads nothing yet. */
export function createTask(options: TaskOptions): Task {
  const graph = new Graph(options);
  graph.restore();
  const inputs = inputsOf(options);
  const byTimestamp =
    inputs.length > 1 || options.plan.steps.some((step) => step.op === 'exchange@1');
  const queues = queuesOf(options, inputs, byTimestamp ? graph : null);
  const merge = new Merge(queues, { byTimestamp });
  return new QueryTask(options, { graph, inputs, merge });
}

function inputsOf(options: TaskOptions): readonly TaskInput[] {
  const topics = new Set(sourcesOf(options.plan.steps).map(({ args }) => args.topic));
  return [...topics].map((topic) => ({ topic, partitions: options.partitions(topic) }));
}

function sourcesOf(steps: readonly Step[]) {
  return steps
    .filter((step) => step.op === 'source@1')
    .map((step) => ({ step, args: argsOf(step, 'source@1') }));
}

/** `graph` knows the columns that give records their time; null where it does not matter. */
function queuesOf(
  options: TaskOptions,
  inputs: readonly TaskInput[],
  graph: Graph | null,
): readonly PartitionQueue[] {
  const positions = new Map(
    options.restored?.positions.map(({ of, next }) => [`${of.topic}/${of.partition}`, next]),
  );
  return inputs.flatMap(({ topic, partitions }, input) => {
    const timestampOf = graph?.timestampOf(topic) ?? null;
    return Array.from({ length: partitions }, (_, partition) => {
      const position =
        positions.get(`${topic}/${partition}`) ?? options.start({ topic, partition });
      const backlogEnd = options.backlog[topic]?.[partition] ?? 0;
      return new PartitionQueue({ input, topic, partition, position, backlogEnd, timestampOf });
    });
  });
}

class QueryTask implements Task {
  readonly query: string;
  readonly inputs: readonly TaskInput[];
  readonly #options: TaskOptions;
  readonly #graph: Graph;
  readonly #merge: Merge;
  readonly #queues: readonly (readonly PartitionQueue[])[];
  readonly #sinks: (RecordSink[] | undefined)[][];
  readonly #view: MaterializedView | null;
  #reached = -1;
  #isSettling = false;

  constructor(
    options: TaskOptions,
    parts: {
      readonly graph: Graph;
      readonly inputs: readonly TaskInput[];
      readonly merge: Merge;
    },
  ) {
    this.query = options.query;
    this.#options = options;
    this.#graph = parts.graph;
    this.inputs = parts.inputs;
    this.#merge = parts.merge;
    this.#queues = parts.inputs.map((_, input) =>
      parts.merge.queues.filter((queue) => queue.input === input),
    );
    this.#sinks = parts.inputs.map(() => []);
    const { materialized } = options.plan;
    this.#view =
      materialized === null ? null : new MaterializedView(options, materialized, parts.graph.rows);
  }

  wants(input: number, partition: number): number {
    return this.#queues[input]![partition]!.wanted;
  }

  offer(input: number, partition: number, batch: Parameters<Task['offer']>[2]): void {
    this.#queues[input]![partition]!.offer(batch);
  }

  run(budgetRecords: number, upTo: number): number {
    assert(!this.#isSettling, 'a commit to be settled before the task runs on');
    let processed = 0;
    while (processed < budgetRecords) {
      const queue = this.#merge.next(upTo);
      if (queue === null) break;
      const sinks = this.#sinksOf(queue);
      do {
        this.#process(queue, sinks);
        processed++;
      } while (processed < budgetRecords && this.#merge.isStillNext(queue));
    }
    return processed;
  }

  buffered(): number {
    let count = 0;
    for (const queue of this.#merge.queues) count += queue.buffered;
    return count;
  }

  reached(): number {
    return this.#reached;
  }

  starved(): { readonly input: number; readonly partition: number } | null {
    const { starved } = this.#merge;
    return starved === null ? null : { input: starved.input, partition: starved.partition };
  }

  takeCommit(): TaskCommit | null {
    assert(!this.#isSettling, 'a commit to be settled before the next is taken');
    const appends = this.#graph.takeAppends();
    const state = this.#graph.takeChanges();
    const moved = this.#merge.queues.filter((queue) => queue.position !== queue.committed);
    if (appends.length === 0 && state.length === 0 && moved.length === 0) return null;
    const offsets = moved.map((queue) => {
      queue.committed = queue.position;
      const { topic, partition } = queue;
      return { of: { topic, partition }, next: queue.position };
    });
    this.#isSettling = true;
    return { appends, offsets, state };
  }

  settle(): void {
    this.#isSettling = false;
  }

  lookup(...args: Parameters<Task['lookup']>): ReturnType<Task['lookup']> {
    return this.#view?.lookup(...args) ?? [];
  }

  scan(...args: Parameters<Task['scan']>): ReturnType<Task['scan']> {
    return this.#view?.scan(...args) ?? [];
  }

  #process(queue: PartitionQueue, sinks: readonly RecordSink[]): void {
    const { record } = this.#graph;
    const { cursor } = queue;
    record.topic = queue.topic;
    record.partition = queue.partition;
    record.offset = queue.offset;
    record.time = queue.time;
    record.headers = cursor.headers();
    try {
      for (let index = 0; index < sinks.length; index++) sinks[index]!(cursor);
    } catch (error) {
      throw failure(error);
    }
    this.#reached = queue.time;
    queue.consume();
  }

  #sinksOf(queue: PartitionQueue): readonly RecordSink[] {
    const sinks = this.#sinks[queue.input]!;
    let found = sinks[queue.partition];
    if (found === undefined) {
      found = sourcesOf(this.#options.plan.steps)
        .filter(({ args }) => args.topic === queue.topic)
        .map(({ step }) => this.#graph.source(step.id, queue.partition));
      sinks[queue.partition] = found;
    }
    return found;
  }
}

/** What stops the query as the engine is told. Our own bugs stay what they are. */
function failure(error: unknown): unknown {
  if (error instanceof TaskFailure || error instanceof AssertionError) return error;
  if (error instanceof Error) return new TaskFailure(error.message, { cause: error });
  return error;
}

/** Fused code and the last step that it does. */
interface FusedPlan {
  readonly stage: FusedStage;
  readonly last: string;
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
class Graph {
  readonly record: RecordContext = {
    topic: '',
    partition: 0,
    offset: 0,
    time: 0,
    headers: [],
  };
  /** Materialised rows by step and partition. */
  readonly rows = new Map<string, Map<number, MaterializedRows>>();
  readonly #options: TaskOptions;
  readonly #sources = new Map<string, PreparedSource>();
  readonly #steps = new Map<string, PreparedStep>();
  /** The step below each, and which of its inputs. */
  readonly #below = new Map<string, { readonly id: string; readonly input: number }>();
  readonly #instances = new Map<string, readonly Push[]>();
  readonly #fused = new Map<string, FusedPlan | null>();
  readonly #openSources = new Map<string, RecordSink>();
  readonly #stores: DurableStore[] = [];

  constructor(options: TaskOptions) {
    this.#options = options;
    for (const step of options.plan.steps) {
      step.inputs.forEach((id, input) => {
        this.#below.set(id, { id: step.id, input });
      });
      const context = this.#stepContext(step);
      if (step.op === 'source@1') {
        this.#sources.set(step.id, prepareSource(argsOf(step, 'source@1'), context));
      } else {
        this.#steps.set(step.id, prepareStep(step, context));
      }
    }
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
      for (const { id } of owners) {
        if (this.#sources.has(id)) this.source(id, partition);
        else this.#instance(id, partition);
      }
    }
  }

  /** How the first source of the topic that does not take a record's own time reads it. */
  timestampOf(topic: string): TimestampOf | null {
    for (const { step, args } of sourcesOf(this.#options.plan.steps)) {
      const { timestampOf } = this.#sources.get(step.id)!;
      if (args.topic === topic && timestampOf !== null) return timestampOf;
    }
    return null;
  }

  source(id: string, partition: number): RecordSink {
    const name = `${id}/${partition}`;
    const known = this.#openSources.get(name);
    if (known !== undefined) return known;
    const open = (): RecordSink =>
      this.#sources.get(id)!.open(this.#instanceContext(id, partition));
    const sink = this.#fusedSink(id, partition, lazily(open)) ?? open();
    this.#openSources.set(name, sink);
    return sink;
  }

  /** The fused function for records of the partition, which falls back on `rows`; null where there is none. */
  #fusedSink(id: string, partition: number, rows: RecordSink): RecordSink | null {
    let plan = this.#fused.get(id);
    if (plan === undefined) {
      plan = this.#fuse(id);
      this.#fused.set(id, plan);
    }
    if (plan === null) return null;
    const { stage } = plan;
    const emit = this.#output(plan.last, partition);
    return (cursor) => stage(cursor, emit, rows);
  }

  #fuse(id: string): FusedPlan | null {
    const step = this.#step(id);
    const source = argsOf(step, 'source@1');
    if (this.#options.properties['leat.codegen'] === 'off' || !isFusableSource(source)) return null;
    const steps: FusedStep[] = [];
    let last = step;
    let below = this.#below.get(id);
    while (below !== undefined && isFusable(this.#step(below.id))) {
      last = this.#step(below.id);
      steps.push({ step: last, context: this.#stepContext(last) });
      below = this.#below.get(last.id);
    }
    const next = below === undefined ? null : this.#step(below.id);
    const sink = next === null ? null : this.#fusedOutput(next);
    const stage = fuse({ source, context: this.#stepContext(step), steps, sink });
    return stage === null ? null : { stage, last: last.id };
  }

  #fusedOutput(step: Step): FuseRequest['sink'] {
    if (step.op !== 'sink@1') return null;
    const args = argsOf(step, 'sink@1');
    const output = this.#steps.get(step.id)?.output;
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
    return changes;
  }

  #instance(id: string, partition: number): readonly Push[] {
    const name = `${id}/${partition}`;
    const known = this.#instances.get(name);
    if (known !== undefined) return known;
    const inputs = this.#steps.get(id)!.build(this.#instanceContext(id, partition));
    this.#instances.set(name, inputs);
    return inputs;
  }

  /** Where the rows of a step go. */
  #output(id: string, partition: number): Push {
    const below = this.#below.get(id);
    return below === undefined ? () => {} : this.#instance(below.id, partition)[below.input]!;
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
        restoreStore(store, restored);
        this.#stores.push(store);
        return store;
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
    const { functions, properties, partitions, onEmit, onError, now, random } = this.#options;
    const report: StepContext['report'] = (type, message, target = null) =>
      onError({
        type,
        step: step.id,
        message,
        topic: record.topic,
        partition: record.partition,
        offset: record.offset,
        target,
      });
    return {
      step: step.id,
      functions,
      properties,
      partitions,
      record,
      onEmit,
      now,
      random,
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
