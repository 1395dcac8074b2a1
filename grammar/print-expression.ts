/**
 * Expressions to SQL as ksqlDB prints them in messages: every operator in parentheses, `null`, `true` and `false` in lower case,
 * `<>` for `!=`, `(NOT (A LIKE B))` for `A NOT LIKE B`.
 */
import { unreachable } from '../src/base/assert.ts';
import type {
  Argument,
  CaseExpression,
  ColumnReference,
  DecimalLiteral,
  Expression,
  FunctionCall,
  LikeExpression,
  UnaryExpression,
} from './ast.ts';
import { printType } from './print-type.ts';
import { quoteName, quoteString } from './text.ts';

export function printExpression(node: Expression): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'integer':
      return String(node.value);
    case 'decimal':
      return printDecimal(node);
    case 'double':
      return printDouble(node.value);
    case 'string':
      return quoteString(node.value);
    case 'column':
      return printColumn(node);
    case 'dereference':
      return `${printBase(node.base)}->${quoteName(node.field.name)}`;
    case 'subscript':
      return `${printBase(node.base)}[${printExpression(node.index)}]`;
    case 'call':
      return printCall(node);
    case 'case':
      return printCase(node);
    case 'cast':
      return `CAST(${printExpression(node.value)} AS ${printType(node.type)})`;
    case 'array':
      return `ARRAY[${list(node.elements)}]`;
    case 'map': {
      const entries = node.entries.map(
        ({ key, value }) => `${printExpression(key)}:=${printExpression(value)}`,
      );
      return `MAP(${entries.join(', ')})`;
    }
    case 'struct': {
      const fields = node.fields.map(
        ({ name, value }) => `${quoteName(name.name)}:=${printExpression(value)}`,
      );
      return `STRUCT(${fields.join(', ')})`;
    }
    case 'unary':
      return printUnary(node);
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return `(${printExpression(node.left)} ${node.operator} ${printExpression(node.right)})`;
    case 'not':
      return `(NOT ${printExpression(node.value)})`;
    case 'between':
      return `(${printExpression(node.value)} BETWEEN ${printExpression(node.lower)} AND ${printExpression(node.upper)})`;
    case 'in':
      return `(${printExpression(node.value)} IN (${list(node.items)}))`;
    case 'like':
      return printLike(node);
    case 'isNull':
      return `(${printExpression(node.value)} IS ${node.negated ? 'NOT NULL' : 'NULL'})`;
    default:
      return unreachable(node);
  }
}

/** In Java's scientific form, such as `1.5E3`. */
function printDouble(value: number): string {
  const sign = Object.is(value, -0) ? '-' : '';
  return sign + value.toExponential().replace('e+', 'E').replace('e', 'E');
}

/** A point keeps a DECIMAL without decimals from being an INTEGER. */
function printDecimal({ text }: DecimalLiteral): string {
  return text.includes('.') ? text : `${text}.`;
}

function printColumn({ source, name }: ColumnReference): string {
  if (source !== null) return `${quoteName(source.name)}.${quoteName(name.name)}`;
  // `ARRAY[1]` is a constructor.
  return name.name === 'ARRAY' ? '`ARRAY`' : quoteName(name.name);
}

function printCall(node: FunctionCall): string {
  const name = node.name.name;
  // `MAP(…)` and `STRUCT(…)` are constructors.
  const text = name === 'MAP' || name === 'STRUCT' ? `\`${name}\`` : quoteName(name);
  return `${text}(${node.star ? '*' : node.arguments.map(printArgument).join(', ')})`;
}

function printArgument(argument: Argument): string {
  if (argument.kind === 'intervalUnit') return argument.unit;
  if (argument.kind !== 'lambda') return printExpression(argument);
  const parameters = argument.parameters.map(({ name }) => quoteName(name)).join(', ');
  return `(${parameters}) => ${printExpression(argument.body)}`;
}

function printCase(node: CaseExpression): string {
  const operand = node.operand === null ? '' : ` ${printExpression(node.operand)}`;
  const whens = node.whens.map(
    ({ condition, result }) =>
      ` WHEN ${printExpression(condition)} THEN ${printExpression(result)}`,
  );
  const otherwise = node.otherwise === null ? '' : ` ELSE ${printExpression(node.otherwise)}`;
  return `(CASE${operand}${whens.join('')}${otherwise} END)`;
}

function printLike({ value, pattern, escape: character }: LikeExpression): string {
  const suffix = character === null ? '' : ` ESCAPE ${quoteString(character)}`;
  return `(${printExpression(value)} LIKE ${printExpression(pattern)}${suffix})`;
}

/** `--` would start a comment, and a `-` before digits would become part of the number. */
function printUnary({ operator, value }: UnaryExpression): string {
  const text = printExpression(value);
  if (/^[0-9.]/.test(text)) return `${operator}(${text})`;
  return text.startsWith(operator) ? `${operator} ${text}` : `${operator}${text}`;
}

/** What stands before `->` or `[…]`: a sign binds less tightly than these. */
export function printBase(base: Expression): string {
  const text = printExpression(base);
  return base.kind === 'unary' ? `(${text})` : text;
}

function list(nodes: readonly Expression[]): string {
  return nodes.map(printExpression).join(', ');
}
