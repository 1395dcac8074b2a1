/**
 * One type for the elements of ARRAY, the keys and values of MAP and the items of IN (spec: sql-statements.md §4.3).
 *
 * The first item that is not NULL gives the running type; each further item widens it or is refused. Text literals are read as
 * what they are compared with; other literals convert laxly, everything else strictly. At the end every item of another type is
 * cast.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { parseDecimal } from '../../types/decimal.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatType } from '../../types/format-type.ts';
import { isNumeric, numericCommonType } from '../../types/numeric-types.ts';
import type { Field, SqlType, TypeKind } from '../../types/type.ts';
import type { Binder } from './environment.ts';
import { implicitCast } from './implicit-cast.ts';

export interface Unified {
  readonly type: SqlType;
  /** In the order given; NULL literals have the common type. */
  readonly items: readonly Expression[];
}

/** Binds the items and casts them to their common type; null if all of them are the literal NULL. */
export function unify(nodes: readonly ast.Expression[], binder: Binder): Unified | null {
  const bound = nodes.map((node) => binder.bind(node));
  let running: SqlType | null = null;
  for (const [index, node] of nodes.entries()) {
    const type: SqlType | null = bound[index]!.type;
    if (type === null) continue;
    running = running === null ? type : widen(running, type, node, binder);
  }
  if (running === null) return null;
  const common = running;
  return { type: common, items: bound.map((item) => implicitCast(item, common)) };
}

function widen(running: SqlType, type: SqlType, node: ast.Expression, binder: Binder): SqlType {
  const common = commonType(running, type, node, binder);
  if (common !== null) return common;
  throw problem(
    'analyze.no-common-type',
    `operator does not exist: ${formatType(running)} = ${formatType(type)} (${binder.print(node)})\nHint: You might need to add explicit type casts.`,
    { span: node.span },
  );
}

/** The type that holds the running type and that of the expression; null if there is none. */
function commonType(
  running: SqlType,
  type: SqlType,
  node: ast.Expression,
  binder: Binder,
): SqlType | null {
  if (node.kind === 'string') {
    if (isNumeric(running)) return numericCommonType(running, numberInText(node, running));
    if (running.kind === 'BOOLEAN') return checkBooleanText(node, running);
  }
  if (node.kind === 'array' && running.kind === 'ARRAY') {
    const element = commonOfParts(running.element, node.elements, binder);
    return element && { kind: 'ARRAY', element };
  }
  if (node.kind === 'map' && running.kind === 'MAP') {
    const keys = node.entries.map((entry) => entry.key);
    const values = node.entries.map((entry) => entry.value);
    const key = commonOfParts(running.key, keys, binder);
    const value = commonOfParts(running.value, values, binder);
    return key && value && { kind: 'MAP', key, value };
  }
  if (node.kind === 'struct' && running.kind === 'STRUCT')
    return commonStruct(running.fields, node, binder);
  return commonOfTypes(running, type, isLiteral(node));
}

function commonOfParts(
  start: SqlType,
  parts: readonly ast.Expression[],
  binder: Binder,
): SqlType | null {
  let running: SqlType | null = start;
  for (const part of parts) {
    const { type } = binder.bind(part);
    if (type !== null && running !== null) running = commonType(running, type, part, binder);
  }
  return running;
}

/** The new struct's fields first, then those only the running type has. */
function commonStruct(
  fields: readonly Field[],
  node: ast.StructConstructor,
  binder: Binder,
): SqlType | null {
  const running = new Map(fields.map((field) => [field.name, field.type]));
  const merged = new Map<string, SqlType>();
  for (const { name, value } of node.fields) {
    const { type } = binder.bind(value);
    if (type === null) continue;
    const known = running.get(name.name);
    const common = known === undefined ? type : commonType(known, type, value, binder);
    if (common === null) return null;
    merged.set(name.name, common);
  }
  return structOf(merged, running);
}

function structOf(
  first: ReadonlyMap<string, SqlType>,
  then: ReadonlyMap<string, SqlType>,
): SqlType {
  const rest = [...then].filter(([name]) => !first.has(name));
  return { kind: 'STRUCT', fields: [...first, ...rest].map(([name, type]) => ({ name, type })) };
}

function commonOfTypes(a: SqlType, b: SqlType, lax: boolean): SqlType | null {
  if (typesEqual(a, b)) return a;
  if (isNumeric(a) && isNumeric(b)) return numericCommonType(a, b);
  if (a.kind === 'ARRAY' && b.kind === 'ARRAY') {
    const element = commonOfTypes(a.element, b.element, lax);
    return element && { kind: 'ARRAY', element };
  }
  if (a.kind === 'MAP' && b.kind === 'MAP') {
    const key = commonOfTypes(a.key, b.key, lax);
    const value = commonOfTypes(a.value, b.value, lax);
    return key && value && { kind: 'MAP', key, value };
  }
  if (a.kind === 'STRUCT' && b.kind === 'STRUCT') return commonOfStructs(a.fields, b.fields, lax);
  if (isCoercible(b, a, lax)) return a;
  return isCoercible(a, b, lax) ? b : null;
}

function commonOfStructs(a: readonly Field[], b: readonly Field[], lax: boolean): SqlType | null {
  const running = new Map(a.map((field) => [field.name, field.type]));
  const merged = new Map<string, SqlType>();
  for (const { name, type } of b) {
    const known = running.get(name);
    const common = known === undefined ? type : commonOfTypes(known, type, lax);
    if (common === null) return null;
    merged.set(name, common);
  }
  return structOf(merged, running);
}

const FROM_TEXT: readonly TypeKind[] = ['TIMESTAMP', 'DATE', 'TIME', 'BYTES'];
const FROM_TEXT_LAX: readonly TypeKind[] = ['BOOLEAN', 'INTEGER', 'BIGINT', 'DECIMAL', 'DOUBLE'];
const TO_TEXT_LAX: readonly TypeKind[] = [...FROM_TEXT_LAX, 'TIMESTAMP', 'DATE', 'TIME'];

function isCoercible(from: SqlType, to: SqlType, lax: boolean): boolean {
  if (from.kind === 'STRING')
    return FROM_TEXT.includes(to.kind) || (lax && FROM_TEXT_LAX.includes(to.kind));
  return lax && to.kind === 'STRING' && TO_TEXT_LAX.includes(from.kind);
}

function isLiteral(node: ast.Expression): boolean {
  return ['boolean', 'integer', 'decimal', 'double', 'string'].includes(node.kind);
}

const INT_BITS = 32;
const LONG_BITS = 64;

function numberInText(node: ast.StringLiteral, running: SqlType): SqlType {
  const text = node.value.trim();
  if (/^[+-]?\d+$/.test(text)) {
    const value = BigInt(text.replace('+', ''));
    if (BigInt.asIntN(INT_BITS, value) === value) return { kind: 'INTEGER' };
    if (BigInt.asIntN(LONG_BITS, value) === value) return { kind: 'BIGINT' };
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d+$/.test(text)) return { kind: 'DOUBLE' };
  const decimal = parseDecimal(text);
  if (decimal === null) throw invalidInput(node, running);
  const digits = String(decimal.unscaled).replace('-', '').length;
  const precision = Math.max(digits, decimal.scale + 1);
  return { kind: 'DECIMAL', precision, scale: decimal.scale };
}

function checkBooleanText(node: ast.StringLiteral, running: SqlType): SqlType {
  const text = node.value.trim().toLowerCase();
  const words = ['true', 'false', 'yes', 'no'];
  if (text !== '' && words.some((word) => word.startsWith(text))) return running;
  throw invalidInput(node, running);
}

function invalidInput(node: ast.StringLiteral, running: SqlType): Error {
  return problem(
    'analyze.invalid-input',
    `invalid input syntax for type ${running.kind}: "${node.value}".`,
    { span: node.span },
  );
}
