/** Expressions of every kind, and columns of every type. */
import { json, type Program } from '../program.ts';

const source = `CREATE STREAM s (k STRING KEY, b BOOLEAN, i INT, l BIGINT, d DOUBLE, m DECIMAL(9, 2), t STRING, y BYTES,
    da DATE, ti TIME, ts TIMESTAMP, a ARRAY<INT>, p MAP<STRING, INT>, st STRUCT<f INT, g STRUCT<h STRING>>)
  WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`;
const records = [
  json('s', 1_000, 'one', {
    B: true,
    I: 7,
    L: 5_000_000_000,
    D: 2.5,
    M: 12.34,
    T: 'seven',
    Y: 'AQID',
    DA: 19_000,
    TI: 3_600_000,
    TS: 1_650_000_000_000,
    A: [1, 2, 3],
    P: { x: 1, y: 2 },
    ST: { F: 4, G: { H: 'deep' } },
  }),
  json('s', 2_000, 'two', {
    B: false,
    I: -7,
    L: -1,
    D: -0.5,
    M: -0.01,
    T: '',
    Y: '',
    DA: -1,
    TI: 0,
    TS: 0,
    A: [],
    P: {},
    ST: { F: null, G: null },
  }),
  json('s', 3_000, 'three', {}),
];

function over(name: string, about: string, ...sql: readonly string[]): Program {
  return { name, about, phases: [{ sql: [source, ...sql], records }] };
}

export const expressionPrograms: readonly Program[] = [
  over(
    'expression-types',
    'Columns of every type, computed and stored.',
    `CREATE STREAM typed AS SELECT k, b, i, l, d, m, t, y, da, ti, ts, a, p, st FROM s WHERE i > -100 OR i IS NULL;`,
  ),
  over(
    'expression-arithmetic',
    'Arithmetic between all numeric types, negation, concatenation.',
    `CREATE STREAM computed AS SELECT k, i + 1 AS p, i - l AS q, d * i AS r, m / 3 AS u, i % 4 AS v, -m AS w, -d AS x, t + '!' AS z, l + 1.5 AS e FROM s;`,
  ),
  over(
    'expression-conditions',
    'Comparisons, AND, OR, NOT, IN, LIKE, BETWEEN, IS NULL, IS DISTINCT FROM.',
    `CREATE STREAM decided AS SELECT k, i = 7 AS p, i <> 7 AS q, d < l AS r, l <= i AS u, m > 0 AS v, d >= 2.5 AS w,
       i IS DISTINCT FROM 7 AS x, l IS NOT DISTINCT FROM i AS z, t IN ('seven', 'eight') AS c, t NOT IN ('') AS e,
       t LIKE 's%' AS f, t NOT LIKE '!%!_' ESCAPE '!' AS g, i BETWEEN 1 AND 10 AS h, NOT b AS j, b AND i > 0 OR l IS NULL AS n,
       t IS NOT NULL AS o FROM s;`,
  ),
  over(
    'expression-case-cast',
    'CASE in both forms, CAST between types, CAST that fails.',
    `CREATE STREAM cast_to AS SELECT k, CASE WHEN i > 0 THEN 'plus' WHEN i < 0 THEN 'minus' ELSE 'none' END AS sign,
       CASE i WHEN 7 THEN 1 END AS seven, CAST(t AS INT) AS n, CAST(i AS STRING) AS i, CAST(d AS DECIMAL(4, 1)) AS d,
       CAST(ts AS DATE) AS da, CAST(a AS ARRAY<STRING>) AS a, CAST('2024-05-06' AS DATE) AS fixed FROM s;`,
  ),
  over(
    'expression-containers',
    'Constructors, subscripts and fields of arrays, maps and structs.',
    `CREATE STREAM parts AS SELECT k, a[1] AS first, a[-1] AS last, p['x'] AS x, st->f AS f, st->g->h AS h,
       ARRAY[i, 2] AS made, MAP('k' := i, 'l' := 2) AS map_of, STRUCT(n := i, o := STRUCT(p := t)) AS struct_of FROM s;`,
  ),
  over(
    'expression-lambdas',
    'Lambdas of one, two and three parameters, nested.',
    `CREATE STREAM lambdas AS SELECT k, TRANSFORM(a, x => x * i) AS scaled, FILTER(a, x => x > 1) AS some,
       REDUCE(a, 0, (sum, x) => sum + x) AS total, TRANSFORM(p, (n, v) => UCASE(n), (n, v) => v + i) AS renamed,
       TRANSFORM(a, x => REDUCE(a, x, (u, v) => u + v)) AS nested FROM s;`,
  ),
  over(
    'expression-literals',
    'Literals of every type, and NULL.',
    `CREATE STREAM literals AS SELECT k, true AS b, 1 AS i, 5000000000 AS l, 1.5 AS m, 1E3 AS d, 'it''s' AS t, CAST(NULL AS INT) AS n,
       COALESCE(t, NULL, 'none') AS c FROM s;`,
  ),
  over(
    'expression-random',
    'RANDOM and UUID: what a record gets is decided by the seed that the command holds.',
    'CREATE STREAM drawn AS SELECT k, RANDOM() AS r, UUID() AS u FROM s;',
  ),
  over(
    'expression-functions',
    'Functions of several kinds: overloads, variadic ones, evaluation that fails.',
    `CREATE STREAM called AS SELECT k, CONCAT(t, '-', k) AS joined, SUBSTRING(t, 2, 3) AS sub, ROUND(d) AS rounded, ABS(i) AS abs,
       DATEADD(DAYS, 3, da) AS day, FORMAT_TIMESTAMP(ts, 'yyyy-MM-dd''T''HH:mm:ss') AS text, SPLIT(t, 'e') AS split, ARRAY_LENGTH(a) AS n,
       REGEXP_EXTRACT('(s)(e)', t, 2) AS found, EXTRACTJSONFIELD('{"a":[1,{"b":2}]}', '$.a[1].b') AS json, PARSE_DATE(t, 'yyyy') AS failed,
       MAP_KEYS(p) AS ks FROM s;`,
  ),
];
