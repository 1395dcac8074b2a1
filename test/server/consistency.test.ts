/** Read your writes: what is acknowledged shows in the next pull query, over an engine on its thread and on disk. */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:http2';
import { expect, test } from 'vitest';
import { ThreadEngine } from '../../src/engine/thread/thread-engine.ts';
import { startServer } from '../../src/server/start.ts';
import { makeDirectory } from '../bench/directory.ts';
import { randomFrom } from './random.ts';
import { testServer, post } from './test-server.ts';

const statements =
  "CREATE STREAM S (K INT KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=3);" +
  'CREATE STREAM KEPT AS SELECT K, V FROM S WHERE V >= 0;' +
  'CREATE TABLE LATEST AS SELECT K, LATEST_BY_OFFSET(V) AS V, COUNT(*) AS N FROM KEPT GROUP BY K;';
const tokens = { 'ksql.query.pull.consistency.token.enabled': true };
const vector = 'request.ksql.query.pull.consistency.offset.vector';

async function threadServer() {
  const directory = makeDirectory();
  const engine = await ThreadEngine.open(
    { directory, durability: 'process', properties: {} },
    { onFatal: () => undefined },
  );
  const server = await startServer(engine, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server.close();
      await engine[Symbol.asyncDispose]();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** One connection of `/inserts-stream` whose acknowledgements carry tokens. */
class Inserts {
  readonly #session: ReturnType<typeof connect>;
  readonly #stream: ReturnType<ReturnType<typeof connect>['request']>;
  #text = '';

  constructor(url: string) {
    this.#session = connect(url);
    this.#stream = this.#session.request({ ':method': 'POST', ':path': '/inserts-stream' });
    this.#stream.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
    });
    this.#stream.write(`${JSON.stringify({ target: 'S', properties: tokens })}\n`);
  }

  /** The token of the row's acknowledgement. */
  async insert(row: object): Promise<string> {
    this.#stream.write(`${JSON.stringify(row)}\n`);
    while (!this.#text.includes('\n')) await once(this.#stream, 'data');
    const acknowledgement = JSON.parse(this.#text) as Record<string, unknown>;
    this.#text = '';
    expect(acknowledgement).toMatchObject({ status: 'ok' });
    return acknowledgement['consistencyToken'] as string;
  }

  close(): void {
    this.#stream.end();
    this.#session.close();
  }
}

test('what was acknowledged is seen, by a thousand inserts in either way', async () => {
  await using server = await threadServer();
  expect((await post(`${server.url}/ksql`, { ksql: statements })).status).toBe(200);
  const seed = Math.floor(Math.random() * 2 ** 31);
  const random = randomFrom(seed);
  const insertValues = async (k: number, v: number): Promise<string> => {
    const response = await fetch(`${server.url}/ksql`, {
      method: 'POST',
      body: JSON.stringify({
        ksql: `INSERT INTO S (K, V) VALUES (${k}, ${v});`,
        streamsProperties: tokens,
      }),
    });
    await response.text();
    return response.headers.get('leat-consistency-token') ?? '';
  };
  const write = async (writer: number): Promise<void> => {
    const inserts = new Inserts(server.url);
    const counts = new Map<number, number>();
    for (let v = 0; v < 250; v++) {
      const k = writer * 100 + Math.floor(random() * 5);
      const token = await (random() < 0.5 ? insertValues(k, v) : inserts.insert({ K: k, V: v }));
      expect(token).not.toBe('');
      counts.set(k, (counts.get(k) ?? 0) + 1);
      const where = random() < 0.8 ? `K = ${k}` : `K >= ${k} AND K <= ${k}`;
      const answer = await post(`${server.url}/query-stream`, {
        sql: `SELECT K, V, N FROM LATEST WHERE ${where};`,
        requestProperties: random() < 0.8 ? { [vector]: token } : {},
      });
      const [, row] = answer.text.trim().split('\n');
      expect([seed, row]).toEqual([seed, JSON.stringify([k, v, counts.get(k)])]);
    }
    inserts.close();
  };
  await Promise.all([0, 1, 2, 3].map(write));
});

test('a query with a token waits for its table to catch up, as long as it may take', async () => {
  await using server = await testServer({}, {});
  await post(`${server.url}/ksql`, { ksql: statements });
  const id = [...server.engine.catalog.queries.keys()].find((name) => name.startsWith('CTAS'));
  await post(`${server.url}/ksql`, { ksql: `PAUSE ${id};` });
  await server.engine.insertRows('S', ['{"K":1,"V":7}']);
  const token = await server.engine.consistencyToken();
  const ask = (requestProperties: object) =>
    post(`${server.url}/query-stream`, {
      sql: 'SELECT K, V FROM LATEST WHERE K = 1;',
      requestProperties,
    });
  expect((await ask({})).text).not.toContain('[1,7]');
  let isAnswered = false;
  const waiting = ask({ [vector]: token }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await ask({});
  expect(isAnswered).toBe(false);
  await post(`${server.url}/ksql`, { ksql: `RESUME ${id};` });
  expect((await waiting).text).toContain('[1,7]');
});

test('answers carry tokens where they are asked for, in every framing', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  await server.engine.insertRows('S', ['{"K":1,"V":7}']);
  const token = await server.engine.consistencyToken();
  const sql = 'SELECT K FROM LATEST WHERE K = 1;';
  const accept = (type: string) => ({ accept: type });
  const stream = (type: string) =>
    post(`${server.url}/query-stream`, { sql, properties: tokens }, accept(type));
  const lines = (await stream('application/vnd.ksqlapi.delimited.v1')).text.split('\n');
  expect(lines.slice(1)).toEqual(['[1]', JSON.stringify({ consistencyToken: token }), '']);
  expect((await stream('application/json')).text).toMatch(
    `,[1],${JSON.stringify({ consistencyToken: token })}]`,
  );
  const query = await post(`${server.url}/query`, { ksql: sql, streamsProperties: tokens });
  expect(JSON.parse(query.text)).toMatchObject([
    { header: {} },
    { row: { columns: [1] } },
    { consistencyToken: { consistencyToken: token } },
  ]);
  expect((await post(`${server.url}/query-stream`, { sql })).text).not.toContain('Token');
});

test('a token that is none is refused', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  const ask = (token: string) =>
    post(`${server.url}/query-stream`, {
      sql: 'SELECT K FROM LATEST WHERE K = 1;',
      requestProperties: { [vector]: token },
    });
  expect(await ask('nonsense')).toMatchObject({ status: 400 });
  const later = Buffer.from('leat:1:999999').toString('base64');
  expect((await ask(later)).text).toContain('The consistency token is not one of this server');
});
