/** Bound expressions as text, close to SQL: every operator in parentheses. */
import { unreachable } from '../base/assert.ts';
import { formatType } from '../types/format-type.ts';
import type { ComparisonOperator, Expression } from './expression.ts';

const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  EQUAL: '=',
  NOT_EQUAL: '<>',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  IS_DISTINCT_FROM: 'IS DISTINCT FROM',
  IS_NOT_DISTINCT_FROM: 'IS NOT DISTINCT FROM',
};

export function printExpression(e: Expression): string {
  switch (e.kind) {
    case 'literal':
      return literalText(e);
    case 'column':
    case 'param':
      return e.name;
    case 'rowtime':
      return 'ROWTIME';
    case 'window':
      return e.bound === 'start' ? 'WINDOWSTART' : 'WINDOWEND';
    case 'call':
      return `${e.name}(${listed(e.args)})`;
    case 'arithmetic':
    case 'logical':
      return `(${printExpression(e.left)} ${e.op} ${printExpression(e.right)})`;
    case 'comparison':
      return `(${printExpression(e.left)} ${COMPARISONS[e.op]} ${printExpression(e.right)})`;
    case 'negate':
      return `-${printExpression(e.operand)}`;
    case 'not':
      return `(NOT ${printExpression(e.operand)})`;
    case 'is-null':
      return `(${printExpression(e.operand)} IS ${e.negated ? 'NOT ' : ''}NULL)`;
    case 'in':
      return `(${printExpression(e.operand)} IN (${listed(e.items)}))`;
    case 'like': {
      const escaped = e.escape === null ? '' : ` ESCAPE ${quoted(e.escape)}`;
      return `(${printExpression(e.operand)} LIKE ${printExpression(e.pattern)}${escaped})`;
    }
    case 'case':
      return caseText(e);
    case 'cast':
      return `CAST(${printExpression(e.operand)} AS ${formatType(e.type)})`;
    case 'subscript':
      return `${printExpression(e.operand)}[${printExpression(e.index)}]`;
    case 'field':
      return `${printExpression(e.operand)}->${e.name}`;
    case 'array':
      return `ARRAY[${listed(e.elements)}]`;
    case 'map':
      return `MAP(${e.entries.map((entry) => `${printExpression(entry.key)}:=${printExpression(entry.value)}`).join(', ')})`;
    case 'struct':
      return structText(e);
    case 'lambda':
      return `(${e.params.map(({ name }) => name).join(', ')}) => ${printExpression(e.body)}`;
    default:
      return unreachable(e);
  }
}

function listed(expressions: readonly Expression[]): string {
  return expressions.map(printExpression).join(', ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function literalText(e: Extract<Expression, { kind: 'literal' }>): string {
  if (e.value === null) return 'NULL';
  if (typeof e.value !== 'string') return String(e.value).toUpperCase();
  if (e.type?.kind === 'BIGINT') return e.value;
  if (e.type?.kind !== 'DECIMAL') return quoted(e.value);
  const digits = e.value.replace('-', '').padStart(e.type.scale + 1, '0');
  const point = digits.length - e.type.scale;
  const fraction = e.type.scale === 0 ? '' : `.${digits.slice(point)}`;
  return `${e.value.startsWith('-') ? '-' : ''}${digits.slice(0, point)}${fraction}`;
}

function caseText(e: Extract<Expression, { kind: 'case' }>): string {
  const branches = e.branches.map(
    (branch) => ` WHEN ${printExpression(branch.when)} THEN ${printExpression(branch.then)}`,
  );
  const otherwise = e.otherwise === null ? '' : ` ELSE ${printExpression(e.otherwise)}`;
  return `CASE${branches.join('')}${otherwise} END`;
}

function structText(e: Extract<Expression, { kind: 'struct' }>): string {
  const names = e.type.kind === 'STRUCT' ? e.type.fields.map(({ name }) => name) : [];
  const fields = e.fields.map((field, index) => `${names[index]}:=${printExpression(field)}`);
  return `STRUCT(${fields.join(', ')})`;
}
