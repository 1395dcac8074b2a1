/**
 * What SQLite has not, or has otherwise: integers that wrap, texts in UTF-16, exact decimals, Java's texts of doubles, lists.
 * Written from the specification; neither the engine's code nor the reference interpreter's.
 */
import type Database from 'better-sqlite3';

type Db = Database.Database;
type Sql = bigint | number | string | null;

const safe = { deterministic: true, safeIntegers: true } as const;

export function defineFunctions(db: Db): void {
  defineArithmetic(db);
  defineTexts(db);
  defineAggregates(db);
}

function defineArithmetic(db: Db): void {
  const define = (name: string, apply: (a: bigint, b: bigint) => bigint | null): void => {
    db.function(name, safe, (a: Sql, b: Sql) => {
      if (a === null || b === null) return null;
      const result = apply(BigInt(a), BigInt(b));
      return result === null ? null : BigInt.asIntN(64, result);
    });
  };
  define('add64', (a, b) => a + b);
  define('subtract64', (a, b) => a - b);
  define('multiply64', (a, b) => a * b);
  define('divide64', (a, b) => (b === 0n ? null : a / b));
  define('remainder64', (a, b) => (b === 0n ? null : a % b));
  // The rest at the larger of two scales; a BIGINT at a scale may pass 64 bits.
  db.function('remainder_decimal', safe, (a: Sql, b: Sql, s1: Sql, s2: Sql, precision: Sql) => {
    if (a === null || b === null || b === 0n) return null;
    const scale = s1! > s2! ? BigInt(s1!) : BigInt(s2!);
    const dividend = BigInt(a) * 10n ** (scale - BigInt(s1!));
    const divisor = BigInt(b) * 10n ** (scale - BigInt(s2!));
    const rest = dividend % divisor;
    const limit = 10n ** BigInt(precision!);
    // Java divides within the precision first.
    let quotient = dividend / divisor;
    while (quotient !== 0n && quotient % 10n === 0n) quotient /= 10n;
    if (quotient >= limit || quotient <= -limit) return null;
    return rest < limit && rest > -limit ? rest : null;
  });
  // a / 10^s1 by b / 10^s2 at the result's scale, NULL where that would round or not fit.
  db.function(
    'divide_decimal',
    safe,
    (a: Sql, b: Sql, s1: Sql, s2: Sql, scale: Sql, precision: Sql) => {
      if (a === null || b === null || b === 0n) return null;
      const dividend = BigInt(a) * 10n ** (BigInt(s2!) - BigInt(s1!) + BigInt(scale!));
      const quotient = dividend / BigInt(b);
      if (quotient * BigInt(b) !== dividend) return null;
      const limit = 10n ** BigInt(precision!);
      return quotient < limit && quotient > -limit ? quotient : null;
    },
  );
}

function defineTexts(db: Db): void {
  db.function('utf16', safe, (text: Sql) => {
    if (text === null) return null;
    const units = Array.from({ length: (text as string).length }, (_, at) =>
      (text as string).charCodeAt(at).toString(16).padStart(4, '0'),
    );
    return units.join('');
  });
  db.function('from_utf16', safe, (hex: Sql) => {
    if (hex === null) return null;
    const units = (hex as string).match(/.{4}/g) ?? [];
    return String.fromCharCode(...units.map((unit) => Number.parseInt(unit, 16)));
  });
  db.function('length16', safe, (text: Sql) =>
    text === null ? null : BigInt((text as string).length),
  );
  db.function('upper_java', safe, (text: Sql) =>
    text === null ? null : (text as string).toUpperCase(),
  );
  db.function('lower_java', safe, (text: Sql) =>
    text === null ? null : (text as string).toLowerCase(),
  );
  db.function('double_text', safe, (value: Sql) =>
    value === null ? null : javaText(Number(value)),
  );
  db.function('decimal_text', safe, (value: Sql, scale: Sql) =>
    value === null ? null : pointed(BigInt(value), Number(scale)),
  );
  db.function('parse_integer', safe, (text: Sql, bits: Sql) => {
    if (text === null || !/^\s*[-+]?\d+\s*$/.test(text as string)) return null;
    const value = BigInt((text as string).trim().replace(/^\+/, ''));
    return BigInt.asIntN(Number(bits), value) === value ? value : null;
  });
  // Text or double to DECIMAL, ties away from zero; NULL where it is no number or does not fit.
  db.function('parse_decimal', safe, (value: Sql, scale: Sql, precision: Sql) => {
    if (value === null) return null;
    const text = typeof value === 'number' ? plain(value) : String(value).trim();
    const parts = /^([-+]?)(\d+)(?:\.(\d*))?$/.exec(text) ?? /^([-+]?)(\d*)\.(\d+)$/.exec(text);
    if (parts === null) return null;
    const digits = `${parts[2]}.${parts[3] ?? ''}`;
    return fixed(parts[1] === '-', digits, Number(scale), Number(precision));
  });
}

/** Without exponent; enough for the numbers that occur. */
function plain(value: number): string {
  return Math.abs(value) < 1e-6 ? value.toFixed(20) : String(value);
}

function fixed(
  isNegative: boolean,
  digits: string,
  scale: number,
  precision: number,
): bigint | null {
  const [whole, fraction] = digits.split('.') as [string, string];
  const padded = fraction.padEnd(scale + 1, '0');
  let unscaled = BigInt(whole + padded.slice(0, scale));
  if (padded[scale]! >= '5') unscaled++;
  if (unscaled >= 10n ** BigInt(precision)) return null;
  return isNegative ? -unscaled : unscaled;
}

function javaText(value: number): string {
  const text = String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits, exponent] = value.toExponential().split('e') as [string, string];
    return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
  }
  if (Object.is(value, -0)) return '-0.0';
  return text.includes('.') ? text : `${text}.0`;
}

function pointed(value: bigint, scale: number): string {
  const by = 10n ** BigInt(scale);
  const size = value < 0n ? -value : value;
  const fraction = scale === 0 ? '' : `.${String(size % by).padStart(scale, '0')}`;
  return `${value < 0n ? '-' : ''}${size / by}${fraction}`;
}

/** Items of lists as text, the way the comparison writes them. */
function itemText(kind: Sql, value: Sql): string {
  if (value === null) return 'null';
  if (kind === 'STRING') return JSON.stringify(value);
  if (kind === 'BOOLEAN') return String(value === 1n);
  return kind === 'DOUBLE' ? `${value}e0` : String(value);
}

interface AggregateOptions<State> {
  readonly start: () => State;
  readonly step: (state: State, ...args: Sql[]) => State;
  readonly result: (state: State) => Sql;
}

function defineAggregate<State>(db: Db, name: string, options: AggregateOptions<State>): void {
  // The published types know aggregates of one argument only.
  const untyped = db as unknown as { aggregate(name: string, options: object): void };
  untyped.aggregate(name, { ...safe, varargs: true, ...options });
}

function defineAggregates(db: Db): void {
  defineAggregate<bigint>(db, 'sum64', {
    start: () => 0n,
    step: (total, value) =>
      value === null ? total : BigInt.asIntN(64, total + BigInt(value as bigint)),
    result: (total) => total,
  });
  defineAggregate<Sql[]>(db, 'latest', {
    start: () => [],
    step: (_last, value) => [value as Sql],
    result: ([last]) => last ?? null,
  });
  defineAggregate<Sql[]>(db, 'earliest', {
    start: () => [],
    step: (first, value) => (first.length > 0 ? first : [value as Sql]),
    result: ([first]) => first ?? null,
  });
  type Finish = (items: readonly Sql[], kind: Sql, count: Sql) => readonly string[];
  const list = (name: string, finish: Finish): void =>
    defineAggregate<{ items: Sql[]; kind: Sql; count: Sql }>(db, name, {
      start: () => ({ items: [], kind: null, count: null }),
      step: ({ items }, value, kind, count) => ({
        items: [...items, value as Sql],
        kind: kind as Sql,
        count: count as Sql,
      }),
      result: ({ items, kind, count }) => `[${finish(items, kind, count).join(',')}]`,
    });
  list('list_of', (items, kind) => items.map((item) => itemText(kind, item)));
  list('list_sorted', (items, kind) => items.map((item) => itemText(kind, item)).sort());
  list('list_distinct', (items, kind) => [...new Set(items.map((item) => itemText(kind, item)))]);
  list('list_distinct_sorted', (items, kind) =>
    [...new Set(items.map((item) => itemText(kind, item)))].sort(),
  );
  list('top', (items, kind, count) => descending(items, kind).slice(0, Number(count)));
  list('top_distinct', (items, kind, count) =>
    [...new Set(descending(items, kind))].slice(0, Number(count)),
  );
}

function descending(items: readonly Sql[], kind: Sql): string[] {
  return items
    .filter((item) => item !== null)
    .toSorted((a, b) => (a! > b! ? -1 : a! < b! ? 1 : 0))
    .map((item) => itemText(kind, item));
}
