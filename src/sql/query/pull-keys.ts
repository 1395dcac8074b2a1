/**
 * Which keys the WHERE clause of a pull query asks for (spec: semantics.md §12.3). Each alternative of the condition must say
 * every key column by `=` or IN; then the rows are looked up, otherwise the table is scanned. The condition itself is evaluated
 * again over what is found, so this only ever narrows.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { castFunction } from '../../types/cast.ts';
import { canCoerceStrict } from '../../types/coerce.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatType, quoteAlways } from '../../types/format-type.ts';
import { isNumeric } from '../../types/numeric-types.ts';
import type { Field } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { columnReferences } from '../expression/walk.ts';
import type { QueryContext } from './analyzed.ts';
import { evaluateConstant } from './constant.ts';
import { type Conjunction, disjuncts } from './disjuncts.ts';
import { WINDOW_BOUNDS } from './relation.ts';

/** `reason`: why the table must be scanned; null where keys are looked up. `ranged`: a range of a STRING key, which needs none. */
export interface KeyLookups {
  readonly lookups: readonly Row[] | null;
  readonly reason: string | null;
}

export interface PullKeys {
  readonly key: readonly Field[];
  readonly environment: BindEnvironment;
  readonly context: QueryContext;
}

export function keyLookups(where: ast.Expression | null, keys: PullKeys): KeyLookups {
  if (where === null) return scan('Missing WHERE clause');
  const alternatives = disjuncts(where);
  if (alternatives === null) return scan(TABLE_SCAN);
  const found = alternatives.map((conjunction) => conjunctionKeys(conjunction, keys));
  const reason = found.find((alternative) => alternative.reason !== null)?.reason ?? null;
  if (reason !== null) return scan(reason);
  if (found.some(({ ranged }) => ranged))
    return found.length > 1 ? scan(TABLE_SCAN) : { lookups: null, reason: null };
  const rows = new Map<string, Row>();
  for (const row of found.flatMap((alternative) => alternative.rows)) {
    const text = rowText(row);
    if (!rows.has(text)) rows.set(text, row);
  }
  return { lookups: [...rows.values()], reason: null };
}

const TABLE_SCAN = 'Query requires table scan to be enabled';
const COMBINED =
  'A comparison condition on the key column cannot be combined with other comparisons such as an IN predicate';
const UNRESOLVABLE = 'A comparison must be between a key column and a resolvable expression';
const INDIRECT = 'A comparison must directly reference a key column';

function scan(reason: string): KeyLookups {
  return { lookups: null, reason };
}

interface Alternative {
  readonly rows: readonly Row[];
  readonly ranged: boolean;
  readonly reason: string | null;
}

/** What one condition says of a key column. */
type KeyCondition =
  | { readonly kind: 'values'; readonly column: string; readonly nodes: readonly ast.Expression[] }
  | { readonly kind: 'range' | 'other'; readonly column: string }
  | { readonly kind: 'useless'; readonly reason: string };

function conjunctionKeys(conjunction: Conjunction, keys: PullKeys): Alternative {
  const { key, environment } = keys;
  const failed = (reason: string): Alternative => ({ rows: [], ranged: false, reason });
  const byColumn = new Map<string, KeyCondition>();
  let useless: string | null = null;
  for (const node of conjunction) {
    const condition = keyCondition(node, key);
    if (condition === null) continue;
    if (condition.kind === 'useless') {
      useless ??= condition.reason;
      continue;
    }
    if (byColumn.has(condition.column)) return failed(COMBINED);
    byColumn.set(condition.column, condition);
  }
  const conditions = [...byColumn.values()];
  if (conditions.some(({ kind }) => kind === 'other'))
    return failed(`Bound on key columns '[${key.map(keyText).join(', ')}]' must currently be '='`);
  if (byColumn.size === 0)
    return failed(
      useless ??
        `WHERE clause missing key column for disjunct: ${conjunctionText(conjunction, environment)}`,
    );
  if (conditions.some(({ kind }) => kind === 'range'))
    return key.length > 1 ? failed(everyKey(byColumn, key)) : rangeOf(keys);
  if (byColumn.size < key.length) return failed(everyKey(byColumn, key));
  const values = key.map((field) => valuesOf(byColumn.get(field.name)!, field, keys));
  return { rows: combinations(values), ranged: false, reason: null };
}

function rangeOf({ key, context }: PullKeys): Alternative {
  const enabled =
    context.properties['ksql.query.pull.range.scan.enabled']?.toLowerCase() !== 'false';
  const ranged = enabled && key[0]?.type.kind === 'STRING';
  return { rows: [], ranged, reason: ranged ? null : TABLE_SCAN };
}

function everyKey(byColumn: ReadonlyMap<string, KeyCondition>, key: readonly Field[]): string {
  const names = (columns: readonly string[]): string => `[${columns.join(', ')}]`;
  return `Multi-column sources must specify every key in the WHERE clause. Specified: ${names([...byColumn.keys()])} Expected: ${names(key.map(keyText))}`;
}

function keyText({ name, type }: Field): string {
  return `${quoteAlways(name)} ${formatType(type)} KEY`;
}

function conjunctionText(conjunction: Conjunction, { scope }: BindEnvironment): string {
  const [first = '', ...rest] = conjunction.map((node) => printResolved(node, scope));
  return rest.reduce((text, next) => `(${text} AND ${next})`, first);
}

/** Null for conditions that do not concern keys: they filter what is found. */
function keyCondition(node: ast.Expression, key: readonly Field[]): KeyCondition | null {
  const keyNamed = (part: ast.Expression): string | null =>
    part.kind === 'column' && key.some(({ name }) => name === part.name.name)
      ? part.name.name
      : null;
  if (node.kind === 'in') {
    const column = keyNamed(node.value);
    if (column === null) return null;
    if (!node.items.every(isConstant)) return { kind: 'useless', reason: UNRESOLVABLE };
    return { kind: 'values', column, nodes: node.items };
  }
  if (node.kind === 'between') {
    const column = keyNamed(node.value);
    return column === null ? null : { kind: 'range', column };
  }
  if (node.kind === 'like' && node.value.kind !== 'column')
    return { kind: 'useless', reason: 'Like condition must be between strings' };
  if (node.kind !== 'comparison') return null;
  const left = keyNamed(node.left);
  const column = left ?? keyNamed(node.right);
  const other = left === null ? node.left : node.right;
  if (column === null)
    return mentionsOnlyKeys(node, key) ? { kind: 'useless', reason: INDIRECT } : null;
  if (!isConstant(other)) return { kind: 'useless', reason: UNRESOLVABLE };
  if (node.operator === '=') return { kind: 'values', column, nodes: [other] };
  return { kind: RANGES.includes(node.operator) ? 'range' : 'other', column };
}

const RANGES: readonly ast.ComparisonOperator[] = ['<', '<=', '>', '>='];

function isConstant(node: ast.Expression): boolean {
  return columnReferences(node).length === 0;
}

function mentionsOnlyKeys(node: ast.Expression, key: readonly Field[]): boolean {
  const names = columnReferences(node).map(({ name }) => name.name);
  if (names.some((name) => WINDOW_BOUNDS.includes(name))) return false;
  return names.every((name) => key.some((field) => field.name === name));
}

function valuesOf(condition: KeyCondition, field: Field, keys: PullKeys): readonly Value[] {
  if (condition.kind !== 'values') return [];
  return condition.nodes
    .filter((node) => node.kind !== 'null')
    .map((node) => keyValue(node, field, keys));
}

function keyValue(node: ast.Expression, field: Field, { environment, context }: PullKeys): Value {
  const { type, value } = evaluateConstant(node, environment, context);
  const text = printResolved(node, environment.scope);
  if (type === null || value === null)
    throw problem(
      'pull.null-key',
      `Primary key columns can not be NULL: (${field.name} = ${text})`,
      { span: node.span },
    );
  if (typesEqual(type, field.type)) return value;
  const convertible =
    canCoerceStrict(type, field.type) || (isNumeric(type) && isNumeric(field.type));
  const cast = convertible ? castFunction(type, field.type) : null;
  if (cast === null)
    throw problem(
      'pull.key-type',
      `${text} can not be converted to the type of the key column: ${field.name} ${formatType(field.type)} KEY`,
      { span: node.span },
    );
  return cast(value);
}

/** One row for every choice of a value per column. */
function combinations(values: readonly (readonly Value[])[]): readonly Row[] {
  return values.reduce<readonly Row[]>(
    (rows, column) => rows.flatMap((row) => column.map((value) => [...row, value])),
    [[]],
  );
}

/** Equal rows have equal texts. */
function rowText(row: Row): string {
  return JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (value instanceof Map) return [...value];
    return value instanceof Uint8Array ? [...value] : value;
  });
}
