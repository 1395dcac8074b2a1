/** What every `Log` does. Runs over each implementation; `reopen` is null where nothing survives. */
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../../src/base/bytes.ts';
import type { Log } from '../../src/log/log.ts';
import {
  append,
  change,
  openState,
  produce,
  readAll,
  show,
  T0,
  T1,
  topic,
} from './log-workload.ts';

export interface LogUnderTest {
  readonly log: Log;
  /** Closes the log and opens what is left. */
  readonly reopen: (() => Promise<Log>) | null;
  [Symbol.asyncDispose](): Promise<void>;
}
export type OpenLog = () => Promise<LogUnderTest>;

/** What the logs under test read from: −1 says nothing, so that the age of a batch is that of its records. */
export const wallClock: { now: number } = { now: -1 };

const DAY_MS = 24 * 60 * 60 * 1000;

async function maintainFully(log: Log, now: number): Promise<void> {
  for (let round = 0; round < 1000; round++) if (!(await log.maintain(now, 5))) return;
  throw new Error('maintain never finishes');
}

export function describeLog(name: string, open: OpenLog): void {
  describe(name, () => {
    describeTopics(open);
    describeRecords(open);
    describeOwners(open);
    describeMaintenance(open);
  });
}

function describeTopics(open: OpenLog): void {
  test('topics are listed in the order of their creation and survive reopening', async () => {
    await using under = await open();
    const specs = [topic('z'), topic('a', { partitions: 1, cleanup: 'compact', retentionMs: 5 })];
    for (const spec of specs) await under.log.createTopic(spec);
    expect(under.log.topics()).toEqual(specs);
    if (under.reopen === null) return;
    expect((await under.reopen()).topics()).toEqual(specs);
  });

  test('a second topic of the same name is refused', async () => {
    await using under = await open();
    await under.log.createTopic(topic('t'));
    await expect(under.log.createTopic(topic('t'))).rejects.toMatchObject({
      code: 'log.topic-exists',
      message: 'topic "t" already exists',
    });
  });

  test.each([[''], ['.'], ['..'], ['a b'], ['ä'], ['a/b'], ['x'.repeat(250)]])(
    'the name "%s" is refused',
    async (bad) => {
      await using under = await open();
      await expect(under.log.createTopic(topic(bad))).rejects.toMatchObject({
        code: 'log.invalid-topic',
      });
    },
  );

  test.each([[0], [1.5], [1025]])('%d partitions are refused', async (partitions) => {
    await using under = await open();
    await expect(under.log.createTopic(topic('t', { partitions }))).rejects.toMatchObject({
      code: 'log.invalid-topic',
    });
  });

  test('names like __proto__ are plain names', async () => {
    await using under = await open();
    await under.log.createTopic(topic('__proto__'));
    const of = { topic: '__proto__', partition: 1 };
    await under.log.commit([produce(append(of, 'a=1@5'))]);
    expect(await readAll(under.log, of)).toBe('0:a=1@5');
  });

  test('a topic or partition that does not exist is named', async () => {
    await using under = await open();
    await under.log.createTopic(topic('t'));
    const unknown = { topic: 'u', partition: 0 };
    expect(() => under.log.bounds(unknown)).toThrow('topic "u" does not exist');
    expect(() => under.log.bounds({ topic: 't', partition: 2 })).toThrow(
      'topic "t" has no partition 2',
    );
    await expect(under.log.read(unknown, 0, 1)).rejects.toMatchObject({
      code: 'log.unknown-topic',
    });
    await expect(under.log.deleteTopic('u')).rejects.toMatchObject({ code: 'log.unknown-topic' });
  });

  test('a deleted topic takes its records and positions along; its name begins afresh', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    await log.createTopic(topic('kept'));
    const kept = { topic: 'kept', partition: 0 };
    const owner = { id: 'q', epoch: 0 };
    await log.commit([produce(append(T0, 'a=1@5'), append(kept, 'b=2@5'))]);
    const offsets = [
      { of: T0, next: 1 },
      { of: kept, next: 1 },
    ];
    await log.commit([{ owner, appends: [], offsets, state: [] }]);
    await log.deleteTopic('t');
    for (let round = 0; round < 2; round++) {
      expect(log.topics()).toEqual([topic('kept')]);
      expect(log.positions('q')).toEqual([{ of: kept, next: 1 }]);
      if (under.reopen === null) break;
      log = await under.reopen();
    }
    await log.createTopic(topic('t'));
    expect(log.bounds(T0)).toEqual({ start: 0, end: 0 });
    expect(await readAll(log, T0)).toBe('');
    await maintainFully(log, 10);
    expect(await readAll(log, kept)).toBe('0:b=2@5');
  });
}

function describeRecords(open: OpenLog): void {
  test('appends get consecutive offsets per partition, in order', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t'));
    const committed = await log.commit([
      produce(append(T0, 'a=1@5 b=2@6'), append(T1, 'c=3@7'), append(T0, 'd=4@8')),
      produce(append(T0, 'e=5@9')),
    ]);
    expect(committed.map((part) => part.appended.map((one) => one.baseOffset))).toEqual([
      [0, 0, 2],
      [3],
    ]);
    expect(log.bounds(T0)).toEqual({ start: 0, end: 4 });
    expect(log.bounds(T1)).toEqual({ start: 0, end: 1 });
    expect(await readAll(log, T0)).toBe('0:a=1@5 1:b=2@6 2:d=4@8 3:e=5@9');
    expect(await readAll(log, T1)).toBe('0:c=3@7');
  });

  test('batches of every size come back as they were', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    const values = [10, 70_000, 500, 300_000, 1_000_000, 3].map((size, index) =>
      String.fromCharCode(97 + index).repeat(size),
    );
    for (const value of values) await log.commit([produce(append(T0, `k=${value}@5`))]);
    const expected = values.map((value, index) => `${index}:k=${value}@5`).join(' ');
    for (let round = 0; round < 2; round++) {
      expect((await readAll(log, T0)) === expected).toBe(true);
      expect(log.size(T0)).toBeGreaterThan(1_370_513);
      expect(log.size(T0)).toBeLessThan(1_371_513);
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('a batch keeps when it was appended, or said to be', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    await log.commit([produce({ ...append(T0, 'a=1@5'), appendedMs: 77 }, append(T0, 'b=2@6'))]);
    for (let round = 0; round < 2; round++) {
      const batches = await log.read(T0, 0, Number.POSITIVE_INFINITY);
      expect(batches.map(({ appendedMs }) => appendedMs)).toEqual([77, wallClock.now]);
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('a commit of many batches is read back whole', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t'));
    const value = 'x'.repeat(1000);
    const appends = Array.from({ length: 1500 }, (_, index) => append(T0, `${index}=${value}@1`));
    await log.commit([produce(...appends)]);
    const batches = await log.read(T0, 0, Number.POSITIVE_INFINITY);
    expect(batches.map((batch) => batch.baseOffset)).toEqual(appends.map((_, index) => index));
    expect(show(batches.slice(-1))).toBe(`1499:1499=${value}@1`);
  });

  test('a read begins with the batch that holds the offset and stops after maxBytes', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, 'a=1@5 b=2@6 c=3@7'))]);
    await log.commit([produce(append(T0, 'd=4@8'))]);
    await log.commit([produce(append(T0, 'e=5@9'))]);
    for (let round = 0; round < 2; round++) {
      expect(show(await log.read(T0, 1, 1))).toBe('0:a=1@5 1:b=2@6 2:c=3@7');
      expect(show(await log.read(T0, 3, 1))).toBe('3:d=4@8');
      expect(show(await log.read(T0, 2, 100))).toBe('0:a=1@5 1:b=2@6 2:c=3@7 3:d=4@8');
      expect(show(await log.read(T0, 3, 1e6))).toBe('3:d=4@8 4:e=5@9');
      expect(await log.read(T0, 5, 1e6)).toEqual([]);
      expect(await log.read(T0, 99, 1e6)).toEqual([]);
      expect(show(await log.read(T0, -3, 1))).toBe('0:a=1@5 1:b=2@6 2:c=3@7');
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('a batch says what it holds', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, 'x=0@1'))]);
    await log.commit([
      produce(
        append(T0, 'a=1@9 b=2@6 c=3@7', [
          [1, 2],
          [7, 1],
        ]),
      ),
    ]);
    for (let round = 0; round < 2; round++) {
      expect((await log.read(T0, 1, 1))[0]).toMatchObject({
        baseOffset: 1,
        lastOffset: 3,
        recordCount: 3,
        maxTimestamp: 9,
        times: [
          [1, 2],
          [7, 1],
        ],
      });
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('batches from outside get rising logical times, derived ones keep theirs', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    const first = log.nextTime();
    const committed = await log.commit([
      produce(append(T0, 'a=1@5 b=2@6'), append(T1, 'c=3@7')),
      produce(append(T1, 'd=4@7', [[first, 1]]), append(T0, 'e=5@7')),
    ]);
    const expected = [[[first, 2]], [[first + 1, 1]], [[first, 1]], [[first + 2, 1]]];
    expect(committed.flatMap((part) => part.appended.map((one) => one.times))).toEqual(expected);
    expect(log.nextTime()).toBe(first + 3);
    if (under.reopen === null) return;
    log = await under.reopen();
    expect(log.nextTime()).toBe(first + 3);
    const [zero, one] = [await log.read(T0, 0, 1e6), await log.read(T1, 0, 1e6)];
    expect([...zero, ...one].map((batch) => batch.times)).toEqual([
      expected[0],
      expected[3],
      expected[1],
      expected[2],
    ]);
  });

  test('the logical time does not go back when the newest records are gone', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, 'a=1@5'), append(T0, 'b=2@6'))]);
    const next = log.nextTime();
    await log.deleteTopic('t');
    await maintainFully(log, 10);
    if (under.reopen !== null) log = await under.reopen();
    expect(log.nextTime()).toBe(next);
  });

  test('the first offset at or after a time is found by offset order', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, 'a=1@50 b=2@40'))]);
    await log.commit([produce(append(T0, 'c=3@10 d=4@70'))]);
    await log.commit([produce(append(T0, 'e=5@60'))]);
    const answers = [0, 45, 51, 60, 71].map((time) => log.offsetForTime(T0, time));
    expect(await Promise.all(answers)).toEqual([0, 0, 3, 3, null]);
    expect(await log.offsetForTime(T1, 0)).toBeNull();
  });
}

function describeOwners(open: OpenLog): void {
  test('everything of a commit is refused when one part is', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t'));
    const { epoch } = await log.open('q');
    await log.open('q');
    const owner = { id: 'q', epoch };
    const refused = log.commit([
      produce(append(T0, 'a=1@5')),
      { owner, appends: [], offsets: [{ of: T0, next: 1 }], state: [change('s', 'k', 'v')] },
    ]);
    await expect(refused).rejects.toMatchObject({ code: 'log.fenced' });
    const unknown = append({ topic: 'u', partition: 0 }, 'b=2@5');
    await expect(log.commit([produce(append(T0, 'a=1@5'), unknown)])).rejects.toMatchObject({
      code: 'log.unknown-topic',
    });
    expect(log.bounds(T0).end).toBe(0);
    expect(await readAll(log, T0)).toBe('');
    expect((await openState(log, 'q')).state).toBe('');
  });

  test('each opening raises the epoch and fences the one before, also across reopening', async () => {
    await using under = await open();
    let { log } = under;
    expect((await log.open('q')).epoch).toBe(1);
    expect((await log.open('q')).epoch).toBe(2);
    expect((await log.open('other')).epoch).toBe(1);
    if (under.reopen !== null) log = await under.reopen();
    const part = { appends: [], offsets: [], state: [change('s', 'k', 'v')] };
    await expect(log.commit([{ owner: { id: 'q', epoch: 1 }, ...part }])).rejects.toMatchObject({
      code: 'log.fenced',
    });
    await log.commit([{ owner: { id: 'q', epoch: 2 }, ...part }]);
    expect((await log.open('q')).epoch).toBe(3);
  });

  test('an owner that was never opened may commit with epoch 0', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    const owner = { id: 'group:g', epoch: 0 };
    for (const next of [3, 9]) {
      await log.commit([{ owner, appends: [], offsets: [{ of: T0, next }], state: [] }]);
    }
    await log.commit([{ owner, appends: [], offsets: [{ of: T1, next: 4 }], state: [] }]);
    if (under.reopen !== null) log = await under.reopen();
    const positions = [...log.positions('group:g')].sort((a, b) => a.next - b.next);
    expect(positions).toEqual([
      { of: T1, next: 4 },
      { of: T0, next: 9 },
    ]);
    expect((await log.open('group:g')).positions).toHaveLength(2);
    expect(log.positions('nobody')).toEqual([]);
  });

  test('owners are listed by prefix and forgotten when dropped', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t'));
    for (const id of ['group:b', 'query', 'group:a', 'groupie', 'group:']) {
      const offsets = [{ of: T0, next: 1 }];
      const state = [change('s', 'k', id)];
      await log.commit([{ owner: { id, epoch: 0 }, appends: [], offsets, state }]);
    }
    expect(log.owners('group:')).toEqual(['group:', 'group:a', 'group:b']);
    await log.drop('group:a');
    await log.drop('nobody');
    await maintainFully(log, 1);
    if (under.reopen !== null) log = await under.reopen();
    expect(log.owners('group:')).toEqual(['group:', 'group:b']);
    expect(log.positions('group:a')).toEqual([]);
    expect((await openState(log, 'group:a')).state).toBe('');
    expect((await openState(log, 'group:b')).state).toBe('s/k=group:b');
  });

  test('state is the last write of each key, per store', async () => {
    await using under = await open();
    let { log } = under;
    let { owner, state } = await openState(log, 'q');
    expect(state).toBe('');
    const commits = [
      [change('a', 'x', '1'), change('b', 'x', '2'), change('a', '', ''), change('a', 'x', '3')],
      [change('b', 'x', null), change('b', 'y', '4'), change('c', 'gone', null)],
      [change('a', 'z', '5'), change('b', 'y', '6'), change('a', 'z', null)],
    ];
    for (const changes of commits) {
      await log.commit([{ owner, appends: [], offsets: [], state: changes }]);
    }
    for (let round = 0; round < 2; round++) {
      ({ owner, state } = await openState(log, 'q'));
      expect(state).toBe('a/= a/x=3 b/y=6');
      if (under.reopen === null) break;
      await maintainFully(log, 1);
      log = await under.reopen();
    }
  });

  test('the buffers of a state change may be reused after the commit', async () => {
    await using under = await open();
    const { log } = under;
    const buffer = bytesOf('k1');
    const owner = { id: 'q', epoch: 0 };
    const state = [{ store: 's', key: buffer, value: buffer }];
    await log.commit([{ owner, appends: [], offsets: [], state }]);
    buffer.fill(0);
    expect((await openState(log, 'q')).state).toBe('s/k1=k1');
  });
}

function describeMaintenance(open: OpenLog): void {
  test('retention removes old batches from the beginning only', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t', { retentionMs: 100 }));
    for (const records of ['a=1@10 b=2@20', 'c=3@-1', 'd=4@300', 'e=5@30', 'f=6@400']) {
      await log.commit([produce(append(T0, records))]);
    }
    const before = log.size(T0);
    await maintainFully(log, 120);
    expect(log.bounds(T0)).toEqual({ start: 0, end: 6 });
    await maintainFully(log, 121);
    expect(log.bounds(T0)).toEqual({ start: 2, end: 6 });
    expect(log.size(T0)).toBeLessThan(before);
    expect(await readAll(log, T0)).toBe('2:c=3@-1 3:d=4@300 4:e=5@30 5:f=6@400');
    if (under.reopen !== null) log = await under.reopen();
    expect(log.bounds(T0)).toEqual({ start: 2, end: 6 });
    await maintainFully(log, 401);
    expect(await readAll(log, T0)).toBe('5:f=6@400');
  });

  test('history loaded today is kept as long as what happens today', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t', { retentionMs: 100 }));
    wallClock.now = 1_000_000;
    try {
      await log.commit([produce(append(T0, 'a=1@5'))]);
    } finally {
      wallClock.now = -1;
    }
    await maintainFully(log, 1_000_100);
    expect(log.bounds(T0)).toEqual({ start: 0, end: 1 });
    await maintainFully(log, 1_000_101);
    expect(log.bounds(T0)).toEqual({ start: 1, end: 1 });
  });

  test('a partition emptied by retention goes on at its next offset', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t', { retentionMs: 100 }));
    await log.commit([produce(append(T0, 'a=1@10 b=2@20'))]);
    await maintainFully(log, 1000);
    if (under.reopen !== null) log = await under.reopen();
    expect(log.bounds(T0)).toEqual({ start: 2, end: 2 });
    expect(await log.read(T0, 0, 1e6)).toEqual([]);
    const [committed] = await log.commit([produce(append(T0, 'c=3@990'))]);
    expect(committed!.appended[0]!.baseOffset).toBe(2);
    expect(await readAll(log, T0)).toBe('2:c=3@990');
  });

  test('records without a time limit stay', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t'));
    await log.createTopic(topic('c', { cleanup: 'compact', retentionMs: 1 }));
    const compacted = { topic: 'c', partition: 0 };
    await log.commit([produce(append(T0, 'a=1@1'), append(compacted, 'a=1@1'))]);
    await maintainFully(log, 1e12);
    expect(await readAll(log, T0)).toBe('0:a=1@1');
    expect(await readAll(log, compacted)).toBe('0:a=1@1');
  });

  test('compaction keeps the last record of each key, under its offset', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t', { cleanup: 'compact' }));
    const first = log.nextTime();
    for (const records of ['a=1@10 b=2@20 =n@5', 'a=3@30', 'c=4@15 b=5@40', 'd=6@50']) {
      await log.commit([produce(append(T0, records))]);
    }
    await maintainFully(log, 100);
    for (let round = 0; round < 2; round++) {
      expect(await readAll(log, T0)).toBe('2:=n@5 3:a=3@30 4:c=4@15 5:b=5@40 6:d=6@50');
      expect(log.bounds(T0)).toEqual({ start: 0, end: 7 });
      const batches = await log.read(T0, 0, 1e6);
      expect(batches[0]).toMatchObject({
        baseOffset: 0,
        lastOffset: 2,
        recordCount: 1,
        maxTimestamp: 5,
        times: [[first, 1]],
      });
      expect(show(await log.read(T0, 1, 1))).toBe('2:=n@5');
      expect(await log.offsetForTime(T0, 35)).toBe(5);
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('large compacted batches come back from wherever they lie', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t', { cleanup: 'compact' }));
    const value = 'v'.repeat(50_000);
    for (let round = 0; round < 4; round++) {
      await log.commit([
        produce(append(T0, `a=${value}${round}@1 b${round}=${value}@1 c=${value}@1`)),
      ]);
    }
    await maintainFully(log, 10);
    const expected = [1, 4, 7]
      .map((offset, index) => `${offset}:b${index}=${value}@1`)
      .concat(`9:a=${value}3@1`, `10:b3=${value}@1`, `11:c=${value}@1`)
      .join(' ');
    for (let round = 0; round < 2; round++) {
      expect((await readAll(log, T0)) === expected).toBe(true);
      if (under.reopen === null) break;
      log = await under.reopen();
    }
  });

  test('a tombstone stays for a day after compaction, then goes', async () => {
    await using under = await open();
    let { log } = under;
    await log.createTopic(topic('t', { cleanup: 'compact' }));
    await log.commit([produce(append(T0, 'a=1@10 b=2@20'))]);
    await log.commit([produce(append(T0, 'a=-@30 c=3@40'))]);
    const now = 1_000_000;
    await maintainFully(log, now);
    expect(await readAll(log, T0)).toBe('1:b=2@20 2:a=-@30 3:c=3@40');
    if (under.reopen !== null) log = await under.reopen();
    await maintainFully(log, now + DAY_MS - 1);
    expect(await readAll(log, T0)).toBe('1:b=2@20 2:a=-@30 3:c=3@40');
    await maintainFully(log, now + DAY_MS);
    expect(await readAll(log, T0)).toBe('1:b=2@20 3:c=3@40');
  });

  test('a topic with both policies is compacted and limited in time', async () => {
    await using under = await open();
    const { log } = under;
    await log.createTopic(topic('t', { cleanup: 'compact,delete', retentionMs: 100 }));
    for (const records of ['a=1@10', 'b=2@200', 'b=3@210']) {
      await log.commit([produce(append(T0, records))]);
    }
    await maintainFully(log, 250);
    expect(await readAll(log, T0)).toBe('2:b=3@210');
    expect(log.bounds(T0).end).toBe(3);
  });
}
