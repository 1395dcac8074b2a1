/** Comparing trees by what they mean. */

/** A copy without spans, texts and `quoted`: what several spellings have in common. */
export function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(
    ([key]) => key !== 'span' && key !== 'text' && key !== 'quoted',
  );
  // A DECIMAL's text is its value.
  const isDecimal = 'kind' in node && node.kind === 'decimal' && 'text' in node;
  return {
    ...Object.fromEntries(entries.map(([key, value]) => [key, meaning(value)])),
    ...(isDecimal ? { text: node.text } : {}),
  };
}

/** Statements of all kinds that must parse; those of the test tool only with `testStatements`. */
export const statements: readonly string[] = `
CREATE STREAM orders (id BIGINT KEY, item STRING, total DECIMAL(10, 2), tags ARRAY<STRING>) WITH (kafka_topic='orders', value_format='JSON', partitions=1);
CREATE OR REPLACE TABLE "t" (k INT PRIMARY KEY, v MAP<STRING, STRUCT<a INT, b VARCHAR(10)>>, h BYTES HEADER('x')) WITH ('kafka_topic'='t');
CREATE SOURCE TABLE IF NOT EXISTS t (k STRING PRIMARY KEY) WITH (kafka_topic='t', value_format='AVRO');
CREATE STREAM s WITH (kafka_topic='s', format='AVRO', wrap_single_value=false);
CREATE TABLE c WITH (partitions=2) AS SELECT item, COUNT(*) AS n, SUM(total * 1.5 - -2) FROM orders o WINDOW TUMBLING (SIZE 1 HOUR, RETENTION 7 DAYS, GRACE PERIOD 5 MINUTES) WHERE item IS NOT NULL AND NOT (total <= 5 OR item LIKE 'a!_%' ESCAPE '!') GROUP BY item HAVING COUNT(*) > 1 EMIT FINAL;
CREATE STREAM j AS SELECT a.*, b.x AS y, c->d->* FROM a LEFT OUTER JOIN b WITHIN (1 DAY, 2 HOURS) GRACE PERIOD 1 SECOND ON a.id = b.id FULL JOIN c ON a.id = c.id PARTITION BY a.id EMIT CHANGES;
INSERT INTO s WITH (query_id='q') SELECT * FROM t WINDOW HOPPING (SIZE 30 SECONDS, ADVANCE BY 10 SECONDS) GROUP BY (a, b) EMIT CHANGES;
INSERT INTO s (a, b, c) VALUES (1, 'it''s', ARRAY[1, 2], MAP('k' := 1), STRUCT(f := TRUE), NULL, -5, 1E3, DECIMAL '1.20');
SELECT CASE WHEN a = 1 THEN 'x' ELSE 'y' END, CASE b WHEN 1 THEN 2 END, CAST(c AS ARRAY<INT>), arr[1]['k'], TRANSFORM(m, (k, v) => k || v, (k, v) => v + 1), REDUCE(l, 0, (s, x) => s + x), TIMESTAMPADD(DAYS, 5, t) FROM x WHERE a IN (1, 2, 3) AND b BETWEEN 1 AND 5 AND c NOT IN ('a') LIMIT 10;
SELECT \`x y\`, "z", 1a FROM s WINDOW SESSION (10 MINUTES) WHERE a IS DISTINCT FROM b AND c IS NOT DISTINCT FROM 5 GROUP BY a EMIT CHANGES;
DROP STREAM IF EXISTS s DELETE TOPIC;
DROP TYPE IF EXISTS address;
DROP CONNECTOR IF EXISTS c;
TERMINATE CSAS_X_0;
PAUSE ALL;
RESUME "q-1";
ALTER STREAM s ADD COLUMN a INT, ADD b ARRAY<STRING>;
ALTER SYSTEM 'ksql.x'='1';
CREATE TYPE IF NOT EXISTS address AS STRUCT<street STRING, zip INT>;
SHOW ALL TOPICS EXTENDED;
LIST STREAMS;
SHOW TABLES EXTENDED;
SHOW QUERIES;
LIST PROPERTIES;
SHOW FUNCTIONS;
SHOW TYPES;
SHOW VARIABLES;
SHOW SOURCE CONNECTORS;
SHOW CONNECTORS;
SHOW CONNECTOR PLUGINS;
DESCRIBE s EXTENDED;
DESCRIBE STREAMS;
DESCRIBE TABLES EXTENDED;
DESCRIBE FUNCTION count;
DESCRIBE CONNECTOR c;
EXPLAIN CSAS_X_0;
EXPLAIN SELECT * FROM s EMIT CHANGES;
PRINT 'my-topic' FROM BEGINNING INTERVAL 2 LIMIT 3;
SET 'auto.offset.reset'='earliest';
UNSET 'auto.offset.reset';
DEFINE name = 'value';
UNDEFINE name;
ASSERT NOT EXISTS TOPIC foo WITH (partitions=3, replicas=1) TIMEOUT 10 SECONDS;
ASSERT SCHEMA SUBJECT 'foo-value' ID 3 TIMEOUT 5 SECONDS;
CREATE SINK CONNECTOR IF NOT EXISTS c WITH ('connector.class'='x', "keyConverter"='y');
`
  .trim()
  .split('\n');

export const testStatements: readonly string[] = `
ASSERT VALUES s (a, rowtime) VALUES (1, 2);
ASSERT NULL VALUES s (k) KEY ('a');
ASSERT STREAM s (a INT KEY) WITH (kafka_topic='s');
ASSERT TABLE t (a INT PRIMARY KEY);
RUN SCRIPT 'a.sql';
`
  .trim()
  .split('\n');
