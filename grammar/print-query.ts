/** Queries and the parts that statements share to SQL; see print-statement.ts. */
import { unreachable } from '../src/base/assert.ts';
import type {
  AliasedSource,
  ByClause,
  ColumnConstraint,
  Duration,
  FromClause,
  Join,
  Property,
  Query,
  QueryStart,
  SelectItem,
  TableElement,
  Window,
} from './ast.ts';
import { printBase, printExpression } from './print-expression.ts';
import { printType } from './print-type.ts';
import { quoteName, quoteString } from './text.ts';

/** A query over several lines, each clause and each select item on its own. */
export function printQuery(query: Query): string {
  const items = query.select.map((item) => `\n  ${printSelectItem(item)}`).join(',');
  const lines = [`SELECT${items}`, printFrom(query.from)];
  if (query.window !== null) lines.push(`WINDOW ${printWindow(query.window)}`);
  if (query.where !== null) lines.push(`WHERE ${printExpression(query.where)}`);
  if (query.groupBy !== null) lines.push(`GROUP BY ${printBy(query.groupBy)}`);
  if (query.partitionBy !== null) lines.push(`PARTITION BY ${printBy(query.partitionBy)}`);
  if (query.having !== null) lines.push(`HAVING ${printExpression(query.having)}`);
  if (query.emit !== null) lines.push(`EMIT ${query.emit}${printStart(query.start)}`);
  if (query.limit !== null) lines.push(`LIMIT ${query.limit}`);
  return lines.join('\n');
}

function printStart(start: QueryStart | undefined): string {
  if (start === undefined) return '';
  return start.kind === 'snapshot' ? ' WITH SNAPSHOT' : ` AFTER ${quoteString(start.token)}`;
}

function printSelectItem(item: SelectItem): string {
  switch (item.kind) {
    case 'selectExpression': {
      const alias = item.alias === null ? '' : ` ${quoteName(item.alias.name)}`;
      return `${printExpression(item.expression)}${alias}`;
    }
    case 'selectAll':
      return item.source === null ? '*' : `${quoteName(item.source.name)}.*`;
    case 'selectStructAll':
      return `${printBase(item.base)}->*`;
    default:
      return unreachable(item);
  }
}

function printFrom(from: FromClause): string {
  const joins = from.joins.map((join) => `\n${printJoin(join)}`).join('');
  return `FROM ${printSource(from.source)}${joins}`;
}

function printSource({ name, alias }: AliasedSource): string {
  return alias === null ? quoteName(name.name) : `${quoteName(name.name)} ${quoteName(alias.name)}`;
}

function printJoin({ type, source, within, on }: Join): string {
  const kind = type === 'INNER' ? 'INNER' : `${type} OUTER`;
  let window = '';
  if (within !== null) {
    const { before, after, grace } = within;
    const isEven = before.amount === after.amount && before.unit === after.unit;
    const size = isEven
      ? printDuration(before)
      : `(${printDuration(before)}, ${printDuration(after)})`;
    window = ` WITHIN ${size}${grace === null ? '' : ` GRACE PERIOD ${printDuration(grace)}`}`;
  }
  return `${kind} JOIN ${printSource(source)}${window} ON ${printExpression(on)}`;
}

/** What stands behind WINDOW. */
function printWindow(window: Window): string {
  const retention =
    window.retention === null ? '' : `, RETENTION ${printDuration(window.retention)}`;
  const grace = window.grace === null ? '' : `, GRACE PERIOD ${printDuration(window.grace)}`;
  const rest = `${retention}${grace} )`;
  switch (window.kind) {
    case 'tumbling':
      return `TUMBLING ( SIZE ${printDuration(window.size)}${rest}`;
    case 'hopping':
      return `HOPPING ( SIZE ${printDuration(window.size)}, ADVANCE BY ${printDuration(window.advance)}${rest}`;
    case 'session':
      return `SESSION ( ${printDuration(window.gap)}${rest}`;
    default:
      return unreachable(window);
  }
}

/** Such as `30 SECONDS`. */
export function printDuration({ amount, unit }: Duration): string {
  return `${amount} ${unit}`;
}

function printBy({ items }: ByClause): string {
  return items.length === 0 ? '()' : items.map(printExpression).join(', ');
}

/** ` WITH (NAME='value', …)`, or nothing without properties. */
export function printWith(properties: readonly Property[]): string {
  if (properties.length === 0) return '';
  return ` WITH (${properties.map(printProperty).join(', ')})`;
}

function printProperty({ name, value }: Property): string {
  const isPlain = quoteName(name) === name;
  return `${isPlain ? name : quoteString(name)}=${printExpression(value)}`;
}

/** ` (NAME TYPE KEY, …)`, or nothing without columns. */
export function printElements(elements: readonly TableElement[]): string {
  if (elements.length === 0) return '';
  const columns = elements.map(({ name, type, constraint }) => {
    const rule = constraint === null ? '' : ` ${printConstraint(constraint)}`;
    return `${quoteName(name.name)} ${printType(type)}${rule}`;
  });
  return ` (${columns.join(', ')})`;
}

function printConstraint(constraint: ColumnConstraint): string {
  switch (constraint.kind) {
    case 'key':
      return 'KEY';
    case 'primaryKey':
      return 'PRIMARY KEY';
    case 'headers':
      return 'HEADERS';
    case 'header':
      return `HEADER(${quoteString(constraint.key)})`;
    default:
      return unreachable(constraint);
  }
}
