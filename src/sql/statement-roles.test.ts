import { expect, test } from 'vitest';
import { parse } from '../../grammar/parse.ts';
import { checkStatementRole, includesRole, type Role, statementRoles } from './statement-roles.ts';

/** One statement of every kind, and who may run it: written out, not taken from the table. */
const examples: readonly (readonly [Role, string])[] = [
  ['read', 'SELECT * FROM s EMIT CHANGES;'],
  ['read', 'PRINT t;'],
  ['read', 'SHOW STREAMS;'],
  ['read', 'SHOW TABLES;'],
  ['read', 'SHOW TOPICS;'],
  ['read', 'SHOW QUERIES;'],
  ['read', 'SHOW PROPERTIES;'],
  ['read', 'SHOW FUNCTIONS;'],
  ['read', 'SHOW TYPES;'],
  ['read', 'SHOW VARIABLES;'],
  ['read', 'SHOW CONNECTORS;'],
  ['read', 'SHOW CONNECTOR PLUGINS;'],
  ['read', 'DESCRIBE s;'],
  ['read', 'DESCRIBE STREAMS;'],
  ['read', 'DESCRIBE TABLES;'],
  ['read', 'DESCRIBE FUNCTION abs;'],
  ['read', 'DESCRIBE CONNECTOR c;'],
  ['read', 'EXPLAIN q;'],
  ['read', 'EXPLAIN SELECT * FROM s;'],
  ['read', 'ASSERT TOPIC t;'],
  ['read', "ASSERT SCHEMA SUBJECT 's';"],
  ['read', "SET 'a' = 'b';"],
  ['read', "UNSET 'a';"],
  ['read', "DEFINE a = 'b';"],
  ['read', 'UNDEFINE a;'],
  ['write', 'INSERT INTO s (a) VALUES (1);'],
  ['admin', 'INSERT INTO s SELECT * FROM t;'],
  ['admin', "CREATE STREAM s (a INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');"],
  ['admin', 'CREATE STREAM s AS SELECT * FROM t;'],
  ['admin', 'DROP STREAM s;'],
  ['admin', 'ALTER STREAM s ADD COLUMN a INT;'],
  ['admin', "ALTER SYSTEM 'a' = 'b';"],
  ['admin', 'CREATE TYPE a AS INT;'],
  ['admin', 'DROP TYPE a;'],
  ['admin', 'TERMINATE q;'],
  ['admin', 'PAUSE q;'],
  ['admin', 'RESUME q;'],
  ['admin', "CREATE SINK CONNECTOR c WITH ('a' = 'b');"],
  ['admin', 'DROP CONNECTOR c;'],
  ['admin', 'ASSERT VALUES s (a) VALUES (1);'],
  ['admin', 'ASSERT NULL VALUES s (a) KEY (1);'],
  ['admin', "ASSERT STREAM s (a INT) WITH (KAFKA_TOPIC='t', VALUE_FORMAT='JSON');"],
  ['admin', "RUN SCRIPT 'x';"],
];

const statementOf = (sql: string) => {
  const [statement] = parse(sql, { testStatements: true });
  if (statement === undefined) throw new Error(`not a statement: ${sql}`);
  return statement;
};

test('there is an example of every kind of statement', () => {
  const kinds = examples.map(([, sql]) => statementOf(sql).kind);
  expect([...new Set(kinds)].sort()).toEqual(Object.keys(statementRoles).sort());
});

test.each(examples)('%s may run %s, and no lesser role may', (needed, sql) => {
  const statement = statementOf(sql);
  for (const role of ['read', 'write', 'admin'] as const) {
    const run = () => checkStatementRole(statement, role);
    if (includesRole(role, needed)) expect(run).not.toThrow();
    else expect(run).toThrow('You are forbidden from using this cluster.');
  }
});

test('a role includes those below it', () => {
  const pairs = (['read', 'write', 'admin'] as const).map((role) =>
    (['read', 'write', 'admin'] as const).map((needed) => includesRole(role, needed)),
  );
  expect(pairs).toEqual([
    [true, false, false],
    [true, true, false],
    [true, true, true],
  ]);
});

test('the refusal names the statement, the role it needs and the role that asked', () => {
  expect(() => checkStatementRole(statementOf('drop stream s;'), 'write')).toThrow(
    'You are forbidden from using this cluster. DROP STREAM needs the role admin, and this is the role write',
  );
});
