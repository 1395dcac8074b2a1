/** Requests that make sense, for `attacks.ts` to damage. */
import type { Random } from '../../expressions/random.ts';

export interface Sample {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: string;
}

/** What there is to ask for. Counting views by user, and by window. */
export const setup: string = `
  CREATE STREAM views (user_id STRING KEY, page STRING, ms INT, tags ARRAY<STRING>, place STRUCT<x INT, y DOUBLE>)
    WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON', PARTITIONS=2);
  CREATE TABLE per_user AS SELECT user_id, COUNT(*) AS n FROM views GROUP BY user_id;
  CREATE TABLE per_minute AS
    SELECT user_id, COUNT(*) AS n FROM views WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY user_id;`;

const post = (path: string, body: unknown): Sample => ({
  method: 'POST',
  path,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const get = (path: string): Sample => ({ method: 'GET', path, body: '' });

/** Statements that leave the catalog as it is; a damaged one that does not is thrown away with its server. */
const statements: readonly string[] = [
  'SHOW STREAMS;',
  'DESCRIBE per_user EXTENDED;',
  "EXPLAIN SELECT user_id, LCASE(page) FROM views WHERE page LIKE '/%' EMIT CHANGES;",
  "INSERT INTO views (user_id, page, ms, tags) VALUES ('u1', '/a', 12, ARRAY['x', 'y']);",
  "DEFINE page = '/b'; INSERT INTO views (user_id, page) VALUES ('u2', '${page}');",
  "CREATE STREAM IF NOT EXISTS views (user_id STRING KEY) WITH (KAFKA_TOPIC='views', VALUE_FORMAT='JSON');",
  "SET 'auto.offset.reset' = 'earliest'; UNSET 'auto.offset.reset';",
  'DESCRIBE FUNCTION SUBSTRING;',
  'SHOW QUERIES EXTENDED; SHOW PROPERTIES;',
  'ASSERT TOPIC views TIMEOUT 1 MILLISECOND; DROP STREAM IF EXISTS nothing;',
];
export const queries: readonly string[] = [
  "SELECT * FROM per_user WHERE user_id = 'u1';",
  "SELECT user_id, n + 1 FROM per_user WHERE n > 0 AND user_id IN ('u1', 'u2') LIMIT 3;",
  "SELECT * FROM per_minute WHERE user_id = 'u1' AND WINDOWSTART >= '2020-01-01T00:00:00';",
  'SELECT * FROM views LIMIT 2;',
  'SELECT user_id, tags[1], place->x FROM views WHERE ms BETWEEN 1 AND 100 EMIT CHANGES LIMIT 1;',
  'SELECT user_id, COUNT(*) FROM views GROUP BY user_id EMIT CHANGES;',
  'SELECT * FROM per_user EMIT CHANGES WITH SNAPSHOT;',
  "PRINT 'views' FROM BEGINNING LIMIT 1;",
];
const properties = { 'ksql.streams.auto.offset.reset': 'earliest' };

const samples: readonly Sample[] = [
  ...statements.map((ksql) => post('/ksql', { ksql, streamsProperties: properties })),
  ...queries.map((ksql) => post('/query', { ksql, streamsProperties: properties })),
  ...queries.map((sql) => post('/query-stream', { sql, properties, sessionVariables: { a: 'b' } })),
  post(
    '/inserts-stream',
    '{"target":"views"}\n{"USER_ID":"u3","PAGE":"/c","MS":1}\n{"USER_ID":"u4","PLACE":{"X":1}}\n',
  ),
  post('/close-query', { queryId: 'none' }),
  ...[
    '/',
    '/info',
    '/healthcheck',
    '/status',
    '/status/stream/VIEWS/create',
    '/clusterStatus',
    '/lag',
    '/metrics',
  ].map(get),
  get('/is_valid_property/ksql.streams.auto.offset.reset'),
  get('/v1/metadata/id'),
  get('/subjects/views-value/versions/latest'),
  get('/schemas/ids/1'),
  post('/subjects/fuzz-value/versions', {
    schema: '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}',
  }),
  post('/compatibility/subjects/fuzz-value/versions/latest', {
    schemaType: 'JSON',
    schema: '{"type":"object"}',
  }),
  { method: 'PUT', path: '/config/fuzz-value', body: '{"compatibility":"FULL"}' },
  { method: 'DELETE', path: '/subjects/fuzz-value', body: '' },
  post('/leat/v1/subscribe', { sql: queries[6], properties }),
];

export function sample(random: Random): Sample {
  return random.pick(samples);
}

const accepts = [
  '*/*',
  'application/json',
  'application/vnd.ksql.v1+json',
  'application/vnd.ksqlapi.delimited.v1',
  'application/vnd.ksql.v1+protobuf',
  'text/event-stream',
  'image/png',
  'a/b;q=x,,',
];
const origins = ['http://localhost:3000', 'https://evil.example', 'null', ''];

/** Header lines besides Host and Content-Length. */
export function headers(random: Random): readonly (readonly [string, string])[] {
  const lines: [string, string][] = [['accept', random.pick(accepts)]];
  if (random.oneIn(2)) lines.push(['content-type', random.pick([...accepts, 'text/plain'])]);
  if (random.oneIn(20)) lines.push(['origin', random.pick(origins)]);
  if (random.oneIn(20))
    lines.push(['authorization', random.pick(['Basic dTpw', 'Bearer x.y.z', 'Basic %%%', ''])]);
  if (random.oneIn(30))
    lines.push(['content-encoding', random.pick(['gzip', 'br', 'identity', 'gzip, gzip'])]);
  if (random.oneIn(30))
    lines.push([
      random.pick(['x-a', 'cookie', '__proto__', 'expect']),
      'a'.repeat(random.below(300)),
    ]);
  return lines;
}
