/** Literals of SQL read without a parser, so that functions can be tried out on rows written as text. */
import { castFunction } from '../../src/types/cast.ts';
import { parseDecimal } from '../../src/types/decimal.ts';
import { numericCommonType } from '../../src/types/numeric-types.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';

export interface TypedValue {
  /** Null for a NULL. */
  readonly type: SqlType | null;
  readonly value: Value;
}

/** Splits at commas outside of quotes, brackets and parentheses. */
export function splitTopLevel(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "'") quoted = !quoted;
    if (quoted) continue;
    if (character === '[' || character === '(') depth++;
    if (character === ']' || character === ')') depth--;
    if (character === ',' && depth === 0) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  const last = text.slice(start).trim();
  return last === '' && parts.length === 0 ? [] : [...parts, last];
}

/** Reads NULL, TRUE, FALSE, an integer, a decimal, a double with exponent, a text or an ARRAY of these. */
export function readLiteral(text: string): TypedValue {
  if (/^null$/i.test(text)) return { type: null, value: null };
  if (/^(true|false)$/i.test(text))
    return { type: { kind: 'BOOLEAN' }, value: text.toLowerCase() === 'true' };
  if (text.startsWith("'"))
    return { type: { kind: 'STRING' }, value: text.slice(1, -1).replaceAll("''", "'") };
  if (/^array\[/i.test(text)) {
    const column = readColumn(splitTopLevel(text.slice(6, -1)));
    return { type: column.type && { kind: 'ARRAY', element: column.type }, value: column.values };
  }
  return readNumber(text);
}

function readNumber(text: string): TypedValue {
  if (/e/i.test(text)) return { type: { kind: 'DOUBLE' }, value: Number(text) };
  const decimal = parseDecimal(text);
  if (decimal === null) throw new Error(`not a literal: ${text}`);
  const { unscaled, scale } = decimal;
  if (scale === 0) {
    if (BigInt.asIntN(32, unscaled) === unscaled)
      return { type: { kind: 'INTEGER' }, value: Number(unscaled) };
    return { type: { kind: 'BIGINT' }, value: unscaled };
  }
  const digits = unscaled.toString().replace('-', '').length;
  return {
    type: { kind: 'DECIMAL', precision: Math.max(digits, scale + 1), scale },
    value: unscaled,
  };
}

/** The literals as values of their common type. */
export function readColumn(texts: readonly string[]): {
  readonly type: SqlType | null;
  readonly values: readonly Value[];
} {
  const cells = texts.map(readLiteral);
  const type = cells.reduce<SqlType | null>((common, cell) => {
    if (common === null || cell.type === null) return common ?? cell.type;
    return numericCommonType(common, cell.type) ?? common;
  }, null);
  const values = cells.map((cell) => {
    if (cell.type === null || type === null) return null;
    return castFunction(cell.type, type)!(cell.value);
  });
  return { type, values };
}
