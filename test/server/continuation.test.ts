/** Continuation tokens of scalable push queries: a reader that comes back goes on with the next row. */
import { expect, test } from 'vitest';
import { post, type TestServer, testServer } from './test-server.ts';

const statements =
  "CREATE STREAM S (K STRING KEY, V INT) WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=2);" +
  'CREATE STREAM C AS SELECT K, V FROM S;';
const scalable = {
  'auto.offset.reset': 'latest',
  'ksql.query.push.v2.enabled': true,
  'ksql.query.push.v2.continuation.tokens.enabled': true,
};
const continuation = 'request.ksql.query.push.continuation.token';
const sql = 'SELECT V FROM C WHERE V <> 0 EMIT CHANGES;';

/** A reader of `/query-stream`, line by line. */
class Reader {
  readonly #lines: AsyncIterator<string>;
  readonly #abort: AbortController;
  token = '';

  private constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    this.#lines = linesOf(response);
  }

  static async open({ url }: TestServer, token: string | null): Promise<Reader> {
    const abort = new AbortController();
    const response = await fetch(`${url}/query-stream`, {
      method: 'POST',
      signal: abort.signal,
      body: JSON.stringify({
        sql,
        properties: scalable,
        requestProperties: token === null ? {} : { [continuation]: token },
      }),
    });
    const reader = new Reader(response, abort);
    await reader.#lines.next();
    await reader.#next();
    return reader;
  }

  /** So many rows, and the token after the last of them. */
  async take(count: number): Promise<readonly unknown[]> {
    const rows: unknown[] = [];
    while (rows.length < count) rows.push(...(await this.#next()));
    while ((await this.#next()).length > 0);
    return rows;
  }

  close(): void {
    this.#abort.abort();
  }

  /** A row, or nothing where the line is a token. */
  async #next(): Promise<readonly unknown[]> {
    const { value } = await this.#lines.next();
    const line = JSON.parse(value ?? 'null') as unknown;
    if (Array.isArray(line)) return [line[0]];
    this.token = (line as { readonly continuationToken: string }).continuationToken;
    return [];
  }
}

async function* linesOf(response: Response): AsyncIterator<string> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    yield* lines;
  }
}

async function insert({ engine }: TestServer, ...values: readonly number[]): Promise<void> {
  await engine.insertRows(
    'S',
    values.map((v) => JSON.stringify({ K: `k${v}`, V: v })),
  );
}

test('a reader that comes back gets what came meanwhile, and nothing twice', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  await insert(server, 1);
  const first = await Reader.open(server, null);
  await insert(server, 2, 3);
  expect((await first.take(2)).toSorted()).toEqual([2, 3]);
  first.close();
  await insert(server, 4, 0, 5);
  const second = await Reader.open(server, first.token);
  expect((await second.take(2)).toSorted()).toEqual([4, 5]);
  await insert(server, 6);
  expect(await second.take(1)).toEqual([6]);
  second.close();
});

test('a reader that saw no row yet has a token as well', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  await insert(server, 1);
  const first = await Reader.open(server, null);
  first.close();
  await insert(server, 2);
  const second = await Reader.open(server, first.token);
  expect(await second.take(1)).toEqual([2]);
  second.close();
});

test('there are no tokens unless they are asked for', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  await insert(server, 1);
  const answer = await post(`${server.url}/query-stream`, {
    sql: 'SELECT V FROM C EMIT CHANGES LIMIT 1;',
  });
  expect(answer.text).not.toContain('continuationToken');
});

test('a token that cannot be gone on from is refused', async () => {
  await using server = await testServer();
  await post(`${server.url}/ksql`, { ksql: statements });
  const reader = await Reader.open(server, null);
  reader.close();
  const ask = (token: string, properties: object = scalable) =>
    post(`${server.url}/query-stream`, {
      sql,
      properties,
      requestProperties: { [continuation]: token },
    });
  expect((await ask('nonsense')).text).toContain('is not one of this server');
  expect((await ask(reader.token, {})).text).toContain('Only a scalable push query can go on');
  const id = [...server.engine.catalog.queries.keys()][0];
  await post(`${server.url}/ksql`, {
    ksql: `TERMINATE ${id}; DROP STREAM C DELETE TOPIC; CREATE STREAM C AS SELECT K, V FROM S;`,
  });
  expect((await ask(reader.token)).text).toContain('its source has been made anew');
});
