/** Literals and what they are worth as bound expressions (spec: sql-statements.md §1). */
import type * as ast from '../../../grammar/ast.ts';
import { unreachable } from '../../base/assert.ts';
import type { Expression } from '../../plan/expression.ts';
import type { SqlType } from '../../types/type.ts';

export const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
export const INTEGER: SqlType = { kind: 'INTEGER' };
export const BIGINT: SqlType = { kind: 'BIGINT' };
const DOUBLE: SqlType = { kind: 'DOUBLE' };
export const STRING: SqlType = { kind: 'STRING' };

export function bindLiteral(node: ast.Literal): Expression {
  switch (node.kind) {
    case 'null':
      return { kind: 'literal', type: null, value: null };
    case 'boolean':
      return { kind: 'literal', type: BOOLEAN, value: node.value };
    case 'integer':
      return node.type === 'INTEGER'
        ? { kind: 'literal', type: INTEGER, value: Number(node.value) }
        : bigintLiteral(node.value);
    case 'decimal':
      return bindDecimal(node.text);
    case 'double':
      return { kind: 'literal', type: DOUBLE, value: node.value };
    case 'string':
      return { kind: 'literal', type: STRING, value: node.value };
    default:
      return unreachable(node);
  }
}

export function bigintLiteral(value: bigint): Expression {
  return { kind: 'literal', type: BIGINT, value: String(value) };
}

/** `0.005` is DECIMAL(4, 3): a zero before the point counts as a digit. */
function bindDecimal(text: string): Expression {
  const digits = text.startsWith('-') ? text.slice(1) : text;
  const [whole = '', fraction = ''] = digits.split('.');
  const precision = Math.max(whole.length, 1) + fraction.length;
  const unscaled = BigInt(text.replace('.', ''));
  return {
    kind: 'literal',
    type: { kind: 'DECIMAL', precision, scale: fraction.length },
    value: String(unscaled),
  };
}
