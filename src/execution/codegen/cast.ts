/** CAST: isolated, a failure makes it NULL (spec: sql-statements.md §3.8). */
import { assert } from '../../base/assert.ts';
import { castFunction } from '../../types/cast.ts';
import type { SqlType } from '../../types/type.ts';
import type { Expression } from '../../plan/expression.ts';
import {
  canFail,
  type Code,
  type EmitScope,
  emitExpression,
  isolates,
  messageOf,
  NULL_CODE,
} from './expression.ts';

export function emitCast(e: Extract<Expression, { kind: 'cast' }>, scope: EmitScope): Code {
  const { emitter, context } = scope;
  const from = e.operand.type;
  if (from === null) return NULL_CODE;
  const inline = inlineCast(from, e.type);
  if (inline !== null && !canFail(e.operand, context)) {
    const operand = emitExpression(e.operand, scope);
    const atom = emitter.atom(operand.text);
    const text = inline(atom);
    if (!operand.nullable) return { text, nullable: false };
    return { text: `(${atom}===null?null:${text})`, nullable: true };
  }
  const preserveNulls = context.properties['ksql.cast.strings.preserve.nulls'] !== 'false';
  const cast = castFunction(from, e.type, { preserveNulls });
  assert(cast !== null, 'a cast that was checked when the statement was analysed');
  if (!isolates(context)) {
    const operand = emitExpression(e.operand, scope).text;
    return { text: emitter.local(`${emitter.constant(cast)}(${operand})`), nullable: true };
  }
  const report = (error: unknown): void => context.onError?.(messageOf(error));
  const result = emitter.local('null');
  emitter.line('try{');
  emitter.line(`${result}=${emitter.constant(cast)}(${emitExpression(e.operand, scope).text});`);
  emitter.line(`}catch(e){${result}=null;${emitter.constant(report)}(e);}`);
  return { text: result, nullable: true };
}

/** Casts that cannot fail and need no call. */
function inlineCast(from: SqlType, to: SqlType): ((text: string) => string) | null {
  if (from.kind === 'INTEGER' && to.kind === 'BIGINT') return (text) => `BigInt(${text})`;
  if (from.kind === 'INTEGER' && to.kind === 'DOUBLE') return (text) => text;
  if (from.kind === 'BIGINT' && to.kind === 'DOUBLE') return (text) => `Number(${text})`;
  return null;
}
