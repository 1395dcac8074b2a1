import { describe, expect, it } from 'vitest';
import { effects, failure, testSession } from './session.test-helper.ts';

function entity(
  sql: string,
  session = testSession('t/2', '_confluent-x'),
): Record<string, unknown> {
  const effect = effects(session, sql).at(-1);
  if (effect?.kind !== 'entity') throw new Error(`${sql} gave ${effect?.kind}`);
  return effect.entity;
}

describe('SET and UNSET', () => {
  it('change what the following statements see', () => {
    const session = testSession();
    effects(session, "SET 'auto.offset.reset'='earliest';");
    expect(session.properties).toEqual({ 'auto.offset.reset': 'earliest' });
    effects(session, "UNSET 'auto.offset.reset';");
    expect(session.properties).toEqual({});
  });

  it('take the name of a Kafka property with or without its prefix', () => {
    const session = testSession();
    effects(session, "SET 'ksql.streams.auto.offset.reset'='earliest';");
    expect(session.properties).toEqual({ 'auto.offset.reset': 'earliest' });
  });

  const refusals: readonly (readonly [sql: string, message: string])[] = [
    ["SET 'no.such'='1';", 'Unknown property: no.such'],
    ["SET 'ksql.service.id'='x';", "Cannot override property 'ksql.service.id'"],
    ["SET 'auto.offset.reset'='none';", "'none' is not valid for this property within KSQL"],
    [
      "SET 'auto.offset.reset'='x';",
      'Invalid value x for configuration auto.offset.reset: String must be one of: latest, earliest, none',
    ],
    [
      "SET 'processing.guarantee'='sometimes';",
      'Invalid value sometimes for configuration processing.guarantee: String must be one of: at_least_once, exactly_once, exactly_once_beta, exactly_once_v2',
    ],
    [
      "SET 'commit.interval.ms'='soon';",
      'Invalid value soon for configuration commit.interval.ms: Not a number of type LONG',
    ],
    [
      "SET 'ksql.nested.error.set.null'='perhaps';",
      'Invalid value perhaps for configuration ksql.nested.error.set.null: Expected value to be either true or false',
    ],
  ];
  it.each(refusals)('refuse %s', (sql, message) => {
    expect(failure(testSession(), sql)).toBe(message);
  });

  it('refuse what the server denies', () => {
    const session = testSession();
    const runtime = {
      serverProperties: () => ({ 'ksql.properties.overrides.denylist': 'num.stream.threads' }),
    };
    expect(failure({ ...session, runtime }, "SET 'ksql.streams.num.stream.threads'='1';")).toBe(
      'One or more properties overrides set locally are prohibited by the KSQL server denylist (use UNSET to reset their default value): [ksql.streams.num.stream.threads]',
    );
  });
});

describe('DEFINE, UNDEFINE and SHOW VARIABLES', () => {
  it('keep names as they are typed', () => {
    expect(entity("DEFINE b = '2'; DEFINE Ab = 'x'; SHOW VARIABLES;")).toEqual({
      '@type': 'variables',
      variables: [
        { name: 'Ab', value: 'x' },
        { name: 'b', value: '2' },
      ],
    });
  });

  it('warn of a variable that was never defined', () => {
    const effect = effects(testSession(), 'UNDEFINE v;').at(-1);
    expect(effect).toMatchObject({
      kind: 'session',
      warning: "Cannot undefine variable 'v' which was never defined",
    });
  });
});

describe('SHOW', () => {
  it('lists topics by name, hidden ones only for ALL', () => {
    expect(entity('SHOW TOPICS;')).toEqual({
      '@type': 'kafka_topics',
      topics: [{ name: 't', replicaInfo: [1, 1] }],
    });
    expect(entity('SHOW ALL TOPICS;')).toMatchObject({
      topics: [{ name: '_confluent-x' }, { name: 't' }],
    });
  });

  it('counts the queries that read a topic', () => {
    const sql = `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
      CREATE STREAM c AS SELECT * FROM s; SHOW TOPICS EXTENDED;`;
    expect(entity(sql)).toMatchObject({
      '@type': 'kafka_topics_extended',
      topics: [
        { name: 'C', consumerCount: 0, consumerGroupCount: 0 },
        { name: 't', consumerCount: 2, consumerGroupCount: 1 },
      ],
    });
  });

  it('lists persistent and push queries', () => {
    const session = {
      ...testSession('t'),
      runtime: {
        pushQueries: () => [{ id: 'transient_S_1', sql: 'SELECT * FROM s EMIT CHANGES;' }],
      },
    };
    const sql = `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
      CREATE STREAM c AS SELECT * FROM s; PAUSE csas_c_1; SHOW QUERIES;`;
    expect(entity(sql, session)).toEqual({
      '@type': 'queries',
      queries: [
        {
          queryString: 'CREATE STREAM C AS SELECT\n  S.V V\nFROM S S\nEMIT CHANGES;',
          sinks: ['C'],
          sinkKafkaTopics: ['C'],
          id: 'CSAS_C_1',
          statusCount: { PAUSED: 1 },
          queryType: 'PERSISTENT',
          state: 'PAUSED:1',
        },
        {
          queryString: 'SELECT * FROM s EMIT CHANGES;',
          sinks: [],
          sinkKafkaTopics: [],
          id: 'transient_S_1',
          statusCount: { RUNNING: 1 },
          queryType: 'PUSH',
          state: 'RUNNING:1',
        },
      ],
    });
  });

  it('describes push queries that run, with no more than their text where the source is gone', () => {
    const session = {
      ...testSession('t'),
      runtime: {
        pushQueries: () => [
          { id: 'transient_S_1', sql: 'SELECT v FROM s EMIT CHANGES;' },
          { id: 'transient_GONE_2', sql: 'SELECT v FROM gone EMIT CHANGES;' },
        ],
      },
    };
    const create = "CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');";
    const running = {
      id: 'transient_S_1',
      statementText: 'SELECT v FROM s EMIT CHANGES;',
      fields: [{ name: 'V', schema: { type: 'INTEGER', fields: null, memberSchema: null } }],
      sources: ['S'],
      sinks: [],
      executionPlan: ' > [ EMIT ] Emit: V\n     > [ SOURCE ] KsqlTopic: S from t, reads V INTEGER',
      queryType: 'PUSH',
      ksqlHostQueryStatus: { '0.0.0.0:8088': 'RUNNING' },
      state: 'RUNNING:1',
    };
    expect(entity(`${create} EXPLAIN transient_S_1;`, session)).toMatchObject({
      queryDescription: running,
      planStages: [{ name: 'Logical plan' }, { name: 'Logical plan after rules' }],
    });
    expect(entity('SHOW QUERIES EXTENDED;', session)).toMatchObject({
      queryDescriptions: [
        running,
        { id: 'transient_GONE_2', fields: [], executionPlan: '', state: 'RUNNING:1' },
      ],
    });
    expect(entity('EXPLAIN transient_GONE_2;', session)).toMatchObject({
      queryDescription: { id: 'transient_GONE_2', sources: [] },
      planStages: [],
    });
  });

  it('lists properties with what was set, and secrets hidden', () => {
    const session = {
      ...testSession(),
      runtime: { serverProperties: () => ({ 'ssl.keystore.password': 'x' }) },
    };
    const shown = entity("SET 'auto.offset.reset'='earliest'; SHOW PROPERTIES;", session) as {
      readonly properties: readonly Record<string, unknown>[];
      readonly overwrittenProperties: readonly string[];
      readonly defaultProperties: readonly string[];
    };
    const named = (name: string): unknown => shown.properties.find((each) => each['name'] === name);
    expect(named('ksql.streams.auto.offset.reset')).toEqual({
      name: 'ksql.streams.auto.offset.reset',
      scope: 'KSQL',
      value: 'earliest',
      editable: true,
      level: 'QUERY',
    });
    expect(named('ssl.keystore.password')).toMatchObject({ value: '[hidden]', editable: false });
    expect(named('ksql.service.id')).toMatchObject({
      value: 'default_',
      editable: false,
      level: 'SERVER',
    });
    expect(shown.overwrittenProperties).toEqual(['ksql.streams.auto.offset.reset']);
    expect(shown.defaultProperties).toContain('ksql.service.id');
    expect(shown.defaultProperties).not.toContain('ssl.keystore.password');
  });

  it('lists and describes functions', () => {
    const { functions } = entity('SHOW FUNCTIONS;') as { functions: readonly { name: string }[] };
    expect(functions).toContainEqual({ name: 'ABS', type: 'SCALAR', category: 'MATHEMATICAL' });
    expect(entity('DESCRIBE FUNCTION pi;')).toMatchObject({
      '@type': 'describe_function',
      name: 'PI',
      path: 'internal',
      functions: [{ arguments: [], returnType: 'DOUBLE' }],
      type: 'SCALAR',
    });
  });
});

describe('TERMINATE, PAUSE and RESUME', () => {
  const sql = `CREATE STREAM s (v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');
    CREATE STREAM c AS SELECT * FROM s;
    CREATE SOURCE TABLE r (k INT PRIMARY KEY, v INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');`;
  const last = (statement: string): unknown => effects(testSession('t'), sql + statement).at(-1);

  it('act on one query', () => {
    expect(last('TERMINATE csas_c_1;')).toMatchObject({
      message: 'Query terminated.',
      commandId: 'terminate/CSAS_C_1/execute',
      command: { kind: 'stop-query', ids: ['CSAS_C_1'] },
    });
    expect(last('PAUSE csas_c_1;')).toMatchObject({ message: 'Query paused.' });
    expect(last('RESUME csas_c_1;')).toMatchObject({ message: 'Query resumed.' });
  });

  it('leave source tables out of ALL', () => {
    expect(last('TERMINATE ALL;')).toMatchObject({
      commandId: 'terminate/ALL/execute',
      command: { ids: ['CSAS_C_1'] },
    });
    expect(failure(testSession('t'), `${sql} TERMINATE cst_r_2;`)).toBe(
      "Cannot terminate query 'CST_R_2' because it is linked to a source table.",
    );
    expect(failure(testSession('t'), `${sql} PAUSE cst_r_2;`)).toBe(
      "Cannot pause query 'CST_R_2' because it is linked to a source table.",
    );
  });

  it('refuse ids nobody has', () => {
    expect(failure(testSession(), 'TERMINATE x;')).toBe('Unknown queryId: X');
    expect(failure(testSession(), 'RESUME x;')).toBe('Unknown queryId: X');
    expect(failure(testSession(), 'TERMINATE transient_S_1;')).toBe(
      "Failed to terminate query with query ID: 'transient_S_1'",
    );
  });

  it('close a push query', () => {
    const session = {
      ...testSession(),
      runtime: { pushQueries: () => [{ id: 'transient_S_1', sql: 'SELECT' }] },
    };
    expect(effects(session, 'TERMINATE transient_S_1;').at(-1)).toEqual({
      kind: 'close-query',
      queryId: 'transient_S_1',
    });
  });
});

describe('PRINT and ASSERT TOPIC', () => {
  it('say what to read and what to wait for', () => {
    expect(effects(testSession('t'), 'PRINT t FROM BEGINNING INTERVAL 2 LIMIT 3;').at(-1)).toEqual({
      kind: 'print',
      topic: 't',
      fromBeginning: true,
      interval: 2,
      limit: 3,
    });
    expect(
      effects(testSession(), 'ASSERT TOPIC t WITH (PARTITIONS=2) TIMEOUT 3 SECONDS;').at(-1),
    ).toEqual({
      kind: 'assert-topic',
      topic: 't',
      exists: true,
      config: { partitions: 2 },
      timeoutMs: 3000,
    });
    expect(effects(testSession(), 'ASSERT NOT EXISTS TOPIC t;').at(-1)).toMatchObject({
      exists: false,
      timeoutMs: 1000,
    });
  });

  it('refuse what cannot be', () => {
    expect(failure(testSession('t'), 'PRINT T;')).toBe(
      "Could not find topic 'T', or the KSQL user does not have permissions to list the topic. Topic names are case-sensitive.\nDid you mean:\n\tprint t;",
    );
    expect(failure(testSession(), 'ASSERT TOPIC t WITH (COLOUR=1);')).toBe(
      'Cannot assert unknown topic property: COLOUR',
    );
    expect(failure(testSession(), 'ASSERT SCHEMA;')).toBe(
      'ASSERT SCHEMA statements much include a subject name or an id',
    );
  });
});

describe('statements without a counterpart', () => {
  it.each([
    ['SHOW CONNECTORS;', 'Connectors are not supported by this server'],
    [
      "ALTER SYSTEM 'a'='b';",
      'Cannot alter system configs when KSQL_SHARED_RUNTIME_ENABLED is turned off.',
    ],
    [
      'EXPLAIN nothing;',
      'Query with id:NOTHING does not exist, use SHOW QUERIES to view the full set of queries.',
    ],
    ['EXPLAIN SHOW STREAMS;', 'The provided statement does not run a ksql query'],
  ])('%s is refused', (sql, message) => {
    expect(failure(testSession(), sql)).toBe(message);
  });
});
