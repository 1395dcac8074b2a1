/**
 * Sessions by key: per key a list in order of start; sessions of one key never overlap. Keys of entries carry start and end.
 * Sessions that ended more than `retentionMs` before stream time are gone; the memory is freed in sweeps.
 *
 * When memory is short the sessions of a key leave it together. Of those that did, the end of the first session and of the first
 * that was not taken are kept, so that nothing is read to find out that nothing is due.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import { type Limit, limitText } from '../../base/limits.ts';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { TaskFailure } from '../task.ts';
import { type StateBudget, weightOf } from './budget.ts';
import { ChangedEntries } from './changed-entries.ts';
import { ColdQueue } from './cold-queue.ts';
import { type Identity, keyIdentity } from './identity.ts';
import { type ListItem, type ListUnit, listUnit } from './list-unit.ts';
import type { Evictable } from './memory.ts';
import { OrderedQueue } from './queue.ts';
import { type RowCodec, rowCodec } from './row-codec.ts';
import { SpillableMap } from './spillable-map.ts';
import type { DurableStore } from './table-store.ts';

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
/** Numbers kept of sessions that are not in memory. */
const FIRST_END = 0;
const FIRST_UNTAKEN_END = 1;

/** `value` null: removed. */
export interface Session extends ListItem {
  readonly key: Row;
  readonly start: TimestampMs;
  readonly end: TimestampMs;
  value: Row | null;
  /** Given out by `takeEnded`. */
  isTaken: boolean;
}

export interface SessionStoreOptions {
  readonly key: readonly SqlType[];
  readonly value: readonly SqlType[];
  readonly retentionMs: number;
  /** Sessions are taken by `takeEnded`. */
  readonly tracksEnds: boolean;
  /** Sessions of one key. */
  readonly sessionsMax: Limit;
}

export class SessionStore implements DurableStore, Evictable {
  readonly name: string;
  /** Of the key columns without bounds. */
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: RowCodec;
  readonly #keyWidth: number;
  readonly #retentionMs: number;
  readonly #sessions: SpillableMap<ListUnit<Session>>;
  readonly #ends: OrderedQueue<Session> | null;
  /** Of sessions that are not in memory: when the first is to be taken. */
  readonly #coldEnds = new ColdQueue();
  readonly #sessionsMax: Limit;
  readonly #changed: ChangedEntries<Session>;
  #observed = -1;
  #swept = -1;

  constructor(name: string, options: SessionStoreOptions) {
    const { key, value } = options;
    this.name = name;
    this.identity = keyIdentity(key);
    this.#keyWidth = key.length;
    this.#retentionMs = options.retentionMs;
    this.#sessionsMax = options.sessionsMax;
    this.#keyCodec = rowCodec([...key, TIMESTAMP, TIMESTAMP]);
    this.#valueCodec = rowCodec([BOOLEAN, ...value]);
    this.#changed = new ChangedEntries(name, {
      key: (session) => this.#keyCodec.encode(session.key),
      value: (session) =>
        session.value === null
          ? null
          : this.#valueCodec.encode([session.isTaken, ...session.value]),
    });
    this.#sessions = new SpillableMap(this.#unit(options.tracksEnds));
    this.#ends = options.tracksEnds
      ? new OrderedQueue(
          (a, b) => a.end > b.end,
          (a) => a.isEvicted,
        )
      : null;
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
    const residency = budget.memory?.add(this, budget) ?? null;
    this.#changed.residency = residency;
    this.#sessions.residency = residency;
  }

  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable {
    return this.#changed.watch(({ key }) => onChange(key));
  }

  /** Sessions that touch [from, to], in order; without those that are gone, whether or not a sweep has come by. */
  find(identity: Identity, from: TimestampMs, to: TimestampMs): readonly Session[] {
    const sessions = this.#sessions.get(identity);
    if (sessions === undefined) return [];
    return sessions.items.filter(
      (session) => session.end >= from && session.start <= to && this.#isAlive(session),
    );
  }

  /** Adds a session; `key` carries the bounds. Throws a TaskFailure where the key has too many. */
  put(identity: Identity, key: Row, value: Row): void {
    const session: Session = {
      key,
      start: key[this.#keyWidth] as number,
      end: key[this.#keyWidth + 1] as number,
      value,
      isTaken: false,
      isDirty: false,
      isEvicted: false,
      bytes: 0,
    };
    this.#changed.budget.addRow();
    const count = this.#insert(identity, session);
    if (count > this.#sessionsMax.value)
      throw new TaskFailure(limitText(this.#sessionsMax, 'sessions of one key', count));
    this.touch(session);
  }

  touch(session: Session): void {
    this.#changed.add(session);
  }

  remove(identity: Identity, session: Session): void {
    const sessions = this.#sessions.get(identity)!;
    sessions.items.splice(sessions.items.indexOf(session), 1);
    if (sessions.items.length === 0) this.#sessions.delete(identity, sessions);
    this.#changed.budget.removeRows(1);
    session.value = null;
    this.touch(session);
  }

  /** Stream time has reached `observed`: older sessions go. */
  advance(observed: TimestampMs): void {
    this.#observed = observed;
    // A sweep looks at everything, so it waits until a good part may have expired.
    if (observed - this.#swept < Math.max(1000, this.#retentionMs / 4)) return;
    this.#swept = observed;
    const hashes: number[] = [];
    this.#sessions.eachCold((hash, number) => {
      if (this.isExpired(number(FIRST_END))) hashes.push(hash);
    });
    for (const hash of hashes)
      this.#sessions.thaw(hash, (number) => this.isExpired(number(FIRST_END)));
    for (const { items } of [...this.#sessions.resident()]) {
      for (const session of [...items]) {
        if (!this.#isAlive(session)) this.remove(this.#identityOf(session.key), session);
      }
    }
  }

  /** Takes, once each, the sessions that ended before `end`, ascending by their ends. */
  takeEnded(end: TimestampMs): readonly Session[] {
    const taken: Session[] = [];
    const ends = this.#ends;
    while (this.#coldEnds.time < end) {
      const { hash } = this.#coldEnds;
      this.#coldEnds.shift();
      this.#sessions.thaw(hash, (number) => number(FIRST_UNTAKEN_END) < end);
    }
    for (let next = ends?.peek(); next !== undefined && next.end < end; next = ends?.peek()) {
      ends?.shift();
      if (next.value === null) continue;
      next.isTaken = true;
      this.touch(next);
      taken.push(next);
    }
    return taken;
  }

  evict(bytes: number): void {
    const left = bytes - this.#sessions.evict(bytes);
    if (left > 0) this.#sessions.evict(left);
    if (this.#coldEnds.size <= 1024 + 2 * this.#sessions.coldCount) return;
    this.#coldEnds.clear();
    this.#sessions.eachCold((hash, number) => {
      const end = number(FIRST_UNTAKEN_END);
      if (end < Number.POSITIVE_INFINITY) this.#coldEnds.add(end, 0, hash);
    });
  }

  release(): void {
    this.#sessions.release();
    this.#changed.residency?.release();
  }

  /** In order; without those whose retention is over. */
  *alive(identity: Identity): Iterable<Session> {
    for (const session of [...(this.#sessions.peek(identity)?.items ?? [])]) {
      if (session.value !== null && this.#isAlive(session)) yield session;
    }
  }

  /** Whether the retention of a session that ended then is over. */
  isExpired(end: TimestampMs): boolean {
    return end < this.#observed - this.#retentionMs;
  }

  /** The session of exactly these bounds. */
  at(identity: Identity, start: TimestampMs, end: TimestampMs): Session | undefined {
    const sessions = this.#sessions.peek(identity)?.items;
    const found = sessions?.find((session) => session.start === start);
    return found?.end === end && this.#isAlive(found) ? found : undefined;
  }

  /** In no particular order. */
  *allAlive(): Iterable<Session> {
    for (const { items } of this.#sessions.values()) {
      for (const session of [...items]) {
        if (session.value !== null && this.#isAlive(session)) yield session;
      }
    }
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    const { budget, residency } = this.#changed;
    for (const [keyBytes, valueBytes] of entries) {
      const session = this.#read(keyBytes, valueBytes);
      budget.restored(session.bytes);
      this.#insert(this.#identityOf(session.key), session);
      residency?.add(weightOf(session.bytes));
      residency?.enforce();
    }
  }

  collect(into: StateChange[] | null): void {
    this.#changed.collect(into);
  }

  #isAlive(session: Session): boolean {
    return !this.isExpired(session.end);
  }

  /** How many sessions the key then has. */
  #insert(identity: Identity, session: Session): number {
    if (!session.isTaken) this.#ends?.add(session);
    const sessions = this.#sessions.get(identity)?.items;
    if (sessions === undefined) {
      this.#sessions.set(identity, { items: [session], isUsed: false, place: -1 });
      return 1;
    }
    let at = sessions.length;
    while (at > 0 && sessions[at - 1]!.start > session.start) at--;
    sessions.splice(at, 0, session);
    return sessions.length;
  }

  #identityOf(key: Row): Identity {
    return this.identity(key.slice(0, this.#keyWidth));
  }

  #read(keyBytes: Bytes, valueBytes: Bytes): Session {
    const key = this.#keyCodec.decode(keyBytes);
    const [isTaken, ...value] = this.#valueCodec.decode(valueBytes) as [boolean, ...Value[]];
    return {
      key,
      start: key[this.#keyWidth] as number,
      end: key[this.#keyWidth + 1] as number,
      value,
      isTaken,
      isDirty: false,
      isEvicted: false,
      bytes: keyBytes.length + valueBytes.length,
    };
  }

  #unit(tracksEnds: boolean): ReturnType<typeof listUnit<Session>> {
    const firstUntaken = (sessions: readonly Session[]): number =>
      firstEnd(sessions.filter((session) => !session.isTaken));
    return listUnit<Session>({
      key: (session) => this.#keyCodec.encode(session.key),
      value: (session) => this.#valueCodec.encode([session.isTaken, ...session.value!]),
      read: (key, value) => this.#read(key, value),
      identity: (key) => this.#identityOf(this.#keyCodec.decode(key)),
      numbers: tracksEnds ? [firstEnd, firstUntaken] : [firstEnd],
      changed: this.#changed,
      onEvicted: (sessions, hash) => {
        this.#ends?.forget(sessions.length);
        const end = tracksEnds ? firstUntaken(sessions) : Number.POSITIVE_INFINITY;
        if (end < Number.POSITIVE_INFINITY) this.#coldEnds.add(end, 0, hash);
      },
      onThawed: (sessions) => {
        for (const session of sessions) if (!session.isTaken) this.#ends?.add(session);
      },
    });
  }
}

function firstEnd(sessions: readonly Session[]): number {
  let first = Number.POSITIVE_INFINITY;
  for (const { end } of sessions) first = Math.min(first, end);
  return first;
}
