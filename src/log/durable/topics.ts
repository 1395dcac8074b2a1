/** Topics and their partitions, as rows and in memory. A partition's bounds are read when it is first asked for. */
import type { Offset, RecordBatch, TopicPartition, TopicSpec } from '../log.ts';
import type { TimestampMs } from '../../base/env.ts';
import { unknownPartition, unknownTopic } from '../checks.ts';
import type { Column, Database, Statement } from './driver.ts';

/** Ids of a topic's partitions begin at its own id times this: the largest number of partitions. */
const PARTITIONS_PER_ID = 1024;

export interface Partition {
  readonly id: number;
  readonly of: TopicPartition;
  readonly spec: TopicSpec;
  isDropped: boolean;
  start: Offset;
  /** Offset of the next record. */
  end: Offset;
  /** A compaction pass has seen the batches before. */
  compactedTo: Offset;
  /** Earliest time at which a tombstone may go, or null. */
  horizon: TimestampMs | null;
  /** Bytes of its batches; null until somebody asks. */
  bytes: number | null;
  /** Bytes of its batches from `compactedTo` on; null until somebody asks. */
  dirtyBytes: number | null;
  /** Retention was found to be stopped by a batch with this max timestamp; null when unknown. */
  stoppedBy: TimestampMs | null;
  /** The newest batches, up to the end, as far as they are kept in memory. */
  readonly tail: RecordBatch[];
}

/** The partitions of a topic have the ids from here on, up to `lastPartOf`. */
export function firstPartOf(topic: number): number {
  return topic * PARTITIONS_PER_ID;
}

export function lastPartOf(topic: number): number {
  return topic * PARTITIONS_PER_ID + PARTITIONS_PER_ID - 1;
}

interface Topic {
  readonly id: number;
  readonly spec: TopicSpec;
  readonly partitions: (Partition | undefined)[];
}

export class Topics {
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<number, Topic>();
  readonly #selectPart: Statement;
  readonly #selectLast: Statement;
  readonly #selectBytes: Statement;
  readonly #insert: Statement;
  readonly #drop: Statement;
  readonly #deletePositions: Statement;
  readonly #upsertPart: Statement;

  constructor(database: Database) {
    this.#selectPart = database
      .prepare('SELECT start, next, compacted_to, horizon FROM part WHERE id = ?')
      .raw();
    this.#selectLast = database
      .prepare('SELECT last FROM log WHERE part = ? ORDER BY base DESC LIMIT 1')
      .pluck();
    this.#selectBytes = database
      .prepare('SELECT coalesce(sum(length), 0) FROM log WHERE part = ? AND base >= ?')
      .pluck();
    this.#insert = database.prepare(
      'INSERT INTO topic (name, partitions, cleanup, retention_ms) VALUES (?, ?, ?, ?)',
    );
    this.#drop = database.prepare('UPDATE topic SET dropped = 1 WHERE id = ?');
    this.#deletePositions = database.prepare('DELETE FROM position WHERE part BETWEEN ? AND ?');
    this.#upsertPart = database.prepare(
      'INSERT OR REPLACE INTO part (id, start, next, compacted_to, horizon) VALUES (?, ?, ?, ?, ?)',
    );
    const rows = database
      .prepare(
        'SELECT id, name, partitions, cleanup, retention_ms FROM topic WHERE dropped = 0 ORDER BY id',
      )
      .raw()
      .all() as [number, string, number, TopicSpec['cleanup'], number | null][];
    for (const [id, name, partitions, cleanup, retentionMs] of rows) {
      this.#remember(id, { name, partitions, cleanup, retentionMs });
    }
  }

  specs(): readonly TopicSpec[] {
    return [...this.#byName.values()].map((topic) => topic.spec);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Writes the row; it is in effect once `add` is called, after the commit. */
  insert({ name, partitions, cleanup, retentionMs }: TopicSpec): number {
    return Number(this.#insert.run(name, partitions, cleanup, retentionMs).lastInsertRowid);
  }

  add(id: number, spec: TopicSpec): void {
    this.#remember(id, { ...spec });
  }

  #remember(id: number, spec: TopicSpec): void {
    const topic: Topic = { id, spec, partitions: new Array(spec.partitions).fill(undefined) };
    this.#byName.set(spec.name, topic);
    this.#byId.set(id, topic);
  }

  /** Cuts the topic off; its rows are removed by maintenance. Throws `log.unknown-topic`. */
  cutOff(name: string): void {
    const { id } = this.#topic(name);
    this.#drop.run(id);
    this.#deletePositions.run(firstPartOf(id), lastPartOf(id));
  }

  /** After the commit of `cutOff`; returns the partitions that were in use. */
  remove(name: string): readonly Partition[] {
    const topic = this.#topic(name);
    this.#byName.delete(name);
    this.#byId.delete(topic.id);
    const used = topic.partitions.filter((partition) => partition !== undefined);
    for (const partition of used) partition.isDropped = true;
    return used;
  }

  #topic(name: string): Topic {
    const topic = this.#byName.get(name);
    if (topic === undefined) throw unknownTopic(name);
    return topic;
  }

  /** Throws `log.unknown-topic`. */
  partition(of: TopicPartition): Partition {
    const topic = this.#topic(of.topic);
    return topic.partitions[of.partition] ?? this.#load(topic, of);
  }

  /** The partition behind an id in a row, or null when its topic is gone. */
  named(id: number): TopicPartition | null {
    const topic = this.#byId.get(Math.floor(id / PARTITIONS_PER_ID));
    return topic === undefined
      ? null
      : { topic: topic.spec.name, partition: id % PARTITIONS_PER_ID };
  }

  #load(topic: Topic, { partition: number }: TopicPartition): Partition {
    const { spec } = topic;
    if (!Number.isInteger(number) || number < 0 || number >= spec.partitions) {
      throw unknownPartition({ topic: spec.name, partition: number });
    }
    const id = firstPartOf(topic.id) + number;
    const row = this.#selectPart.get(id) as [number, number, number, number | null] | undefined;
    const [start, next, compactedTo, horizon] = row ?? [0, 0, 0, null];
    const last = this.#selectLast.get(id) as Column | undefined;
    const partition: Partition = {
      id,
      of: { topic: spec.name, partition: number },
      spec,
      isDropped: false,
      start,
      end: Math.max(next, typeof last === 'number' ? last + 1 : 0),
      compactedTo,
      horizon,
      bytes: null,
      dirtyBytes: null,
      stoppedBy: null,
      tail: [],
    };
    topic.partitions[number] = partition;
    return partition;
  }

  bytes(partition: Partition): number {
    partition.bytes ??= this.#selectBytes.get(partition.id, 0) as number;
    return partition.bytes;
  }

  dirtyBytes(partition: Partition): number {
    partition.dirtyBytes ??= this.#selectBytes.get(partition.id, partition.compactedTo) as number;
    return partition.dirtyBytes;
  }

  /** Partitions from which records go by time. Topics may come and go during the iteration. */
  *limitedInTime(): Generator<Partition, void, undefined> {
    for (const topic of this.#byName.values()) {
      const { cleanup, retentionMs } = topic.spec;
      if (cleanup !== 'compact' && retentionMs !== null) yield* this.#partitions(topic);
    }
  }

  /** Partitions of compacted topics. Topics may come and go during the iteration. */
  *compacted(): Generator<Partition, void, undefined> {
    for (const topic of this.#byName.values()) {
      if (topic.spec.cleanup !== 'delete') yield* this.#partitions(topic);
    }
  }

  *#partitions(topic: Topic): Generator<Partition, void, undefined> {
    for (let partition = 0; partition < topic.spec.partitions; partition++) {
      const of = { topic: topic.spec.name, partition };
      yield topic.partitions[partition] ?? this.#load(topic, of);
    }
  }

  /** Keeps what no longer follows from the rows of `log`, in the transaction that removes or rewrites some. */
  save({ id, start, end, compactedTo, horizon }: Omit<Partition, 'tail'>): void {
    this.#upsertPart.run(id, start, end, compactedTo, horizon);
  }
}
