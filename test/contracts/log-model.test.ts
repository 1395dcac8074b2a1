/** Random work on a log, compared with plain arrays and maps after every step. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openDurableLog } from '../../src/log/durable/open.ts';
import type { Log } from '../../src/log/log.ts';
import { createMemoryLog } from '../../src/log/memory-log.ts';
import { append, change, openState, show, T0, T1, topic } from './log-workload.ts';

type Step =
  | {
      readonly kind: 'commit';
      /** Partition and sizes of the records' values, per batch. */
      readonly batches: readonly (readonly [partition: number, sizes: readonly number[]])[];
      /** Store, key and value; a null value deletes. */
      readonly changes: readonly (readonly [string, number, number | null])[];
      readonly position: number | null;
    }
  | {
      readonly kind: 'read';
      readonly partition: number;
      readonly at: number;
      readonly maxBytes: number;
    }
  | { readonly kind: 'reopen' | 'maintain' | 'open' | 'refused' };

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 200 }) },
  { weight: 1, arbitrary: fc.integer({ min: 30_000, max: 80_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      batches: fc.array(
        fc.tuple(fc.nat({ max: 1 }), fc.array(size, { minLength: 1, maxLength: 4 })),
        { maxLength: 4 },
      ),
      changes: fc.array(
        fc.tuple(
          fc.constantFrom('a', 'b/0', ''),
          fc.nat({ max: 12 }),
          fc.option(fc.nat({ max: 99 }), { nil: null }),
        ),
        { maxLength: 8 },
      ),
      position: fc.option(fc.nat({ max: 1000 }), { nil: null }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      partition: fc.nat({ max: 1 }),
      at: fc.nat({ max: 60 }),
      maxBytes: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 200_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'maintain' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'open' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'refused' as const }) },
);

const steps = fc.array(step, { maxLength: 40, size: 'max' });

/** A log beside what it should hold. */
class Modelled {
  log: Log;
  readonly #reopen: (log: Log) => Promise<Log>;
  /** Per partition: batches of `key=value@time`, records with offsets by their place. */
  readonly #batches: string[][][] = [[], []];
  readonly #state = new Map<string, string>();
  readonly #positions = new Map<number, number>();
  #epoch = 0;
  #nextTime: number;

  constructor(log: Log, reopen: (log: Log) => Promise<Log>) {
    this.log = log;
    this.#reopen = reopen;
    this.#nextTime = log.nextTime();
  }

  async run(steps: readonly Step[]): Promise<void> {
    await this.log.createTopic(topic('t'));
    for (const one of steps) {
      await this.#step(one);
      for (const partition of [0, 1]) {
        const end = this.#batches[partition]!.flat().length;
        expect(this.log.bounds({ topic: 't', partition })).toEqual({ start: 0, end });
      }
      expect(this.log.nextTime()).toBe(this.#nextTime);
    }
    for (const partition of [0, 1]) await this.#read(partition, 0, Number.POSITIVE_INFINITY);
  }

  async #step(one: Step): Promise<void> {
    switch (one.kind) {
      case 'commit':
        return this.#commit(one);
      case 'read':
        return this.#read(one.partition, one.at, one.maxBytes);
      case 'reopen':
        this.log = await this.#reopen(this.log);
        return;
      case 'maintain':
        await this.log.maintain(1000, 5);
        return;
      case 'open':
        return this.#open();
      case 'refused':
        await expect(
          this.log.commit([
            { owner: null, appends: [append(T0, 'x=1@1')], offsets: [], state: [] },
            {
              owner: { id: 'q', epoch: -1 },
              appends: [append(T1, 'x=1@1')],
              offsets: [],
              state: [change('a', '1', 'never')],
            },
          ]),
        ).rejects.toMatchObject({ code: 'log.fenced' });
    }
  }

  async #commit({ batches, changes, position }: Extract<Step, { kind: 'commit' }>): Promise<void> {
    const appends = batches.map(([partition, sizes]) => {
      const first = this.#batches[partition]!.flat().length;
      const records = sizes.map((count, index) => {
        const letter = String.fromCharCode(97 + ((first + index) % 26));
        return `${first + index}=${letter.repeat(count)}@${first + index}`;
      });
      this.#batches[partition]!.push(records);
      this.#nextTime++;
      return append({ topic: 't', partition }, records.join(' '));
    });
    const owned = {
      owner: { id: 'q', epoch: this.#epoch },
      appends: appends.slice(1),
      offsets: position === null ? [] : [{ of: T1, next: position }],
      state: changes.map(([store, key, value]) =>
        change(store, `${key}`, value === null ? null : `${value}`),
      ),
    };
    const produced = { owner: null, appends: appends.slice(0, 1), offsets: [], state: [] };
    await this.log.commit([produced, owned]);
    for (const [store, key, value] of changes) {
      if (value === null) this.#state.delete(`${store}/${key}`);
      else this.#state.set(`${store}/${key}`, `${value}`);
    }
    if (position !== null) this.#positions.set(1, position);
  }

  async #read(partition: number, at: number, maxBytes: number): Promise<void> {
    const read = await this.log.read({ topic: 't', partition }, at, maxBytes);
    let offset = 0;
    const expected: string[] = [];
    let bytes = 0;
    for (const records of this.#batches[partition]!) {
      const first = offset;
      offset += records.length;
      if (offset <= at || (expected.length > 0 && bytes >= maxBytes)) continue;
      expected.push(records.map((record, index) => `${first + index}:${record}`).join(' '));
      bytes += read[expected.length - 1]?.bytes.length ?? 0;
    }
    expect(read.map((batch) => show([batch])) as unknown).toEqual(expected);
  }

  async #open(): Promise<void> {
    const { owner, state } = await openState(this.log, 'q');
    this.#epoch++;
    expect(owner.epoch).toBe(this.#epoch);
    const expected = [...this.#state].map(([key, value]) => `${key}=${value}`).sort();
    expect(state).toBe(expected.join(' '));
    const positions = [...this.#positions].map(([partition, next]) => ({
      of: { topic: 't', partition },
      next,
    }));
    expect(this.log.positions('q')).toEqual(positions);
  }
}

test('a log in memory behaves like arrays and maps', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      await using log = createMemoryLog(() => -1);
      await new Modelled(log, async (same) => same).run(steps);
    }),
    { numRuns: 50 },
  );
});

test('a log on disk behaves like arrays and maps, whenever it is closed and opened', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(0, 5000), async (steps, tailBytesMax) => {
      const directory = mkdtempSync(join(tmpdir(), 'leat-log-'));
      const now = () => -1;
      const options = { directory, tailBytesMax, segmentBytesMax: 200_000, now };
      const open = (): Promise<Log> => openDurableLog({ ...options, durability: 'process' });
      const modelled = new Modelled(await open(), async (log) => {
        await log[Symbol.asyncDispose]();
        return open();
      });
      try {
        await modelled.run(steps);
      } finally {
        await modelled.log[Symbol.asyncDispose]();
        rmSync(directory, { recursive: true });
      }
    }),
    { numRuns: 60 },
  );
});
