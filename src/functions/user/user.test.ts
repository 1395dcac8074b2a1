import { describe, expect, test } from 'vitest';
import { bindAggregate, resultOver } from '../../../test/functions/aggregate-runner.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { CallContext, ScalarDef } from '../define.ts';
import { builtinFunctions } from '../table.ts';
import { aggregate, scalar, table } from './define.ts';
import { checkClashes, functionsOf } from './register.ts';
import { valueCheck } from './value-check.ts';

const STRING: SqlType = { kind: 'STRING' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };

function context(result: SqlType, args: readonly SqlType[] = []): CallContext {
  return { args, result, property: () => undefined, now: () => 0, random: () => 0 };
}

function called(def: ScalarDef, result: SqlType, ...args: Value[]): Value {
  const call = def.overloads[0]!.bind(context(result)) as (...given: Value[]) => Value;
  return call(...args);
}

const described = { doc: 'A function.', examples: [] };

describe('a value is of a type', () => {
  const struct: SqlType = {
    kind: 'STRUCT',
    fields: [
      { name: 'A', type: { kind: 'INTEGER' } },
      { name: 'B', type: STRING },
    ],
  };
  const good: readonly (readonly [SqlType, Value])[] = [
    [{ kind: 'BOOLEAN' }, false],
    [{ kind: 'INTEGER' }, -2_147_483_648],
    [BIGINT, -(2n ** 63n)],
    [DOUBLE, Number.NaN],
    [{ kind: 'DECIMAL', precision: 3, scale: 2 }, -999n],
    [STRING, ''],
    [{ kind: 'BYTES' }, Uint8Array.of(1)],
    [{ kind: 'DATE' }, -1],
    [{ kind: 'TIME' }, 86_400_000],
    [{ kind: 'TIMESTAMP' }, -1],
    [{ kind: 'ARRAY', element: BIGINT }, [1n, null]],
    [{ kind: 'MAP', key: STRING, value: DOUBLE }, new Map([['a', null]])],
    [struct, [1, null]],
  ];
  test.each(good)('%o has %o', (type, value) => {
    expect(valueCheck(type)(value)).toEqual(value);
  });
  const bad: readonly (readonly [SqlType, unknown, string])[] = [
    [{ kind: 'BOOLEAN' }, 1, 'BOOLEAN is a boolean, but the function returned the number 1'],
    [{ kind: 'INTEGER' }, 2_147_483_648, 'INTEGER is a 32-bit whole number'],
    [{ kind: 'INTEGER' }, -0, 'returned the number -0'],
    [{ kind: 'INTEGER' }, 1n, 'returned the bigint 1'],
    [BIGINT, 1, 'BIGINT is a 64-bit bigint'],
    [BIGINT, 2n ** 63n, 'BIGINT is a 64-bit bigint'],
    [DOUBLE, '1', "DOUBLE is a number, but the function returned the string '1'"],
    [
      { kind: 'DECIMAL', precision: 3, scale: 2 },
      1000n,
      'DECIMAL(3, 2) is a bigint of at most 3 digits, the value times 10^2',
    ],
    [STRING, Promise.resolve('x'), 'but the function returned an object of Promise'],
    [{ kind: 'BYTES' }, [1], 'a Uint8Array'],
    [{ kind: 'TIME' }, 86_400_001, 'milliseconds of a day'],
    [{ kind: 'TIMESTAMP' }, new Date(0), 'an object of Date'],
    [{ kind: 'ARRAY', element: BIGINT }, [1n, 2], 'BIGINT is a 64-bit bigint'],
    [{ kind: 'MAP', key: STRING, value: DOUBLE }, { a: 1 }, 'MAP<STRING, DOUBLE> is a Map'],
    [struct, [1], 'an array of 2, a slot for each field'],
    [STRING, () => 'x', 'but the function returned a function'],
  ];
  test.each(bad)('%o has not %o', (type, value, message) => {
    expect(() => valueCheck(type)(value)).toThrow(message);
  });
  test('nothing is NULL, at every depth', () => {
    expect(valueCheck(BIGINT)(undefined)).toBeNull();
    expect(valueCheck({ kind: 'ARRAY', element: BIGINT })([undefined, 1n])).toEqual([null, 1n]);
  });
});

describe('scalar functions', () => {
  test('are called with the types of their signature', () => {
    const repeat = scalar({
      name: 'repeat_text',
      ...described,
      overloads: [
        { signature: '(STRING text, INTEGER n) -> STRING', call: (text, n) => text.repeat(n) },
      ],
    });
    expect(repeat).toMatchObject({ kind: 'scalar', name: 'REPEAT_TEXT', spelled: 'repeat_text' });
    expect(repeat.overloads[0]?.nulls).toBe('strict');
    expect(called(repeat, STRING, 'ab', 2)).toBe('abab');
  });
  test('whatever they throw is an evaluation error with its text', () => {
    const thrown: readonly (readonly [unknown, string])[] = [
      [new TypeError('no'), 'no'],
      ['text', 'text'],
      [Object.assign(new Error('mine'), { name: 'AssertionError' }), 'mine'],
      [new Error(''), 'fail failed'],
    ];
    for (const [error, message] of thrown) {
      const fail = scalar({
        name: 'fail',
        ...described,
        overloads: [
          {
            signature: '() -> STRING',
            call: () => {
              throw error;
            },
          },
        ],
      });
      expect(() => called(fail, STRING)).toThrow(new Error(message));
    }
  });
  test('what is made in bind knows its call', () => {
    const typeName = scalar({
      name: 'type_name',
      ...described,
      overloads: [
        {
          signature: '(T value) -> STRING',
          nulls: 'handled',
          bind: ({ args }) => {
            const kind = args[0]?.kind ?? 'NULL';
            return () => kind;
          },
        },
      ],
    });
    const call = typeName.overloads[0]!.bind(context(STRING, [DOUBLE])) as (value: Value) => Value;
    expect(call(null)).toBe('DOUBLE');
  });
});

describe('table functions', () => {
  const numbers = table({
    name: 'numbers',
    ...described,
    overloads: [
      {
        signature: '(INTEGER n) -> BIGINT',
        *call(n) {
          for (let at = 0; at < n; at++) yield BigInt(at);
        },
      },
    ],
  });
  const rows = (n: Value): Iterable<Value> =>
    (numbers.overloads[0]!.bind(context(BIGINT)) as (value: Value) => Iterable<Value>)(n);
  test('give rows, for NULL none', () => {
    expect([...rows(2)]).toEqual([0n, 1n]);
    expect([...rows(null)]).toEqual([]);
  });
  test('fail when there are too many', () => {
    expect(() => rows(2_000_000)).toThrow('LIMIT_EXCEEDED: the number of rows is 100001');
  });
});

describe('aggregates', () => {
  const lastTexts = aggregate({
    name: 'last_texts',
    ...described,
    overloads: [
      {
        signature: '(T value; INTEGER n) -> STRING',
        state: 'ARRAY<T>',
        init: () => [],
        add: (list: readonly Value[], value) => [...list, value],
        merge: (a: readonly Value[], b: readonly Value[]) => [...a, ...b],
        result: (list: readonly Value[], n: number) => list.slice(-n).join('+'),
      },
    ],
  });
  test('are stored in the type that their state says, generics included', () => {
    const { aggregate: bound } = bindAggregate(
      lastTexts,
      [DOUBLE],
      [{ type: { kind: 'INTEGER' }, value: 2 }],
    );
    expect(bound.stored).toEqual({ kind: 'ARRAY', element: DOUBLE });
    expect(resultOver(bound, [[1], [null], [2], [3]])).toBe('2+3');
  });
  test('an accumulator that is no value of its type fails at once', () => {
    const broken = aggregate({
      name: 'broken',
      ...described,
      overloads: [
        {
          signature: '(BIGINT value) -> BIGINT',
          init: () => 0n,
          add: (sum: bigint, value) => Number(sum + value),
          merge: (a: bigint, b: bigint) => a + b,
        },
      ],
    });
    const { aggregate: bound } = bindAggregate(broken, [BIGINT]);
    expect(() => bound.add(bound.init(), 1n)).toThrow('BIGINT is a 64-bit bigint');
  });
  test('a list changed in place is not the one that was given out', () => {
    const collect = aggregate({
      name: 'collect',
      ...described,
      overloads: [
        {
          signature: '(BIGINT value) -> ARRAY<BIGINT>',
          init: () => [],
          add: (list: bigint[], value) => {
            list.push(value);
            return list;
          },
          merge: (a: bigint[], b: bigint[]) => [...a, ...b],
        },
      ],
    });
    const { aggregate: bound } = bindAggregate(collect, [BIGINT]);
    const one = bound.add(bound.init(), 1n);
    const result = bound.result(one);
    expect(bound.result(bound.add(one, 2n))).toEqual([1n, 2n]);
    expect(result).toEqual([1n]);
  });
});

describe('a module', () => {
  const overloads = [
    { signature: '(STRING text) -> STRING', call: (text: string) => text },
  ] as const;
  test('gives the functions that it exports, each once, with where they are from', () => {
    const same = scalar({ name: 'same', ...described, overloads });
    expect(functionsOf('/f/a.ts', { same, default: same, other: 1 })).toEqual([
      { ...same, path: '/f/a.ts' },
    ]);
  });
  const refused: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['no function', { a: 1 }, '/f/a.ts: exports no function'],
    [
      'a name with a space',
      { a: scalar({ name: 'a b', ...described, overloads }) },
      '/f/a.ts: function a b: a name has letters, digits and underscores and begins with no digit',
    ],
    [
      'no documentation',
      { a: scalar({ name: 'a', doc: ' ', examples: [], overloads }) },
      "/f/a.ts: function a: 'doc' is missing",
    ],
    [
      'an unreadable signature',
      {
        a: scalar({
          name: 'a',
          ...described,
          overloads: [{ signature: '(TEXT value) -> STRING', call: () => '' }],
        }),
      },
      '/f/a.ts: function a: expected: a type instead of TEXT in the signature (TEXT value) -> STRING',
    ],
    [
      'one signature twice',
      { a: scalar({ name: 'a', ...described, overloads: [...overloads, ...overloads] }) },
      "Can't add function A with parameters [STRING] as a function with the same name and parameter types already exists",
    ],
  ];
  test.each(refused)('with %s is refused', (_what, exports, message) => {
    expect(() => functionsOf('/f/a.ts', exports)).toThrow(message);
  });
  test('cannot take the name of a built-in function or of another', () => {
    const ucase = scalar({ name: 'ucase', ...described, overloads });
    expect(() => checkClashes([ucase], builtinFunctions)).toThrow(
      "Can't add function UCASE with parameters [STRING] as a function with the same name and parameter types already exists",
    );
    const mine = scalar({ name: 'mine', ...described, overloads });
    expect(() => checkClashes([mine, { ...mine }], builtinFunctions)).toThrow(
      "Can't add function MINE with parameters [STRING]",
    );
    expect(() => checkClashes([mine], builtinFunctions)).not.toThrow();
  });
});
