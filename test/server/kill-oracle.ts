/** What some of the queries of the kill loop must hold, counted in plain JavaScript from the source records. */
import type { ConsumedRecord } from '../../src/engine/api.ts';

interface EventRow {
  readonly WRITER: number;
  readonly SEQ: number;
  readonly V: number;
}
interface UserRow {
  readonly NAME: string;
  readonly SEQ: number;
}

export interface Expected {
  /** Records that stateless queries have written. */
  readonly counts: Readonly<Record<string, number>>;
  /** Rows by pull query, sorted. */
  readonly rows: Readonly<Record<string, readonly string[]>>;
}

/** `events` and `users` are the records of one partition after the other, each in order. */
export function expectedOf(
  events: readonly ConsumedRecord[],
  users: readonly ConsumedRecord[],
): Expected {
  const eventRows = events.map((record) => ({
    key: textOf(record.key),
    row: JSON.parse(textOf(record.value)) as EventRow,
  }));
  const big = eventRows.filter(({ row }) => row.V > 50);
  const latestUsers = new Map(
    users.map((record) => [textOf(record.key), JSON.parse(textOf(record.value)) as UserRow]),
  );
  return {
    counts: { BIG: big.length, NAMED: events.length, BY_WRITER: events.length },
    rows: {
      'SELECT writer, n, latest FROM per_writer;': groups(
        eventRows.map(({ row }) => row),
        (row) => row.WRITER,
        (of) => [of.length, of.reduce((latest, row) => Math.max(latest, row.SEQ), -1)],
      ),
      'SELECT k, n, total, latest FROM big_totals;': groups(
        big,
        ({ key }) => key,
        (of) => [of.length, sum(of.map(({ row }) => row.V * 2)), of.at(-1)?.row.SEQ ?? null],
      ),
      // A group that nobody is in any more stays, with a count of 0.
      'SELECT name, n, seqs FROM by_name WHERE n > 0;': groups(
        [...latestUsers.values()],
        (row) => row.NAME,
        (of) => [of.length, sum(of.map((row) => row.SEQ))],
      ),
    },
  };
}

function groups<T>(
  items: readonly T[],
  keyOf: (item: T) => string | number,
  rest: (of: readonly T[]) => readonly unknown[],
): string[] {
  const byKey = new Map<string | number, T[]>();
  for (const item of items) {
    const of = byKey.get(keyOf(item));
    if (of === undefined) byKey.set(keyOf(item), [item]);
    else of.push(item);
  }
  return [...byKey].map(([key, of]) => JSON.stringify([key, ...rest(of)])).sort();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function textOf(bytes: Uint8Array | null): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
