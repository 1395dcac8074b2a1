import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../engine.test-helper.ts';

let server: TestEngine;
beforeEach(async () => {
  server = await testEngine();
  await server.run(`CREATE STREAM S (K INT KEY, A INT, B BIGINT, T STRING, F BOOLEAN, D DECIMAL(4,2), DB DOUBLE, TS TIMESTAMP,
    DT DATE, TM TIME, BT BYTES, L ARRAY<INT>, M MAP<STRING, INT>, ST STRUCT<X INT, \`y\` STRING>)
    WITH (KAFKA_TOPIC='s', VALUE_FORMAT='JSON', PARTITIONS=1);`);
});
afterEach(() => server[Symbol.asyncDispose]());

async function insert(row: string): Promise<string | null> {
  const [outcome] = await server.engine.insertRows('S', [row]);
  return outcome?.message ?? null;
}
/** The column of the row last inserted, as JSON text. */
async function inserted(column: string): Promise<string | undefined> {
  await server.engine.settle();
  return (await server.rows(`SELECT ${column} FROM S;`)).at(-1);
}

describe('values of /inserts-stream', () => {
  test.each([
    ['A', '5', '5'],
    ['A', '-0', '0'],
    ['A', 'null', 'null'],
    ['B', '9007199254740993', '9007199254740993'],
    ['B', '-9223372036854775808', '-9223372036854775808'],
    ['F', 'true', 'true'],
    ['D', '1.5', '1.50'],
    ['D', '"-12.34"', '-12.34'],
    ['D', '7', '7.00'],
    ['DB', '7', '7.0'],
    ['DB', '0.1234567890123456789', '0.12345678901234568'],
    ['TS', '"2024-01-01T10:00:00.5Z"', '"2024-01-01T10:00:00.500"'],
    ['TS', '"2024-01-01T10:00:00.500Z"', '"2024-01-01T10:00:00.500"'],
    ['DT', '"2024-01-01"', '"2024-01-01"'],
    ['TM', '"10:15"', '"10:15"'],
    ['BT', '"IQ=="', '"IQ=="'],
    ['L', '[1,null,3]', '[1,null,3]'],
    ['M', '{"a":1,"A":null}', '{"a":1,"A":null}'],
    ['ST', '{"x":1,"`y`":"s","Y":"t"}', '{"X":1,"y":"s"}'],
  ])('column %s takes %s', async (column, json, expected) => {
    const refusal = await insert(`{"K":1,"${column}":${json}}`);
    if (expected === null) expect(refusal).toContain("Can't coerce a field");
    else {
      expect(refusal).toBeNull();
      expect(await inserted(column)).toBe(`[${expected}]`);
    }
  });

  test.each([
    ['A', '1.5', 'class java.lang.Double (1.5) into type INTEGER'],
    ['A', '3000000000', 'class java.lang.Long (3000000000) into type INTEGER'],
    ['A', '"5"', 'class java.lang.String (5) into type INTEGER'],
    ['B', '9223372036854775808', 'class java.lang.Long (9223372036854775808) into type BIGINT'],
    ['T', '5', 'class java.lang.Integer (5) into type STRING'],
    ['F', '"true"', 'class java.lang.String (true) into type BOOLEAN'],
    ['D', '1.555', 'class java.lang.Double (1.555) into type DECIMAL(4, 2)'],
    ['D', '123', 'class java.lang.Integer (123) into type DECIMAL(4, 2)'],
    ['DB', '"1"', 'class java.lang.String (1) into type DOUBLE'],
    ['TS', '5', 'class java.lang.Integer (5) into type TIMESTAMP'],
    ['BT', '"!!"', 'class java.lang.String (!!) into type BYTES'],
    ['L', '[1,"2"]', 'class java.lang.String (2) into type INTEGER'],
    ['ST', '[1]', 'class io.vertx.core.json.JsonArray ([1]) into type STRUCT<X INTEGER, y STRING>'],
  ])('column %s refuses %s', async (column, json, message) => {
    expect(await insert(`{"K":1,"${column}":${json}}`)).toBe(
      `Can't coerce a field of type ${message}`,
    );
  });

  test('names are folded unless quoted, unknown ones left out', async () => {
    expect(await insert('{"k":1,"a":2,"`b`":3,"nope":4}')).toBeNull();
    expect(await inserted('A, B')).toBe('[2,null]');
  });

  test('a row needs its key and must be an object', async () => {
    expect(await insert('{"A":1}')).toBe('Key field must be specified: K');
    for (const text of ['[1]', '5', 'null', '{', ''])
      expect(await insert(text)).toBe('Invalid JSON in inserts stream');
  });
});

describe('targets', () => {
  test.each([
    ['NOBODY', 'Cannot insert values into an unknown stream/table: NOBODY'],
    ['`s`', 'Cannot insert values into an unknown stream/table: `s`'],
    ['a b', 'Invalid target name: a b'],
  ])('%s is refused', async (target, message) => {
    await expect(server.engine.insertRows(target, [])).rejects.toThrow(message);
  });

  test('a server may refuse all', async () => {
    await using closed = await testEngine({ 'ksql.insert.into.values.enabled': 'false' });
    await expect(closed.engine.insertRows('S', [])).rejects.toThrow(
      'The server has disabled INSERT INTO ... VALUES functionality.',
    );
  });
});
