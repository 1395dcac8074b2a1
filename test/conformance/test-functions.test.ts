import { describe, expect, test } from 'vitest';
import type {
  AggregateDef,
  FunctionDef,
  ScalarDef,
  TableFunctionDef,
} from '../../src/functions/define.ts';
import { createRegistry } from '../../src/functions/registry.ts';
import { resolveCall } from '../../src/functions/resolve.ts';
import { builtinFunctions } from '../../src/functions/table.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';
import { accumulate, bindAggregate, CONTEXT, resultOver } from '../functions/aggregate-runner.ts';
import { testFunctions } from './test-functions.ts';

const registry = createRegistry([...builtinFunctions, ...testFunctions]);
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const STRING: SqlType = { kind: 'STRING' };
const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const DECIMAL: SqlType = { kind: 'DECIMAL', precision: 20, scale: 10 };
const STRUCT: SqlType = { kind: 'STRUCT', fields: [{ name: 'A', type: STRING }] };
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element });
const string = (value: string): { type: SqlType; value: Value } => ({ type: STRING, value });
const int = (value: number): { type: SqlType; value: Value } => ({ type: INTEGER, value });

function bindCall(name: string, types: readonly (SqlType | null)[]): (...args: Value[]) => unknown {
  const def: FunctionDef = registry.get(name) as FunctionDef;
  if (def.kind === 'aggregate') throw new Error('not an aggregate here');
  const call = resolveCall<ScalarDef | TableFunctionDef>(
    def,
    types.map((type) => ({ kind: 'value', type })),
  );
  const run = call.overload.bind({ ...CONTEXT, args: call.args, result: call.result });
  return run as (...args: Value[]) => unknown;
}

function bound(
  name: string,
  ...call: Parameters<typeof bindAggregate> extends [unknown, ...infer R] ? R : never
) {
  return bindAggregate(registry.get(name) as AggregateDef, ...call).aggregate;
}

describe('scalar test functions', () => {
  test.each([
    [[BIGINT, null], 'doStuffLongString'],
    [[BIGINT, BIGINT, null], 'doStuffLongLongString'],
    [[INTEGER, STRING], 'doStuffIntString'],
    [[BIGINT, BIGINT, BIGINT], 'doStuffLongVarargs'],
  ])('TEST_UDF of %j is %s', (types, text) => {
    expect(bindCall('TEST_UDF', types)()).toBe(text);
  });
  test('BAD_UDF fails, or gives every second value', () => {
    expect(() => bindCall('BAD_UDF', [INTEGER])(1)).toThrow('boom!');
    expect(() => bindCall('BAD_UDF', [BOOLEAN])(true)).toThrow('You asked me to throw...');
    const odd = bindCall('BAD_UDF', [STRING]);
    expect([odd('a'), odd('b'), odd('c'), odd('d')]).toEqual([null, 'b', null, 'd']);
  });
  test('laziness is noticed', () => {
    expect(bindCall('WHENRESULT', [INTEGER, BOOLEAN])(3, true)).toBe(3);
    expect(() => bindCall('WHENCONDITION', [BOOLEAN, BOOLEAN])(true, false)).toThrow(
      'When condition in case is not running lazily!',
    );
  });
  test('conversions convert', () => {
    expect(
      bindCall('TOSTRING', [{ kind: 'MAP', key: STRING, value: INTEGER }])(new Map([['a', 1]])),
    ).toBe('{a=1}');
    expect(bindCall('TOMAP', [STRING])('v')).toEqual(new Map([['v', 'v']]));
    expect(bindCall('MULTIPLY', [INTEGER, INTEGER])(65536, 65536)).toBe(0n);
    expect(bindCall('BACKWARD_CONCAT', [STRING, STRING])('a', 'b')).toBe('ba');
  });
});

describe('table test functions', () => {
  const types = [INTEGER, BIGINT, DOUBLE, BOOLEAN, STRING, DECIMAL, STRUCT];
  const values: Value[] = [1, 2n, 3.1, true, 'foo', 1234560000000n, ['bar']];
  const texts = ['1', '2', '3.1', 'true', 'foo', '123.4560000000', 'Struct{A=bar}'];
  test('TEST_UDTF gives the texts of its arguments, their elements or their values', () => {
    expect(bindCall('TEST_UDTF', types)(...values)).toEqual(texts);
    expect(bindCall('TEST_UDTF', types.map(array))(...values.map((value) => [value]))).toEqual(
      texts,
    );
    const map = (value: SqlType, index: number): SqlType => ({
      kind: 'MAP',
      key: index === 0 ? BIGINT : STRING,
      value,
    });
    expect(
      bindCall('TEST_UDTF', types.map(map))(...values.map((value) => new Map([['k', value]]))),
    ).toEqual(texts);
  });
  test('TEST_UDTF of one value gives it back, decimals at scale 10', () => {
    expect(bindCall('TEST_UDTF', [STRUCT])(['a'])).toEqual([['a']]);
    expect(bindCall('TEST_UDTF', [{ kind: 'DECIMAL', precision: 2, scale: 1 }])(15n)).toEqual([
      15000000000n,
    ]);
  });
  test('THROWING_UDTF throws if told to', () => {
    expect(bindCall('THROWING_UDTF', [BOOLEAN])(false)).toEqual([false]);
    expect(() => bindCall('THROWING_UDTF', [BOOLEAN])(true)).toThrow('You asked me to throw...');
  });
});

describe('aggregate test functions', () => {
  test('TEST_UDAF sums, from a property or a literal on', () => {
    const ints = bound('TEST_UDAF', [INTEGER], [], { 'ksql.functions.test_udaf.init': '100' });
    expect(resultOver(ints, [[1], [null], [2]])).toBe(103n);
    expect(ints.undo!(103n, 2)).toBe(101n);
    expect(resultOver(bound('TEST_UDAF', [STRING], [string('ab')]), [['abc'], [null]])).toBe(5n);
    const struct: SqlType = {
      kind: 'STRUCT',
      fields: [
        { name: 'A', type: INTEGER },
        { name: 'B', type: INTEGER },
      ],
    };
    expect(resultOver(bound('TEST_UDAF', [struct]), [[[1, 2]], [null], [[3, null]]])).toEqual([
      4, 2,
    ]);
  });
  test('MID_VAR_ARG adds its initial numbers to the result only', () => {
    const sum = bound('MID_VAR_ARG', [BIGINT, STRING, STRING], [int(7), int(3)]);
    expect(accumulate(sum, [[6n, 'hi', null]])).toBe(8n);
    expect(resultOver(sum, [[6n, 'hi', null]])).toBe(18n);
  });
  test('MULTI_ARG starts from its initial arguments', () => {
    const sum = bound(
      'MULTI_ARG',
      [BIGINT, STRING],
      [int(5), string('10'), string('20'), string('3')],
    );
    expect(resultOver(sum, [[6n, 'hello']])).toBe(21n);
  });
  test('GENERIC_VAR_ARG and OBJ_COL_ARG keep complete rows', () => {
    expect(
      resultOver(bound('GENERIC_VAR_ARG', [DECIMAL, INTEGER, DOUBLE, DOUBLE]), [
        [1n, 2, 3, 4],
        [5n, null, 3, 4],
      ]),
    ).toEqual([1n]);
    expect(
      resultOver(bound('OBJ_COL_ARG', [INTEGER, STRING, BOOLEAN]), [
        [1, 'a', null],
        [2, 'a', true],
      ]),
    ).toEqual([2]);
    expect(() =>
      bound('GENERIC_VAR_ARG', [
        { kind: 'DECIMAL', precision: 5, scale: 1 },
        INTEGER,
        DOUBLE,
        STRING,
        DOUBLE,
      ]),
    ).toThrow(
      "Function 'GENERIC_VAR_ARG' does not accept parameters (DECIMAL(5, 1), INTEGER, DOUBLE, STRING, DOUBLE).",
    );
  });
});
