import { describe, expect, test } from 'vitest';
import { formatTypeOrNull } from '../types/format-type.ts';
import type { SqlType } from '../types/type.ts';
import type { AggregateDef, FunctionDef, ScalarDef, SignatureText } from './define.ts';
import { createRegistry } from './registry.ts';
import { type ArgumentType, literalRequired, resolveCall, spreadIndexOf } from './resolve.ts';

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
const STRING: SqlType = { kind: 'STRING' };
const DATE: SqlType = { kind: 'DATE' };
const decimal = (precision: number, scale: number): SqlType => ({
  kind: 'DECIMAL',
  precision,
  scale,
});
const array = (element: SqlType): SqlType => ({ kind: 'ARRAY', element });
const map = (key: SqlType, value: SqlType): SqlType => ({ kind: 'MAP', key, value });
const struct = (name: string, type: SqlType): SqlType => ({
  kind: 'STRUCT',
  fields: [{ name, type }],
});

function scalar(spelled: string, ...signatures: SignatureText[]): ScalarDef {
  return {
    kind: 'scalar',
    name: spelled.toUpperCase(),
    spelled,
    category: 'OTHER',
    doc: '',
    examples: [],
    overloads: signatures.map((signature) => ({
      signature,
      nulls: 'handled',
      bind: () => () => null,
    })),
  };
}

function aggregate(name: string, ...signatures: SignatureText[]): AggregateDef {
  return {
    kind: 'aggregate',
    name,
    category: 'AGGREGATE',
    doc: '',
    examples: [],
    overloads: signatures.map((signature) => ({
      signature,
      bind: () => ({
        stored: BIGINT,
        init: () => 0n,
        add: (a) => a,
        merge: (a) => a,
        result: (a) => a,
      }),
    })),
  };
}

function value(type: SqlType | null): ArgumentType {
  return { kind: 'value', type };
}

/** The signature chosen, the arguments' types after casts and the result. */
function resolved(def: FunctionDef, ...types: (SqlType | null)[]): readonly unknown[] {
  const call = resolveCall(def, types.map(value));
  return [
    call.overload.signature,
    call.args.map((type) => formatTypeOrNull(type)).join(', '),
    formatTypeOrNull(call.result),
  ];
}

const greatest = scalar(
  'greatest',
  '(INTEGER first, INTEGER rest...) -> INTEGER',
  '(BIGINT first, BIGINT rest...) -> BIGINT',
  '(DOUBLE first, DOUBLE rest...) -> DOUBLE',
  '(STRING first, STRING rest...) -> STRING',
  '(DATE first, DATE rest...) -> DATE',
);

describe('choosing an overload', () => {
  test('an exact match needs no casts', () => {
    expect(resolved(greatest, BIGINT, BIGINT, BIGINT)).toEqual([
      '(BIGINT first, BIGINT rest...) -> BIGINT',
      'BIGINT, BIGINT, BIGINT',
      'BIGINT',
    ]);
    expect(resolved(greatest, DATE)).toEqual([
      '(DATE first, DATE rest...) -> DATE',
      'DATE',
      'DATE',
    ]);
  });

  test('a literal NULL goes anywhere', () => {
    expect(resolved(greatest, null, STRING)[1]).toBe('null, STRING');
  });

  test('without an exact match arguments are cast, as far as they agree', () => {
    const distance = scalar('geo_distance', '(DOUBLE lat1, DOUBLE lon1) -> DOUBLE');
    expect(resolved(distance, INTEGER, decimal(3, 1))).toEqual([
      '(DOUBLE lat1, DOUBLE lon1) -> DOUBLE',
      'DOUBLE, DOUBLE',
      'DOUBLE',
    ]);
    expect(() => resolved(distance, STRING, DOUBLE)).toThrow(
      'does not accept parameters (STRING, DOUBLE)',
    );
    expect(resolved(scalar('f', '(DATE d) -> DATE'), STRING)[1]).toBe('DATE');
    expect(resolved(scalar('f', '(ARRAY<DOUBLE> d) -> DATE'), array(INTEGER))[1]).toBe(
      'ARRAY<DOUBLE>',
    );
    expect(resolved(scalar('f', '(DECIMAL d) -> DATE'), BIGINT)[1]).toBe('DECIMAL(19, 0)');
  });

  test('two casts that do equally well are ambiguous', () => {
    expect(() => resolved(greatest, INTEGER, BIGINT)).toThrow(
      "Function 'greatest' cannot be resolved due to ambiguous method parameters (INTEGER, BIGINT).\nUse CAST() to explicitly cast your parameters to one of the supported function calls.",
    );
    expect(() => resolved(greatest, null, null)).toThrow(
      'ambiguous method parameters (null, null)',
    );
  });

  test('no match lists the alternatives', () => {
    expect(() => resolved(greatest, STRING, INTEGER)).toThrow(
      [
        "Function 'greatest' does not accept parameters (STRING, INTEGER).",
        'Valid alternatives are:',
        'greatest(INTEGER first, INTEGER... rest)',
        'greatest(BIGINT first, BIGINT... rest)',
        'greatest(DOUBLE first, DOUBLE... rest)',
        'greatest(STRING first, STRING... rest)',
        'greatest(DATE first, DATE... rest)',
        'For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;',
      ].join('\n'),
    );
    expect(() => resolved(greatest)).toThrow('does not accept parameters ()');
  });

  test('fewer wildcards win: fixed over variadic, more parameters, fewer generics, no any', () => {
    const choose = (a: string, b: string, ...types: (SqlType | null)[]) =>
      resolved(scalar('f', a, b), ...types)[0];
    expect(choose('(INTEGER a...) -> STRING', '(INTEGER a) -> STRING', INTEGER)).toBe(
      '(INTEGER a) -> STRING',
    );
    expect(choose('(INTEGER a...) -> STRING', '(INTEGER a, INTEGER b...) -> STRING', INTEGER)).toBe(
      '(INTEGER a, INTEGER b...) -> STRING',
    );
    expect(choose('(T a) -> STRING', '(INTEGER a) -> STRING', INTEGER)).toBe(
      '(INTEGER a) -> STRING',
    );
    expect(choose('(ANY a...) -> STRING', '(T a...) -> STRING', INTEGER)).toBe(
      '(T a...) -> STRING',
    );
    expect(
      choose(
        '(INTEGER a..., INTEGER b) -> STRING',
        '(INTEGER b, INTEGER a...) -> STRING',
        INTEGER,
        INTEGER,
      ),
    ).toBe('(INTEGER b, INTEGER a...) -> STRING');
  });
});

describe('generics', () => {
  const coalesce = scalar('COALESCE', '(T first, T others...) -> T');

  test('bind to one type by full equality', () => {
    expect(resolved(coalesce, null, decimal(4, 2), decimal(4, 2))).toEqual([
      '(T first, T others...) -> T',
      'null, DECIMAL(4, 2), DECIMAL(4, 2)',
      'DECIMAL(4, 2)',
    ]);
    expect(() => resolved(coalesce, decimal(4, 2), decimal(5, 2))).toThrow('does not accept');
    expect(() => resolved(coalesce, INTEGER, BIGINT)).toThrow('does not accept');
    expect(() => resolved(coalesce)).toThrow("Function 'COALESCE' does not accept parameters ()");
  });

  test('reach into containers', () => {
    const values = scalar('map_values', '(MAP<STRING, T> m) -> ARRAY<T>');
    expect(resolved(values, map(STRING, struct('A', DOUBLE)))[2]).toBe('ARRAY<STRUCT<`A` DOUBLE>>');
    expect(() => resolved(values, map(BIGINT, DOUBLE))).toThrow('does not accept');
  });

  test('that nothing binds leave the result without a type', () => {
    expect(() => resolved(coalesce, null, null)).toThrow("Can't infer a type of null");
  });
});

describe('structs, units and arrays for variadics', () => {
  test('a struct needs the same fields, without casts; an empty one matches any', () => {
    const f = scalar('f', '(STRUCT<A BIGINT> s) -> STRING');
    expect(resolved(f, struct('A', BIGINT))[2]).toBe('STRING');
    expect(resolved(f, { kind: 'STRUCT', fields: [] })[2]).toBe('STRING');
    expect(() => resolved(f, struct('A', INTEGER))).toThrow(
      'does not accept parameters (STRUCT<`A` INTEGER>)',
    );
    expect(() => resolved(f, struct('B', BIGINT))).toThrow('does not accept');
  });

  test('a unit goes to a unit only', () => {
    const dateadd = scalar('dateadd', '(UNIT unit, INTEGER n, DATE date) -> DATE');
    const call = resolveCall(dateadd, [{ kind: 'unit' }, value(INTEGER), value(STRING)]);
    expect(call.args).toEqual([null, INTEGER, DATE]);
    expect(() => resolved(dateadd, DATE, INTEGER, DATE)).toThrow(
      "Function 'dateadd' does not accept parameters (DATE, INTEGER, DATE).",
    );
  });

  test('one array may stand for all values of a variadic', () => {
    const concat = scalar('concat', '(STRING values...) -> STRING');
    expect(resolveCall(concat, [value(array(STRING))]).spreadIndex).toBe(0);
    expect(resolveCall(concat, [value(STRING)]).spreadIndex).toBe(-1);
    const { signature } = resolveCall(concat, [value(STRING)]);
    expect(spreadIndexOf(signature, [array(STRING)])).toBe(0);
    expect(spreadIndexOf(signature, [STRING, null])).toBe(-1);
    const coalesce = resolveCall(scalar('coalesce', '(T first, T others...) -> T'), [
      value(STRING),
    ]);
    expect(spreadIndexOf(coalesce.signature, [array(STRING), array(STRING)])).toBe(-1);
    expect(spreadIndexOf(coalesce.signature, [STRING, array(STRING)])).toBe(1);
  });
});

describe('lambdas', () => {
  const transform = scalar(
    'transform',
    '(ARRAY<T> a, LAMBDA(T) R f) -> ARRAY<R>',
    '(MAP<K, V> m, LAMBDA(K, V) R f, LAMBDA(K, V) T g) -> MAP<R, T>',
  );
  const lambda = (
    inputCount: number,
    result: (inputs: readonly SqlType[]) => SqlType,
  ): ArgumentType => ({
    kind: 'lambda',
    inputCount,
    resultType: result,
  });

  test('are typed from what the other arguments bind, and bind the result', () => {
    const call = resolveCall(transform, [
      value(map(STRING, INTEGER)),
      lambda(2, ([key]) => array(key!)),
      lambda(2, ([, item]) => item!),
    ]);
    expect(formatTypeOrNull(call.result)).toBe('MAP<ARRAY<STRING>, INTEGER>');
    expect(call.lambdaInputs).toEqual([null, [STRING, INTEGER], [STRING, INTEGER]]);
  });

  test('must take as many inputs as the function gives', () => {
    expect(() => resolveCall(transform, [value(array(STRING)), lambda(2, () => STRING)])).toThrow(
      "Function 'transform' does not accept parameters (ARRAY<STRING>, LAMBDA)",
    );
  });

  test('must give what the function wants', () => {
    const reduce = scalar('reduce', '(ARRAY<T> a, S init, LAMBDA(S, T) S f) -> S');
    const args = (result: SqlType) => [
      value(array(STRING)),
      value(BIGINT),
      lambda(2, () => result),
    ];
    expect(resolveCall(reduce, args(BIGINT)).result).toEqual(BIGINT);
    expect(() => resolveCall(reduce, args(INTEGER))).toThrow('does not accept');
    const filter = scalar('filter', '(ARRAY<T> a, LAMBDA(T) BOOLEAN f) -> ARRAY<T>');
    expect(resolveCall(filter, [value(array(STRING)), lambda(1, () => BOOLEAN)]).args).toEqual([
      array(STRING),
      BOOLEAN,
    ]);
  });
});

describe('aggregates', () => {
  test('never cast', () => {
    const varArg = aggregate('VAR_ARG', '(BIGINT first, STRING rest...) -> BIGINT');
    expect(() => resolved(varArg, BIGINT, INTEGER)).toThrow(
      "Function 'VAR_ARG' does not accept parameters (BIGINT, INTEGER).",
    );
    expect(() => resolved(varArg, INTEGER)).toThrow('does not accept parameters (INTEGER)');
  });

  test('tell columns from initial arguments, wherever the variadic one is', () => {
    const columns = (def: AggregateDef, ...types: SqlType[]) =>
      resolveCall(def, types.map(value)).columnCount;
    const middle = aggregate('MID', '(BIGINT a, STRING b...; INTEGER c, INTEGER d) -> BIGINT');
    expect(columns(middle, BIGINT, STRING, STRING, INTEGER, INTEGER)).toBe(3);
    expect(columns(middle, BIGINT, INTEGER, INTEGER)).toBe(1);
    const multi = aggregate('MULTI', '(BIGINT a, STRING b; INTEGER c, STRING d...) -> BIGINT');
    expect(columns(multi, BIGINT, STRING, INTEGER, STRING, STRING)).toBe(2);
    expect(columns(multi, BIGINT, STRING, INTEGER)).toBe(2);
    expect(columns(aggregate('V', '(BIGINT a, STRING b...) -> BIGINT'), BIGINT, STRING)).toBe(2);
  });

  test('say which initial argument is no literal', () => {
    expect(literalRequired('EARLIEST_BY_OFFSET', 2, 'F0')).toBe(
      "Parameter 2 passed to function EARLIEST_BY_OFFSET must be a literal constant, but was expression: 'F0'",
    );
  });
});

describe('the registry', () => {
  test('finds functions whatever the case', () => {
    const registry = createRegistry([greatest]);
    expect(registry.get('Greatest')).toBe(greatest);
    expect([...registry.all()]).toEqual([greatest]);
    expect(registry.get('NOPE')).toBe(null);
  });

  test('refuses mistakes in definitions', () => {
    expect(() => createRegistry([greatest, greatest])).toThrow('one definition');
    expect(() => createRegistry([scalar('f', '(STRING a) -> DECIMAL')])).toThrow("'returns'");
    expect(() => createRegistry([scalar('f', '(STRING a; STRING b) -> STRING')])).toThrow(
      'no initial arguments',
    );
    expect(() =>
      createRegistry([scalar('f', '(STRING a) -> STRING', '(STRING b) -> INTEGER')]),
    ).toThrow('same name and parameter types already exists');
  });
});
