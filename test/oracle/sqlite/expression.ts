/**
 * Expressions as SQLite's. Two things come of each: its value, and whether it fails. Arithmetic fails exactly where its value is
 * NULL; comparisons are never NULL; what fails within a call's argument or a CAST is NULL there. BOOLEAN is 0 or 1, DECIMAL is
 * unscaled.
 */
import type { Expr, Type, Value } from '../model.ts';
import { printExpr } from '../print.ts';

/** SQL of what is known already, by the text of the expression: columns, groups, aggregates. */
export type Known = ReadonlyMap<string, string>;

interface Translated {
  readonly value: string;
  /** `0`: never fails. */
  readonly error: string;
}

/** The value, or NULL where the expression fails: what a select item, an argument of an aggregate or a key is. */
export function valueSql(expr: Expr, known: Known): string {
  const { value, error } = translate(expr, known);
  return orNull(value, error);
}

/** Fails or is NULL: false. */
export function predicateSql(expr: Expr, known: Known): string {
  return `COALESCE(${valueSql(expr, known)}, 0)`;
}

function orNull(value: string, error: string): string {
  return error === '0' ? value : `(CASE WHEN ${error} THEN NULL ELSE ${value} END)`;
}

function anyOf(...errors: readonly string[]): string {
  const real = errors.filter((error) => error !== '0');
  return real.length === 0 ? '0' : `(${real.join(' OR ')})`;
}

export function literalSql(value: Value, type: Type): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'BOOLEAN':
      return value === true ? '1' : '0';
    case 'STRING':
      return `'${(value as string).replaceAll("'", "''")}'`;
    case 'DOUBLE':
      return `CAST(${value} AS REAL)`;
    default:
      return `(${value})`;
  }
}

function translate(expr: Expr, known: Known): Translated {
  const found = known.get(printExpr(expr));
  if (found !== undefined) return { value: found, error: '0' };
  switch (expr.kind) {
    case 'column':
    case 'aggregate':
      throw new Error(`unknown: ${printExpr(expr)}`);
    case 'literal':
      return { value: literalSql(expr.value, expr.type), error: '0' };
    case 'arithmetic':
      return arithmetic(expr, known);
    case 'negate': {
      const zero: Expr = {
        kind: 'literal',
        type: expr.type,
        value: expr.type.kind === 'DOUBLE' ? 0 : 0n,
      };
      const { value, error } = translate(expr.operand, known);
      const isDouble = expr.type.kind === 'DOUBLE';
      const result = isDouble
        ? `(-${value})`
        : arithmeticSql(
            '-',
            { value: '0', type: zero.type },
            { value, type: expr.operand.type },
            expr.type,
          );
      return { value: result, error: anyOf(error, `(${result}) IS NULL`) };
    }
    case 'compare': {
      const [left, right] = [translate(expr.left, known), translate(expr.right, known)];
      const error = anyOf(left.error, right.error);
      return { value: compareSql(expr, left.value, right.value), error };
    }
    case 'between': {
      const compare = (op: '>=' | '<=', right: Expr): Translated =>
        translate({ kind: 'compare', op, left: expr.operand, right, type: expr.type }, known);
      const [low, high] = [compare('>=', expr.low), compare('<=', expr.high)];
      // The second comparison is made only where the first holds.
      const late = high.error === '0' ? '0' : `(${low.value} AND ${high.error})`;
      return { value: `(${low.value} AND ${high.value})`, error: anyOf(low.error, late) };
    }
    case 'in': {
      const operand = translate(expr.operand, known);
      const items = expr.items.map((item) => translate(item, known));
      const list = items.map(({ value }) => value).join(', ');
      return {
        value: `COALESCE(${operand.value} IN (${list}), 0)`,
        error: anyOf(operand.error, ...items.map(({ error }) => error)),
      };
    }
    case 'like': {
      const { value, error } = translate(expr.operand, known);
      const pattern = literalSql(expr.pattern, { kind: 'STRING' });
      return { value: `(${value} LIKE ${pattern})`, error: anyOf(error, `${value} IS NULL`) };
    }
    case 'isNull': {
      const { value, error } = translate(expr.operand, known);
      return { value: `(${value} IS ${expr.negated ? 'NOT ' : ''}NULL)`, error };
    }
    case 'logic':
      return logic(expr, known);
    case 'not': {
      const { value, error } = translate(expr.operand, known);
      return { value: `(NOT ${value})`, error: anyOf(error, `${value} IS NULL`) };
    }
    case 'case':
      return caseOf(expr, known);
    case 'cast': {
      const { value, error } = translate(expr.operand, known);
      return { value: orNull(castSql(value, expr.operand.type, expr.type), error), error: '0' };
    }
    case 'call':
      return callOf(expr, known);
  }
}

function logic(expr: Expr & { kind: 'logic' }, known: Known): Translated {
  const [left, right] = [translate(expr.left, known), translate(expr.right, known)];
  const goesOn = expr.op === 'AND' ? left.value : `(NOT ${left.value})`;
  const second = anyOf(right.error, `${right.value} IS NULL`);
  return {
    value: `(${left.value} ${expr.op} ${right.value})`,
    error: anyOf(left.error, `${left.value} IS NULL`, `(${goesOn} AND ${second})`),
  };
}

/** Branches behind the one that is taken are not looked at. */
function caseOf(expr: Expr & { kind: 'case' }, known: Known): Translated {
  const whens = expr.whens.map(
    ([when, then]) => [translate(when, known), translate(then, known)] as const,
  );
  const otherwise =
    expr.otherwise === null ? { value: 'NULL', error: '0' } : translate(expr.otherwise, known);
  const value = whens.map(([when, then]) => `WHEN ${when.value} THEN ${then.value}`).join(' ');
  const error = whens
    .map(([when, then]) => `WHEN ${when.error} THEN 1 WHEN ${when.value} THEN ${then.error}`)
    .join(' ');
  return {
    value: `(CASE ${value} ELSE ${otherwise.value} END)`,
    error: `(CASE ${error} ELSE ${otherwise.error} END)`,
  };
}

interface Operand {
  readonly value: string;
  readonly type: Type;
}

function scaleOf(type: Type): number {
  return type.kind === 'DECIMAL' ? type.scale : 0;
}

function scaled(value: string, from: number, to: number): string {
  return to === from ? value : `(${value} * ${10n ** BigInt(to - from)})`;
}

function wrap32(value: string): string {
  return `(((${value}) + 2147483648 & 4294967295) - 2147483648)`;
}

/** NULL where it has more digits than fit. */
function withinPrecision(value: string, precision: number): string {
  return `(CASE WHEN abs(${value}) < ${10n ** BigInt(precision)} THEN ${value} END)`;
}

function asReal({ value, type }: Operand): string {
  if (type.kind === 'DECIMAL') return `(CAST(${value} AS REAL) / ${10n ** BigInt(type.scale)}.0)`;
  return type.kind === 'DOUBLE' ? value : `CAST(${value} AS REAL)`;
}

function arithmetic(expr: Expr & { kind: 'arithmetic' }, known: Known): Translated {
  const [left, right] = [translate(expr.left, known), translate(expr.right, known)];
  const error = anyOf(left.error, right.error);
  if (expr.type.kind === 'STRING') {
    return {
      value: `(COALESCE(${left.value}, 'null') || COALESCE(${right.value}, 'null'))`,
      error,
    };
  }
  const value = arithmeticSql(
    expr.op,
    { value: left.value, type: expr.left.type },
    { value: right.value, type: expr.right.type },
    expr.type,
  );
  return { value, error: anyOf(error, `${value} IS NULL`) };
}

const names64 = {
  '+': 'add64',
  '-': 'subtract64',
  '*': 'multiply64',
  '/': 'divide64',
  '%': 'remainder64',
};

function arithmeticSql(
  op: (Expr & { kind: 'arithmetic' })['op'],
  left: Operand,
  right: Operand,
  type: Type,
): string {
  switch (type.kind) {
    case 'DOUBLE':
      return `(${asReal(left)} ${op} ${asReal(right)})`;
    case 'BIGINT':
      return `${names64[op]}(${left.value}, ${right.value})`;
    case 'INTEGER':
      return wrap32(`${left.value} ${op} ${right.value}`);
    case 'DECIMAL': {
      const [s1, s2] = [scaleOf(left.type), scaleOf(right.type)];
      if (op === '*') return withinPrecision(`(${left.value} * ${right.value})`, type.precision);
      if (op === '/') {
        const scales = `${s1}, ${s2}, ${type.scale}, ${type.precision}`;
        return `divide_decimal(${left.value}, ${right.value}, ${scales})`;
      }
      if (op === '%') {
        return `remainder_decimal(${left.value}, ${right.value}, ${s1}, ${s2}, ${type.precision})`;
      }
      const scale = Math.max(s1, s2);
      const [a, b] = [scaled(left.value, s1, scale), scaled(right.value, s2, scale)];
      return withinPrecision(`(${a} ${op} ${b})`, type.precision);
    }
    default:
      throw new Error(`no arithmetic on ${type.kind}`);
  }
}

function compareSql({ op, left, right }: Expr & { kind: 'compare' }, a: string, b: string): string {
  let [x, y] = [a, b];
  if (left.type.kind === 'STRING') [x, y] = [`utf16(${a})`, `utf16(${b})`];
  else if (left.type.kind === 'DECIMAL' || right.type.kind === 'DECIMAL') {
    const scale = Math.max(scaleOf(left.type), scaleOf(right.type));
    if (left.type.kind === 'DOUBLE' || right.type.kind === 'DOUBLE') {
      [x, y] = [asReal({ value: a, type: left.type }), asReal({ value: b, type: right.type })];
    } else {
      [x, y] = [scaled(a, scaleOf(left.type), scale), scaled(b, scaleOf(right.type), scale)];
    }
  }
  if (op === 'IS DISTINCT FROM') return `(${x} IS NOT ${y})`;
  if (op === 'IS NOT DISTINCT FROM') return `(${x} IS ${y})`;
  return `COALESCE(${x} ${op} ${y}, 0)`;
}

function castSql(value: string, from: Type, to: Type): string {
  if (from.kind === to.kind && to.kind !== 'DECIMAL') return value;
  switch (to.kind) {
    case 'STRING':
      if (from.kind === 'BOOLEAN') {
        return `(CASE ${value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)`;
      }
      if (from.kind === 'DOUBLE') return `double_text(${value})`;
      if (from.kind === 'DECIMAL') return `decimal_text(${value}, ${from.scale})`;
      return `CAST(${value} AS TEXT)`;
    case 'INTEGER':
    case 'BIGINT':
      return integerSql(value, from, to);
    case 'DOUBLE':
      // Only texts of doubles are cast back.
      if (from.kind === 'STRING') return `CAST(${value} AS REAL)`;
      return asReal({ value, type: from });
    case 'DECIMAL': {
      if (from.kind === 'STRING' || from.kind === 'DOUBLE') {
        return `parse_decimal(${value}, ${to.scale}, ${to.precision})`;
      }
      const scale = scaleOf(from);
      if (to.scale >= scale) return withinPrecision(scaled(value, scale, to.scale), to.precision);
      const by = 10n ** BigInt(scale - to.scale);
      return withinPrecision(`((${value} + sign(${value}) * ${by / 2n}) / ${by})`, to.precision);
    }
    case 'BOOLEAN':
      // Only texts of booleans are cast back.
      return `(${value} = 'true')`;
    default:
      throw new Error(`no cast to ${to.kind}`);
  }
}

function integerSql(value: string, from: Type, to: Type): string {
  const bits = to.kind === 'INTEGER' ? 32n : 64n;
  const max = 2n ** (bits - 1n) - 1n;
  switch (from.kind) {
    case 'STRING':
      return `parse_integer(${value}, ${bits})`;
    case 'DOUBLE':
      return `(CASE WHEN ${value} >= ${max}.0 THEN ${max} WHEN ${value} <= -${max}.0 THEN -${max} - 1 ELSE CAST(${value} AS INTEGER) END)`;
    default: {
      const whole = from.kind === 'DECIMAL' ? `(${value} / ${10n ** BigInt(from.scale)})` : value;
      if (to.kind === 'BIGINT') return whole;
      return from.kind === 'BIGINT' ? low32(whole) : wrap32(whole);
    }
  }
}

/** The low 32 bits with their sign; no sum that could pass 64 bits. */
function low32(value: string): string {
  const low = `(${value} & 4294967295)`;
  return `(CASE WHEN ${low} > 2147483647 THEN ${low} - 4294967296 ELSE ${low} END)`;
}

function callOf(expr: Expr & { kind: 'call' }, known: Known): Translated {
  const errors: string[] = [];
  const args = expr.args.map((arg) => {
    const { value, error } = translate(arg, known);
    if (arg.kind === 'call') return orNull(value, error);
    errors.push(error);
    return value;
  });
  if (expr.name === 'ROUND' && expr.args[0]!.type.kind !== 'DOUBLE') {
    errors.push(`${args[0]} IS NULL`);
  }
  return { value: functionSql(expr, args), error: anyOf(...errors) };
}

function functionSql(expr: Expr & { kind: 'call' }, args: readonly string[]): string {
  const [a, b] = args as readonly [string, string];
  const isBigint = expr.type.kind === 'BIGINT';
  switch (expr.name) {
    case '||':
    case 'CONCAT':
      return `(${args.map((arg) => `COALESCE(${arg}, '')`).join(' || ')})`;
    case 'AS_VALUE':
      return a;
    case 'COALESCE':
    case 'IFNULL':
    case 'NULLIF':
      return `${expr.name}(${args.join(', ')})`;
    case 'GREATEST':
      return `COALESCE(MAX(${a}, ${b}), ${a}, ${b})`;
    case 'LEAST':
      return `COALESCE(MIN(${a}, ${b}), ${a}, ${b})`;
    case 'ROUND':
      return expr.args[0]!.type.kind === 'DOUBLE' ? `CAST(floor(${a} + 0.5) AS INTEGER)` : a;
    case 'ABS':
      if (isBigint) return `(CASE WHEN ${a} < 0 THEN subtract64(0, ${a}) ELSE ${a} END)`;
      return expr.type.kind === 'INTEGER' ? wrap32(`abs(${a})`) : `abs(${a})`;
    case 'SIGN':
      return `sign(${a})`;
    case 'LEN':
      return `length16(${a})`;
    case 'UCASE':
      return `upper_java(${a})`;
    case 'LCASE':
      return `lower_java(${a})`;
    case 'TRIM':
      return `trim(${a})`;
    case 'SUBSTRING':
      return substringSql(expr, a);
    default:
      throw new Error(`no function ${expr.name}`);
  }
}

/** Position and length are literals. */
function substringSql(expr: Expr & { kind: 'call' }, text: string): string {
  const [, position, length] = expr.args.map((arg) =>
    arg.kind === 'literal' ? Number(arg.value) : Number.NaN,
  );
  const start =
    position! < 0 ? `max(length(${text}) - ${-position!}, 0) + 1` : `${Math.max(position!, 1)}`;
  if (length === undefined) return `substr(${text}, ${start})`;
  return `substr(${text}, ${start}, ${Math.max(length, 0)})`;
}
