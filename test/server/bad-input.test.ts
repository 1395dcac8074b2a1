/**
 * The classes of bad input that reach a listener (design: reliability.md §9), each with its own answer: status, ksqlDB's error code,
 * ours, and words that say what is wrong. No answer shows a stack or a path of this machine. Elsewhere: bodies and encodings (20, 21),
 * foreign bytes (25) in listener-limits.test.ts; logins and roles (27, 28) in login, tokens and roles.test.ts; configuration, port
 * and directory (32, 33, 34) in test/cli; records that cannot be read (17, 18) in test/scripts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pageviews, testServer, type TestServer } from './test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await testServer({}, { properties: { 'ksql.max.push.queries': '100' } });
  const other =
    "CREATE STREAM other (user_id STRING KEY, page STRING) WITH (KAFKA_TOPIC='other', VALUE_FORMAT='JSON', PARTITIONS=2);" +
    "CREATE STREAM times (moment TIMESTAMP) WITH (KAFKA_TOPIC='times', VALUE_FORMAT='JSON', PARTITIONS=1);";
  await server.engine.execute({ sql: pageviews + other, properties: {}, variables: {} });
});
afterAll(() => server[Symbol.asyncDispose]());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

async function send(
  path: string,
  body: string | Uint8Array<ArrayBuffer> | null,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(server.url + path, {
    headers,
    ...(body === null ? {} : { method: 'POST', body }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  expect(text).not.toMatch(/\bat .*:\d+:\d+|node:|\.ts\b|node_modules/);
  expect(text).not.toContain(import.meta.dirname);
  return { status: response.status, text, body: isJson ? JSON.parse(text) : {} };
}

type Case = readonly [about: string, sql: string, code: string, words: string];

const statements: readonly Case[] = [
  ['1 syntax', 'SELEC 1;', 'parse.syntax', "Did you mean 'SELECT'?"],
  ['2 an unknown source', 'DROP STREAM nothing;', 'source.unknown', 'NOTHING does not exist'],
  ['2 an unknown query', 'TERMINATE nothing;', 'query.unknown', 'Unknown queryId: NOTHING'],
  [
    '5 connectors',
    "CREATE SINK CONNECTOR c WITH ('a'='b');",
    'connect.unsupported',
    'Connectors are not supported by this server',
  ],
  [
    '6 a column beside an aggregate',
    'CREATE TABLE x AS SELECT page, COUNT(*) FROM views;',
    'analyze.not-grouped',
    'not part of GROUP BY: PAGE',
  ],
  [
    '6 a window without groups',
    'CREATE STREAM x AS SELECT page FROM views WINDOW TUMBLING (SIZE 1 HOUR);',
    'analyze.window',
    'WINDOW clause requires a GROUP BY clause.',
  ],
  [
    '8 a name that is taken',
    "CREATE STREAM views (a INT) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON');",
    'source.exists',
    'A stream with the same name already exists',
  ],
  ['8 what others read', 'DROP STREAM views;', 'source.in-use', '[PER_USER]'],
  [
    '10 windows by the million',
    'CREATE TABLE x AS SELECT page, COUNT(*) FROM views WINDOW HOPPING (SIZE 1 DAY, ADVANCE BY 1 MILLISECOND) GROUP BY page;',
    'sql.limit',
    'LIMIT_EXCEEDED: windows of one row is 86400000, limit 1000 (leat.limit.window.hops)',
  ],
  [
    '12 a number too large',
    "INSERT INTO views (user_id, ms) VALUES ('a', 9999999999);",
    'insert.failed',
    'Expected type INTEGER for field `MS`',
  ],
  [
    '12 a division by zero',
    "INSERT INTO views (user_id, ms) VALUES ('a', 1/0);",
    'insert.failed',
    '/ by zero',
  ],
  [
    '13 no timestamp',
    "INSERT INTO times (moment) VALUES ('not a time');",
    'insert.failed',
    'Timestamp format must be',
  ],
  [
    '30 a script of the server',
    "RUN SCRIPT '/etc/passwd';",
    'parse.syntax',
    "Unknown statement 'RUN'",
  ],
];

test.each(statements)('statements: %s', async (_about, ksql, code, words) => {
  const { status, body } = await send('/ksql', JSON.stringify({ ksql }));
  expect([status, body['@type'], body['error_code'], body['code']]).toEqual([
    400,
    'statement_error',
    40001,
    code,
  ]);
  expect(body['message']).toContain(words);
  expect(body['statementText']).toBe(ksql);
});

const queries: readonly Case[] = [
  [
    '2 an unknown column',
    'SELECT nam FROM views EMIT CHANGES;',
    'analyze.unknown-column',
    "column 'NAM' cannot be resolved",
  ],
  [
    '2 an unknown function',
    'SELECT nofunc(page) FROM views EMIT CHANGES;',
    'functions.unknown',
    "Can't find any functions with the name 'NOFUNC'",
  ],
  [
    '3 an ambiguous column',
    'SELECT page FROM views v JOIN per_user p ON v.user_id = p.user_id WHERE user_id = 1 EMIT CHANGES;',
    'analyze.ambiguous-column',
    'is ambiguous',
  ],
  [
    '4 types that do not go together',
    "SELECT ms * 'a' FROM views EMIT CHANGES;",
    'analyze.arithmetic',
    'Unsupported arithmetic types. INTEGER STRING',
  ],
  [
    '4 too many arguments',
    'SELECT abs(1, 2) FROM views EMIT CHANGES;',
    'functions.no-overload',
    'abs(BIGINT value)',
  ],
  [
    '5 ORDER BY',
    'SELECT page FROM views ORDER BY page EMIT CHANGES;',
    'parse.syntax',
    'Syntax Error',
  ],
  [
    '7 a join of other partitions',
    'SELECT * FROM views v JOIN other o WITHIN 1 HOUR ON v.user_id = o.user_id EMIT CHANGES;',
    'analyze.join-partitions',
    "since the number of partitions don't match",
  ],
  [
    '7 a join without WITHIN',
    'SELECT * FROM views v JOIN other o ON v.user_id = o.user_id EMIT CHANGES;',
    'analyze.join-within',
    'Stream-Stream joins must have a WITHIN clause specified.',
  ],
  [
    '9 too deep',
    `SELECT ${'('.repeat(300)}1${')'.repeat(300)} FROM views EMIT CHANGES;`,
    'parse.too-large',
    'too many nested expressions',
  ],
];

test.each(queries)('queries: %s', async (_about, ksql, code, words) => {
  const { status, body } = await send('/query', JSON.stringify({ ksql }));
  expect([status, body['error_code'], body['code']]).toEqual([400, 40001, code]);
  expect(body['message']).toContain(words);
});

describe('requests', () => {
  test.each([
    ['26 no JSON', '{', 'request.invalid-json', 'at position 1'],
    ['26 a list', '[]', 'request.invalid-json', 'expected an object'],
    ['26 null', 'null', 'request.invalid-json', 'expected an object'],
    ['26 nothing', '', 'request.invalid-json', 'Invalid JSON in request: '],
    ['26 no statement', '{}', 'request.no-sql', '"ksql" field must be populated'],
    ['26 a number as statement', '{"ksql":1}', 'request.no-sql', 'must be populated'],
    [
      '26 a list of properties',
      '{"ksql":"SHOW STREAMS;","streamsProperties":[]}',
      'request.invalid-json',
      '"streamsProperties" must be an object',
    ],
    [
      '9 too many statements',
      JSON.stringify({ ksql: 'SHOW STREAMS;'.repeat(101) }),
      'request.too-many-statements',
      'LIMIT_EXCEEDED: statements of one request is 101, limit 100 (leat.limit.sql.statements)',
    ],
    [
      '2 an unknown property',
      '{"ksql":"SHOW STREAMS;","streamsProperties":{"no.such":"1"}}',
      'property.unknown',
      'Unknown property: no.such',
    ],
  ])('%s', async (_about, text, code, words) => {
    const { status, body } = await send('/ksql', text);
    expect([status, body['@type'], body['error_code'], body['code']]).toEqual([
      400,
      'generic_error',
      40000,
      code,
    ]);
    expect(body['message']).toContain(words);
  });

  test('15 bytes that are no UTF-8 are refused, a byte-order mark is left out', async () => {
    const wrapped = (bytes: readonly number[]) =>
      Uint8Array.from([...Buffer.from('{"ksql":"SHOW STREAMS; -- '), ...bytes, 0x22, 0x7d]);
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]) {
      const { status, body } = await send('/ksql', wrapped(bytes));
      expect([status, body['error_code'], body['code']]).toEqual([
        400,
        40000,
        'request.invalid-text',
      ]);
    }
    const marked = await send('/ksql', '\uFEFF{"ksql":"SHOW STREAMS;"}');
    expect(marked.status).toBe(200);
  });

  test('16 names that mean something to JavaScript are plain names', async () => {
    const ksql =
      "CREATE STREAM proto (`__proto__` INT, `constructor` STRING) WITH (KAFKA_TOPIC='__proto__', VALUE_FORMAT='JSON', PARTITIONS=1);" +
      "INSERT INTO proto (`__proto__`, `constructor`) VALUES (1, 'x');";
    const text = `{"ksql":${JSON.stringify(ksql)},"__proto__":{"polluted":1},"streamsProperties":{},"sessionVariables":{"__proto__":"v"}}`;
    expect((await send('/ksql', text)).status).toBe(200);
    const sql = 'SELECT * FROM proto EMIT CHANGES LIMIT 1;';
    const { text: rows } = await send('/query', JSON.stringify({ ksql: sql }));
    expect(rows).toContain('{"row":{"columns":[1,"x"]}}');
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  test('29 a foreign Origin is refused', async () => {
    const { status, body } = await send('/info', null, { origin: 'https://evil.example' });
    expect([status, body['error_code'], body['code']]).toEqual([
      403,
      40300,
      'server.forbidden-host',
    ]);
    expect(body['message']).toContain('--allow-origin https://evil.example');
  });

  test.each([
    '/../../etc/passwd',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%5c..%5cwindows',
    '//etc/passwd',
    '/subjects/..%2f..%2fetc/versions',
    '/status/..%2f/..%2f/passwd',
    '/schemas/ids/..%2f1',
    '/is_valid_property/%ff',
  ])('30 %s leads nowhere', async (path) => {
    const { status, text } = await send(path, null);
    expect(status).toBe(404);
    expect(text).not.toContain('root:');
  });

  test('35 too many push queries', async () => {
    const gone = new AbortController();
    const push = () =>
      fetch(`${server.url}/query`, {
        method: 'POST',
        body: JSON.stringify({ ksql: 'SELECT * FROM views EMIT CHANGES;' }),
        signal: gone.signal,
      });
    const open = await Promise.all(Array.from({ length: 100 }, push));
    expect(open.every(({ status }) => status === 200)).toBe(true);
    const refused = await push();
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({
      error_code: 40003,
      message: expect.stringContaining('Maximum number of push queries exceeded'),
    });
    gone.abort();
    await expect.poll(async () => (await server.engine.metrics())['push_queries']).toBe(0);
  });

  test('36 an unknown query, and an unknown command', async () => {
    const closed = await send('/close-query', '{"queryId":"nothing"}');
    expect(closed.body).toMatchObject({
      error_code: 40000,
      code: 'request.unknown-query',
      message: 'No query with id nothing',
    });
    expect((await send('/status/stream/X/create', null)).body).toMatchObject({
      error_code: 40400,
      message: 'Command not found',
    });
  });

  test('a method that a path has not, and a path that is not there', async () => {
    expect((await send('/ksql', null)).status).toBe(405);
    expect((await send('/nothing', '{}')).status).toBe(404);
  });
});
