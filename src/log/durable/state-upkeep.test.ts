import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { bytesOf, textOf } from '../../base/bytes.ts';
import { prepareDatabase } from './schema.ts';
import { State } from './state.ts';
import { StateUpkeep } from './state-upkeep.ts';
import { Writer } from './writer.ts';

const OWNER = { id: 1, epoch: 1 };
const VALUE = 'v'.repeat(200);

/** A database on disk with state and its upkeep. */
class Bench implements Disposable {
  readonly #directory: string = mkdtempSync(join(tmpdir(), 'leat-log-'));
  readonly database: Database.Database = new Database(join(this.#directory, 'leat.db'));
  readonly writer: Writer;
  readonly state: State;
  upkeep: StateUpkeep;

  constructor() {
    prepareDatabase(this.database, 64 * 1024 * 1024);
    this.writer = new Writer(this.database);
    this.state = new State(this.database);
    this.upkeep = new StateUpkeep(this.database, this.state, this.writer);
  }

  write(keys: readonly string[], value: string | null): void {
    const changes = keys.map((key) => ({
      store: 's',
      key: bytesOf(key),
      value: value === null ? null : bytesOf(value),
    }));
    this.writer.run(() => this.state.write(OWNER, changes));
  }

  /** Keys with the number that stands behind `VALUE`. */
  read(): Map<string, string> {
    const live = new Map<string, string>();
    for (const [key, value] of this.state.read(OWNER).get('s')!) {
      live.set(textOf(key), textOf(value).slice(VALUE.length));
    }
    return live;
  }

  count(sql: string): number {
    return this.database.prepare(sql).pluck().get() as number;
  }

  finish(): void {
    for (let step = 0; step < 1000; step++) if (this.upkeep.step() === 'idle') return;
    throw new Error('upkeep never ends');
  }

  /** Four runs of more than a slice each, with some keys in common; then the first slice of their merge. */
  beginMerge(): Map<string, string> {
    const expected = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      const keys = Array.from({ length: 9000 }, (_, index) => `key-${index * (round + 1)}`);
      this.write(keys, `${VALUE}${round}`);
      for (const key of keys) expected.set(key, `${round}`);
      expect(this.upkeep.step()).toBe('worked');
    }
    expect(this.count("SELECT count(*) FROM run WHERE phase = 'live'")).toBe(4);
    for (let step = 0; step < 2; step++) expect(this.upkeep.step()).toBe('worked');
    expect(this.count("SELECT count(*) FROM run WHERE phase = 'building'")).toBe(1);
    expect(this.count('SELECT count(*) FROM page')).toBeGreaterThan(30);
    return expected;
  }

  [Symbol.dispose](): void {
    this.database.close();
    rmSync(this.#directory, { recursive: true });
  }
}

test('runs are merged in slices while changes go on, and nothing is left behind', () => {
  using bench = new Bench();
  const expected = bench.beginMerge();
  bench.write(['key-0', 'new'], `${VALUE}9`);
  for (const key of ['key-0', 'new']) expected.set(key, '9');
  expect(bench.read()).toEqual(expected);
  bench.finish();
  expect(bench.read()).toEqual(expected);
  expect(bench.count('SELECT count(*) FROM run')).toBe(1);
  expect(bench.count('SELECT count(*) FROM page')).toBe(bench.count('SELECT pages FROM run'));
});

test('a merge of everything drops deleted keys', () => {
  using bench = new Bench();
  const keys = Array.from({ length: 9000 }, (_, index) => `key-${index}`);
  for (const value of [VALUE, VALUE, VALUE, null]) {
    bench.write(keys, value);
    for (let commit = 1; commit < 32; commit++) bench.write(['nothing'], null);
    expect(bench.upkeep.step()).toBe('worked');
    expect(bench.read().size).toBe(value === null ? 0 : 9000);
  }
  bench.finish();
  expect(bench.read().size).toBe(0);
  expect(bench.count('SELECT count(*) FROM run')).toBe(0);
  expect(bench.count('SELECT count(*) FROM page')).toBe(0);
});

test('a merge cut short by a crash is done again', () => {
  using bench = new Bench();
  const expected = bench.beginMerge();
  bench.upkeep = new StateUpkeep(bench.database, bench.state, bench.writer);
  expect(bench.read()).toEqual(expected);
  bench.finish();
  expect(bench.read()).toEqual(expected);
  expect(bench.count('SELECT count(*) FROM run')).toBe(1);
});

test('a merge does not outlive what was read anew after a rollback', () => {
  using bench = new Bench();
  const expected = bench.beginMerge();
  bench.database.exec("INSERT INTO owner (name, epoch) VALUES ('q', 1)");
  bench.state.forget();
  bench.finish();
  expect(bench.read()).toEqual(expected);
  expect(bench.count("SELECT count(*) FROM run WHERE phase = 'live'")).toBe(1);
});

test('a store dropped in the middle of its merge is removed to the last row', () => {
  using bench = new Bench();
  bench.beginMerge();
  bench.write(['more'], VALUE);
  bench.writer.run(() => bench.state.drop(OWNER));
  bench.finish();
  for (const table of ['store', 'change', 'run', 'page']) {
    expect([table, bench.count(`SELECT count(*) FROM ${table}`)]).toEqual([table, 0]);
  }
});
