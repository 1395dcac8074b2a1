/** Random types, and random values of a type with the corners that matter. */
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';
import type { Random } from './random.ts';

export const PRIMITIVES: readonly SqlType[] = [
  { kind: 'BOOLEAN' },
  { kind: 'INTEGER' },
  { kind: 'BIGINT' },
  { kind: 'DOUBLE' },
  { kind: 'STRING' },
  { kind: 'BYTES' },
  { kind: 'DATE' },
  { kind: 'TIME' },
  { kind: 'TIMESTAMP' },
  { kind: 'DECIMAL', precision: 4, scale: 2 },
  { kind: 'DECIMAL', precision: 12, scale: 0 },
  { kind: 'DECIMAL', precision: 30, scale: 10 },
];

/** Containers nest down to `depth`. */
export function randomType(random: Random, depth: number): SqlType {
  if (depth === 0 || !random.oneIn(4)) return random.pick(PRIMITIVES);
  switch (random.below(3)) {
    case 0:
      return { kind: 'ARRAY', element: randomType(random, depth - 1) };
    case 1:
      return { kind: 'MAP', key: { kind: 'STRING' }, value: randomType(random, depth - 1) };
    default:
      return {
        kind: 'STRUCT',
        fields: ['A', 'B'].map((name) => ({ name, type: randomType(random, depth - 1) })),
      };
  }
}

/** NULL once in six. */
export function nullable(random: Random, type: SqlType): Value {
  return random.oneIn(6) ? null : presentValue(random, type);
}

const DAY_MS = 86_400_000;

export function presentValue(random: Random, type: SqlType): Value {
  switch (type.kind) {
    case 'BOOLEAN':
      return random.oneIn(2);
    case 'INTEGER':
      return integer(random);
    case 'BIGINT':
      return random.oneIn(3) ? random.pick(BIGINTS) : BigInt(integer(random));
    case 'DOUBLE':
      return random.oneIn(2) ? random.pick(DOUBLES) : integer(random) / 8;
    case 'DECIMAL':
      return decimal(random, type.precision);
    case 'STRING':
      return text(random);
    case 'BYTES':
      return Uint8Array.from(random.list(0, 9, () => random.pick([0, 1, 65, 127, 128, 255])));
    case 'DATE':
      return random.pick([0, -1, 1, 18_321, 19_000, -719_162]);
    case 'TIME':
      return random.oneIn(3) ? random.below(DAY_MS) : random.pick([0, 1, 36_000_000, DAY_MS - 1]);
    case 'TIMESTAMP':
      return random.oneIn(2)
        ? random.pick([0, -1, DAY_MS, 1_583_020_800_000, 1_700_000_000_123, -62_135_596_800_000])
        : random.next() * 500;
    case 'ARRAY':
      return random.list(0, 4, () => nullable(random, type.element));
    case 'MAP':
      return new Map(
        random.list(0, 3, () => [keyOf(random, type.key), nullable(random, type.value)] as const),
      );
    case 'STRUCT':
      return type.fields.map((field) => nullable(random, field.type));
  }
}

function keyOf(random: Random, type: SqlType): Value {
  return type.kind === 'STRING'
    ? random.pick(['a', 'b', 'k', '__proto__', ''])
    : presentValue(random, type);
}

const INT32_MAX = 2_147_483_647;
const BIGINTS = [
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 53n + 1n,
  2n ** 31n,
  -(2n ** 31n) - 1n,
  10n ** 18n,
];
const DOUBLES = [
  0,
  -0,
  1,
  -1,
  0.1,
  1.5,
  -2.5,
  1e-3,
  9.999e-4,
  1e7,
  1e10,
  1e21,
  5e-324,
  Number.MAX_VALUE,
  2 ** 53,
  2 ** 63,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
] as const;

function integer(random: Random): number {
  switch (random.below(8)) {
    case 0:
      return random.next() | 0;
    case 1:
      return random.pick([INT32_MAX, -INT32_MAX - 1, INT32_MAX - 1, 1 << 16, -(1 << 16)]);
    case 2:
      return random.below(200) - 100;
    default:
      return random.below(9) - 3;
  }
}

function decimal(random: Random, precision: number): bigint {
  const most = 10n ** BigInt(precision) - 1n;
  if (random.oneIn(6)) return random.oneIn(2) ? most : -most;
  const digits = BigInt(random.next()) * BigInt(random.next()) * BigInt(random.next());
  const value = digits % 10n ** BigInt(1 + random.below(precision));
  return random.oneIn(2) ? value : -value;
}

/** Texts that functions read in some way, and some that nobody can. */
const TEXTS: readonly string[] = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'abc',
  'aXbX',
  'Hello, World',
  ' padded ',
  'null',
  'true',
  'YES',
  '0',
  '12',
  '-7',
  ' 7 ',
  '1.5',
  '1e3',
  'NaN',
  '2147483648',
  '9223372036854775808',
  '0x1F',
  '%',
  'a%',
  '_b%',
  '%c',
  '\\',
  '\\%',
  '\n',
  'a\nb',
  '\u2028',
  '\u0000',
  'é',
  'ß',
  'İ',
  '😀',
  'x😀y',
  '\ud83d',
  '\ude00x',
  '2020-01-01',
  '2020-02-29',
  '2020',
  '2020-13-01',
  '12:30',
  '23:59:59.999',
  '24:00',
  '2020-06-15T12:30:00.123+02:00',
  'yyyy-MM-dd',
  'HH:mm:ss',
  "yyyy-MM-dd'T'HH:mm:ss.SSS",
  'EEE d MMM yyyy',
  'QQ',
  "'",
  'UTC',
  '+02:00',
  'Europe/Berlin',
  'Nowhere/City',
  'utf8',
  'hex',
  'ascii',
  'base64',
  'YWI=',
  '4d5a',
  '?',
  '{"a":1,"b":[1,2,null],"c":{"d":"e"}}',
  '[1,"x",null]',
  '{"a":',
  '$.a',
  '$.b[1]',
  '$.c.d',
  '$..a',
  'http://user@example.com:8080/a%20b?x=1&y#frag',
  'a=1,b=2',
  ',',
  '=',
  '(a)(b)?',
  '[a-c]+',
  '(',
  '.*',
  'a|b',
  'ASC',
  'desc',
  'BIG_ENDIAN',
  'LITTLE_ENDIAN',
  'km',
  'MILES',
  "'; k0=",
  '"];//',
  '${1}',
  '$1',
  '__proto__',
];

function text(random: Random): string {
  if (!random.oneIn(6)) return random.pick(TEXTS);
  return random
    .list(0, 6, () => random.pick(['a', 'b', 'X', ' ', '1', '%', '\\', '😀', '\ud83d', ',']))
    .join('');
}
