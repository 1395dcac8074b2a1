/** Joins as batch SQL over closed logs. Every relation has `_ord` (place in the order of arrival), `_part`, `_ts` and `_has`. */
import type { Join } from '../model.ts';
import { type Known, valueSql } from './expression.ts';

const DAY_MS = 86_400_000;

export interface Relation {
  /** Name of the CTE. */
  readonly name: string;
  readonly columns: readonly string[];
  readonly known: Known;
}

export function quote(name: string): string {
  return `"${name}"`;
}

function listed(prefix: string, columns: readonly string[]): string {
  return columns.map((name) => `${prefix}.${quote(name)} AS ${quote(name)}`).join(', ');
}

/** What every relation of a stream has beside its columns. */
const streamColumns = '_ord, s1, s2, s3, s4, s5, _part, _ts, _has';

function nulls(columns: readonly string[]): string {
  return columns.map((name) => `NULL AS ${quote(name)}`).join(', ');
}

/** What makes key columns of a row, and where rows of that key stand. */
export interface JoinParts {
  readonly join: Join;
  readonly left: Relation;
  readonly right: Relation;
  readonly name: string;
  /** SQL of the partition of a key. */
  readonly partition: (key: string) => string;
  /** SQL by which keys are ordered. */
  readonly keyOrder: (key: string) => string;
}

/** Each stream row with the table's row as it stood when it came. */
export function streamTableSql({ join, left, right, name, partition }: JoinParts): string {
  const key = valueSql(join.left, left.known);
  const rightKey = valueSql(join.right, right.known);
  const outer = join.type === 'LEFT' ? 'LEFT' : 'INNER';
  return `${name} AS (
    SELECT l._ord, l.s1, l.s2, l.s3, l.s4, l.s5, ${partition('l.jk')} AS _part, l._ts, 1 AS _has, l.jk,
      ${listed('l', left.columns)}, ${listed('r', right.columns)}
    FROM (SELECT ${streamColumns}, ${listed(left.name, left.columns)}, ${key} AS jk
      FROM ${left.name} WHERE _has) l
    ${outer} JOIN ${right.name} r ON r._has AND r._ord = (
      SELECT MAX(x._ord) FROM (SELECT _ord, ${rightKey} AS rk FROM ${right.name}) x
      WHERE x.rk = l.jk AND x._ord < l._ord)
    WHERE l.jk IS NOT NULL)`;
}

/** Of what the tables hold at rest. */
export function tableTableSql({ join, left, right, name }: JoinParts): string {
  const key = valueSql(join.left, left.known);
  const rightKey = valueSql(join.right, right.known);
  return `${name} AS (
    SELECT 0 AS _ord, 0 AS _part, 0 AS _ts, 1 AS _has, COALESCE(l.jk, r.jk) AS jk,
      ${listed('l', left.columns)}, ${listed('r', right.columns)}
    FROM (SELECT ${listed(left.name, left.columns)}, ${key} AS jk FROM ${left.name}) l
    ${join.type} JOIN (SELECT *, ${rightKey} AS jk FROM ${right.name}) r ON l.jk = r.jk)`;
}

/** The steps of a stream-stream join: what is buffered, which pairs meet, which rows leave alone and when. */
export function streamStreamSql(parts: JoinParts): string {
  const { join, left, right, name, partition } = parts;
  const { beforeMs, afterMs } = join.within!;
  const isEager = join.within!.graceMs === null;
  const graceMs = join.within!.graceMs ?? Math.max(DAY_MS - beforeMs - afterMs, 0);
  const kept = beforeMs + afterMs + graceMs;
  const side = (
    relation: Relation,
    expr: Join['left'],
    suffix: string,
  ): string => `${name}${suffix} AS (
    SELECT *, _ts > MAX(_ts) OVER w - ${kept} AS kept, MAX(_ts) OVER w AS seen FROM (
      SELECT _ord, _ts, ${listed(relation.name, relation.columns)}, jk, ${partition('jk')} AS _part
      FROM (SELECT *, ${valueSql(expr, relation.known)} AS jk FROM ${relation.name} WHERE _has) ${relation.name}
      WHERE jk IS NOT NULL)
    WINDOW w AS (PARTITION BY _part ORDER BY _ord ROWS UNBOUNDED PRECEDING))`;
  const seenBefore = (of: string, row: string, at: string): string =>
    `(SELECT MAX(x._ts) FROM ${name}${of} x WHERE x._part = ${row}._part AND x._ord < ${at}._ord)`;
  const isAlive = (of: string, row: string, at: string): string =>
    `(${row}.kept AND ${row}._ts > ${seenBefore(of, row, at)} - ${kept})`;
  const result = [
    `SELECT MAX(l._ord, r._ord) AS _ord, 1 AS s1, 0 AS s2, 0 AS s3,
       CASE WHEN l._ord > r._ord THEN r._ts ELSE l._ts END AS s4, MIN(l._ord, r._ord) AS s5,
       l._part AS _part, MAX(l._ts, r._ts) AS _ts, 1 AS _has, l.jk AS jk,
       ${listed('l', left.columns)}, ${listed('r', right.columns)}
     FROM ${name}pairs p JOIN ${name}l l ON l._ord = p.l JOIN ${name}r r ON r._ord = p.r`,
  ];
  for (const own of ['l', 'r'] as const) {
    const isOuter = join.type === 'FULL' || join.type === (own === 'l' ? 'LEFT' : 'RIGHT');
    if (isOuter) result.push(...aloneSql(parts, own, { isEager, graceMs }));
  }
  return `${side(left, join.left, 'l')},
  ${side(right, join.right, 'r')},
  ${name}all AS (
    SELECT _ord, _part, MAX(_ts) OVER (PARTITION BY _part ORDER BY _ord ROWS UNBOUNDED PRECEDING) AS st
    FROM (SELECT _ord, _part, _ts FROM ${name}l UNION ALL SELECT _ord, _part, _ts FROM ${name}r)),
  ${name}pairs AS (
    SELECT l._ord AS l, r._ord AS r FROM ${name}l l JOIN ${name}r r
    ON l._part = r._part AND l.jk = r.jk AND r._ts BETWEEN l._ts - ${beforeMs} AND l._ts + ${afterMs}
    WHERE CASE WHEN l._ord < r._ord THEN ${isAlive('l', 'l', 'r')} ELSE ${isAlive('r', 'r', 'l')} END),
  ${name} AS (${result.join('\n    UNION ALL ')})`;
}

/** Rows of an outer side that leave without partner: at once, or when stream time has passed their window and grace. */
function aloneSql(
  { join, left, right, name, keyOrder }: JoinParts,
  own: 'l' | 'r',
  { isEager, graceMs }: { readonly isEager: boolean; readonly graceMs: number },
): string[] {
  const other = own === 'l' ? 'r' : 'l';
  const forth = own === 'l' ? join.within!.afterMs : join.within!.beforeMs;
  const columns =
    own === 'l'
      ? `${listed('o', left.columns)}, ${nulls(right.columns)}`
      : `${nulls(left.columns)}, ${listed('o', right.columns)}`;
  const met = (when: string): string =>
    `(SELECT MIN(p.${other}) FROM ${name}pairs p WHERE p.${own} = o._ord AND ${when})`;
  const unmatched = `${met(`p.${other} < o._ord`)} IS NULL`;
  const streamTime = `(SELECT st FROM ${name}all a WHERE a._ord = o._ord AND a._part = o._part)`;
  const isOver = isEager ? '1' : `(o._ts + ${forth} < ${streamTime} OR NOT o.kept)`;
  const atOnce = `SELECT o._ord, 1, 0, 0, 0, 0, o._part, o._ts, 1, o.jk, ${columns}
     FROM ${name}${own} o WHERE ${unmatched} AND ${isOver}`;
  if (isEager) return [atOnce];
  const release = `(SELECT MIN(a._ord) FROM ${name}all a
      WHERE a._part = o._part AND a._ord > o._ord AND a.st > o._ts + ${forth} + ${graceMs})`;
  const late = `SELECT o.freed, 0, o._ts, ${own === 'r' ? 0 : 1}, ${keyOrder('o.jk')}, o._ord, o._part, o._ts, 1, o.jk, ${columns}
     FROM (SELECT *, ${release} AS freed FROM ${name}${own} o) o
     WHERE ${unmatched} AND NOT ${isOver} AND o.freed IS NOT NULL
       AND o.freed <= COALESCE(${met(`p.${other} > o._ord`)}, o.freed)`;
  return [atOnce, late];
}
