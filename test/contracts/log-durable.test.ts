/** What only a log on disk can do: survive, notice damage, and share nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { FileSystemStatus } from '../../src/log/durable/directory.ts';
import { type DurableLogOptions, openDurableLog } from '../../src/log/durable/open.ts';
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

class Directory implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), 'leat-log-'));

  open(options: Partial<DurableLogOptions> = {}): Promise<Log> {
    return openDurableLog({ directory: this.path, durability: 'power', now: () => -1, ...options });
  }

  /** Runs `use` on the log, and closes it. */
  async with<T>(
    use: (log: Log) => Promise<T>,
    options: Partial<DurableLogOptions> = {},
  ): Promise<T> {
    await using log = await this.open(options);
    return await use(log);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  segments(): readonly string[] {
    return readdirSync(this.file('segments')).sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** Starts log-child.ts; `lines` are what it said so far, `said` waits for a number of them. */
function startChild(
  mode: string,
  directory: Directory,
  durability = 'power',
): {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  said(count: number): Promise<void>;
  kill(): Promise<void>;
} {
  const path = new URL('log-child.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [path, mode, directory.path, durability], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  let wake = (): void => {};
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  return {
    process: child,
    lines,
    async said(count) {
      while (lines.length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await once(child, 'close');
    },
  };
}

test('a second process is refused with the pid of the first, and let in when that was killed', async () => {
  using directory = new Directory();
  const child = startChild('hold', directory);
  await child.said(2);
  await expect(directory.open()).rejects.toMatchObject({
    code: 'log.data-dir-in-use',
    message: `data directory "${directory.path}" is in use by process ${child.process.pid}`,
  });
  await child.kill();
  await directory.with(async (log) => expect(log.bounds(T0).end).toBe(10));
});

test('the same process cannot open a directory twice', async () => {
  using directory = new Directory();
  await directory.with(async (log) => {
    await log.createTopic(topic('t'));
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(directory.open()).rejects.toMatchObject({
        code: 'log.data-dir-in-use',
        message: expect.stringContaining(`is in use by process ${process.pid}`),
      });
    }
    await log.commit([produce(append(T0, 'a=1@1'))]);
  });
  await directory.with(async (log) => expect(await readAll(log, T0)).toBe('0:a=1@1'));
});

test.each(['power', 'process'] as const)(
  'a killed writer loses nothing that was acknowledged and leaves nothing half done, %s',
  async (durability) => {
    using directory = new Directory();
    for (let round = 0; round < 4; round++) {
      const child = startChild('write', directory, durability);
      await child.said(2 + round * 17);
      await child.kill();
      const acknowledged = Number(child.lines.at(-1));
      await directory.with(async (log) => {
        const { end } = log.bounds(T0);
        expect(end).toBeGreaterThan(acknowledged);
        expect(end).toBeLessThanOrEqual(acknowledged + 2);
        expect(log.bounds(T1)).toEqual({ start: 0, end });
        const numbers = Array.from({ length: end }, (_, number) => `${number}:${number}=`);
        const first = (await readAll(log, T0)).split(' ');
        expect(first.map((record) => record.replace(/=.*/, '='))).toEqual(numbers);
        expect((await readAll(log, T1)).split(' ')).toEqual(numbers.map((one) => `${one}@1`));
        expect(log.positions('q')).toEqual([{ of: T0, next: end }]);
        const seen = Array.from({ length: Math.min(end, 100) }, (_, key) => `all/${key}=seen`);
        const { state } = await openState(log, 'q');
        expect(state.split(' ')).toEqual([...seen, `last/number=${end - 1}`].sort());
      });
    }
  },
);

describe('when the system crashed under durability process', () => {
  /** Twenty commits, of which the second ten are only in the WAL and, as to bulk, in a segment. */
  async function crash(directory: Directory): Promise<void> {
    for (let round = 0; round < 2; round++) {
      const child = startChild('hold', directory, 'process');
      await child.said(2);
      await child.kill();
      if (round === 0) await directory.with(async () => {});
    }
    const generation = readFileSync(directory.file('generation'), 'utf8');
    const rebooted = generation.replace(/"bootId":"[^"]*"/, '"bootId":"another"');
    expect(rebooted).not.toBe(generation);
    writeFileSync(directory.file('generation'), rebooted);
  }

  async function expectPrefix(directory: Directory, count: number): Promise<void> {
    await directory.with(
      async (log) => {
        expect(log.bounds(T1)).toEqual({ start: 0, end: count });
        expect((await readAll(log, T0)).split(' ')).toHaveLength(count);
        expect(log.positions('q')).toEqual([{ of: T0, next: count }]);
        expect((await openState(log, 'q')).state).toContain(`last/number=${count - 1}`);
        await log.commit([produce(append(T0, `k=${'x'.repeat(100_000)}@1`))]);
      },
      { durability: 'process' },
    );
    await directory.with(async (log) => {
      expect((await readAll(log, T0)).split(' ')).toHaveLength(count + 1);
    });
  }

  test('missing bulk bytes take all of the newest commits with them', async () => {
    using directory = new Directory();
    await crash(directory);
    const segment = directory.file('segments/1.seg');
    writeFileSync(segment, readFileSync(segment).subarray(0, -1));
    await expectPrefix(directory, 10);
    expect(existsSync(directory.file('leat.db-wal.damaged'))).toBe(true);
  });

  test('nothing is dropped if nothing is missing, even if opening was cut short before', async () => {
    using directory = new Directory();
    await crash(directory);
    renameSync(directory.file('leat.db-wal'), directory.file('leat.db-wal.aside'));
    await expectPrefix(directory, 20);
  });
});

test('a process that does not close the log still comes to its end', async () => {
  using directory = new Directory();
  const child = startChild('leave', directory);
  const [code] = await once(child.process, 'close');
  expect(code).toBe(0);
  expect(child.lines.at(-1)).toBe('left');
  await directory.with(async (log) => expect(log.bounds(T0).end).toBe(101));
});

test('a log works inside a worker thread, checkpoints included', async () => {
  using directory = new Directory();
  const imported = (path: string): string => new URL(path, import.meta.url).href;
  const worker = new Worker(
    `(async () => {
      const { openDurableLog } = await import(${JSON.stringify(imported('../../src/log/durable/open.ts'))});
      const { append, produce, T0, topic } = await import(${JSON.stringify(imported('log-workload.ts'))});
      const { parentPort } = await import('node:worker_threads');
      const log = await openDurableLog({
        directory: ${JSON.stringify(directory.path)}, durability: 'process', walBytesMax: 1024 * 1024,
      });
      await log.createTopic(topic('t'));
      for (let number = 0; number < 300; number++) {
        await log.commit([produce(append(T0, number + '=' + 'x'.repeat(40000) + '@1'))]);
      }
      await log[Symbol.asyncDispose]();
      parentPort.postMessage('closed');
    })();`,
    { eval: true },
  );
  expect(await once(worker, 'message')).toEqual(['closed']);
  await directory.with(async (log) => expect(log.bounds(T0).end).toBe(300));
});

test('the write-ahead log stays near its limit however much is committed', async () => {
  using directory = new Directory();
  const walBytesMax = 2 * 1024 * 1024;
  await directory.with(
    async (log) => {
      await log.createTopic(topic('t'));
      const value = 'x'.repeat(50_000);
      let largest = 0;
      for (let number = 0; number < 400; number++) {
        await log.commit([produce(append(T0, `k=${value}@1`))]);
        largest = Math.max(largest, statSync(directory.file('leat.db-wal')).size);
      }
      // 40 MB went through it.
      expect(largest).toBeLessThan(4 * walBytesMax);
    },
    { walBytesMax, durability: 'process' },
  );
  expect(existsSync(directory.file('leat.db-wal'))).toBe(false);
});

test('only the owner may read the files', async () => {
  using directory = new Directory();
  const path = directory.file('new');
  await using log = await openDurableLog({ directory: path, durability: 'power' });
  await log.createTopic(topic('t'));
  await log.commit([produce(append(T0, `k=${'x'.repeat(100_000)}@1`))]);
  const mode = (name: string): string => (statSync(join(path, name)).mode & 0o777).toString(8);
  expect([mode('.'), mode('segments')]).toEqual(['700', '700']);
  const files = ['leat.db', 'leat.db-wal', 'leat.db-shm', 'lock.db', 'owner.json', 'generation'];
  for (const name of [...files, 'segments/1.seg'])
    expect([name, mode(name)]).toEqual([name, '600']);
});

/** Flips one bit of `file`, behind the first occurrence of `mark`. */
function damage(file: string, mark: string): void {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(mark);
  expect(at).toBeGreaterThan(0);
  bytes[at + mark.length]! ^= 4;
  writeFileSync(file, bytes);
}

test.each([
  ['in the database', 'leat.db', 100],
  ['in a segment', 'segments/1.seg', 100_000],
])(
  'damage %s is named by topic, partition and offset, and harms nobody else',
  async (_where, file, size) => {
    using directory = new Directory();
    const value = `mark${'x'.repeat(size)}`;
    await directory.with(async (log) => {
      await log.createTopic(topic('t'));
      await log.commit([produce(append(T0, 'a=1@1 b=2@1'), append(T1, 'c=3@1'))]);
      await log.commit([produce(append(T0, `d=${value}@1`))]);
      await log.commit([produce(append(T0, 'e=5@1'))]);
    });
    damage(directory.file(file), 'mark');
    await directory.with(async (log) => {
      expect(show(await log.read(T0, 0, 1))).toBe('0:a=1@1 1:b=2@1');
      for (const at of [0, 2]) {
        await expect(log.read(T0, at, 1e6)).rejects.toMatchObject({
          code: 'log.corrupt-record',
          message: expect.stringMatching(
            /^corrupt record batch at topic "t" partition 0 offset 2: CRC [0-9a-f]{8} declared/,
          ),
        });
      }
      expect(show(await log.read(T0, 3, 1))).toBe('3:e=5@1');
      expect(await readAll(log, T1)).toBe('0:c=3@1');
      await log.commit([produce(append(T0, 'f=6@1'))]);
      await log.maintain(10, 100);
    });
  },
);

test('a cut-off segment is damage, not the end of the log', async () => {
  using directory = new Directory();
  await directory.with(async (log) => {
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, `a=${'x'.repeat(100_000)}@1`))]);
  });
  rmSync(directory.file('segments/1.seg'));
  await directory.with(async (log) => {
    await expect(log.read(T0, 0, 1)).rejects.toMatchObject({
      code: 'log.corrupt-record',
      message: expect.stringMatching(/ offset 0: 10\d{4} bytes expected, 0 found$/),
    });
  });
});

test.each([
  ['a lost row', 'DELETE FROM log WHERE base = 1', 'offset 1: records up to offset 1 are missing'],
  ['a row moved to another offset', 'UPDATE log SET base = 5, last = 5 WHERE base = 1', 'offset 1'],
  [
    'a row whose time was changed',
    'UPDATE log SET max_ts = 9 WHERE base = 1',
    'offset 1: its index',
  ],
  [
    'rows with each other’s bytes',
    'UPDATE log SET batch = (SELECT batch FROM log WHERE base = 0) WHERE base = 1',
    'offset 1: its index',
  ],
])('%s is found', async (_name, sql, message) => {
  using directory = new Directory();
  await directory.with(async (log) => {
    await log.createTopic(topic('t'));
    for (const records of ['a=1@1', 'b=2@1', 'c=3@1']) {
      await log.commit([produce(append(T0, records))]);
    }
  });
  const database = new Database(directory.file('leat.db'));
  database.exec(sql);
  database.close();
  await directory.with(async (log) => {
    await expect(log.read(T0, 0, 1e6)).rejects.toMatchObject({
      code: 'log.corrupt-record',
      message: expect.stringContaining(message),
    });
  });
});

test('damaged state is refused when its owner is opened, and no other', async () => {
  using directory = new Directory();
  const commit = (log: Log, id: string): Promise<unknown> =>
    log.commit([
      {
        owner: { id, epoch: 0 },
        appends: [],
        offsets: [],
        state: [change('s', 'k', `mark-${id}`)],
      },
    ]);
  await directory.with(async (log) => {
    await commit(log, 'good');
    await commit(log, 'bad');
  });
  damage(directory.file('leat.db'), 'mark-b');
  await directory.with(async (log) => {
    await log.maintain(1, 100);
    await expect(log.open('bad')).rejects.toMatchObject({ code: 'log.corrupt-state' });
    expect((await openState(log, 'good')).state).toBe('s/k=mark-good');
  });
});

test('a lost or foreign file of the database is noticed', async () => {
  using directory = new Directory();
  const child = startChild('write', directory);
  await child.said(5);
  await child.kill();
  const wal = readFileSync(directory.file('leat.db-wal'));
  rmSync(directory.file('leat.db-wal'));
  const refused = (what: string): Promise<void> =>
    expect(directory.open()).rejects.toMatchObject({
      code: 'log.wal-mismatch',
      message: expect.stringContaining(`is not whole: ${what}`),
    });
  await refused('leat.db-wal is missing');
  writeFileSync(directory.file('leat.db-wal'), wal);
  const generation = readFileSync(directory.file('generation'), 'utf8');
  rmSync(directory.file('generation'));
  await refused('its generation file is missing');
  writeFileSync(directory.file('generation'), generation.replace(/"next":\d+/, '"next":77'));
  await refused('leat.db is of generation 1, 77 was the last to write');
  writeFileSync(directory.file('generation'), generation);
  await directory.with(async (log) => expect(log.bounds(T0).end).toBeGreaterThan(2));
});

test('a newer format is refused', async () => {
  using directory = new Directory();
  await directory.with(async () => {});
  const database = new Database(directory.file('leat.db'));
  database.exec("UPDATE meta SET value = 2 WHERE name = 'format'");
  database.close();
  await expect(directory.open()).rejects.toMatchObject({
    code: 'log.format-too-new',
    message: 'the data directory has format 2, this version reads up to 1',
  });
});

function fileSystem(status: Partial<FileSystemStatus>): FileSystemStatus {
  return { type: 0xef53, bsize: 1024 * 1024, bavail: 10_000, blocks: 20_000, ...status };
}

test('a network file system is refused', async () => {
  using directory = new Directory();
  const statfs = (): FileSystemStatus => fileSystem({ type: 0x6969 });
  await expect(directory.open({ statfs })).rejects.toMatchObject({
    code: 'log.network-file-system',
    message: expect.stringContaining('(NFS)'),
  });
});

test('with little room left writes are refused, deletes and what frees space go on, and writing resumes by itself', async () => {
  using directory = new Directory();
  let bavail = 257;
  await directory.with(
    async (log) => {
      const write = (): Promise<unknown> => log.commit([produce(append(T0, 'a=1@1'))]);
      await log.createTopic(topic('t'));
      await log.createTopic(topic('u'));
      await write();
      bavail = 255;
      await expect(write()).rejects.toMatchObject({
        code: 'log.disk-full',
        message: 'nothing was written: 255 MiB are free on the disk, 256 MiB must stay free',
      });
      await expect(log.createTopic(topic('v'))).rejects.toMatchObject({ code: 'log.disk-full' });
      expect(await readAll(log, T0)).toBe('0:a=1@1');
      await log.deleteTopic('u');
      await log.commit([{ ...produce(append(T0, 'drop=2@2')), freesSpace: true }]);
      await log.maintain(1, 10);
      bavail = 300;
      await expect(write()).rejects.toMatchObject({ code: 'log.disk-full' });
      bavail = 320;
      await write();
      expect(await readAll(log, T0)).toBe('0:a=1@1 1:drop=2@2 2:a=1@1');
    },
    { statfs: () => fileSystem({ bavail }) },
  );
});

test('after a failure whose outcome is unknown the log refuses everything until it is opened again', async () => {
  using directory = new Directory();
  await directory.with(async (log) => {
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, 'a=1@1'))]);
    rmSync(directory.file('segments'), { recursive: true });
    const unknown = { code: 'log.outcome-unknown' };
    const bulk = produce(append(T0, `b=${'x'.repeat(100_000)}@1`));
    await expect(log.commit([bulk])).rejects.toMatchObject(unknown);
    await expect(log.commit([produce(append(T0, 'c=1@1'))])).rejects.toMatchObject(unknown);
    expect(() => log.bounds(T0)).toThrow(expect.objectContaining(unknown));
  });
  await directory.with(async (log) => {
    expect(await readAll(log, T0)).toBe('0:a=1@1');
    await log.commit([produce(append(T0, `b=${'x'.repeat(100_000)}@1`))]);
    expect(log.bounds(T0).end).toBe(2);
  });
});

test.each(['power', 'process'] as const)(
  'segments without live batches are removed, and half empty ones copied together, %s',
  async (durability) => {
    using directory = new Directory();
    const value = 'x'.repeat(100_000);
    const options = { segmentBytesMax: 450_000, tailBytesMax: 0, durability };
    const expected = Array.from({ length: 10 }, (_, index) => `${index}:k${index}=${value}@1`);
    await directory.with(async (log) => {
      await log.createTopic(topic('t'));
      await log.createTopic(topic('gone'));
      const gone = { topic: 'gone', partition: 0 };
      for (let index = 0; index < 10; index++) {
        const others = [1, 2, 3].map(() => append(gone, `k=${value}@1`));
        await log.commit([produce(append(T0, `k${index}=${value}@1`), ...others)]);
      }
      expect(directory.segments()).toHaveLength(10);
      await log.deleteTopic('gone');
      const reading = log.read(T0, 0, 1e9);
      while (await log.maintain(1, 5));
      expect(show(await reading) === expected.join(' ')).toBe(true);
      expect(await readAll(log, T0)).toBe(expected.join(' '));
    }, options);
    expect(directory.segments().length).toBeLessThanOrEqual(4);
    await directory.with(async (log) => {
      expect(await readAll(log, T0)).toBe(expected.join(' '));
      await log.deleteTopic('t');
      while (await log.maintain(1, 5));
    }, options);
    expect(directory.segments().length).toBeLessThanOrEqual(1);
  },
);

test('compaction in slices agrees with the last value of each key at every moment', async () => {
  using directory = new Directory();
  const options = { segmentBytesMax: 1_000_000, tailBytesMax: 0, durability: 'process' } as const;
  const last = new Map<string, string>();
  let next = 0;
  const write = async (log: Log): Promise<void> => {
    const records = Array.from({ length: 5 }, (_, index) => {
      const key = `k${(next * 7 + index * 3) % 40}`;
      const value = `${next}-${'x'.repeat(9000)}`;
      last.set(key, `${next * 5 + index}:${key}=${value}@1`);
      return `${key}=${value}@1`;
    });
    next++;
    await log.commit([produce(append(T0, records.join(' ')))]);
  };
  /** Every last value is there; what else is there is still to be compacted. */
  const expectLast = async (log: Log): Promise<number> => {
    const records = (await readAll(log, T0)).split(' ');
    const there = new Set(records);
    expect([...last.values()].every((record) => there.has(record))).toBe(true);
    expect(log.bounds(T0)).toEqual({ start: 0, end: next * 5 });
    return records.length;
  };
  for (let round = 0; round < 3; round++) {
    await directory.with(async (log) => {
      if (round === 0) await log.createTopic(topic('t', { cleanup: 'compact' }));
      for (let commit = 0; commit < 40; commit++) {
        await write(log);
        await log.maintain(1, 0);
        if (commit % 10 === 0) await expectLast(log);
      }
    }, options);
  }
  await directory.with(async (log) => {
    for (let more = true; more; ) more = await log.maintain(1, 1);
    // Less than half may be waiting for the next pass.
    expect(await expectLast(log)).toBeLessThan(2.5 * last.size);
    expect(log.size(T0)).toBeLessThan(2.5 * last.size * 9100);
  }, options);
});

test('what a failed process left in segments is not counted and not kept', async () => {
  using directory = new Directory();
  const bulk = `b=${'x'.repeat(100_000)}@1`;
  await directory.with(async (log) => {
    await log.createTopic(topic('t'));
    await log.commit([produce(append(T0, bulk))]);
  });
  const segment = directory.file('segments/1.seg');
  const committed = statSync(segment).size;
  writeFileSync(segment, Buffer.concat([readFileSync(segment), Buffer.alloc(5000, 'z')]));
  writeFileSync(directory.file('segments/2.seg'), 'never committed');
  await directory.with(async (log) => {
    expect(directory.segments()).toEqual(['1.seg']);
    await log.commit([produce(append(T0, bulk))]);
    expect(statSync(segment).size).toBe(2 * committed);
  });
  await directory.with(async (log) => expect(await readAll(log, T0)).toBe(`0:${bulk} 1:${bulk}`));
});
