/**
 * The functions that exist only for the conformance cases (spec: functions.md §7). They are given to the engine as anybody's own
 * functions are, and exercise overloads, variadics, initial arguments, type variables and errors at run time.
 */
import type {
  AggregateDef,
  AggregateOverload,
  BoundAggregate,
  CallContext,
  FunctionDef,
  ScalarDef,
  ScalarOverload,
  SignatureText,
  TableFunctionDef,
  TableFunctionOverload,
} from '../../src/functions/define.ts';
import { castFunction } from '../../src/types/cast.ts';
import { textFunction } from '../../src/types/java-text.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';

const BIGINT: SqlType = { kind: 'BIGINT' };
const STRUCT_A = 'STRUCT<A STRING>';

function scalar(name: string, doc: string, overloads: readonly ScalarOverload[]): ScalarDef {
  return {
    kind: 'scalar',
    name,
    spelled: name.toLowerCase(),
    category: 'OTHER',
    doc,
    examples: [],
    overloads,
  };
}

function call(signature: SignatureText, run: (...args: never[]) => Value): ScalarOverload {
  return { signature, nulls: 'handled', bind: () => run };
}

function fail(message: string): never {
  throw new Error(message);
}

const testUdf = scalar('TEST_UDF', 'Says which overload was called.', [
  call('(INTEGER a!, STRING b) -> STRING', () => 'doStuffIntString'),
  call('(BIGINT a!, STRING b) -> STRING', () => 'doStuffLongString'),
  call('(BIGINT a, BIGINT b, STRING c) -> STRING', () => 'doStuffLongLongString'),
  call('(BIGINT values...) -> STRING', () => 'doStuffLongVarargs'),
  call(`(${STRUCT_A} struct) -> STRING`, (struct: readonly Value[] | null) => struct?.[0] ?? null),
  call(`() -> ${STRUCT_A}`, () => ['foo']),
]);

const badUdf = scalar('BAD_UDF', 'Fails, or gives NULL, now and then.', [
  call('(INTEGER value) -> STRING', () => fail('boom!')),
  call('(BOOLEAN shouldThrow!) -> INTEGER', (shouldThrow: boolean) =>
    shouldThrow ? fail('You asked me to throw...') : 0,
  ),
  {
    signature: '(STRING value) -> STRING',
    nulls: 'handled',
    bind: () => {
      let calls = 0;
      return (value: string | null) => (calls++ % 2 === 0 ? null : value);
    },
  },
]);

const whenCondition = scalar('WHENCONDITION', 'Fails unless it should be evaluated.', [
  call(
    '(BOOLEAN result!, BOOLEAN shouldEvaluate!) -> BOOLEAN',
    (result: boolean, should: boolean) =>
      should ? result : fail('When condition in case is not running lazily!'),
  ),
]);

const whenResult = scalar('WHENRESULT', 'Fails unless it should be evaluated.', [
  call(
    '(INTEGER result!, BOOLEAN shouldEvaluate!) -> INTEGER',
    (result: number, should: boolean) =>
      should ? result : fail('Then expression in case is not running lazily!'),
  ),
]);

const multiply = scalar('MULTIPLY', 'The product.', [
  {
    signature: '(INTEGER a, INTEGER b) -> BIGINT',
    nulls: 'strict',
    bind: () => (a: number, b: number) => BigInt(Math.imul(a, b)),
  },
  {
    signature: '(BIGINT a, BIGINT b) -> BIGINT',
    nulls: 'strict',
    bind: () => (a: bigint, b: bigint) => BigInt.asIntN(64, a * b),
  },
  {
    signature: '(DOUBLE a, DOUBLE b) -> DOUBLE',
    nulls: 'strict',
    bind: () => (a: number, b: number) => a * b,
  },
]);

function toText(signature: SignatureText): ScalarOverload {
  return {
    signature,
    nulls: 'strict',
    bind: ({ args }) => textFunction(args[0] ?? { kind: 'STRING' }) as (...args: never[]) => Value,
  };
}

const conversions: readonly ScalarDef[] = [
  scalar('TOSTRING', 'The text of the value.', [
    toText('(STRING value) -> STRING'),
    toText('(MAP<STRING, INTEGER> value) -> STRING'),
    toText('(INTEGER value) -> STRING'),
    toText('(BIGINT value) -> STRING'),
  ]),
  scalar('TOMAP', 'A map of the value to itself.', [
    call('(STRING value) -> MAP<STRING, STRING>', (value: Value) => new Map([[value, value]])),
  ]),
  scalar('TOLIST', 'A list of the value.', [
    call('(STRING value) -> ARRAY<STRING>', (value: Value) => [value]),
  ]),
  scalar('TOSTRUCT', 'A struct of the value.', [
    call(`(STRING value) -> ${STRUCT_A}`, (value: Value) => [value]),
  ]),
  scalar('BACKWARD_CONCAT', 'The second text, then the first.', [
    {
      signature: '(STRING a, STRING b) -> STRING',
      nulls: 'strict',
      bind: () => (a: string, b: string) => b + a,
    },
  ]),
];

const SEVEN_TYPES = ['INTEGER', 'BIGINT', 'DOUBLE', 'BOOLEAN', 'STRING', 'DECIMAL', STRUCT_A];

function textOrNull(type: SqlType): (value: Value) => string {
  const text = textFunction(type);
  return (value) => (value === null ? 'null' : text(value));
}

/** A row of text for each argument, after `open` has taken the value out of it. */
function textRows(
  types: readonly string[],
  part: (type: SqlType) => SqlType,
  open: (value: Value) => Value,
): TableFunctionOverload {
  return {
    signature: `(${types.join(', ')}) -> STRING`,
    bind: ({ args }) => {
      const texts = args.map((type) => textOrNull(part(type ?? { kind: 'STRING' })));
      return (...values: never[]) => values.map((value, index) => texts[index]!(open(value)));
    },
  };
}

function mapPart(type: SqlType): SqlType {
  return type.kind === 'MAP' ? type.value : type;
}

function firstOfMap(value: Value): Value {
  const [first] = (value as ReadonlyMap<Value, Value>).values();
  return first ?? null;
}

function maps(firstKey: string): readonly string[] {
  return SEVEN_TYPES.map((type, index) => `MAP<${index === 0 ? firstKey : 'STRING'}, ${type}>`);
}

const testUdtf: TableFunctionDef = {
  kind: 'table',
  name: 'TEST_UDTF',
  spelled: 'test_udtf',
  category: 'TABLE',
  doc: 'Its arguments as rows.',
  examples: [],
  overloads: [
    textRows(
      SEVEN_TYPES,
      (type) => type,
      (value) => value,
    ),
    textRows(
      SEVEN_TYPES.map((type) => `ARRAY<${type}>`),
      (type) => (type.kind === 'ARRAY' ? type.element : type),
      (value) => (value as readonly Value[])[0] ?? null,
    ),
    textRows(maps('STRING'), mapPart, firstOfMap),
    textRows(maps('BIGINT'), mapPart, firstOfMap),
    ...SEVEN_TYPES.filter((type) => type !== 'DECIMAL').map(
      (type): TableFunctionOverload => ({
        signature: `(${type} value) -> ${type}`,
        bind: () => (value: Value) => [value],
      }),
    ),
    {
      signature: '(DECIMAL value) -> DECIMAL(30, 10)',
      bind: ({ args, result }) => {
        const cast = castFunction(args[0] ?? result, result)!;
        return (value: Value) => [cast(value)];
      },
    },
  ],
};

const throwingUdtf: TableFunctionDef = {
  kind: 'table',
  name: 'THROWING_UDTF',
  spelled: 'throwing_udtf',
  category: 'TABLE',
  doc: 'Fails if told to.',
  examples: [],
  overloads: [
    {
      signature: '(BOOLEAN shouldThrow) -> BOOLEAN',
      bind: () => (shouldThrow: Value) =>
        shouldThrow === true ? fail('You asked me to throw...') : [shouldThrow],
    },
  ],
};

function aggregate(
  name: string,
  doc: string,
  overloads: readonly AggregateOverload[],
): AggregateDef {
  return { kind: 'aggregate', name, category: 'AGGREGATE', doc, examples: [], overloads };
}

/** A sum of BIGINT: `start` once, `weigh` per row, `extra` on top of the result. */
function total(
  start: bigint,
  weigh: (...row: Value[]) => bigint,
  options: { readonly undoable?: boolean; readonly extra?: bigint } = {},
): BoundAggregate {
  const { undoable = false, extra = 0n } = options;
  return {
    stored: BIGINT,
    init: () => start,
    add: (sum, ...row) => (sum as bigint) + weigh(...row),
    ...(undoable && { undo: (sum: Value, ...row: Value[]) => (sum as bigint) - weigh(...row) }),
    merge: (a, b) => (a as bigint) + (b as bigint) - start,
    result: (sum) => (sum as bigint) + extra,
  };
}

/** The number or the length of the text; NULL weighs nothing. */
function weight(value: Value): bigint {
  if (value === null) return 0n;
  return BigInt(typeof value === 'string' ? value.length : (value as number | bigint));
}

function weights(...values: Value[]): bigint {
  return values.reduce<bigint>((sum, value) => sum + weight(value), 0n);
}

/** Adds up whatever its values are. */
function numberSum({ result }: CallContext): BoundAggregate {
  const isDouble = result.kind === 'DOUBLE';
  const plus = (a: Value, b: Value): Value => {
    if (b === null) return a;
    return isDouble ? (a as number) + (b as number) : (a as bigint) + (b as bigint);
  };
  return {
    stored: result,
    init: () => (isDouble ? 0 : 0n),
    add: (sum, value) => plus(sum, value ?? null),
    merge: plus,
    result: (sum) => sum,
  };
}

const testUdaf = aggregate('TEST_UDAF', 'A sum in many overloads.', [
  { signature: '(BIGINT value) -> BIGINT', bind: () => total(0n, weights, { undoable: true }) },
  {
    signature: '(INTEGER value) -> BIGINT',
    bind: ({ property }) => {
      const start = BigInt(property('ksql.functions.test_udaf.init') ?? '0');
      return total(start, weights, { undoable: true });
    },
  },
  { signature: '(DOUBLE value) -> DOUBLE', bind: numberSum },
  {
    signature: '(STRING value; STRING init) -> BIGINT',
    bind: (_context, inits) => total(weights(...inits), weights),
  },
  {
    signature: '(STRUCT<A INTEGER, B INTEGER> value) -> STRUCT<A INTEGER, B INTEGER>',
    bind: ({ result }) => {
      const plus = (a: Value, b: Value | undefined): Value => {
        if (b === null || b === undefined) return a;
        const other = b as readonly (number | null)[];
        return (a as readonly number[]).map((sum, index) => (sum + (other[index] ?? 0)) | 0);
      };
      return { stored: result, init: () => [0, 0], add: plus, merge: plus, result: (sum) => sum };
    },
  },
  { signature: '(T value) -> T', bind: numberSum },
]);

const sums: readonly AggregateDef[] = [
  aggregate('VAR_ARG', 'The numbers and the lengths of the texts.', [
    { signature: '(BIGINT first, STRING rest...) -> BIGINT', bind: () => total(0n, weights) },
  ]),
  aggregate('MID_VAR_ARG', 'As VAR_ARG, plus the initial numbers.', [
    {
      signature: '(BIGINT first, STRING rest...; INTEGER a, INTEGER b) -> BIGINT',
      bind: (_context, inits) => total(0n, weights, { extra: weights(...inits) }),
    },
  ]),
  ...[
    ['MULTI_ARG', 'BIGINT a, STRING b'],
    ['FOUR_ARG', 'BIGINT a, STRING b, STRING c, STRING d'],
    ['FIVE_ARG', 'BIGINT a, STRING b, STRING c, STRING d, INTEGER e'],
  ].map(([name, columns]) =>
    aggregate(name!, 'The numbers and the lengths of the texts, initial ones included.', [
      {
        signature: `(${columns}; INTEGER start, STRING more...) -> BIGINT`,
        bind: (_context, inits) => total(weights(...inits), weights),
      },
    ]),
  ),
];

/** The first arguments of the rows in which nothing is NULL. */
function complete({ result }: CallContext): BoundAggregate {
  return {
    stored: result,
    init: () => [],
    add: (list, ...row) =>
      row.includes(null) ? list : [...(list as readonly Value[]), row[0] ?? null],
    merge: (a, b) => [...(a as readonly Value[]), ...(b as readonly Value[])],
    result: (list) => list,
  };
}

const lists: readonly AggregateDef[] = [
  aggregate('GENERIC_VAR_ARG', 'The first arguments of complete rows.', [
    { signature: '(A first, B second, C rest...) -> ARRAY<A>', bind: complete },
  ]),
  aggregate('OBJ_COL_ARG', 'The first arguments of complete rows.', [
    { signature: '(INTEGER first, ANY rest...) -> ARRAY<INTEGER>', bind: complete },
  ]),
];

/** All of them, to be added to the built-in functions. */
export const testFunctions: readonly FunctionDef[] = [
  testUdf,
  badUdf,
  whenCondition,
  whenResult,
  multiply,
  ...conversions,
  testUdtf,
  throwingUdtf,
  testUdaf,
  ...sums,
  ...lists,
];
