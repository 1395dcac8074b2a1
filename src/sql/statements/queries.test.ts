import { describe, expect, it } from 'vitest';
import { formatSchema } from '../../types/format-type.ts';
import { effects, failure, testSession } from './session.test-helper.ts';

const s =
  "CREATE STREAM s (k STRING KEY, v INT, ts BIGINT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER='|');";
const t = "CREATE TABLE t (k STRING PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='u', FORMAT='JSON');";

/** The last statement's source and query, in a few words. */
function made(sql: string): Record<string, unknown> {
  const effect = effects(testSession('t/3', 'u'), sql).at(-1);
  if (effect?.kind !== 'command') throw new Error(sql);
  const { command } = effect;
  if (command.kind === 'start-query') return { id: command.query.id, message: effect.message };
  if (command.kind !== 'define-source') throw new Error(sql);
  const { source, query, topic } = command;
  return {
    ...source,
    schema: formatSchema(source.schema),
    created: topic,
    id: query?.id,
    reads: query?.sources,
    backlog: query?.backlog,
    ops: query?.plan.steps.map(({ op }) => op),
    message: effect.message,
    commandId: effect.commandId,
  };
}

function refused(sql: string): string {
  return failure(testSession('t/3', 'u'), sql);
}

describe('CREATE … AS SELECT', () => {
  it('takes format, delimiter, partitions and retention from its source', () => {
    expect(made(`${s} CREATE STREAM c AS SELECT k, v FROM s;`)).toMatchObject({
      name: 'C',
      collection: 'stream',
      schema: '`K` STRING KEY, `V` INTEGER',
      topic: 'C',
      keyFormat: { format: 'KAFKA', properties: {}, features: [] },
      valueFormat: { format: 'DELIMITED', properties: { delimiter: '|' }, features: [] },
      derivedFrom: ['S'],
      created: { name: 'C', partitions: 3, cleanup: 'delete', retentionMs: 604_800_000 },
      id: 'CSAS_C_1',
      query: 'CSAS_C_1',
      reads: ['S'],
      backlog: { t: [0, 0, 0] },
      message: 'Created query with ID CSAS_C_1',
      commandId: 'stream/`C`/create',
    });
  });

  it('lets its WITH clause override everything', () => {
    const sql = `${s} SET 'ksql.output.topic.name.prefix'='p-';
      CREATE STREAM c WITH (FORMAT='JSON', PARTITIONS=7, RETENTION_MS=10, TIMESTAMP='ts') AS SELECT * FROM s;`;
    expect(made(sql)).toMatchObject({
      topic: 'p-C',
      keyFormat: { format: 'JSON', properties: {}, features: ['UNWRAP_SINGLES'] },
      valueFormat: { format: 'JSON', properties: {}, features: [] },
      timestamp: { column: 'TS', format: null },
      created: { name: 'p-C', partitions: 7, cleanup: 'delete', retentionMs: 10 },
    });
  });

  it('compacts tables, and keeps windowed ones as long as their windows', () => {
    expect(made(`${s} CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;`)).toMatchObject(
      {
        collection: 'table',
        id: 'CTAS_C_1',
        created: { cleanup: 'compact', retentionMs: null },
      },
    );
    const windowed = `${s} CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM s
      WINDOW TUMBLING (SIZE 1 DAY, RETENTION 30 DAYS) GROUP BY k;`;
    expect(made(windowed)).toMatchObject({
      window: { kind: 'TUMBLING', sizeMs: 86_400_000 },
      created: { cleanup: 'compact,delete', retentionMs: 2_592_000_000 },
    });
  });

  it('has no key format without key', () => {
    expect(made(`${s} CREATE STREAM c AS SELECT v FROM s PARTITION BY NULL;`)).toMatchObject({
      keyFormat: { format: 'NONE', properties: {}, features: [] },
      schema: '`V` INTEGER',
    });
  });

  const refusals: readonly (readonly [sql: string, message: string])[] = [
    [
      'CREATE TABLE c AS SELECT * FROM s;',
      'Invalid result type. Your SELECT query produces a STREAM. Please use CREATE STREAM AS SELECT statement instead.',
    ],
    [
      'CREATE STREAM c AS SELECT * FROM s LIMIT 1;',
      "CREATE STREAM AS SELECT statements don't support LIMIT clause.",
    ],
    ["CREATE STREAM c WITH (VALUE_FORMAT='FOO') AS SELECT * FROM s;", 'Unknown format: FOO'],
    [
      "CREATE STREAM c WITH (KEY_FORMAT='JSON') AS SELECT v FROM s PARTITION BY NULL;",
      'Key format specified for stream without key columns.',
    ],
    [
      'CREATE STREAM c AS SELECT v + 1 AS k2, v, ts FROM s PARTITION BY v + 1, v;',
      "Key format does not support schema.\nformat: KAFKA\nschema: Persistence{columns=[`K2` INTEGER KEY, `V` INTEGER KEY], features=[]}\nreason: The 'KAFKA' format only supports a single field. Got: [`K2` INTEGER KEY, `V` INTEGER KEY]",
    ],
    [
      "CREATE STREAM c WITH (KEY_FORMAT='NONE') AS SELECT * FROM s;",
      "The 'NONE' format can only be used when no columns are defined. Got: [`K` STRING KEY]",
    ],
    [
      "CREATE STREAM c WITH (PARTITIONS=2, KAFKA_TOPIC='u') AS SELECT * FROM s;",
      "A Kafka topic with the name 'u' already exists",
    ],
  ];
  it.each(refusals)('refuses %s', (sql, message) => {
    expect(refused(s + sql)).toContain(message);
  });

  it('refuses more queries than the limit', () => {
    const session = {
      ...testSession('t'),
      properties: { 'ksql.query.persistent.active.limit': '0' },
    };
    expect(failure(session, `${s} CREATE STREAM c AS SELECT * FROM s;`)).toContain(
      'Current persistent query count: 0. Configured limit: 0.',
    );
  });
});

describe('CREATE OR REPLACE … AS SELECT', () => {
  it('keeps the query id and the backlog', () => {
    const sql = `${s} CREATE STREAM c AS SELECT k, v FROM s;
      CREATE OR REPLACE STREAM c AS SELECT k, v, ts FROM s WHERE v > 0;`;
    expect(made(sql)).toMatchObject({
      id: 'CSAS_C_1',
      schema: '`K` STRING KEY, `V` INTEGER, `TS` BIGINT',
    });
  });

  it('by columns alone leaves the query running', () => {
    const session = testSession('t/3', 'u');
    effects(
      session,
      `${s} CREATE STREAM c AS SELECT k, v FROM s;
       CREATE OR REPLACE STREAM c (k STRING KEY, v INT, w INT)
         WITH (KAFKA_TOPIC='C', VALUE_FORMAT='DELIMITED', VALUE_DELIMITER='|');`,
    );
    expect([...session.catalog.queries.keys()]).toEqual(['CSAS_C_1']);
    expect(session.catalog.sources.get('C')).toMatchObject({
      query: 'CSAS_C_1',
      derivedFrom: ['S'],
    });
  });

  const count = 'CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;';
  const refusals: readonly (readonly [sql: string, message: string])[] = [
    [
      'CREATE STREAM c AS SELECT k, v FROM s; CREATE OR REPLACE STREAM c AS SELECT k, ts FROM s;',
      '(The following columns are changed, missing or reordered: [`V` INTEGER])',
    ],
    [
      `${count} CREATE OR REPLACE TABLE c AS SELECT k, COUNT(*) AS n FROM s WHERE v > 0 GROUP BY k;`,
      'StreamAggregate must have matching columns not part of aggregate. Values differ: [`K`, `ROWTIME`] vs. [`K`, `ROWTIME`, `V`]',
    ],
    [
      `${count} CREATE OR REPLACE TABLE c AS SELECT k, COUNT(v) AS n FROM s WHERE v > 0 GROUP BY k;`,
      'StreamAggregate must have matching columns not part of aggregate. Values differ: [`K`, `ROWTIME`] vs. [`K`, `V`]',
    ],
    [
      `CREATE TABLE c AS SELECT k, MAX(v) AS n FROM s GROUP BY k;
       CREATE OR REPLACE TABLE c AS SELECT k, MIN(v) AS n FROM s GROUP BY k;`,
      'StreamAggregate must have matching aggregationFunctions.',
    ],
    [
      `CREATE STREAM c AS SELECT * FROM s;
       CREATE OR REPLACE STREAM c AS SELECT k || 'x' AS x, k, v, ts FROM s PARTITION BY k || 'x';`,
      '(Key columns must be identical. The following key columns are changed, missing or reordered: [`K` STRING KEY])',
    ],
    [
      `CREATE STREAM c AS SELECT k, EXPLODE(ARRAY[v]) AS v FROM s;
       CREATE OR REPLACE STREAM c AS SELECT k, EXPLODE(ARRAY[v]) AS v FROM s WHERE v > 1;`,
      'Upgrades not yet supported for StreamFlatMap',
    ],
    [
      `CREATE STREAM c AS SELECT k, v FROM s; INSERT INTO c SELECT k, v FROM s;
       CREATE OR REPLACE STREAM c AS SELECT k, v FROM s WHERE v > 1;`,
      'REPLACE for sink `C` is not supported because there are multiple queries writing into it: [CSAS_C_1, INSERTQUERY_2]',
    ],
  ];
  it.each(refusals)('refuses %s', (sql, message) => {
    expect(refused(s + sql)).toContain(message);
  });
});

describe('INSERT INTO', () => {
  const target =
    "CREATE STREAM o (k STRING KEY, v DECIMAL(5, 2)) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON');";

  it('starts a query with an id of its own or the one given', () => {
    expect(made(`${s} ${target} INSERT INTO o SELECT k, v FROM s;`)).toEqual({
      id: 'INSERTQUERY_2',
      message: 'Created query with ID INSERTQUERY_2',
    });
    expect(made(`${s} ${target} INSERT INTO o WITH (QUERY_ID='mine') SELECT k, v FROM s;`)).toEqual(
      {
        id: 'MINE',
        message: 'Created query with ID MINE',
      },
    );
  });

  const refusals: readonly (readonly [sql: string, message: string])[] = [
    ['\nINSERT INTO x SELECT * FROM s;', 'Line: 2, Col: 13: Source `X` does not exist.'],
    [
      `${t} INSERT INTO t SELECT * FROM s;`,
      'INSERT INTO can only be used to insert into a stream. T is a table.',
    ],
    [
      `${target} INSERT INTO o SELECT k, AS_VALUE(k) AS v FROM s;`,
      'Incompatible schema between results and sink.\nResult schema is `K` STRING KEY, `V` STRING\nSink schema is `K` STRING KEY, `V` DECIMAL(5, 2)',
    ],
    [
      `${target} INSERT INTO o WITH (QUERY_ID='ctas_x') SELECT k, v FROM s;`,
      'must not start with a reserved query ID prefix',
    ],
    [
      `${target} INSERT INTO o WITH (QUERY_ID='a') SELECT k, v FROM s; INSERT INTO o WITH (QUERY_ID='A') SELECT k, v FROM s;`,
      "Query ID 'A' already exists.",
    ],
    [
      "CREATE SOURCE STREAM r (k STRING KEY, v INT) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON'); INSERT INTO r SELECT k, v FROM s;",
      'Cannot insert into read-only stream: R',
    ],
    [
      "CREATE STREAM h (k STRING KEY, v INT, h BYTES HEADER('x')) WITH (KAFKA_TOPIC='u', VALUE_FORMAT='JSON'); INSERT INTO h SELECT k, v FROM s;",
      'Cannot insert into H because it has header columns',
    ],
  ];
  it.each(refusals)('refuses %s', (sql, message) => {
    expect(refused(s + sql)).toContain(message);
  });
});

describe('SELECT', () => {
  it('with EMIT CHANGES is a push query', () => {
    const effect = effects(testSession('t'), `${s} SELECT v, k FROM s EMIT CHANGES LIMIT 2;`).at(
      -1,
    );
    expect(effect).toMatchObject({
      kind: 'push',
      sources: ['S'],
      columns: [{ name: 'V' }, { name: 'K' }],
      limit: 2,
      table: false,
    });
  });

  it('without EMIT over a materialised table looks its rows up', () => {
    const sql = `${s} CREATE TABLE c AS SELECT k, COUNT(*) AS n FROM s GROUP BY k;
      SELECT * FROM c WHERE k = 'x';`;
    expect(effects(testSession('t'), sql).at(-1)).toMatchObject({
      kind: 'pull',
      plan: { kind: 'table', query: 'CTAS_C_1', lookups: [['x']] },
      columns: [
        { name: 'K', role: 'key' },
        { name: 'N', role: 'value' },
      ],
    });
  });
});

describe('EXPLAIN', () => {
  it('describes a query that runs', () => {
    const sql = `${s} CREATE STREAM c AS SELECT k, v FROM s; EXPLAIN csas_c_1;`;
    const effect = effects(testSession('t'), sql).at(-1);
    expect(effect).toMatchObject({
      kind: 'entity',
      entity: {
        '@type': 'queryDescription',
        queryDescription: {
          id: 'CSAS_C_1',
          statementText: 'CREATE STREAM C AS SELECT\n  S.K K,\n  S.V V\nFROM S S\nEMIT CHANGES;',
          sources: ['S'],
          sinks: ['C'],
          queryType: 'PERSISTENT',
          state: 'RUNNING:1',
          consumerGroupId: '_confluent-ksql-default_query_CSAS_C_1',
          ksqlHostQueryStatus: { '0.0.0.0:8088': 'RUNNING' },
        },
      },
    });
  });

  it('describes a statement without running it', () => {
    const session = testSession('t');
    const sql = `${s} EXPLAIN CREATE STREAM c AS SELECT k, v FROM s;`;
    expect(effects(session, sql).at(-1)).toMatchObject({
      entity: { queryDescription: { sources: ['S'], sinks: ['C'], state: '' } },
    });
    expect(session.catalog.queries.size).toBe(0);
  });

  it('shows the logical plan before and after the rules', () => {
    const sql = `${s} EXPLAIN CREATE STREAM c AS SELECT k, v FROM s WHERE v > 1 PARTITION BY k;`;
    const effect = effects(testSession('t'), sql).at(-1);
    const stages = effect?.kind === 'entity' ? effect.entity['planStages'] : null;
    expect(stages).toMatchObject([{ name: 'Logical plan' }, { name: 'Logical plan after rules' }]);
    const [logical] = stages as readonly { readonly plan: string }[];
    expect(logical?.plan).toMatch(/\[ PROJECT \][\s\S]*\[ FILTER \][\s\S]*\[ SCAN \] S/);
  });
});

describe('a scalable push query', () => {
  const filled = `${s} CREATE STREAM c AS SELECT * FROM s;`;
  const isScalable = (sql: string, properties: Record<string, string> = {}): unknown => {
    const session = { ...testSession('t'), properties };
    const effect = effects(session, `${filled} ${sql}`).at(-1);
    return effect?.kind === 'push' ? effect.scalable : effect;
  };
  const on = { 'ksql.query.push.v2.enabled': 'true' };

  it('filters or projects from now on what one query writes', () => {
    expect(isScalable('SELECT k FROM c WHERE v > 1 EMIT CHANGES;', { ...on })).toBe(true);
  });

  it('is none from the beginning, over what nobody writes, or when it is switched off', () => {
    const earliest = { ...on, 'auto.offset.reset': 'earliest' };
    expect(isScalable('SELECT k FROM c EMIT CHANGES;', earliest)).toBe(false);
    expect(isScalable('SELECT k FROM s EMIT CHANGES;', { ...on })).toBe(false);
    expect(isScalable('SELECT k FROM c EMIT CHANGES;')).toBe(false);
    expect(isScalable('SELECT k, ROWOFFSET FROM c EMIT CHANGES;', { ...on })).toBe(false);
  });
});
