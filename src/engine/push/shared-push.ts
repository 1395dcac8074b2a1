import type { Catalog } from '../../catalog/catalog.ts';
import type { Offset, TopicPartition } from '../../log/log.ts';
import type { PhysicalPlan } from '../../plan/physical.ts';
import type { SourceArgs } from '../../plan/steps.ts';
import type { QueryHead } from '../api.ts';
import { partitionsOf } from '../queries/supervisor.ts';
import type { TaskParts } from '../task-parts.ts';
import { Cohort } from './cohort.ts';
import { PushReader } from './push-reader.ts';
import { shareKey, unlimited } from './share-key.ts';
import type { WaitingRows } from './waiting-rows.ts';

export interface PushContext extends TaskParts {
  readonly catalog: () => Catalog;
  readonly waiting: WaitingRows;
}

export interface PushRequest {
  readonly head: QueryHead;
  readonly sql: string;
  readonly plan: PhysicalPlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly limit: number | null;
  readonly start: (of: TopicPartition) => Offset;
  readonly onEnd: () => void;
}

/** Everybody who asks one query. */
interface Group {
  readonly key: string;
  readonly topic: string;
  readonly plan: PhysicalPlan;
  readonly properties: Readonly<Record<string, string>>;
  readonly columns: QueryHead['columns'];
  readonly cohorts: Set<Cohort>;
  /** Where each reader reads along; null while it reads what it has. */
  readonly readers: Map<PushReader, Cohort | null>;
}

export class SharedPush {
  readonly #context: PushContext;
  readonly #groups = new Map<string, Group>();
  #cohorts = 0;

  constructor(context: PushContext) {
    this.#context = context;
  }

  /** Between two ticks. null: the query has to run alone. */
  open(request: PushRequest): PushReader | null {
    const key = shareKey(request.plan, request.properties);
    if (key === null) return null;
    const { head, sql, limit } = request;
    const { env, log, waiting } = this.#context;
    const group = this.#groups.get(key) ?? groupOf(key, request);
    const { topic } = group;
    const position = Array.from({ length: partitionsOf(log, topic) }, (_, partition) =>
      request.start({ topic, partition }),
    );
    const onRoom = (away: PushReader): void => this.#comeBack(group, away);
    const onEnd = (over: PushReader): void => {
      this.#end(group, over);
      request.onEnd();
    };
    const reader = new PushReader({ head, sql, limit, env, waiting, onRoom, onEnd }, position);
    this.#groups.set(key, group);
    this.#join(group, reader);
    return reader;
  }

  /** The topic is about to be deleted. */
  endReadersOf(topic: string): void {
    for (const group of [...this.#groups.values()])
      if (group.topic === topic)
        for (const reader of [...group.readers.keys()]) reader.finish('terminated');
  }

  /** What was computed and not given is void: everybody goes on from what was given, all of which is committed. */
  rewind(): void {
    for (const group of this.#groups.values()) {
      for (const cohort of [...group.cohorts]) {
        const readers = [...cohort.readers];
        cohort.readers.clear();
        cohort.close();
        for (const reader of readers) {
          reader.position = cohort.position;
          this.#join(group, reader);
        }
      }
    }
  }

  #join(group: Group, reader: PushReader): void {
    const { position } = reader;
    const known = [...group.cohorts].find((other) => other.isAt(position));
    const cohort = known ?? this.#cohort(group, reader);
    group.readers.set(reader, cohort);
    cohort.add(reader);
    if (known === undefined) this.#context.ticker.add(cohort);
  }

  #cohort(group: Group, { id, position }: PushReader): Cohort {
    const cohort = new Cohort({
      ...group,
      id: `PUSH_${++this.#cohorts}`,
      reporter: id,
      position,
      context: this.#context,
      onGiven: (given) => this.#meet(group, given),
      onEmpty: (empty) => {
        group.cohorts.delete(empty);
        this.#context.ticker.remove(empty.id);
        this.#context.processingLog?.remove(id);
      },
      onLeft: (left) => {
        if (group.readers.has(left)) group.readers.set(left, null);
      },
    });
    group.cohorts.add(cohort);
    return cohort;
  }

  /** It has come to where another one is: from here on both would give the same. */
  #meet(group: Group, cohort: Cohort): void {
    if (group.cohorts.size === 1) return;
    for (const other of [...group.cohorts]) {
      if (other === cohort || !other.isAt(cohort.position)) continue;
      const [from, to] =
        other.readers.size > cohort.readers.size ? [cohort, other] : [other, cohort];
      for (const reader of [...from.readers]) {
        to.add(reader);
        group.readers.set(reader, to);
      }
      from.readers.clear();
      from.close();
      return;
    }
  }

  /** Between two ticks, so that no commit is under way of which a task that begins now would see a part. */
  #comeBack(group: Group, reader: PushReader): void {
    const job = (): void => {
      if (group.readers.get(reader) === null) this.#join(group, reader);
    };
    // The engine may be stopping: then its readers are told so.
    this.#context.ticker.atRest(job).catch(() => undefined);
  }

  #end(group: Group, reader: PushReader): void {
    group.readers.get(reader)?.remove(reader);
    group.readers.delete(reader);
    if (group.readers.size === 0) this.#groups.delete(group.key);
  }
}

function groupOf(key: string, { plan, properties, head }: PushRequest): Group {
  const source = plan.steps.find(({ op }) => op === 'source@1')!;
  const { topic } = source.args as unknown as SourceArgs;
  return {
    key,
    topic,
    plan: unlimited(plan),
    properties,
    columns: head.columns,
    cohorts: new Set(),
    readers: new Map(),
  };
}
