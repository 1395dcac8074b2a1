/** Windows as they are first written: Maps of objects and a Set of what changed. */
import type { Emit, Order } from './naive.ts';

const HOUR_MS = 3_600_000;

interface Total {
  key: string;
  orders: number;
  total: number;
}

class Changes {
  readonly #totals = new Map<string, Total | null>();

  changed(total: Total): void {
    this.#totals.set(total.key, total);
  }

  removed(key: string): void {
    this.#totals.set(key, null);
  }

  *take(): Generator<readonly [string, string]> {
    for (const [key, total] of this.#totals) yield [key, JSON.stringify(total)];
    this.#totals.clear();
  }
}

function add(total: Total, amount: number, emit: Emit): void {
  total.orders++;
  total.total += amount;
  emit(total.key, JSON.stringify({ ORDERS: total.orders, TOTAL: total.total }));
}

/** Tumbling and hopping: a Map of Maps; a window is dropped an hour after it ended. */
export class NaiveWindows {
  readonly #sizeMs: number;
  readonly #advanceMs: number;
  readonly #windows = new Map<number, Map<string, Total>>();
  readonly #changes = new Changes();

  constructor(sizeMs: number, advanceMs: number) {
    this.#sizeMs = sizeMs;
    this.#advanceMs = advanceMs;
  }

  add({ customer, amount, ordered_at }: Order, emit: Emit): void {
    const last = ordered_at - (ordered_at % this.#advanceMs);
    for (let start = last; start > ordered_at - this.#sizeMs; start -= this.#advanceMs) {
      const window = this.#window(start);
      let total = window.get(customer);
      if (total === undefined) {
        total = { key: `${customer}@${start}`, orders: 0, total: 0 };
        window.set(customer, total);
      }
      add(total, amount, emit);
      this.#changes.changed(total);
    }
  }

  takeDirty(): Generator<readonly [string, string]> {
    return this.#changes.take();
  }

  #window(start: number): Map<string, Total> {
    const known = this.#windows.get(start);
    if (known !== undefined) return known;
    const window = new Map<string, Total>();
    this.#windows.set(start, window);
    for (const old of this.#windows.keys()) {
      if (old + this.#sizeMs + HOUR_MS < start) this.#windows.delete(old);
    }
    return window;
  }
}

interface Session extends Total {
  start: number;
  end: number;
}

/** The last session of each customer: orders come in order of time, so no other can grow. */
export class NaiveSessions {
  readonly #gapMs: number;
  readonly #sessions = new Map<string, Session>();
  readonly #changes = new Changes();

  constructor(gapMs: number) {
    this.#gapMs = gapMs;
  }

  add({ customer, amount, ordered_at }: Order, emit: Emit): void {
    let session = this.#sessions.get(customer);
    if (session === undefined || session.end + this.#gapMs < ordered_at) {
      session = { key: '', orders: 0, total: 0, start: ordered_at, end: ordered_at };
      this.#sessions.set(customer, session);
    } else {
      // The key holds the bounds: the old session is withdrawn.
      this.#changes.removed(session.key);
      emit(session.key, 'null');
    }
    session.end = ordered_at;
    session.key = `${customer}@${session.start}-${session.end}`;
    add(session, amount, emit);
    this.#changes.changed(session);
  }

  takeDirty(): Generator<readonly [string, string]> {
    return this.#changes.take();
  }
}
