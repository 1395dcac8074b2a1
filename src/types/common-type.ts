/**
 * The common type of a list: the elements of an ARRAY constructor, the keys or values of a MAP constructor, the two sides of IN
 * (spec: sql-statements.md §4.3).
 *
 * Items are folded left to right into a running type, which starts as the type of the first item that is not NULL. An item that
 * the running type can take leaves it; one that can take the running type replaces it; two decimals or a decimal and an integer
 * widen. Text literals are read as what the running type is: a number widens it, a boolean must be one. Constructors are unified
 * part by part, so that the literals inside count as literals.
 */
import { problem } from '../base/errors.ts';
import { canCoerceLax, canCoerceStrict } from './coerce.ts';
import { parseDecimal } from './decimal.ts';
import { typesEqual } from './equal-types.ts';
import { formatType } from './format-type.ts';
import { isInt64 } from './integer.ts';
import { javaTrim, parseDouble } from './java-text.ts';
import { isNumeric, numericCommonType } from './numeric-types.ts';
import type { Field, SqlType } from './type.ts';

/** One item. `text` is the expression as messages print it. */
export type ListItem =
  | { readonly kind: 'null' }
  /** Any expression which is none of the following. */
  | { readonly kind: 'expression'; readonly type: SqlType; readonly text: string }
  /** `string` is a text literal's value. */
  | {
      readonly kind: 'literal';
      readonly type: SqlType;
      readonly string?: string;
      readonly text: string;
    }
  /** Constructors, whose parts are items. */
  | { readonly kind: 'array'; readonly elements: readonly ListItem[]; readonly text: string }
  | {
      readonly kind: 'map';
      readonly keys: readonly ListItem[];
      readonly values: readonly ListItem[];
      readonly text: string;
    }
  | {
      readonly kind: 'struct';
      readonly fields: readonly { readonly name: string; readonly value: ListItem }[];
      readonly text: string;
    };

/**
 * The common type, or null if every item is NULL. Items of another type are to be cast to it; the casts exist. Throws ksqlDB's
 * error if there is none.
 */
export function commonType(items: readonly ListItem[]): SqlType | null {
  let running: SqlType | null = null;
  for (const item of items) running = combine(running, item);
  return running;
}

function combine(running: SqlType | null, item: ListItem): SqlType | null {
  if (item.kind === 'null') return running;
  if (running === null) return itemType(item);
  switch (item.kind) {
    case 'expression':
      return unify(running, item.type, canCoerceStrict) ?? mismatch(running, item.type, item.text);
    case 'literal':
      return combineLiteral(running, item);
    case 'array':
      if (running.kind !== 'ARRAY') break;
      return { kind: 'ARRAY', element: combineAll(running.element, item.elements) };
    case 'map':
      if (running.kind !== 'MAP') break;
      return {
        kind: 'MAP',
        key: combineAll(running.key, item.keys),
        value: combineAll(running.value, item.values),
      };
    case 'struct':
      if (running.kind !== 'STRUCT') break;
      return combineStruct(running, item);
  }
  const type = itemType(item);
  return type === null ? running : mismatch(running, type, item.text);
}

function combineAll(running: SqlType, items: readonly ListItem[]): SqlType {
  let type: SqlType = running;
  for (const item of items) type = combine(type, item) ?? type;
  return type;
}

/** Fields are merged by name: those of the running type first, new ones after. */
function combineStruct(
  running: Extract<SqlType, { kind: 'STRUCT' }>,
  item: Extract<ListItem, { kind: 'struct' }>,
): SqlType {
  const merged: Field[] = [...running.fields];
  for (const { name, value } of item.fields) {
    const index = merged.findIndex((field) => field.name === name);
    if (index < 0) {
      const type = itemType(value);
      if (type !== null) merged.push({ name, type });
      continue;
    }
    const known = merged[index]!;
    if (value.kind === 'expression' && unify(known.type, value.type, canCoerceStrict) === null)
      mismatch(running, itemType(item)!, item.text);
    merged[index] = { name, type: combine(known.type, value) ?? known.type };
  }
  return { kind: 'STRUCT', fields: merged };
}

/** What the item is on its own; null if it is made of NULLs only. */
function itemType(item: ListItem): SqlType | null {
  switch (item.kind) {
    case 'null':
      return null;
    case 'expression':
    case 'literal':
      return item.type;
    case 'array': {
      const element = commonType(item.elements);
      return element && { kind: 'ARRAY', element };
    }
    case 'map': {
      const key = commonType(item.keys);
      const value = commonType(item.values);
      return key && value && { kind: 'MAP', key, value };
    }
    case 'struct': {
      const fields: Field[] = [];
      for (const { name, value } of item.fields) {
        const type = itemType(value);
        if (type !== null) fields.push({ name, type });
      }
      return { kind: 'STRUCT', fields };
    }
  }
}

function combineLiteral(running: SqlType, item: Extract<ListItem, { kind: 'literal' }>): SqlType {
  if (item.string !== undefined) {
    if (isNumeric(running)) return widenByText(running, item.string);
    if (running.kind === 'BOOLEAN') {
      if (!isBooleanText(item.string)) throw invalidSyntax(running, item.string);
      return running;
    }
  }
  return unify(running, item.type, canCoerceLax) ?? mismatch(running, item.type, item.text);
}

/** The type of the number the text says, widened with the running type. */
function widenByText(running: SqlType, string: string): SqlType {
  const text = javaTrim(string);
  const decimal = parseDecimal(text);
  if (decimal === null) {
    try {
      parseDouble(text);
    } catch {
      throw invalidSyntax(running, string);
    }
    return { kind: 'DOUBLE' };
  }
  return numericCommonType(running, typeOfNumber(decimal.unscaled, decimal.scale, text))!;
}

function typeOfNumber(unscaled: bigint, scale: number, text: string): SqlType {
  if (/[eE]/.test(text)) return { kind: 'DOUBLE' };
  if (scale === 0 && !text.includes('.') && isInt64(unscaled))
    return { kind: BigInt.asIntN(32, unscaled) === unscaled ? 'INTEGER' : 'BIGINT' };
  const digits = unscaled.toString().replace('-', '').length;
  return { kind: 'DECIMAL', precision: Math.max(digits, scale + 1), scale };
}

/** A prefix of true, false, yes or no, whatever its case. */
function isBooleanText(string: string): boolean {
  const text = javaTrim(string).toLowerCase();
  return text !== '' && ['true', 'false', 'yes', 'no'].some((word) => word.startsWith(text));
}

type CanCoerce = (from: SqlType, to: SqlType) => boolean;

/** The one of both, or the least wider one, that takes all values of both; null if there is none. */
function unify(a: SqlType, b: SqlType, canCoerce: CanCoerce): SqlType | null {
  if (typesEqual(a, b)) return a;
  const numeric = numericCommonType(a, b);
  if (numeric !== null) return numeric;
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = unify(a.element, b.element, canCoerce);
    return element && { kind: 'ARRAY', element };
  }
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    const key = unify(a.key, b.key, canCoerce);
    const value = unify(a.value, b.value, canCoerce);
    return key && value && { kind: 'MAP', key, value };
  }
  if (a.kind === 'STRUCT' && b.kind === 'STRUCT') return unifyStructs(a, b, canCoerce);
  if (canCoerce(b, a)) return a;
  return canCoerce(a, b) ? b : null;
}

function unifyStructs(
  a: Extract<SqlType, { kind: 'STRUCT' }>,
  b: Extract<SqlType, { kind: 'STRUCT' }>,
  canCoerce: CanCoerce,
): SqlType | null {
  const merged: Field[] = [...a.fields];
  for (const field of b.fields) {
    const index = merged.findIndex((known) => known.name === field.name);
    if (index < 0) {
      merged.push(field);
      continue;
    }
    const type = unify(merged[index]!.type, field.type, canCoerce);
    if (type === null) return null;
    merged[index] = { name: field.name, type };
  }
  return { kind: 'STRUCT', fields: merged };
}

function invalidSyntax(type: SqlType, string: string): Error {
  return problem(
    'types.invalid-literal',
    `invalid input syntax for type ${type.kind}: "${string}".`,
  );
}

function mismatch(target: SqlType, source: SqlType, text: string): never {
  throw problem(
    'types.no-common-type',
    `operator does not exist: ${formatType(target)} = ${formatType(source)} (${text})\n` +
      'Hint: You might need to add explicit type casts.',
  );
}
