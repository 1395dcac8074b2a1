/**
 * Sessions by key: per key a list in order of start; sessions of one key never overlap. Keys of entries carry start and end.
 * Sessions that ended more than `retentionMs` before stream time are gone; the memory is freed in sweeps.
 */
import type { Bytes, TimestampMs } from '../../base/env.ts';
import { type Limit, limitText } from '../../base/limits.ts';
import type { StateChange } from '../../log/log.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { TaskFailure } from '../task.ts';
import type { StateBudget } from './budget.ts';
import { type Changeable, ChangedEntries } from './changed-entries.ts';
import { type Identity, keyIdentity } from './identity.ts';
import { OrderedQueue } from './queue.ts';
import { type RowCodec, rowCodec } from './row-codec.ts';
import type { DurableStore } from './table-store.ts';

const TIMESTAMP: SqlType = { kind: 'TIMESTAMP' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };

/** `value` null: removed. */
export interface Session extends Changeable {
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

export class SessionStore implements DurableStore {
  readonly name: string;
  /** Of the key columns without bounds. */
  readonly identity: (key: Row) => Identity;
  readonly #keyCodec: RowCodec;
  readonly #valueCodec: RowCodec;
  readonly #keyWidth: number;
  readonly #retentionMs: number;
  readonly #sessions = new Map<Identity, Session[]>();
  readonly #ends: OrderedQueue<Session> | null;
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
    this.#ends = options.tracksEnds ? new OrderedQueue((a, b) => a.end > b.end) : null;
  }

  limit(budget: StateBudget): void {
    this.#changed.budget = budget;
  }

  /** Calls `onChange` with the key of every row that is added, changed or removed, right afterwards, until disposed. */
  watch(onChange: (key: Row) => void): Disposable {
    return this.#changed.watch(({ key }) => onChange(key));
  }

  /** Sessions that touch [from, to], in order; without those that are gone, whether or not a sweep has come by. */
  find(identity: Identity, from: TimestampMs, to: TimestampMs): readonly Session[] {
    const sessions = this.#sessions.get(identity);
    if (sessions === undefined) return [];
    return sessions.filter(
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
    sessions.splice(sessions.indexOf(session), 1);
    if (sessions.length === 0) this.#sessions.delete(identity);
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
    for (const [identity, sessions] of [...this.#sessions]) {
      for (const session of [...sessions]) {
        if (!this.#isAlive(session)) this.remove(identity, session);
      }
    }
  }

  /** Takes, once each, the sessions that ended before `end`, ascending by their ends. */
  takeEnded(end: TimestampMs): readonly Session[] {
    const taken: Session[] = [];
    const ends = this.#ends;
    for (let next = ends?.peek(); next !== undefined && next.end < end; next = ends?.peek()) {
      ends?.shift();
      if (next.value === null) continue;
      next.isTaken = true;
      this.touch(next);
      taken.push(next);
    }
    return taken;
  }

  /** In order; without those whose retention is over. */
  *alive(identity: Identity): Iterable<Session> {
    for (const session of [...(this.#sessions.get(identity) ?? [])]) {
      if (session.value !== null && this.#isAlive(session)) yield session;
    }
  }

  /** Whether the retention of a session that ended then is over. */
  isExpired(end: TimestampMs): boolean {
    return end < this.#observed - this.#retentionMs;
  }

  /** The session of exactly these bounds. */
  at(identity: Identity, start: TimestampMs, end: TimestampMs): Session | undefined {
    const found = this.#sessions.get(identity)?.find((session) => session.start === start);
    return found?.end === end && this.#isAlive(found) ? found : undefined;
  }

  /** In no particular order. */
  *allAlive(): Iterable<Session> {
    for (const identity of this.#sessions.keys()) yield* this.alive(identity);
  }

  restore(entries: Iterable<readonly [Bytes, Bytes]>): void {
    for (const [keyBytes, valueBytes] of entries) {
      const key = this.#keyCodec.decode(keyBytes);
      const [isTaken, ...value] = this.#valueCodec.decode(valueBytes) as [boolean, ...Value[]];
      const start = key[this.#keyWidth] as number;
      const end = key[this.#keyWidth + 1] as number;
      const bytes = keyBytes.length + valueBytes.length;
      this.#changed.budget.restored(bytes);
      this.#insert(this.identity(key.slice(0, this.#keyWidth)), {
        key,
        start,
        end,
        value,
        isTaken,
        isDirty: false,
        bytes,
      });
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
    const sessions = this.#sessions.get(identity);
    if (sessions === undefined) {
      this.#sessions.set(identity, [session]);
      return 1;
    }
    let at = sessions.length;
    while (at > 0 && sessions[at - 1]!.start > session.start) at--;
    sessions.splice(at, 0, session);
    return sessions.length;
  }
}
