/**
 * The task of a query: a tree of operators per partition, built when the partition's first row comes, and the records that wait
 * for it. A record is taken from the merge, decoded by the sources that read its topic and pushed through all steps before the
 * next one is looked at.
 */
import { AssertionError, assert } from '../base/assert.ts';
import type { Header } from '../log/log.ts';
import { MaterializedView } from './materialized-view.ts';
import { Merge, PartitionQueue } from './merge.ts';
import { OperatorGraph, sourcesOf } from './operator-graph.ts';
import type { RecordSink } from './operators/source.ts';
import type { Row } from '../types/value.ts';
import {
  type ChangeListener,
  type Task,
  type TaskCommit,
  TaskFailure,
  type TaskInput,
  type TaskOptions,
} from './task.ts';

/** Makes the task of a query: compiles its expressions, restores its state, reads nothing yet. */
export function createTask(options: TaskOptions): Task {
  const graph = new OperatorGraph(options);
  try {
    graph.restore();
  } catch (error) {
    graph.close();
    throw error;
  }
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

/** `graph` knows the columns that give records their time; null where it does not matter. */
function queuesOf(
  options: TaskOptions,
  inputs: readonly TaskInput[],
  graph: OperatorGraph | null,
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

const NO_HEADERS: readonly Header[] = [];

class QueryTask implements Task {
  readonly query: string;
  readonly inputs: readonly TaskInput[];
  readonly #options: TaskOptions;
  readonly #graph: OperatorGraph;
  readonly #merge: Merge;
  readonly #queues: readonly (readonly PartitionQueue[])[];
  readonly #sinks: (RecordSink[] | undefined)[][];
  readonly reader: MaterializedView | null;
  #reached = -1;
  #isSettling = false;

  constructor(
    options: TaskOptions,
    parts: {
      readonly graph: OperatorGraph;
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
    this.reader =
      materialized === null ? null : new MaterializedView(options, materialized, parts.graph.rows);
  }

  wants(input: number, partition: number): number {
    return this.#queues[input]![partition]!.wanted;
  }

  offer(input: number, partition: number, batch: Parameters<Task['offer']>[2]): void {
    this.#queues[input]![partition]!.offer(batch);
  }

  skip(input: number, partition: number, to: number): void {
    this.#queues[input]![partition]!.skip(to);
  }

  run(budgetRecords: number, upTo: number): number {
    assert(!this.#isSettling, 'a commit to be settled before the task runs on');
    let processed = 0;
    while (processed < budgetRecords) {
      const queue = this.#merge.next(upTo);
      if (queue === null) break;
      processed += this.#process(queue, budgetRecords - processed);
    }
    return processed;
  }

  buffered(): number {
    let count = 0;
    for (const queue of this.#merge.queues) count += queue.buffered;
    return count;
  }

  processed(input: number, partition: number): number {
    return this.#queues[input]![partition]!.position;
  }

  metrics(): Readonly<Record<string, number>> {
    return this.#graph.metrics();
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

  close(): void {
    this.#graph.close();
  }

  lookup(...args: Parameters<Task['lookup']>): ReturnType<Task['lookup']> {
    return this.reader?.lookup(...args) ?? [];
  }

  scan(...args: Parameters<Task['scan']>): ReturnType<Task['scan']> {
    return this.reader?.scan(...args) ?? [];
  }

  tap(listener: ChangeListener | null): void {
    const view = this.reader;
    if (view === null) return;
    const seen = (key: Row, value: Row | null, timestamp: number): Row | null =>
      value === null ? null : (view.visible({ key, value, timestamp })?.value ?? null);
    this.#graph.tap.push =
      listener === null
        ? null
        : (key, after, before, timestamp) => {
            if (key === null) return;
            const now = seen(key, after, timestamp);
            const then = seen(key, before, timestamp);
            if (now !== null || then !== null) listener(key, now, then, timestamp);
          };
  }

  /** Processes records of one partition for as long as it is its turn; returns how many. */
  #process(queue: PartitionQueue, budgetRecords: number): number {
    const sinks = this.#sinksOf(queue);
    const merge = this.#merge;
    const { record } = this.#graph;
    const { cursor } = queue;
    record.topic = queue.topic;
    record.partition = queue.partition;
    record.cursor = cursor;
    let processed = 0;
    try {
      do {
        record.offset = queue.offset;
        record.time = queue.time;
        record.appendedMs = queue.appendedMs;
        record.headers = cursor.headerCount === 0 ? NO_HEADERS : cursor.headers();
        for (let index = 0; index < sinks.length; index++) sinks[index]!(cursor);
        queue.consume();
        processed++;
      } while (processed < budgetRecords && merge.isStillNext(queue));
    } catch (error) {
      throw failure(error);
    }
    this.#reached = record.time;
    return processed;
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
