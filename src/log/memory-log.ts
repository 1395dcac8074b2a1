/**
 * The log in memory: nothing survives the process. For tests, demos and simulation, and the model that the durable log is
 * checked against: everything here is a plain array or map.
 */
import { assert } from '../base/assert.ts';
import { binaryText } from '../base/bytes.ts';
import type { Bytes, TimestampMs } from '../base/env.ts';
import {
  checkAppend,
  checkTopicSpec,
  describe,
  fenced,
  timesOf,
  topicExists,
  unknownPartition,
  unknownTopic,
} from './checks.ts';
import { compactBatch, isCompactionDue, LatestOffsets } from './compact-batch.ts';
import type {
  Append,
  Commit,
  Committed,
  Durability,
  Log,
  LogicalTimes,
  Offset,
  OwnerState,
  RecordBatch,
  TopicPartition,
  TopicSpec,
} from './log.ts';
import { checkBatch, lastOffsetDeltaOf, setBaseOffset } from './record-batch.ts';
import { RecordCursor } from './record-cursor.ts';
import { type Dated, expiredPrefix } from './retention.ts';

type DatedBatch = RecordBatch & Dated;
interface Partition {
  readonly of: TopicPartition;
  batches: DatedBatch[];
  start: Offset;
  end: Offset;
  bytes: number;
  /** Batches before this offset went through compaction. */
  compactedTo: Offset;
  horizon: TimestampMs | null;
}
interface Topic {
  readonly spec: TopicSpec;
  readonly partitions: readonly Partition[];
}
type Entries = Map<string, readonly [key: Bytes, value: Bytes]>;
interface OwnerEntry {
  epoch: number;
  readonly positions: Map<Partition, Offset>;
  readonly stores: Map<string, Entries>;
}

/** `now` is the wall clock, from which the age of batches counts. */
export function createMemoryLog(now: () => TimestampMs = Date.now): Log {
  return new MemoryLog(now);
}

class MemoryLog implements Log {
  readonly durability: Durability = 'memory';
  readonly #topics = new Map<string, Topic>();
  readonly #owners = new Map<string, OwnerEntry>();
  readonly #now: () => TimestampMs;
  #nextTime = 1;
  #appends = 0;

  constructor(now: () => TimestampMs) {
    this.#now = now;
  }

  topics(): readonly TopicSpec[] {
    return [...this.#topics.values()].map((topic) => topic.spec);
  }

  async createTopic(spec: TopicSpec): Promise<void> {
    checkTopicSpec(spec);
    if (this.#topics.has(spec.name)) throw topicExists(spec.name);
    const partitions = Array.from({ length: spec.partitions }, (_, partition) => ({
      of: { topic: spec.name, partition },
      batches: [],
      start: 0,
      end: 0,
      bytes: 0,
      compactedTo: 0,
      horizon: null,
    }));
    this.#topics.set(spec.name, { spec, partitions });
  }

  async deleteTopic(name: string): Promise<void> {
    const topic = this.#topics.get(name);
    if (topic === undefined) throw unknownTopic(name);
    this.#topics.delete(name);
    for (const owner of this.#owners.values()) {
      for (const partition of topic.partitions) owner.positions.delete(partition);
    }
  }

  bounds(of: TopicPartition): { readonly start: Offset; readonly end: Offset } {
    const { start, end } = this.#partition(of);
    return { start, end };
  }

  size(of: TopicPartition): number {
    return this.#partition(of).bytes;
  }

  nextTime(): number {
    return this.#nextTime;
  }

  async read(from: TopicPartition, at: Offset, maxBytes: number): Promise<readonly RecordBatch[]> {
    const { batches } = this.#partition(from);
    const result: RecordBatch[] = [];
    let bytes = 0;
    for (let index = indexHolding(batches, at); index < batches.length; index++) {
      const batch = batches[index]!;
      checkBatch(batch.bytes, `${describe(from)} offset ${batch.baseOffset}`);
      result.push(batch);
      bytes += batch.bytes.length;
      if (bytes >= maxBytes) break;
    }
    return result;
  }

  async offsetForTime(of: TopicPartition, timestamp: TimestampMs): Promise<Offset | null> {
    const cursor = new RecordCursor();
    for (const batch of this.#partition(of).batches) {
      if (batch.maxTimestamp < timestamp) continue;
      cursor.reset(batch.bytes);
      while (cursor.next()) if (cursor.timestamp >= timestamp) return cursor.offset;
    }
    return null;
  }

  async commit(parts: readonly Commit[]): Promise<readonly Committed[]> {
    for (const part of parts) this.#check(part);
    return parts.map((part) => this.#apply(part));
  }

  /** Everything that can be refused is refused here, before anything is changed. */
  #check({ owner, appends, offsets, state }: Commit): void {
    if (owner === null) {
      assert(offsets.length === 0 && state.length === 0, 'positions and state have an owner');
    } else {
      const current = this.#owners.get(owner.id)?.epoch ?? 0;
      if (owner.epoch < current) throw fenced(owner, current);
    }
    for (const append of appends) {
      this.#partition(append.to);
      checkAppend(append);
    }
    for (const { of } of offsets) this.#partition(of);
  }

  #apply({ owner, appends, offsets, state }: Commit): Committed {
    const appended = appends.map((append) => this.#append(append));
    if (owner === null) return { appended };
    const entry = this.#owner(owner.id);
    entry.epoch = owner.epoch;
    for (const { of, next } of offsets) entry.positions.set(this.#partition(of), next);
    for (const { store, key, value } of state) {
      let entries = entry.stores.get(store);
      if (entries === undefined) {
        entries = new Map();
        entry.stores.set(store, entries);
      }
      if (value === null) entries.delete(binaryText(key));
      else entries.set(binaryText(key), [new Uint8Array(key), new Uint8Array(value)]);
    }
    return { appended };
  }

  #append(append: Append): { readonly baseOffset: Offset; readonly times: LogicalTimes } {
    const partition = this.#partition(append.to);
    const bytes = append.batch;
    const baseOffset = partition.end;
    const times = timesOf(append, this.#nextTime);
    if (append.times === null) this.#nextTime++;
    setBaseOffset(bytes, baseOffset);
    const lastOffset = baseOffset + lastOffsetDeltaOf(bytes);
    const { recordCount, maxTimestamp } = append;
    const appendedMs = append.appendedMs ?? this.#now();
    const datedMs = Math.max(maxTimestamp, appendedMs);
    const ordinal = this.#appends++;
    const batch = { baseOffset, lastOffset, recordCount, maxTimestamp, times, bytes, appendedMs };
    partition.batches.push({ ...batch, ordinal, datedMs });
    partition.end = lastOffset + 1;
    partition.bytes += bytes.length;
    return { baseOffset, times };
  }

  async open(ownerId: string): Promise<OwnerState> {
    const entry = this.#owner(ownerId);
    entry.epoch++;
    const stores = new Map<string, Iterable<readonly [Bytes, Bytes]>>();
    for (const [name, entries] of entry.stores) {
      if (entries.size > 0) stores.set(name, [...entries.values()]);
    }
    return { epoch: entry.epoch, positions: this.positions(ownerId), stores };
  }

  positions(ownerId: string): OwnerState['positions'] {
    const positions = this.#owners.get(ownerId)?.positions ?? new Map<Partition, Offset>();
    return [...positions].map(([{ of }, next]) => ({ of, next }));
  }

  async drop(ownerId: string): Promise<void> {
    this.#owners.delete(ownerId);
  }

  owners(prefix: string): readonly string[] {
    return [...this.#owners.keys()].filter((id) => id.startsWith(prefix)).sort();
  }

  async maintain(now: TimestampMs, _budgetMs: number): Promise<boolean> {
    for (const { spec, partitions } of this.#topics.values()) {
      for (const partition of partitions) {
        if (spec.cleanup !== 'compact' && spec.retentionMs !== null) {
          expire(partition, now - spec.retentionMs);
        }
        if (spec.cleanup !== 'delete') compact(partition, now);
      }
    }
    return false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#topics.clear();
    this.#owners.clear();
  }

  #partition(of: TopicPartition): Partition {
    const topic = this.#topics.get(of.topic);
    if (topic === undefined) throw unknownTopic(of.topic);
    const partition = topic.partitions[of.partition];
    if (partition === undefined) throw unknownPartition(of);
    return partition;
  }

  #owner(id: string): OwnerEntry {
    let entry = this.#owners.get(id);
    if (entry === undefined) {
      entry = { epoch: 0, positions: new Map(), stores: new Map() };
      this.#owners.set(id, entry);
    }
    return entry;
  }
}

/** Index of the first batch whose last offset is at least `at`. */
function indexHolding(batches: readonly RecordBatch[], at: Offset): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (batches[middle]!.lastOffset < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function expire(partition: Partition, before: TimestampMs): void {
  const count = expiredPrefix(partition.batches, before);
  if (count === 0) return;
  const gone = partition.batches.splice(0, count);
  partition.start = gone.at(-1)!.lastOffset + 1;
  partition.bytes -= sizeOf(gone);
}

function compact(partition: Partition, now: TimestampMs): void {
  const { batches, bytes, compactedTo, horizon } = partition;
  const dirty = batches.filter((batch) => batch.baseOffset >= compactedTo);
  if (!isCompactionDue({ bytes, dirtyBytes: sizeOf(dirty), horizon, now })) return;
  const latest = new LatestOffsets();
  for (const batch of dirty) latest.add(batch);
  partition.batches = [];
  partition.horizon = null;
  for (const batch of batches) {
    const compacted = compactBatch(batch, latest, now);
    if (compacted.kind === 'empty') continue;
    const { datedMs } = batch;
    const kept = compacted.kind === 'rewritten' ? { ...compacted.batch, datedMs } : batch;
    partition.batches.push(kept);
    if (compacted.horizon === null) continue;
    partition.horizon = Math.min(partition.horizon ?? compacted.horizon, compacted.horizon);
  }
  partition.bytes = sizeOf(partition.batches);
  partition.compactedTo = partition.end;
}

function sizeOf(batches: readonly RecordBatch[]): number {
  let bytes = 0;
  for (const batch of batches) bytes += batch.bytes.length;
  return bytes;
}
