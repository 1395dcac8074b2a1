/** Constructors, whose elements fail alone, and subscripts (spec: sql-statements.md §3.6). */
import type { Value } from '../../types/value.ts';
import type { Expression } from '../../plan/expression.ts';
import { type Code, type EmitScope, emitExpression, emitIsolated } from './expression.ts';

export function emitArray(e: Extract<Expression, { kind: 'array' }>, scope: EmitScope): Code {
  const elements = e.elements.map((element) => emitIsolated(element, scope).text);
  return { text: `[${elements.join(',')}]`, nullable: false };
}

export function emitStruct(e: Extract<Expression, { kind: 'struct' }>, scope: EmitScope): Code {
  const fields = e.fields.map((field) => emitIsolated(field, scope).text);
  return { text: `[${fields.join(',')}]`, nullable: false };
}

export function emitMap(e: Extract<Expression, { kind: 'map' }>, scope: EmitScope): Code {
  const entries = e.entries.map((entry) => {
    const key = emitIsolated(entry.key, scope).text;
    return `[${key},${emitIsolated(entry.value, scope).text}]`;
  });
  return { text: `new Map([${entries.join(',')}])`, nullable: false };
}

export function emitSubscript(
  e: Extract<Expression, { kind: 'subscript' }>,
  scope: EmitScope,
): Code {
  const operand = emitExpression(e.operand, scope).text;
  const index = emitExpression(e.index, scope).text;
  const access = scope.emitter.constant(e.operand.type?.kind === 'MAP' ? mapEntry : arrayElement);
  return { text: scope.emitter.local(`${access}(${operand},${index})`), nullable: true };
}

/** Element by its 1-based index, negative from the end; NULL out of range. */
export function arrayElement(array: readonly Value[] | null, index: number | bigint | null): Value {
  if (array === null) return null;
  if (index === null) throw new Error('NULL array index');
  const position = Number(index);
  if (position === 0) return null;
  return array[position > 0 ? position - 1 : array.length + position] ?? null;
}

/** Value of a key; NULL where the map is NULL or has no such key. */
export function mapEntry(map: ReadonlyMap<Value, Value> | null, key: Value): Value {
  return map === null ? null : (map.get(key) ?? null);
}
