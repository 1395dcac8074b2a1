import { describe, expect, it, test } from 'vitest';
import { createRegistry } from '../../functions/registry.ts';
import { builtinFunctions } from '../../functions/table.ts';
import { printLogicalPlan } from '../../plan/print.ts';
import { formatSchema } from '../../types/format-type.ts';
import type { PersistentQuery } from './analyzed.ts';
import { run, testWorld } from './catalog.test-helper.ts';

const functions = createRegistry(builtinFunctions);
const SOURCES = `
  CREATE STREAM S (ID INT KEY, A INT, B STRING, L ARRAY<INT>) WITH (KAFKA_TOPIC='s');
  CREATE STREAM N (V STRUCT<X INT, Y STRING>, KSQL_COL_0 INT) WITH (KAFKA_TOPIC='n');
  CREATE STREAM H (ID INT KEY, H ARRAY<STRUCT<KEY STRING, VALUE BYTES>> HEADERS, V INT) WITH (KAFKA_TOPIC='h');
  CREATE STREAM W (K STRING KEY, V INT) WITH (KAFKA_TOPIC='w', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');
  CREATE STREAM C (ID INT KEY, V STRING) WITH (KAFKA_TOPIC='c', VALUE_FORMAT='KAFKA');
  CREATE STREAM CSV (ID INT KEY, V INT) WITH (KAFKA_TOPIC='csv', VALUE_FORMAT='DELIMITED');
  CREATE TABLE T (ID INT PRIMARY KEY, V INT, B STRING) WITH (KAFKA_TOPIC='t');
  CREATE TABLE WT (K STRING PRIMARY KEY, V INT) WITH (KAFKA_TOPIC='wt', WINDOW_TYPE='SESSION');
`;

function analyzed(sql: string, properties: Record<string, string> = {}): ReturnType<typeof run> {
  const world = testWorld(functions, { properties });
  run(world, SOURCES);
  return run(world, sql);
}
function plan(sql: string): string {
  const query = analyzed(sql);
  if (query === null || query.kind === 'pull') throw new Error('not a continuous query');
  return printLogicalPlan(query.plan)
    .split('\n')
    .map((line) => line.replace(/ \| [^|]*$/, '').replace(/^( *) > /, '$1'))
    .join('\n');
}
function schema(sql: string): string {
  const query = analyzed(sql) as PersistentQuery;
  return formatSchema(query);
}

describe('plans', () => {
  it('filters before it projects, the key under its own name', () => {
    expect(
      plan("CREATE STREAM O AS SELECT ID AS K, A + 1, B || 'x' AS C FROM S WHERE A > 1;"),
    ).toBe(
      `[ PROJECT ] (A + 1) AS KSQL_COL_0, CONCAT(B, 'x') AS C
    [ FILTER ] (A > 1)
        [ SCAN ] S`,
    );
  });

  it('computes an aggregate once however often it is used', () => {
    expect(
      plan(
        'CREATE TABLE O AS SELECT B, COUNT(*) AS N, SUM(A) + COUNT(*) FROM S GROUP BY B HAVING COUNT(*) > 2;',
      ),
    ).toBe(
      `[ PROJECT ] KSQL_AGG_VARIABLE_0 AS N, (KSQL_AGG_VARIABLE_1 + KSQL_AGG_VARIABLE_0) AS KSQL_COL_0
    [ FILTER ] (KSQL_AGG_VARIABLE_0 > 2)
        [ AGGREGATE ] B | COUNT(ROWTIME) AS KSQL_AGG_VARIABLE_0, SUM(A) AS KSQL_AGG_VARIABLE_1
            [ SCAN ] S`,
    );
  });

  it('gives windows the grace of a day less their size', () => {
    expect(
      plan(
        'CREATE TABLE O AS SELECT ID, WINDOWSTART AS W, COUNT(*) AS N FROM S WINDOW HOPPING (SIZE 1 HOUR, ADVANCE BY 10 MINUTES) GROUP BY ID;',
      ),
    ).toBe(
      `[ PROJECT ] WINDOWSTART AS W, KSQL_AGG_VARIABLE_0 AS N
    [ AGGREGATE ] ID | COUNT(ROWTIME) AS KSQL_AGG_VARIABLE_0 | HOPPING 3600000 ms, advance 600000 ms, grace 82800000 ms, retention 86400000 ms
        [ SCAN ] S`,
    );
  });

  it('gives final results no grace', () => {
    expect(
      plan(
        'CREATE TABLE O AS SELECT ID, COUNT(*) AS N FROM S WINDOW SESSION (5 SECONDS, RETENTION 1 HOUR) GROUP BY ID EMIT FINAL;',
      ),
    ).toContain('SESSION 5000 ms, grace 0 ms, retention 3600000 ms | final');
  });

  it('keeps the old key among the values when a stream is partitioned anew', () => {
    expect(
      plan(
        'CREATE STREAM O AS SELECT ABS(A) AS K, ABS(A) + 1 AS P, ID FROM S PARTITION BY ABS(A);',
      ),
    ).toBe(
      `[ PROJECT ] (KSQL_COL_0 + 1) AS P, ID
    [ REKEY ] ABS(A) AS KSQL_COL_0
        [ PROJECT ] A, B, L, ID
            [ SCAN ] S`,
    );
  });

  it('leaves a stream alone that is partitioned by its key', () => {
    expect(plan('CREATE STREAM O AS SELECT * FROM S PARTITION BY ID;')).toBe(
      `[ PROJECT ] A, B, L
    [ SCAN ] S`,
    );
  });

  it('orders key columns as they are selected for the new planner', () => {
    const sql = `
      CREATE STREAM TWO (K1 INT KEY, K2 INT KEY, V INT) WITH (KAFKA_TOPIC='two', FORMAT='JSON');
      CREATE STREAM O AS SELECT K2, V, K1 FROM TWO;`;
    const old = analyzed(sql) as PersistentQuery;
    const query = analyzed(sql, { 'ksql.new.query.planner.enabled': 'true' }) as PersistentQuery;
    expect(formatSchema(old)).toBe('`K1` INTEGER KEY, `K2` INTEGER KEY, `V` INTEGER');
    expect(formatSchema(query)).toBe('`K2` INTEGER KEY, `K1` INTEGER KEY, `V` INTEGER');
  });

  it('flattens table functions, the same call once', () => {
    expect(plan('CREATE STREAM O AS SELECT ID, EXPLODE(L), EXPLODE(L) + 1 AS M FROM S;')).toBe(
      `[ PROJECT ] KSQL_SYNTH_0 AS KSQL_COL_0, (KSQL_SYNTH_0 + 1) AS M
    [ FLATTEN ] EXPLODE(L) AS KSQL_SYNTH_0
        [ SCAN ] S`,
    );
  });

  it('groups a push query without GROUP BY under one key', () => {
    expect(plan('SELECT COUNT(*) FROM S EMIT CHANGES;')).toBe(
      `[ EMIT ] KSQL_AGG_VARIABLE_0 AS KSQL_COL_0
    [ AGGREGATE ] 0 AS KSQL_SYNTH_KEY | COUNT(ROWTIME) AS KSQL_AGG_VARIABLE_0
        [ SCAN ] S`,
    );
  });

  it('reads partition and offset only where they are named', () => {
    const query = analyzed('SELECT ROWOFFSET FROM S EMIT CHANGES;');
    if (query?.kind !== 'transient' || query.plan.kind !== 'emit')
      throw new Error('not a push query');
    expect(query.plan.input).toMatchObject({ kind: 'scan', pseudo: ['ROWOFFSET'] });
  });
});

describe('columns', () => {
  test.each([
    ['SELECT * FROM S', '`ID` INTEGER KEY, `A` INTEGER, `B` STRING, `L` ARRAY<INTEGER>'],
    ['SELECT B, ID FROM S', '`ID` INTEGER KEY, `B` STRING'],
    ['SELECT ID, AS_VALUE(ID) AS COPY FROM S', '`ID` INTEGER KEY, `COPY` INTEGER'],
    [
      'SELECT * FROM H',
      '`ID` INTEGER KEY, `V` INTEGER, `H` ARRAY<STRUCT<`KEY` STRING, `VALUE` BYTES>>',
    ],
    ['SELECT * FROM W', '`K` STRING KEY, `V` INTEGER'],
    [
      'SELECT V->X, V->X, V->Y, 1 FROM N',
      '`X` INTEGER, `X_1` INTEGER, `Y` STRING, `KSQL_COL_1` INTEGER',
    ],
    ['SELECT V->* FROM N', '`X` INTEGER, `Y` STRING'],
    [
      'SELECT * FROM S PARTITION BY B',
      '`B` STRING KEY, `A` INTEGER, `L` ARRAY<INTEGER>, `ID` INTEGER',
    ],
    [
      'SELECT S.* FROM S PARTITION BY B',
      '`B` STRING KEY, `A` INTEGER, `L` ARRAY<INTEGER>, `ID` INTEGER',
    ],
    ['SELECT ID, A FROM S PARTITION BY NULL', '`ID` INTEGER, `A` INTEGER'],
    ['SELECT A, ROWTIME AS T FROM S PARTITION BY A', '`A` INTEGER KEY, `T` BIGINT'],
    [
      'SELECT B AS K, A + 1 AS G, COUNT(*) AS N FROM S GROUP BY A + 1, B',
      '`G` INTEGER KEY, `K` STRING KEY, `N` BIGINT',
    ],
    [
      'SELECT S.B, LEN(B) AS N FROM S GROUP BY S.B HAVING COUNT(*) > 1',
      '`B` STRING KEY, `N` INTEGER',
    ],
  ])('%s', (select, expected) => {
    expect(schema(`CREATE STREAM O AS ${select};`)).toBe(expected);
  });

  it('shows window bounds in a star of a push query', () => {
    const query = analyzed('SELECT * FROM W EMIT CHANGES;');
    expect(query?.kind === 'transient' && query.columns.map(({ name }) => name)).toEqual([
      'K',
      'WINDOWSTART',
      'WINDOWEND',
      'V',
    ]);
  });
});

describe('refusals', () => {
  test.each([
    [
      'SELECT A FROM S',
      'Key missing from projection (ie, SELECT).\nThe query used to build `O` must include the key column ID in its projection (eg, SELECT ID...).',
    ],
    [
      'SELECT ID, ID AS K2, A FROM S',
      'The projection contains a key column (`ID`) more than once, aliased as: ID and K2.',
    ],
    ['SELECT ID FROM S', 'The projection contains no value columns.'],
    ['SELECT ID, A, B AS A FROM S', 'Duplicate value columns found in schema: `A` STRING'],
    ['SELECT ID, A, B AS ID FROM S', 'Value columns clash with key columns: `ID`'],
    [
      'SELECT ID, ROWTIME FROM S',
      'Reserved column name in select: `ROWTIME`. Please remove or alias the column.',
    ],
    [
      'SELECT ID, A AS ROWTIME FROM S',
      '`ROWTIME` is a reserved column name. You cannot use it as an alias for a column.',
    ],
    ['SELECT ID, NULL FROM S', "Can't infer a type of null."],
    ['SELECT * FROM NOPE', 'NOPE does not exist.'],
    ['SELECT X.* FROM S', "'X' is not a valid stream/table name or alias."],
    ['SELECT * FROM S LIMIT 1', "CREATE STREAM AS SELECT statements don't support LIMIT clause."],
    ['SELECT * FROM WT', 'KSQL does not support persistent queries on windowed tables.'],
    [
      'SELECT A FROM S PARTITION BY A, B',
      'must include the partitioning expressions S.A and S.B in its projection (eg, SELECT S.A, S.B...).',
    ],
    ['SELECT * FROM S PARTITION BY A, S.A', 'Duplicate PARTITION BY expression: S.A'],
    ['SELECT * FROM S PARTITION BY NULL, A', 'Cannot PARTITION BY multiple columns including NULL'],
    ['SELECT * FROM S PARTITION BY ()', 'PARTITION BY requires at least one expression'],
    [
      'SELECT * FROM S PARTITION BY NOPE',
      "PARTITION BY column 'NOPE' cannot be resolved. 'NOPE' must be a column in the source schema since PARTITION BY is applied on the input.",
    ],
    [
      'SELECT * FROM S PARTITION BY MAP(B := A)',
      'Key column name: `KSQL_COL_0`. Column type: MAP<STRING, INTEGER>.',
    ],
    [
      'SELECT * FROM T PARTITION BY V',
      "Cannot repartition a TABLE source. If this is a join, make sure that the criteria uses the TABLE's key column ID instead of T.V",
    ],
    [
      'SELECT * FROM W PARTITION BY V',
      'Implicit repartitioning of windowed sources is not supported.',
    ],
    ['SELECT ID, EXPLODE(ARRAY[V]) FROM T', 'Table source is not supported with table functions'],
    [
      'SELECT ID, EXPLODE(CUBE_EXPLODE(L)) FROM S',
      'Table functions cannot be nested: EXPLODE(CUBE_EXPLODE())',
    ],
    [
      'SELECT ID, CASE WHEN A > 1 THEN EXPLODE(L) ELSE 1 END FROM S',
      'Table functions cannot be used in CASE: (CASE WHEN (A > 1) THEN EXPLODE(L) ELSE 1 END)',
    ],
    [
      'SELECT A, EXPLODE(L), COUNT(*) FROM S GROUP BY A',
      'Table functions cannot be used with aggregations.',
    ],
    [
      'SELECT A, B FROM S GROUP BY A',
      'GROUP BY requires aggregate functions in either the SELECT or HAVING clause.',
    ],
    [
      'SELECT A, B, COUNT(*) FROM S GROUP BY A',
      'Non-aggregate SELECT expression(s) not part of GROUP BY: B\nEither add the column(s) to the GROUP BY or remove them from the SELECT.',
    ],
    [
      'SELECT A + ID, COUNT(*) FROM S GROUP BY ID + A',
      'Non-aggregate SELECT expression(s) not part of GROUP BY: (A + ID)',
    ],
    [
      'SELECT A, COUNT(*) FROM S GROUP BY A HAVING B > 1',
      'Non-aggregate HAVING expression not part of GROUP BY: B\nConsider switching the HAVING clause to a WHERE clause before the GROUP BY.',
    ],
    [
      'SELECT COUNT(*) FROM S GROUP BY SUM(A)',
      'GROUP BY does not support aggregate functions: SUM is an aggregate function.',
    ],
    ['SELECT A, COUNT(NULL) FROM S GROUP BY A', "Can't infer a type of null."],
    [
      'SELECT A, SUM(COUNT(B)) FROM S GROUP BY A',
      'Aggregate functions can not be nested: SUM(COUNT())',
    ],
    [
      'SELECT COUNT(*) FROM S',
      'CREATE STREAM AS SELECT statement does not support aggregate function [COUNT(ROWTIME)] without a GROUP BY clause.',
    ],
    ['SELECT A, COUNT(*) FROM S', 'Non-aggregate SELECT expression(s) not part of GROUP BY: A'],
    ['SELECT A, COUNT(*) FROM S GROUP BY A, S.A', 'Duplicate GROUP BY expression: S.A'],
    [
      'SELECT COUNT(*) FROM S GROUP BY A, B',
      'Keys missing from projection (ie, SELECT).\nThe query used to build `O` must include the grouping expressions A and B in its projection (eg, SELECT A, B...).',
    ],
    [
      'SELECT A, A AS A2, COUNT(*) FROM S GROUP BY A',
      'The projection contains a key column more than once: `A` and `A2`.',
    ],
    [
      'SELECT B, MAX(V) FROM T GROUP BY B',
      'The aggregation function MAX cannot be applied to a table source, only to a stream source.',
    ],
    [
      'SELECT B, MAX(V), MIN(V), COUNT(*) FROM T GROUP BY B',
      'The aggregation functions MAX and MIN cannot be applied to a table source',
    ],
    [
      'SELECT ID, COLLECT_LIST(V) FROM CSV GROUP BY ID',
      'has an intermediate type that the value format can not handle',
    ],
    [
      'SELECT ID, COUNT(*) FROM C GROUP BY ID',
      "Source(s) C are using the 'KAFKA' value format. This format does not yet support GROUP BY.",
    ],
    [
      'SELECT ID, TOPK(A, ID) FROM S GROUP BY ID',
      "Parameter 2 passed to function TOPK must be a literal constant, but was expression: 'ID'",
    ],
    [
      'SELECT * FROM S WINDOW TUMBLING (SIZE 1 SECOND)',
      'WINDOW clause requires a GROUP BY clause.',
    ],
    [
      'SELECT B, COUNT(*) FROM T WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY B',
      'Windowing not supported for table aggregations.',
    ],
    [
      'SELECT ID, COUNT(*) FROM S GROUP BY ID EMIT FINAL',
      'EMIT FINAL is only supported for windowed aggregations.',
    ],
    [
      'SELECT ID, MIN(WINDOWSTART) FROM S WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY ID',
      'Window bounds column WINDOWSTART can only be used in the SELECT clause of windowed aggregations',
    ],
    [
      'SELECT ID, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 SECOND) WHERE WINDOWEND > 1 GROUP BY ID',
      'Error in WHERE expression: Unknown column WINDOWEND.',
    ],
    [
      'SELECT ID, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 MINUTE, RETENTION 1 MINUTE, GRACE PERIOD 1 SECOND) GROUP BY ID',
      'must be no smaller than its window size plus the grace period. Got size=[60000], grace=[1000], retention=[60000]',
    ],
    [
      "SELECT ID, SUM(A) FROM S GROUP BY ID HAVING SUM(A) > '1'",
      "Error in HAVING expression: Cannot compare SUM(A) (INTEGER) to '1' (STRING) with GREATER_THAN.",
    ],
  ])('%s', (select, message) => {
    expect(() => analyzed(`CREATE STREAM O AS ${select};`)).toThrow(message);
  });

  it('suggests the column that may have been meant', () => {
    expect(() => analyzed('SELECT IDD FROM S EMIT CHANGES;')).toThrow(
      expect.objectContaining({ hint: 'Did you mean ID?' }),
    );
  });

  it('refuses EMIT FINAL where it is switched off', () => {
    expect(() =>
      analyzed(
        'SELECT ID, COUNT(*) FROM S WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY ID EMIT FINAL;',
        {
          'ksql.suppress.enabled': 'false',
        },
      ),
    ).toThrow('Suppression is currently disabled.');
  });
});
