/** The examples of docs/subscriptions.md, run as they stand there against a server. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { type TestServer, testServer } from '../server/test-server.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/subscriptions.md'), 'utf8');

/** Code of a language that contains `word`, with the server's port. */
function example(language: string, word: string, { server }: TestServer): string {
  const blocks = [...page.matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  const found = blocks.filter(([, of, code = '']) => of === language && code.includes(word));
  expect(found).toHaveLength(1);
  return (found[0]?.[2] ?? '').replaceAll('localhost:8088', `127.0.0.1:${server.port}`);
}

async function takings(): Promise<TestServer> {
  const server = await testServer();
  const sql = example('sql', 'takings', server);
  await server.engine.execute({ sql, properties: {}, variables: {} });
  await server.engine.settle();
  return server;
}

async function sell(engine: LocalEngine, name: string, price: number): Promise<void> {
  await engine.insertRows('sales', [JSON.stringify({ NAME: name, PRICE: price })]);
  await engine.settle();
}

/** What a process prints, line by line. */
class Printed {
  readonly #child: ChildProcess;
  #text = '';
  #wake: (() => void) | null = null;
  #isOver = false;

  constructor(child: ChildProcess) {
    this.#child = child;
    const take = (text: string) => {
      this.#text += text;
      this.#wake?.();
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.once('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  async until(text: string): Promise<string> {
    while (!this.#text.includes(text)) {
      if (this.#isOver) throw new Error(`it ended before: ${this.#text}`);
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
    }
    return this.#text;
  }

  [Symbol.dispose](): void {
    this.#child.kill('SIGKILL');
  }
}

/** Runs a page's script where there are EventSource and WebSocket, and prints its rows as they change. */
function browse(script: string): Printed {
  const shown = `${script}
let last = '';
setInterval(() => {
  const text = JSON.stringify([...rows]);
  if (text !== last) console.log(text);
  last = text;
}, 5);`;
  const args = ['--experimental-eventsource', '--no-warnings', '--input-type=module', '-e', shown];
  return new Printed(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
}

test('curl', async () => {
  await using server = await takings();
  using printed = new Printed(
    spawn('sh', ['-c', example('sh', 'curl', server)], { stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  await printed.until('"tick"');
  await sell(server.engine, 'desk', 200);
  const lines = (await printed.until('"end"')).trim().split('\n');
  expect(lines.filter((line) => !/"(schema|tick)"/.test(line))).toEqual([
    '{"type":"snapshot","rows":[["lamp",30]]}',
    '{"type":"upsert","rows":[["desk",200]]}',
    '{"type":"end","reason":"limit"}',
  ]);
});

test.each([['EventSource'], ['WebSocket(']])(
  'a browser with %s',
  async (word) => {
    await using server = await takings();
    using printed = browse(example('js', word, server));
    await printed.until('[["lamp",30]]');
    await sell(server.engine, 'desk', 200);
    await printed.until('[["lamp",30],["desk",200]]');
    await sell(server.engine, 'lamp', 12);
    await printed.until('[["lamp",42],["desk",200]]');
  },
  20_000,
);

test('the statements parse', async () => {
  await using server = await testServer();
  const sql =
    "CREATE SOURCE TABLE customers (id STRING PRIMARY KEY, name STRING, total INT, region STRING) WITH (KAFKA_TOPIC='c', VALUE_FORMAT='JSON', PARTITIONS=1);";
  await server.engine.execute({ sql, properties: {}, variables: {} });
  const [first = '', second = ''] = example('sql', 'customers', server).trim().split('\n');
  const request = { properties: {}, variables: {} };
  const subscription = await server.engine.subscribe({ ...request, sql: first });
  let token = '';
  for await (const frame of subscription)
    if (frame.token !== null) {
      token = frame.token;
      break;
    }
  const resumed = await server.engine.subscribe({
    ...request,
    sql: second.replace('1.m8…', token),
  });
  expect(resumed.head.columns.map(({ name }) => name)).toEqual(['ID', 'NAME', 'TOTAL']);
  await resumed.close();
});
