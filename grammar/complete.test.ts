import { describe, expect, test } from 'vitest';
import { complete } from './complete.ts';

const keywordsAt = (sql: string) =>
  complete(sql, {}).flatMap((one) => (one.kind === 'keyword' ? [one.text] : []));
const classesAt = (sql: string) =>
  complete(sql).flatMap((one) => (one.kind === 'name' ? [one.of] : []));

describe('keywords', () => {
  test.each([
    ['SHOW TO', ['TOPICS']],
    ['sel', ['select']],
    ['SELECT * FROM s GRO', ['GROUP']],
    ['SELECT * FROM s GROUP ', ['BY']],
    ['SELECT * FROM s WINDOW ', ['TUMBLING', 'HOPPING', 'SESSION']],
    ['CREATE OR ', ['REPLACE']],
    ['DROP ', ['TABLE', 'STREAM', 'CONNECTOR', 'TYPE']],
    ['SELECT * FROM a; TERM', ['TERMINATE']],
    ['SELECT * FROM (', []],
    ['SHOW TOPICS', ['TOPICS']],
  ])('after %j', (sql, expected) => {
    expect(keywordsAt(sql)).toEqual(expected);
  });

  test('name the built-in types', () => {
    expect(keywordsAt('CREATE STREAM s (a BI')).toEqual(['BIGINT']);
  });
});

describe('names', () => {
  test.each([
    ['SELECT ', ['column', 'function', 'source']],
    ['SELECT s.', ['column']],
    ['SELECT * FROM ', ['source']],
    ['SELECT * FROM s ', []],
    ['INSERT INTO ', ['source']],
    ['INSERT INTO s (', ['column']],
    ['DROP STREAM ', ['source']],
    ['DROP TYPE ', ['type']],
    ['DESCRIBE FUNCTION ', ['function']],
    ['DROP CONNECTOR ', ['connector']],
    ['CAST(a AS ', []],
    ['SELECT CAST(a AS ', ['type']],
    ['TERMINATE ', ['query']],
    ['PRINT ', ['topic']],
    ['ASSERT SCHEMA SUBJECT ', ['subject']],
    ['UNDEFINE ', ['variable']],
    ['CREATE STREAM s WITH (', ['property']],
    ['CREATE STREAM ', []],
  ])('after %j', (sql, expected) => {
    expect(classesAt(sql)).toEqual(expected);
  });

  test('that fit the word being typed replace it, in quotes if need be', () => {
    const names = { source: ['ORDERS', 'orders', 'CUSTOMERS'] };
    expect(complete('SELECT * FROM or', names)).toEqual([
      { kind: 'name', text: 'ORDERS', of: 'source', start: 14 },
      { kind: 'name', text: '`orders`', of: 'source', start: 14 },
    ]);
  });
});

test.each(["SELECT 'a", 'SELECT "a', 'SELECT a -- ', 'SELECT /* '])('nothing in %j', (sql) => {
  expect(complete(sql)).toEqual([]);
});
