/** Sources and queries as SQL. */
import type { Column, Expr, Join, Query, Source, Value, Window } from './model.ts';
import { typeName } from './model.ts';
import { decimalText, doubleText } from './value-text.ts';

export function printExpr(expr: Expr): string {
  switch (expr.kind) {
    case 'column':
      return expr.name;
    case 'literal':
      return printLiteral(expr);
    case 'arithmetic':
    case 'logic':
    case 'compare':
      return `(${printExpr(expr.left)} ${expr.op} ${printExpr(expr.right)})`;
    case 'negate':
      return `(-${printExpr(expr.operand)})`;
    case 'between':
      return `(${printExpr(expr.operand)} BETWEEN ${printExpr(expr.low)} AND ${printExpr(expr.high)})`;
    case 'in':
      return `(${printExpr(expr.operand)} IN (${expr.items.map(printExpr).join(', ')}))`;
    case 'like':
      return `(${printExpr(expr.operand)} LIKE ${quoted(expr.pattern)})`;
    case 'isNull':
      return `(${printExpr(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
    case 'not':
      return `(NOT ${printExpr(expr.operand)})`;
    case 'case': {
      const whens = expr.whens.map(
        ([when, then]) => `WHEN ${printExpr(when)} THEN ${printExpr(then)}`,
      );
      const otherwise = expr.otherwise === null ? '' : ` ELSE ${printExpr(expr.otherwise)}`;
      return `(CASE ${whens.join(' ')}${otherwise} END)`;
    }
    case 'cast':
      return `CAST(${printExpr(expr.operand)} AS ${typeName(expr.type)})`;
    case 'call':
      if (expr.name === '||') return `(${expr.args.map(printExpr).join(' || ')})`;
      return `${expr.name}(${expr.args.map(printExpr).join(', ')})`;
    case 'aggregate': {
      const args = [...expr.args.map(printExpr), ...expr.options.map(String)];
      return `${expr.name}(${args.length === 0 ? '*' : args.join(', ')})`;
    }
  }
}

function printLiteral({ value, type }: Expr & { kind: 'literal' }): string {
  if (value === null) return `CAST(NULL AS ${typeName(type)})`;
  const text = literalText(value, type);
  return text.startsWith('-') ? `(${text})` : text;
}

function literalText(value: Value, type: Column['type']): string {
  switch (type.kind) {
    case 'STRING':
      return quoted(value as string);
    case 'DECIMAL':
      return decimalText(value as bigint, type.scale);
    case 'DOUBLE': {
      const text = doubleText(value as number);
      return text.includes('E') ? text : `${text}E0`;
    }
    default:
      return String(value);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function printDuration(ms: number): string {
  return ms % 1000 === 0 && ms > 0 ? `${ms / 1000} SECONDS` : `${ms} MILLISECONDS`;
}

export function printWindow(window: Window): string {
  const grace = window.graceMs === null ? '' : `, GRACE PERIOD ${printDuration(window.graceMs)}`;
  if (window.kind === 'session') return `WINDOW SESSION (${printDuration(window.gapMs)}${grace})`;
  const retention =
    window.retentionMs === null ? '' : `, RETENTION ${printDuration(window.retentionMs)}`;
  const size = `SIZE ${printDuration(window.sizeMs)}`;
  if (window.advanceMs === window.sizeMs) return `WINDOW TUMBLING (${size}${retention}${grace})`;
  return `WINDOW HOPPING (${size}, ADVANCE BY ${printDuration(window.advanceMs)}${retention}${grace})`;
}

function printJoin(join: Join): string {
  let within = '';
  if (join.within !== null) {
    const { beforeMs, afterMs, graceMs } = join.within;
    within =
      beforeMs === afterMs
        ? ` WITHIN ${printDuration(beforeMs)}`
        : ` WITHIN (${printDuration(beforeMs)}, ${printDuration(afterMs)})`;
    if (graceMs !== null) within += ` GRACE PERIOD ${printDuration(graceMs)}`;
  }
  const on = `${printExpr(join.left)} = ${printExpr(join.right)}`;
  return `${join.type} JOIN ${join.source} ${join.alias}${within} ON ${on}`;
}

function printWith(properties: readonly (readonly [string, string | number | null])[]): string {
  const given = properties.filter(([, value]) => value !== null);
  if (given.length === 0) return '';
  const items = given.map(
    ([name, value]) => `${name}=${typeof value === 'string' ? quoted(value) : value}`,
  );
  return ` WITH (${items.join(', ')})`;
}

export function printSource(source: Source): string {
  const keyword = source.kind === 'table' ? 'PRIMARY KEY' : 'KEY';
  const columns = [
    ...source.key.map(({ name, type }) => `${name} ${typeName(type)} ${keyword}`),
    ...source.value.map(({ name, type }) => `${name} ${typeName(type)}`),
  ];
  const properties = printWith([
    ['KAFKA_TOPIC', source.topic],
    ['PARTITIONS', source.partitions],
    ['KEY_FORMAT', source.key.length === 0 ? null : source.keyFormat],
    ['VALUE_FORMAT', source.valueFormat],
    ['TIMESTAMP', source.timestamp],
  ]);
  return `CREATE ${source.kind.toUpperCase()} ${source.name} (${columns.join(', ')})${properties};`;
}

/** The SELECT of a query, without what comes around it. */
export function printSelect(query: Query): string {
  const items = query.select.map(({ name, expr }) => {
    const text = printExpr(expr);
    return text === name ? text : `${text} AS ${name}`;
  });
  const partitionBy = query.partitionBy?.map(printExpr);
  return [
    `SELECT ${items.join(', ')}`,
    `FROM ${query.source}${query.alias === null ? '' : ` ${query.alias}`}`,
    ...query.joins.map(printJoin),
    ...(query.window === null ? [] : [printWindow(query.window)]),
    ...(query.where === null ? [] : [`WHERE ${printExpr(query.where)}`]),
    ...(partitionBy === undefined
      ? []
      : [`PARTITION BY ${partitionBy.length === 0 ? 'NULL' : partitionBy.join(', ')}`]),
    ...(query.groupBy === null ? [] : [`GROUP BY ${query.groupBy.map(printExpr).join(', ')}`]),
    ...(query.having === null ? [] : [`HAVING ${printExpr(query.having)}`]),
    ...(query.final ? ['EMIT FINAL'] : []),
  ].join('\n  ');
}

export function printQuery(query: Query, kind: 'stream' | 'table'): string {
  const properties = printWith([
    ['PARTITIONS', query.partitions],
    ['KEY_FORMAT', query.keyFormat],
    ['VALUE_FORMAT', query.valueFormat],
  ]);
  return `CREATE ${kind.toUpperCase()} ${query.sink}${properties} AS\n  ${printSelect(query)};`;
}
