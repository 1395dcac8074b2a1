import { describe, expect, test } from 'vitest';
import { parse } from '../../grammar/parse.ts';
import { statementLimits } from './limits.ts';
import { checkColumns, checkStatement } from './statement-limits.ts';

const limits = statementLimits({});
const check =
  (sql: string, properties = {}) =>
  () => {
    for (const statement of parse(sql)) checkStatement(statement, statementLimits(properties));
  };
const times = (count: number, text: string, separator = ', ') =>
  new Array<string>(count).fill(text).join(separator);

describe('a statement', () => {
  test('has at most so many nodes, wherever they are', () => {
    const sum = (count: number) =>
      `SELECT ${times(count, 'f(a)', ' || ')} AS x FROM s EMIT CHANGES;`;
    const small = { 'leat.limit.sql.nodes': '100' };
    expect(check(sum(25), small)).not.toThrow();
    expect(check(sum(50), small)).toThrow(
      'LIMIT_EXCEEDED: nodes of a statement is 101, limit 100 (leat.limit.sql.nodes)',
    );
    expect(check(`EXPLAIN ${sum(50)}`, small)).toThrow('leat.limit.sql.nodes');
  });

  test('selects at most so many columns', () => {
    const select = (count: number) => `SELECT ${times(count, 'a')} FROM s EMIT CHANGES;`;
    expect(check(select(1_000))).not.toThrow();
    expect(check(select(1_001))).toThrow(
      'LIMIT_EXCEEDED: columns of a SELECT is 1001, limit 1000 (leat.limit.sql.columns)',
    );
  });

  test('has at most so many items in an IN list; literals are no nodes', () => {
    const list = (count: number) => `SELECT * FROM s WHERE a IN (${times(count, '1')});`;
    expect(check(list(10_000))).not.toThrow();
    expect(check(list(10_001))).toThrow(
      'LIMIT_EXCEEDED: items of an IN list is 10001, limit 10000 (leat.limit.sql.in)',
    );
  });

  test('has at most so many joins', () => {
    const joined = (count: number) =>
      `CREATE STREAM o AS SELECT * FROM s ${times(count, 'JOIN t ON s.a = t.a', ' ')};`;
    expect(check(joined(8))).not.toThrow();
    expect(check(joined(9))).toThrow(
      'LIMIT_EXCEEDED: joins of a query is 9, limit 8 (leat.limit.sql.joins)',
    );
  });

  test('puts a row into at most so many windows', () => {
    const hopping = (size: string) =>
      `CREATE TABLE o AS SELECT a, COUNT(*) FROM s WINDOW HOPPING (SIZE ${size}, ADVANCE BY 1 SECOND) GROUP BY a;`;
    expect(check(hopping('1000 SECONDS'))).not.toThrow();
    expect(check(hopping('1000001 MILLISECONDS'))).toThrow(
      'LIMIT_EXCEEDED: windows of one row is 1001, limit 1000 (leat.limit.window.hops)',
    );
    expect(check(hopping('1 DAY'), { 'leat.limit.window.hops': '10000' })).toThrow(
      'windows of one row is 86400, limit 10000',
    );
  });

  test('that is refused says where', () => {
    const sql = 'SELECT a FROM s WHERE a IN (1, 2, 3);';
    const thrown = expect(check(sql, { 'leat.limit.sql.in': '2' }));
    thrown.toThrow(expect.objectContaining({ code: 'sql.limit', span: { start: 22, end: 36 } }));
  });
});

test('a source has at most so many columns', () => {
  const columns = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      name: `C${at}`,
      type: { kind: 'STRING' } as const,
    }));
  expect(() => checkColumns({ key: columns(1), value: columns(999) }, limits)).not.toThrow();
  expect(() => checkColumns({ key: columns(1), value: columns(1_000) }, limits)).toThrow(
    'LIMIT_EXCEEDED: columns is 1001, limit 1000 (leat.limit.sql.columns)',
  );
});

test('a limit cannot be set higher than can be handled', () => {
  expect(() => statementLimits({ 'leat.limit.sql.columns': '1901' })).toThrow(
    'leat.limit.sql.columns is 1901, which is no number from 1 to 1900',
  );
});
