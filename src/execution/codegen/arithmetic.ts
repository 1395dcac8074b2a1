/**
 * Numeric operators (spec: sql-statements.md §3.3). INTEGER and BIGINT wrap, a zero divisor and NULL are evaluation errors;
 * STRING + STRING writes NULL as the text `null`.
 */
import { joinedTexts } from '../../functions/scalar/limits.ts';
import { decimalOperation, decimalToDouble } from '../../types/decimal.ts';
import { divideInt32, divideInt64, remainderInt32, remainderInt64 } from '../../types/integer.ts';
import { asDecimalType } from '../../types/numeric-types.ts';
import type { SqlType } from '../../types/type.ts';
import type { Expression } from '../../plan/expression.ts';
import { type Code, type EmitScope, emitExpression, failOnNull } from './expression.ts';

type Arithmetic = Extract<Expression, { kind: 'arithmetic' }>;

export function emitArithmetic(e: Arithmetic, scope: EmitScope): Code {
  if (e.type.kind === 'STRING') {
    const left = emitExpression(e.left, scope);
    const right = emitExpression(e.right, scope);
    const join = scope.emitter.constant(joinedTexts);
    return { text: `${join}(${left.text},${right.text})`, nullable: false };
  }
  const left = emitOperand(e.left, scope);
  const right = emitOperand(e.right, scope);
  return { text: scope.emitter.local(operate(e, left, right, scope)), nullable: false };
}

/** A numeric operand, which must not be NULL. */
function emitOperand(e: Expression, scope: EmitScope): string {
  const code = emitExpression(e, scope);
  const atom = scope.emitter.atom(code.text);
  if (code.nullable)
    scope.emitter.line(`if(${atom}===null)${scope.emitter.constant(failOnNull)}();`);
  return atom;
}

function operate(e: Arithmetic, left: string, right: string, scope: EmitScope): string {
  const { emitter } = scope;
  switch (e.type.kind) {
    case 'INTEGER':
      return int32(e.op, left, right, scope);
    case 'BIGINT': {
      const a = toBigint(left, e.left.type);
      const b = toBigint(right, e.right.type);
      if (e.op === '/') return `${emitter.constant(divideInt64)}(${a},${b})`;
      if (e.op === '%') return `${emitter.constant(remainderInt64)}(${a},${b})`;
      return `BigInt.asIntN(64,${a}${e.op}${b})`;
    }
    case 'DOUBLE':
      return `${toDouble(left, e.left.type, scope)}${e.op}${toDouble(right, e.right.type, scope)}`;
    default: {
      const operation = decimalOperation(
        e.op,
        asDecimalType(e.left.type!)!,
        asDecimalType(e.right.type!)!,
      );
      return `${emitter.constant(operation)}(${toBigint(left, e.left.type)},${toBigint(right, e.right.type)})`;
    }
  }
}

function int32(op: Arithmetic['op'], left: string, right: string, scope: EmitScope): string {
  switch (op) {
    case '*':
      return `Math.imul(${left},${right})`;
    case '/':
      return `${scope.emitter.constant(divideInt32)}(${left},${right})`;
    case '%':
      return `${scope.emitter.constant(remainderInt32)}(${left},${right})`;
    default:
      return `(${left}${op}${right})|0`;
  }
}

function toBigint(text: string, type: SqlType | null): string {
  return type?.kind === 'INTEGER' ? `BigInt(${text})` : text;
}

function toDouble(text: string, type: SqlType | null, scope: EmitScope): string {
  if (type?.kind === 'BIGINT') return `Number(${text})`;
  if (type?.kind === 'DECIMAL')
    return `${scope.emitter.constant(decimalToDouble)}(${text},${type.scale})`;
  return text;
}

export function emitNegate(e: Extract<Expression, { kind: 'negate' }>, scope: EmitScope): Code {
  const operand = emitOperand(e.operand, scope);
  switch (e.type.kind) {
    case 'INTEGER':
      return { text: `((-${operand})|0)`, nullable: false };
    case 'BIGINT':
      return { text: `BigInt.asIntN(64,-${operand})`, nullable: false };
    default:
      return { text: `(-${operand})`, nullable: false };
  }
}
