import { describe, expect, it, test } from 'vitest';
import { createRegistry } from '../../functions/registry.ts';
import { builtinFunctions } from '../../functions/table.ts';
import { printLogicalPlan } from '../../plan/print.ts';
import { formatSchema } from '../../types/format-type.ts';
import type { PersistentQuery } from './analyzed.ts';
import { run, testWorld } from './catalog.test-helper.ts';

const functions = createRegistry(builtinFunctions);
const SOURCES = `
  CREATE STREAM L (ID INT KEY, A INT, X STRING) WITH (KAFKA_TOPIC='l');
  CREATE STREAM R (ID INT KEY, A INT, Y STRING) WITH (KAFKA_TOPIC='r');
  CREATE STREAM Q (ID INT KEY, B INT) WITH (KAFKA_TOPIC='four');
  CREATE STREAM TEXT (ID STRING KEY, V STRING) WITH (KAFKA_TOPIC='text');
  CREATE STREAM AVROS (ID INT KEY, V INT) WITH (KAFKA_TOPIC='avros', FORMAT='AVRO');
  CREATE STREAM K (ID INT KEY, V STRING) WITH (KAFKA_TOPIC='k', VALUE_FORMAT='KAFKA');
  CREATE STREAM ROWS (ROWKEY INT KEY, V INT) WITH (KAFKA_TOPIC='rows');
  CREATE STREAM M (ID INT KEY, V MAP<STRING, INT>) WITH (KAFKA_TOPIC='m');
  CREATE STREAM W (ID INT KEY, V INT) WITH (KAFKA_TOPIC='w', WINDOW_TYPE='TUMBLING', WINDOW_SIZE='10 SECONDS');
  CREATE STREAM W2 (ID INT KEY, V INT) WITH (KAFKA_TOPIC='w2', WINDOW_TYPE='HOPPING', WINDOW_SIZE='5 SECONDS');
  CREATE STREAM WS (ID INT KEY, V INT) WITH (KAFKA_TOPIC='ws', WINDOW_TYPE='SESSION');
  CREATE TABLE T (ID INT PRIMARY KEY, NAME STRING) WITH (KAFKA_TOPIC='t');
  CREATE TABLE U (ID INT PRIMARY KEY, FK INT, V BIGINT) WITH (KAFKA_TOPIC='u');
  CREATE TABLE V (ID1 INT PRIMARY KEY, ID2 INT PRIMARY KEY, FK INT) WITH (KAFKA_TOPIC='v', FORMAT='JSON');
`;

function analyzed(sql: string): ReturnType<typeof run> {
  const world = testWorld(functions, { partitions: { four: 4 } });
  run(world, SOURCES);
  return run(world, sql);
}
function plan(sql: string): string {
  const query = analyzed(sql) as PersistentQuery;
  return printLogicalPlan(query.plan)
    .split('\n')
    .map((line) => line.replace(/ \| [^|]*$/, '').replace(/^( *) > /, '$1'))
    .join('\n');
}
function schema(select: string): string {
  return formatSchema(analyzed(`CREATE STREAM O AS ${select};`) as PersistentQuery);
}

describe('plans', () => {
  it('joins sources on their keys without moving them', () => {
    expect(
      plan('CREATE STREAM O AS SELECT L.ID, X, Y FROM L JOIN R WITHIN 1 MINUTE ON L.ID = R.ID;'),
    ).toBe(
      `[ PROJECT ] L_X AS X, R_Y AS Y
    [ JOIN ] INNER stream-stream
        [ PROJECT ] A AS L_A, X AS L_X, ID AS L_ID
            [ SCAN ] L
        [ PROJECT ] A AS R_A, Y AS R_Y, ID AS R_ID
            [ SCAN ] R`,
    );
  });

  it('moves the side that is not keyed by the join expression', () => {
    expect(plan('CREATE STREAM O AS SELECT L.A, NAME FROM L LEFT JOIN T ON T.ID = L.A;')).toBe(
      `[ PROJECT ] T_NAME AS NAME
    [ JOIN ] LEFT stream-table
        [ REKEY ] L_A
            [ PROJECT ] A AS L_A, X AS L_X, ID AS L_ID
                [ SCAN ] L
        [ PROJECT ] NAME AS T_NAME, ID AS T_ID
            [ SCAN ] T`,
    );
  });

  it('keeps the timestamps of both sides only if they are named', () => {
    expect(
      plan(
        'CREATE STREAM O AS SELECT L.ID, L.ROWTIME FROM L JOIN R WITHIN 1 MINUTE ON L.ID = R.ID;',
      ),
    ).toContain('[ PROJECT ] A AS L_A, X AS L_X, ROWTIME AS L_ROWTIME, ID AS L_ID');
  });

  it('moves streams whose key bytes depend on a registered schema', () => {
    expect(
      plan(
        'CREATE STREAM O AS SELECT L.ID, V FROM L JOIN AVROS WITHIN 1 MINUTE ON L.ID = AVROS.ID;',
      ),
    ).toBe(
      `[ PROJECT ] AVROS_V AS V
    [ JOIN ] INNER stream-stream
        [ PROJECT ] A AS L_A, X AS L_X, ID AS L_ID
            [ SCAN ] L
        [ REKEY ] AVROS_ID
            [ PROJECT ] V AS AVROS_V, ID AS AVROS_ID
                [ SCAN ] AVROS`,
    );
  });

  it('joins further without moving where the earlier key is the same', () => {
    expect(
      plan(
        'CREATE STREAM O AS SELECT T.ID, X, V FROM L JOIN T ON L.A = T.ID JOIN U ON L.A = U.ID;',
      ),
    ).toBe(
      `[ PROJECT ] L_X AS X, U_V AS V
    [ JOIN ] INNER stream-table
        [ JOIN ] INNER stream-table
            [ REKEY ] L_A
                [ PROJECT ] A AS L_A, X AS L_X, ID AS L_ID
                    [ SCAN ] L
            [ PROJECT ] NAME AS T_NAME, ID AS T_ID
                [ SCAN ] T
        [ PROJECT ] FK AS U_FK, V AS U_V, ID AS U_ID
            [ SCAN ] U`,
    );
  });

  it('evaluates a foreign key over the left row and keeps its key', () => {
    const query = analyzed(
      'CREATE TABLE O AS SELECT V.ID1, V.ID2, NAME FROM V LEFT JOIN T ON V.FK + 1 = T.ID;',
    ) as PersistentQuery;
    if (query.plan.kind !== 'project') throw new Error('no projection');
    expect(query.plan.input).toMatchObject({
      kind: 'join',
      join: 'foreign-key',
      type: 'LEFT',
      foreignKey: { kind: 'arithmetic', left: { name: 'V_FK' } },
    });
    expect(formatSchema(query)).toBe('`ID1` INTEGER KEY, `ID2` INTEGER KEY, `NAME` STRING');
  });

  it('warns of joins without a grace period', () => {
    const graceless = analyzed(
      'CREATE STREAM O AS SELECT * FROM L JOIN R WITHIN 1 DAY ON L.ID = R.ID;',
    );
    expect(graceless?.kind === 'persistent' && graceless.warnings).toEqual([
      expect.stringContaining('DEPRECATION NOTICE'),
    ]);
  });

  it('groups by the key of the join where it is just that', () => {
    expect(
      plan(
        'CREATE TABLE O AS SELECT L.ID, COUNT(*) FROM L RIGHT JOIN R WITHIN 1 DAY ON L.ID = R.ID GROUP BY L.ID;',
      ),
    ).toContain('[ AGGREGATE ] L_ID | COUNT(ROWTIME)');
  });
});

describe('columns', () => {
  test.each([
    [
      'SELECT * FROM L JOIN R WITHIN 1 DAY ON L.ID = R.ID',
      '`L_ID` INTEGER KEY, `L_A` INTEGER, `L_X` STRING, `R_ID` INTEGER, `R_A` INTEGER, `R_Y` STRING',
    ],
    [
      'SELECT R.*, X FROM L JOIN R WITHIN 1 DAY ON L.ID = R.ID',
      '`R_ID` INTEGER KEY, `R_A` INTEGER, `R_Y` STRING, `X` STRING',
    ],
    [
      'SELECT L.ID, R.ID, X FROM L LEFT JOIN R WITHIN 1 DAY ON ABS(L.ID) = R.ID',
      '`R_ID` INTEGER KEY, `L_ID` INTEGER, `X` STRING',
    ],
    [
      'SELECT ROWKEY AS K, X FROM L FULL JOIN R WITHIN 1 DAY ON L.ID = R.ID',
      '`K` INTEGER KEY, `X` STRING',
    ],
    [
      'SELECT ROWKEY_1, X FROM L FULL JOIN ROWS WITHIN 1 DAY ON L.ID = ROWS.ROWKEY',
      '`ROWKEY_1` INTEGER KEY, `X` STRING',
    ],
    [
      'SELECT T.ID, X, NAME, V FROM L JOIN T ON L.ID = T.ID JOIN U ON L.ID = U.ID',
      '`T_ID` INTEGER KEY, `X` STRING, `NAME` STRING, `V` BIGINT',
    ],
    [
      'SELECT LL.ID, R.A FROM L LL JOIN R WITHIN 1 DAY ON LL.ID = R.ID',
      '`LL_ID` INTEGER KEY, `R_A` INTEGER',
    ],
  ])('%s', (select, expected) => {
    expect(schema(select)).toBe(expected);
  });

  it('shows whole joined rows in a star when they are partitioned anew', () => {
    expect(schema('SELECT * FROM L JOIN R WITHIN 1 DAY ON L.ID = R.ID PARTITION BY L.A')).toBe(
      '`L_A` INTEGER KEY, `L_X` STRING, `L_ROWTIME` BIGINT, `L_ROWPARTITION` INTEGER, `L_ROWOFFSET` BIGINT, `L_ID` INTEGER, ' +
        '`R_A` INTEGER, `R_Y` STRING, `R_ROWTIME` BIGINT, `R_ROWPARTITION` INTEGER, `R_ROWOFFSET` BIGINT, `R_ID` INTEGER',
    );
  });
});

describe('refusals', () => {
  const within = 'WITHIN 1 DAY ON';
  test.each([
    [
      'SELECT * FROM L JOIN R ON L.ID = R.ID',
      'Stream-Stream joins must have a WITHIN clause specified. None was provided.',
    ],
    [
      'SELECT * FROM L JOIN T WITHIN 1 DAY ON L.ID = T.ID',
      'A window definition was provided for a Stream-Table join.',
    ],
    [`SELECT * FROM L JOIN R ${within} L.ID < R.ID`, 'Only equality join criteria is supported.'],
    [
      `SELECT * FROM L JOIN R ${within} L.ID = R.ID AND L.A = R.A`,
      'Invalid join condition: joins on multiple conditions are not yet supported. Got ((L.ID = R.ID) AND (L.A = R.A)).',
    ],
    [`SELECT * FROM L JOIN R ${within} ABS(L.ID)`, 'Unsupported join expression: ABS(L.ID).'],
    [
      `SELECT * FROM L JOIN R ${within} L.ID = 0`,
      "Invalid comparison expression '0' in join '(L.ID = 0)'. Each side of the join comparision must contain references from exactly one source.",
    ],
    [
      `SELECT * FROM L JOIN R ${within} L.ID = L.A`,
      'Each side of the join must reference exactly one source and not the same source. Left side references `L` and right references `L`',
    ],
    [
      `SELECT * FROM L JOIN R ${within} L.NOPE = R.ID`,
      "JOIN ON column 'L.NOPE' cannot be resolved.",
    ],
    [
      'SELECT * FROM L JOIN T ON L.ID = T.ID JOIN U ON L.ID = T.ID',
      'A join criteria is expected to reference the source (`U`) in the FROM clause, instead the right source references `T` and the left source references `L`',
    ],
    [
      'SELECT * FROM L JOIN T ON U.ID = T.ID JOIN U ON L.ID = U.ID',
      'Cannot build JOIN tree; neither source in the join is the FROM source or included in a previous JOIN',
    ],
    [
      `SELECT * FROM L A JOIN L B ${within} A.ID = B.ID`,
      "Can not join 'L' to 'L': self joins are not yet supported.",
    ],
    [
      'SELECT * FROM L JOIN T ON L.ID = T.ID JOIN T TT ON L.ID = TT.ID',
      "N-way joins do not support multiple occurrences of the same source. Source: 'T'",
    ],
    [
      `SELECT * FROM L JOIN TEXT ${within} L.ID = TEXT.ID`,
      'Invalid join. Key types differ: INTEGER vs STRING',
    ],
    [
      'SELECT * FROM TEXT JOIN T ON TEXT.ID = T.ID',
      "Invalid join condition: types don't match. Got TEXT.ID{STRING} = T.ID{INTEGER}.",
    ],
    [
      `SELECT * FROM L JOIN Q ${within} L.ID = Q.ID`,
      "Can't join `L` with `Q` since the number of partitions don't match. `L` partitions = 1; `Q` partitions = 4.",
    ],
    [
      `SELECT * FROM L JOIN K ${within} L.ID = K.ID`,
      "Source(s) K are using the 'KAFKA' value format. This format does not yet support JOIN.",
    ],
    [
      `SELECT * FROM L JOIN W ${within} L.ID = W.ID`,
      'Can not join windowed source to non-windowed source.\n`L` is not windowed\n`W` is TUMBLING windowed',
    ],
    [
      `SELECT * FROM W JOIN WS ${within} W.ID = WS.ID`,
      'Incompatible windowed sources.\nLeft source: TUMBLING\nRight source: SESSION',
    ],
    [
      `SELECT * FROM W JOIN W2 ${within} W.ID = W2.ID`,
      'Implicit repartitioning of windowed sources is not supported.',
    ],
    [
      'SELECT * FROM L FULL JOIN T ON L.ID = T.ID',
      'Invalid join type: full-outer join not supported for stream-table join. Got L [FULL] OUTER JOIN T.',
    ],
    [
      'SELECT * FROM L RIGHT JOIN T ON L.ID = T.ID',
      'Invalid join type encountered: RIGHT [OUTER] JOIN',
    ],
    [
      'SELECT * FROM T JOIN L ON L.ID = T.ID',
      'Invalid join order: table-stream joins are not supported; only stream-table joins. Got T [INNER] JOIN L.',
    ],
    [
      'SELECT * FROM L JOIN T ON L.X = T.NAME',
      "Invalid join condition: stream-table joins require to join on the table's primary key. Got L.X = T.NAME.",
    ],
    [
      'SELECT * FROM L JOIN V ON L.ID = V.ID1',
      "Invalid join condition: stream-table joins require to join on the table's primary key.",
    ],
    [
      'SELECT * FROM T JOIN U ON U.FK = T.ID',
      'Invalid join condition: table-table joins require to join on the primary key of the right input table. Got U.FK = T.ID.',
    ],
    [
      'SELECT * FROM U RIGHT JOIN T ON U.FK = T.ID',
      'RIGHT OUTER JOIN on a foreign key is not supported',
    ],
    [
      'SELECT * FROM U FULL JOIN T ON U.FK = T.ID',
      'Invalid join type: full-outer join not supported for foreign-key table-table join. Got U [FULL] OUTER JOIN T.',
    ],
    [
      'SELECT NAME FROM V JOIN T ON V.FK = T.ID',
      'Primary key columns missing in projection. For foreign-key table-table joins, the projection must include all primary key columns from the left input table (`V`). Missing columns: `ID1`, `ID2`.',
    ],
    [
      `SELECT X FROM L JOIN R ${within} L.ID = R.ID`,
      'must include the join expressions L.ID or R.ID in its projection (eg, SELECT L.ID...).',
    ],
    [
      `SELECT X FROM L FULL JOIN R ${within} L.ID = R.ID`,
      'must include the join expression ROWKEY in its projection (eg, SELECT ROWKEY...).\nROWKEY was added as a synthetic key column because the join criteria did not match any source column.',
    ],
    [
      `SELECT L.ID, L.ID AS K2, X FROM L JOIN R ${within} L.ID = R.ID`,
      'The projection contains a key column (`L_ID`) more than once, aliased as: K2 and L_ID.',
    ],
    [
      `SELECT L.ID, A FROM L JOIN R ${within} L.ID = R.ID`,
      "Column 'A' is ambiguous. Could be L.A or R.A.",
    ],
    [
      `SELECT L.ID FROM L JOIN M ${within} L.ID = CAST(NULL AS INT)`,
      'Each side of the join comparision must contain references from exactly one source.',
    ],
  ])('%s', (select, message) => {
    expect(() => analyzed(`CREATE STREAM O AS ${select};`)).toThrow(message);
  });
});
