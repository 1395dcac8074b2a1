/**
 * Crashes at every step. While a fixed scenario runs, the directory is copied before every write, flush, rename and removal
 * of a file and around every COMMIT; each copy is what a crash at that moment leaves. Then each is opened: it must hold the
 * scenario up to some step, not before the last one acknowledged and not beyond the one begun.
 *
 * For a crash of the system, a copy is stripped of what was written to segments and not flushed.
 */
import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Durability, Log } from '../../src/log/log.ts';
import { append, change, openState, produce, readAll, T0, T1, topic } from './log-workload.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Each is some hundred kilobytes. */
const COPIES_MAX = 500;

/** Watches what happens to files below one directory. */
class Watch {
  readonly #root: string = mkdtempSync(join(tmpdir(), 'leat-log-'));
  readonly directory: string = join(this.#root, 'original');
  #copies = 0;
  /** Called before each event. */
  onEvent: () => void = () => {};
  readonly #names = new Map<number, string>();
  /** Parts of segments that are written and not flushed, by file name. */
  readonly #unflushed = new Map<string, Range[]>();
  readonly #original = { ...fs };
  readonly #patched: string[] = [];

  install(): void {
    const original = this.#original;
    this.#around('open', (path, _flags, _mode, callback) => {
      original.open(path as string, _flags as string, _mode as number, (error, file) => {
        if (!error) this.#names.set(file, basename(path as string));
        (callback as (...all: unknown[]) => void)(error, file);
      });
    });
    this.#around('writev', (file, buffers, position, callback) => {
      const name = this.#names.get(file as number)!;
      const count = (buffers as Uint8Array[]).reduce((sum, buffer) => sum + buffer.length, 0);
      const ranges = this.#unflushed.get(name) ?? [];
      ranges.push({ start: position as number, end: (position as number) + count });
      this.#unflushed.set(name, ranges);
      original.writev(
        file as number,
        buffers as Uint8Array[],
        position as number,
        callback as () => void,
      );
    });
    this.#around('fdatasync', (file, callback) => {
      this.#unflushed.delete(this.#names.get(file as number)!);
      original.fdatasync(file as number, callback as () => void);
    });
    for (const name of ['unlink', 'renameSync', 'rmSync', 'ftruncateSync', 'writeSync'] as const) {
      this.#around(name, original[name] as (...all: unknown[]) => unknown);
    }
    syncBuiltinESMExports();
    this.#watchCommits();
  }

  /** What a listener does to files is no event. */
  #event(): void {
    const listener = this.onEvent;
    this.onEvent = () => {};
    listener();
    this.onEvent = listener;
  }

  #around(name: keyof typeof fs, run: (...all: never[]) => unknown): void {
    const patched = (...all: unknown[]): unknown => {
      this.#event();
      return (run as (...all: unknown[]) => unknown)(...all);
    };
    this.#patched.push(name);
    Object.assign(fs, { [name]: patched });
  }

  #watchCommits(): void {
    const database = new Database(':memory:');
    const prototype = Object.getPrototypeOf(database.prepare('COMMIT'));
    database.close();
    const { run } = prototype;
    const watch = this;
    this.#restoreRun = () => Object.assign(prototype, { run });
    prototype.run = function (this: { source: string }, ...all: unknown[]): unknown {
      if (this.source !== 'COMMIT') return run.apply(this, all);
      watch.#event();
      const result = run.apply(this, all);
      watch.#event();
      return result;
    };
  }
  #restoreRun: () => void = () => {};

  /** Copies the directory; for a crash of the system without what was not flushed. */
  copy(crash: 'process' | 'system'): string {
    if (this.#copies > COPIES_MAX) throw new Error('the scenario does not end');
    const copy = join(this.#root, `copy-${this.#copies++}`);
    mkdirSync(copy);
    if (existsSync(this.directory)) cpSync(this.directory, copy, { recursive: true });
    if (crash === 'process') return copy;
    for (const [name, ranges] of this.#unflushed) {
      const path = join(copy, 'segments', name);
      const bytes = readFileSync(path);
      for (const { start, end } of ranges) bytes.fill(0, start, end);
      writeFileSync(path, bytes);
    }
    const generation = join(copy, 'generation');
    if (!existsSync(generation)) return copy;
    const text = readFileSync(generation, 'utf8');
    writeFileSync(generation, text.replace(/"bootId":"[^"]*"/, '"bootId":"another"'));
    return copy;
  }

  uninstall(): void {
    this.onEvent = () => {};
    const original: Record<string, unknown> = this.#original;
    for (const name of this.#patched) Object.assign(fs, { [name]: original[name] });
    syncBuiltinESMExports();
    this.#restoreRun();
    rmSync(this.#root, { recursive: true });
  }
}

let watch: Watch;
beforeEach(() => {
  watch = new Watch();
  watch.install();
});
afterEach(() => watch.uninstall());

const BULK = 'x'.repeat(80_000);
const owner = { id: 'q', epoch: 1 };

/** Every kind of write, inline and bulk. Maintenance changes nothing that can be seen. */
const SCENARIO: readonly ((log: Log) => Promise<unknown>)[] = [
  (log) => log.createTopic(topic('t', { cleanup: 'compact,delete', retentionMs: null })),
  (log) => log.commit([produce(append(T0, 'a=1@1 b=2@2'), append(T1, 'c=3@3'))]),
  (log) => log.open('q'),
  (log) =>
    log.commit([
      produce(append(T0, `a=${BULK}@4`)),
      {
        owner,
        appends: [append(T1, 'd=4@5')],
        offsets: [{ of: T0, next: 2 }],
        state: [change('s', 'k', '1'), change('r', 'k', '2')],
      },
    ]),
  (log) => log.createTopic(topic('gone')),
  (log) =>
    log.commit([
      produce(append({ topic: 'gone', partition: 0 }, `b=${BULK}@6`), append(T1, `e=${BULK}@7`)),
      { owner, appends: [], offsets: [{ of: T0, next: 3 }], state: [change('s', 'k', null)] },
    ]),
  (log) => log.commit([{ owner, appends: [], offsets: [], state: [change('s', 'l', '3')] }]),
  (log) => log.deleteTopic('gone'),
  async (log) => {
    while (await log.maintain(1000, 100));
  },
  (log) => log.drop('q'),
  (log) => log.commit([produce(append(T0, 'f=6@8'))]),
];

/** All that can be seen of a log, except what compaction may have taken away. */
async function look(log: Log): Promise<string> {
  const seen: unknown[] = [log.topics().map(({ name }) => name), log.nextTime(), log.owners('')];
  for (const of of [T0, T1]) {
    if (!log.topics().some(({ name }) => name === of.topic)) continue;
    const records = (await readAll(log, of)).split(' ');
    const hidden = records.filter((record) => !record.startsWith('0:a='));
    seen.push(
      log.bounds(of).end,
      hidden.map((record) => `${record.length}${record.slice(0, 9)}`),
    );
  }
  for (const id of log.owners('')) {
    seen.push(log.positions(id).map(({ of, next }) => `${of.topic}/${of.partition}=${next}`));
    const { owner: opened, state } = await openState(log, id);
    seen.push(opened.epoch, state);
  }
  return JSON.stringify(seen);
}

interface Crash {
  readonly copy: string;
  /** Steps acknowledged before. */
  readonly done: number;
}

async function openLog(directory: string, durability: Durability): Promise<Log> {
  const { openDurableLog } = await import('../../src/log/durable/open.ts');
  return openDurableLog({ directory, durability, now: () => -1 });
}

async function lookAt(directory: string, durability: Durability): Promise<string> {
  await using log = await openLog(directory, durability);
  return await look(log);
}

/** After recovery a log goes on as any other. */
async function writeTo(directory: string, durability: Durability): Promise<void> {
  await using log = await openLog(directory, durability);
  await log.createTopic(topic('after'));
  const after = { topic: 'after', partition: 0 };
  await log.commit([produce(append(after, `a=${BULK}@1`))]);
  expect(await readAll(log, after)).toBe(`0:a=${BULK}@1`);
}

test.each([
  ['process', 'power'],
  ['process', 'process'],
  ['system', 'power'],
  ['system', 'process'],
] as const)(
  'a crash of the %s at any moment leaves whole steps, durability %s',
  async (crash, durability) => {
    const crashes: Crash[] = [];
    const states: string[] = [];
    let done = -1;
    watch.onEvent = () => void crashes.push({ copy: watch.copy(crash), done });
    const log = await openLog(watch.directory, durability);
    for (let index = 0; index <= SCENARIO.length; index++) {
      done = index;
      const quiet = watch.onEvent;
      watch.onEvent = () => {};
      const copy = watch.copy('process');
      states.push(await lookAt(copy, durability));
      rmSync(copy, { recursive: true });
      watch.onEvent = quiet;
      await SCENARIO[index]?.(log);
    }
    await log[Symbol.asyncDispose]();
    watch.onEvent = () => {};
    expect(crashes.length).toBeGreaterThan(40);
    const mayLose = crash === 'system' && durability === 'process';
    for (const { copy, done: acknowledged } of crashes) {
      const found = await lookAt(copy, durability);
      const first = mayLose ? 0 : Math.max(0, acknowledged);
      expect(states.slice(first, Math.max(0, acknowledged) + 2)).toContain(found);
      await writeTo(copy, durability);
      rmSync(copy, { recursive: true });
    }
  },
);
