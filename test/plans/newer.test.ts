import { expect, test } from 'vitest';
import type { Json } from '../../src/base/env.ts';
import { exitCodeOf, exitCodes } from '../../src/cli/exit.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { openDurableLog } from '../../src/log/durable/open.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { runLeat } from '../cli/run-leat.ts';
import { temporaryDirectory } from '../server/directories.ts';
import type { Phase } from './recording.ts';
import { recordings } from './recordings.ts';
import { commandTopic, pull, Stage } from './stage.ts';

interface StoredPlan {
  version: number;
  readonly steps: readonly { op: string }[];
}

/** A stored CREATE STREAM … AS SELECT whose plan is another. */
function storedQuery(change: (plan: StoredPlan) => void): string {
  const [, recording] = recordings.find(([file]) => file.endsWith('/stream-copy.json'))!;
  const { commands } = recording.phases[0] as Phase;
  const stored: unknown = structuredClone(commands.at(-1));
  change((stored as { command: { query: { plan: StoredPlan } } }).command.query.plan);
  return JSON.stringify(stored);
}

const newerCommand = '{"version":2,"command":{"kind":"drop-type","name":"T"}}';
const unknownKind = '{"version":1,"command":{"kind":"rename-source","from":"A","to":"B"}}';
const newerStep = storedQuery(({ steps }) => {
  steps[0]!.op = 'source@2';
});
const newerPlan = storedQuery((plan) => {
  plan.version = 2;
});

test.each([
  ['a newer version', newerCommand, 'command of version 2 is not known to this version'],
  ['an unknown kind', unknownKind, 'command of kind "rename-source" is not known to this version'],
  [
    'an unknown step',
    newerStep,
    'Query CSAS_COPY_1 has the step source@2, which this version does not know',
  ],
  [
    'a newer plan',
    newerPlan,
    'Query CSAS_COPY_1 has a plan of version 2, which this version does not know',
  ],
])('a command of %s is refused at the start: status 77', async (_what, command, message) => {
  const stage = new Stage();
  await using engine = await stage.start();
  await stage.command(command);
  const error: unknown = await stage.start().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message });
  expect(exitCodeOf(error)).toBe(exitCodes.tooNew);
  expect(engine.catalog.queries.size).toBe(0);
});

test('what has been dropped since need not be known', async () => {
  const stage = new Stage();
  await (await stage.start())[Symbol.asyncDispose]();
  const dropped: Json = {
    version: 1,
    command: { kind: 'drop-source', name: 'COPY', deleteTopic: false },
  };
  await stage.command(newerStep);
  await stage.command(JSON.stringify(dropped));
  await using engine = await stage.start();
  expect(engine.catalog.queries.size).toBe(0);
});

/** A data directory as the recording left it, but for the values of a query's state. */
async function withState(change: (owner: string, value: Buffer) => Buffer): Promise<Stage> {
  const [, recording] = recordings.find(([file]) => file.endsWith('/aggregate-by-column.json'))!;
  const [phase] = recording.phases as readonly [Phase];
  const stage = new Stage();
  for (const topic of phase.topics) await stage.log.createTopic(topic);
  for (const command of phase.commands) await stage.command(JSON.stringify(command));
  const changed = (owner: string, value: string) =>
    change(owner, Buffer.from(value, 'base64')).toString('base64');
  await stage.restore(
    phase.state.map(({ stores, ...rest }) => ({
      ...rest,
      stores: Object.fromEntries(
        Object.entries(stores).map(([name, entries]) => [
          name,
          entries.map(([key, value]) => [key, changed(rest.owner, value)] as const),
        ]),
      ),
    })),
  );
  return stage;
}

test('state of a newer layout is refused at the start: status 77', async () => {
  const stage = await withState((_owner, value) => Buffer.from([2, ...value.subarray(1)]));
  const error: unknown = await stage.start().catch((reason: unknown) => reason);
  expect(error).toMatchObject({ message: 'state of layout 2; this version knows 1' });
  expect(exitCodeOf(error)).toBe(exitCodes.tooNew);
});

test('state that cannot be read fails its query and no other', async () => {
  const stage = await withState((owner, value) =>
    owner === 'query:CTAS_PER_SHOP_1' ? value.subarray(0, 3) : value,
  );
  await using engine = await stage.start();
  const failures = await engine.settle();
  expect(failures.map(({ queryId }) => queryId)).toEqual(['CTAS_PER_SHOP_1']);
  await expect(pull(engine, 'SELECT * FROM per_shop;')).rejects.toThrow(
    'Query with id CTAS_PER_SHOP_1 is not running',
  );
  expect((await pull(engine, 'SELECT * FROM per_letter;')).rows).toEqual([
    '["a",1]',
    '["p",4]',
    '["f",9]',
  ]);
});

test('leat serve says so and leaves the directory as it is', async () => {
  using directory = temporaryDirectory();
  const config = { directory: directory.path, durability: 'process', properties: {} } as const;
  await (await openLocalEngine(config))[Symbol.asyncDispose]();
  const log = await openDurableLog({ directory: directory.path, durability: 'process' });
  const writer = new RecordBatchWriter();
  writer.append(null, Buffer.from(newerStep), 0);
  const { bytes, ...rest } = writer.finish();
  const append = { to: { topic: commandTopic, partition: 0 }, batch: bytes, ...rest, times: null };
  await log.commit([{ owner: null, appends: [append], offsets: [], state: [] }]);
  await log[Symbol.asyncDispose]();
  for (const attempt of [1, 2]) {
    const { status, stderr } = await runLeat(['serve', '--data', directory.path, '--port', '0']);
    expect([attempt, status]).toEqual([attempt, exitCodes.tooNew]);
    expect(stderr).toBe(
      'error: Query CSAS_COPY_1 has the step source@2, which this version does not know\n' +
        'hint: The data directory was written by a newer version: run that or a newer one.\n',
    );
  }
});
