/** Casts that nobody wrote. */
import type { Expression } from '../../plan/expression.ts';
import { castFunction } from '../../types/cast.ts';
import { typesEqual } from '../../types/equal-types.ts';
import type { SqlType, TypeKind } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';

/** The expression as one of the type; a literal is converted on the spot, the untyped NULL gets the type. */
export function implicitCast(expression: Expression, type: SqlType): Expression {
  if (expression.type === null) return { kind: 'literal', type, value: null };
  if (typesEqual(expression.type, type)) return expression;
  return convertLiteral(expression, type) ?? { kind: 'cast', type, operand: expression };
}

/** The value a bound literal stands for. */
export function literalValue(literal: Extract<Expression, { kind: 'literal' }>): Value {
  if (literal.value === null) return null;
  const kind = literal.type?.kind;
  if (kind === 'BIGINT' || kind === 'DECIMAL') return BigInt(String(literal.value));
  return literal.value;
}

const WRITABLE: readonly TypeKind[] = [
  'INTEGER',
  'BIGINT',
  'DECIMAL',
  'DOUBLE',
  'STRING',
  'BOOLEAN',
];

/** Null if the literal has no such value: the cast then fails where it is evaluated. */
function convertLiteral(literal: Expression, type: SqlType): Expression | null {
  if (literal.kind !== 'literal' || literal.type === null || !WRITABLE.includes(type.kind))
    return null;
  try {
    const value = castFunction(literal.type, type)?.(literalValue(literal)) ?? null;
    if (typeof value === 'bigint') return { kind: 'literal', type, value: String(value) };
    if (typeof value === 'object') return null;
    return { kind: 'literal', type, value };
  } catch {
    return null;
  }
}
