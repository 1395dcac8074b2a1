/**
 * Comparisons, IN and LIKE (spec: sql-statements.md §3.4, §3.6). NULL compares false. Numbers, strings and booleans of every
 * mix compare inline: JavaScript compares number with bigint exactly.
 */
import { unreachable } from '../../base/assert.ts';
import { type LikeMatcher, likeMatcher } from '../../functions/scalar/like.ts';
import { equalsFunction } from '../../types/compare.ts';
import type { Expression } from '../../plan/expression.ts';
import { type Code, type EmitScope, emitExpression, failOnNull } from './expression.ts';
import { comparison, type Operand } from './comparator.ts';

type Comparison = Extract<Expression, { kind: 'comparison' }>;

export function emitComparison(e: Comparison, scope: EmitScope): Code {
  const { emitter } = scope;
  const left = operandOf(e.left, scope);
  const right = operandOf(e.right, scope);
  const nulls = [left, right].filter((side) => side.nullable).map((side) => side.text);
  const test = (op: Test): string => testOf(op, left, right, scope);
  const both = nulls.map((text) => `${text}!==null`);
  const and = (text: string): string => `(${[...both, text].join('&&')})`;
  switch (e.op) {
    case 'IS_DISTINCT_FROM':
      return { text: `(!${emitter.local(distinct(left, right, test('==')))})`, nullable: false };
    case 'IS_NOT_DISTINCT_FROM':
      return { text: emitter.local(distinct(left, right, test('=='))), nullable: false };
    case 'EQUAL':
      return { text: emitter.local(and(test('=='))), nullable: false };
    case 'NOT_EQUAL':
      return { text: emitter.local(and(test('!='))), nullable: false };
    case 'LESS_THAN':
      return { text: emitter.local(and(test('<'))), nullable: false };
    case 'LESS_THAN_OR_EQUAL':
      return { text: emitter.local(and(test('<='))), nullable: false };
    case 'GREATER_THAN':
      return { text: emitter.local(and(test('>'))), nullable: false };
    case 'GREATER_THAN_OR_EQUAL':
      return { text: emitter.local(and(test('>='))), nullable: false };
    default:
      return unreachable(e.op);
  }
}

type Test = '==' | '!=' | '<' | '<=' | '>' | '>=';

function operandOf(e: Expression, scope: EmitScope): Operand {
  const code = emitExpression(e, scope);
  return { text: scope.emitter.atom(code.text), nullable: code.nullable, type: e.type };
}

/** Equal, or both NULL. */
function distinct(left: Operand, right: Operand, equal: string): string {
  if (!left.nullable && !right.nullable) return equal;
  return `(${left.text}===null||${right.text}===null?${left.text}===${right.text}:${equal})`;
}

/** The test on values that are not NULL. */
function testOf(op: Test, left: Operand, right: Operand, scope: EmitScope): string {
  if (left.type === null || right.type === null) return 'false';
  const plan = comparison(left.type, right.type, scope.emitter);
  if (plan.kind === 'inline') {
    const a = plan.left(left.text);
    const b = plan.right(right.text);
    // NaN differs from nothing, as ksqlDB has it.
    return op === '!=' && plan.partial ? `(${a}<${b}||${a}>${b})` : `(${a}${op}${b})`;
  }
  if (plan.kind === 'equality') {
    const call = `${plan.equals}(${left.text},${right.text})`;
    return op === '==' ? call : `(!${call})`;
  }
  const call = `${plan.compare}(${left.text},${right.text})`;
  return op === '!=' ? `(Math.abs(${call})>0)` : `(${call}${op}0)`;
}

export function emitIn(e: Extract<Expression, { kind: 'in' }>, scope: EmitScope): Code {
  const { emitter } = scope;
  const operand = operandOf(e.operand, scope);
  const set = literalSet(e);
  if (set !== null) {
    const has = `${emitter.constant(set)}.has(${operand.text})`;
    return { text: operand.nullable ? `(${operand.text}!==null&&${has})` : has, nullable: false };
  }
  const result = emitter.local('false');
  if (e.operand.type === null) return { text: 'false', nullable: false };
  const equal = emitter.constant(equalsFunction(e.operand.type));
  for (const item of e.items) {
    emitter.line(`if(!${result}){`);
    const value = operandOf(item, scope);
    const left = `${operand.text}!==null&&${value.text}!==null`;
    emitter.line(`${result}=${left}&&${equal}(${operand.text},${value.text});`);
    emitter.line('}');
  }
  return { text: result, nullable: false };
}

/** Literals of types whose values are their own identity. */
function literalSet(e: Extract<Expression, { kind: 'in' }>): ReadonlySet<unknown> | null {
  const kind = e.operand.type?.kind;
  if (kind !== 'STRING' && kind !== 'INTEGER' && kind !== 'BIGINT' && kind !== 'BOOLEAN')
    return null;
  const set = new Set<unknown>();
  for (const item of e.items) {
    if (item.kind !== 'literal' || (item.value !== null && item.type?.kind !== kind)) return null;
    if (item.value !== null) set.add(kind === 'BIGINT' ? BigInt(item.value) : item.value);
  }
  return set;
}

export function emitLike(e: Extract<Expression, { kind: 'like' }>, scope: EmitScope): Code {
  const { emitter } = scope;
  const operand = emitExpression(e.operand, scope);
  const value = emitter.atom(operand.text);
  const required = (atom: string): void =>
    emitter.line(`if(${atom}===null)${emitter.constant(failOnNull)}();`);
  if (e.pattern.kind === 'literal' && typeof e.pattern.value === 'string') {
    if (operand.nullable) required(value);
    const matcher = literalMatcher(e.pattern.value, e.escape);
    return { text: emitter.local(`${emitter.constant(matcher)}(${value})`), nullable: false };
  }
  const pattern = emitter.atom(emitExpression(e.pattern, scope).text);
  if (operand.nullable) required(value);
  required(pattern);
  const match = emitter.constant((text: string, like: string) => likeMatcher(like, e.escape)(text));
  return { text: emitter.local(`${match}(${value},${pattern})`), nullable: false };
}

/** A pattern that is wrong fails the evaluation, not the query that it stands in. */
function literalMatcher(pattern: string, escapeCharacter: string | null): LikeMatcher {
  try {
    return likeMatcher(pattern, escapeCharacter);
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
