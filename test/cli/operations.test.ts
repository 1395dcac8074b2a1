/** What an operator meets: the log, the configuration, signals and whoever started the server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../server/directories.ts';
import { readPrometheus, sumOf } from '../server/prometheus-reader.ts';
import { ServeProcess } from '../server/serve-process.ts';
import { runLeat } from './run-leat.ts';

interface Line {
  readonly ts: string;
  readonly level: string;
  readonly event: string;
  readonly [field: string]: unknown;
}

function linesOf(stderr: string): readonly Line[] {
  return stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('the log', () => {
  test('is a JSON line for each change of state, and none for a record', async () => {
    using directory = temporaryDirectory();
    const server = new ServeProcess(directory.path);
    const url = await server.ready;
    const sql =
      "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);" +
      'CREATE STREAM t AS SELECT v FROM s; INSERT INTO s VALUES (1); INSERT INTO s VALUES (2);' +
      'PAUSE ALL; RESUME ALL; TERMINATE ALL; DROP STREAM t DELETE TOPIC;';
    const answer = await fetch(`${url}/ksql`, {
      method: 'POST',
      body: JSON.stringify({ ksql: sql }),
    });
    expect(await answer.text()).not.toContain('error_code');
    await server.kill('SIGTERM');
    const lines = linesOf(server.stderr);
    for (const { ts, level } of lines) {
      expect(new Date(ts).toISOString()).toBe(ts);
      expect(level).toBe('info');
    }
    const events = lines.map(({ event }) => event).filter((event) => event !== 'topic-created');
    // The engine's thread and the main one write each in their order.
    const ofMain = events.filter((event) => event.startsWith('server-'));
    expect(ofMain).toEqual(['server-started', 'server-stopping', 'server-stopped']);
    expect(events.filter((event) => !event.startsWith('server-'))).toEqual([
      'engine-opened',
      'query-started',
      'query-paused',
      'query-resumed',
      'query-stopped',
      'topic-deleted',
    ]);
    expect(lines.find(({ event }) => event === 'server-started')).toMatchObject({
      url,
      pid: server.pid,
    });
    expect(lines.find(({ event }) => event === 'server-stopping')).toMatchObject({
      cause: 'SIGTERM',
    });
  });

  test('is as quiet and as readable as one asks for', async () => {
    using directory = temporaryDirectory();
    const quiet = new ServeProcess(directory.path, ['--log-level', 'warn']);
    await quiet.ready;
    await quiet.kill('SIGTERM');
    expect(quiet.stderr).toBe('');
    const text = new ServeProcess(directory.path, ['--log-format', 'text']);
    await text.ready;
    await text.kill('SIGTERM');
    expect(text.stderr).toMatch(/^\d{4}-\d\d-\d\dT\S+Z INFO {2}engine-opened queries=0 /);
  });

  test('tells of a property that nobody knows, and a start with a wrong one ends with status 78', async () => {
    using directory = temporaryDirectory();
    const file = join(directory.path, 'server.properties');
    writeFileSync(file, 'ksql.service.id=mine_\nksql.nonsense=1\nksql.a=1\nksql.b=1\n');
    const server = new ServeProcess(join(directory.path, 'data'), ['--config', file]);
    const info = await (await fetch(`${await server.ready}/info`)).text();
    expect(info).toContain('"ksqlServiceId":"mine_"');
    await server.kill('SIGTERM');
    expect(linesOf(server.stderr)[0]).toMatchObject({
      level: 'warn',
      event: 'config-unknown-property',
      name: 'ksql.nonsense',
      source: `file ${file}`,
    });
    const unknown = linesOf(server.stderr).filter(({ event }) => event.startsWith('config-'));
    expect(unknown.map(({ name }) => name)).toEqual(['ksql.nonsense', 'ksql.a', 'ksql.b']);
    const wrong = await runLeat([
      'serve',
      '--data',
      directory.path,
      '--property',
      'leat.limit.x=1',
    ]);
    expect(wrong.status).toBe(78);
    expect(wrong.stderr).toContain('error: there is no property leat.limit.x (command line)');
  });
});

test('a served engine is measured on its own thread, and its log says what repeats ever more rarely', async () => {
  using directory = temporaryDirectory();
  const server = new ServeProcess(directory.path);
  const url = await server.ready;
  const scrape = async () => readPrometheus(await (await fetch(`${url}/metrics`)).text());
  await scrape();
  const families = await scrape();
  for (const name of ['leat_heap_used_bytes', 'leat_loop_delay_seconds', 'leat_gc_seconds']) {
    const threads = families.get(name)?.samples.map(({ labels }) => labels['thread']);
    expect([...new Set(threads)].sort()).toEqual(['engine', 'main']);
  }
  expect(sumOf(families, 'leat_process_start_time_seconds')).toBeGreaterThan(1_700_000_000);
  await server.kill('SIGTERM');
});

test('an error that repeats is logged the first time, then each power of two', async () => {
  const module = join(import.meta.dirname, '../../src/engine/system-env.ts');
  const code = `const { systemLogger } = await import(${JSON.stringify(module)});
    const logger = systemLogger();
    for (let at = 0; at < 5; at++) logger.warn('query-failed', { query: 'a', message: 'm', at });
    logger.warn('query-failed', { query: 'b', message: 'm' });
    logger.info('not-shown');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'pipe' });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child, 'close');
  expect(linesOf(stderr).map(({ query, at, times }) => [query, at, times])).toEqual([
    ['a', 0, undefined],
    ['a', 1, 2],
    ['a', 3, 4],
    ['b', undefined, undefined],
  ]);
});

test('leat config says where each value is from', async () => {
  const args = ['config', '--json', '--set', 'ksql.service.id=mine_', 'service.id'];
  const { status, stdout, stderr } = await runLeat(args);
  expect([status, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual([
    {
      name: 'ksql.service.id',
      type: 'string',
      default: 'default_',
      value: 'mine_',
      source: 'command line',
      meaning: 'Part of the names of internal topics and of the cluster, as clients are told.',
    },
  ]);
});

const entry = join(import.meta.dirname, '../../src/leat.js');

/** A process of `node`, of which a shell is a child that runs the server, as npm does it. */
async function servedByNpm(
  directory: string,
): Promise<{ npm: number; shell: number; server: number }> {
  const shell = `'${process.execPath}' '${entry}' serve --data '${directory}' --port 0; exit $?`;
  const script = `
    const child = require('node:child_process').spawn('sh', ['-c', ${JSON.stringify(shell)}], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => console.log(child.pid));
    setInterval(() => undefined, 1000);`;
  const npm = spawn(process.execPath, ['-e', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, npm_lifecycle_event: 'npx' },
  });
  npm.stdout.setEncoding('utf8');
  const [text] = await once(npm.stdout, 'data');
  const { readFileSync } = await import('node:fs');
  const { pid } = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8')) as {
    pid: number;
  };
  return { npm: npm.pid as number, shell: Number(text), server: pid };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.runIf(existsSync('/proc/self/stat'))('a server that npm started', () => {
  test.each([
    ['ends when npm’s shell is told to, which tells nobody', 'shell', 'SIGTERM'],
    ['ends when npm is killed', 'npm', 'SIGKILL'],
  ] as const)('%s', async (_name, who, signal) => {
    using directory = temporaryDirectory();
    const pids = await servedByNpm(directory.path);
    process.kill(pids[who], signal);
    await expect.poll(() => isAlive(pids.server), { timeout: 10_000 }).toBe(false);
    // It has given its directory back: another may have it.
    const next = new ServeProcess(directory.path);
    await next.ready;
    await next.kill('SIGKILL');
    for (const pid of [pids.shell, pids.npm]) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  });
});

test('a second signal ends a server at once, whatever is under way', async () => {
  using directory = temporaryDirectory();
  const server = new ServeProcess(directory.path);
  const url = await server.ready;
  // A request that never ends arriving holds the first signal up.
  const body = new ReadableStream({ start: (controller) => controller.enqueue('{"ksql"') });
  const request = fetch(`${url}/ksql`, { method: 'POST', body, duplex: 'half' } as RequestInit);
  request.catch(() => undefined);
  await expect
    .poll(async () =>
      (await (await fetch(`${url}/metrics`)).text()).includes('leat_requests_active 2'),
    )
    .toBe(true);
  const ended = server.kill('SIGTERM');
  await expect.poll(() => server.stderr).toContain('server-stopping');
  await server.kill('SIGTERM');
  expect(await ended).toEqual({ code: 130, signal: null });
});
