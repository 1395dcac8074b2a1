/**
 * A relation under analysis: the plan so far, and the names that its rows answer to. Clauses take a relation and give the next
 * one; the scope's expressions always refer to the rows that leave the plan.
 */
import type * as ast from '../../../grammar/ast.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { Expression } from '../../plan/expression.ts';
import type { LogicalPlan, PseudoColumn } from '../../plan/logical.ts';
import type { Field } from '../../types/type.ts';
import { BIGINT, INTEGER } from '../expression/literals.ts';
import type { Scope, ScopeColumn } from '../expression/scope.ts';

export interface Relation {
  readonly plan: LogicalPlan;
  readonly scope: Scope;
  /** Per key column of the plan, what may stand for it in the SELECT. */
  readonly keys: readonly KeyColumn[];
  /** How messages call the key. */
  readonly keyKind: KeyKind;
  /** Expressions that have a column of their own by now: partitioning expressions, table functions. */
  readonly known: readonly KnownExpression[];
  /** What `*` shows, in order. */
  readonly star: readonly StarColumn[];
}

export interface StarColumn {
  readonly source: string | null;
  readonly name: string;
  readonly role: ScopeColumn['role'];
  readonly ast: ast.Expression;
}

/** `synthetic`: a join whose criteria name no column. */
export type KeyKind = 'source' | 'partitioning' | 'join' | 'synthetic' | 'foreign-key' | 'grouping';

export interface KeyColumn {
  readonly field: Field;
  readonly expression: Expression;
  /** Columns of the scope that stand for the key when they are selected as they are; the left-most selected one is taken. */
  readonly choices: readonly ScopeColumn[];
  /** As messages call it when it is missing: `ID`, `INPUT.ID`, `(F1 + F2)`. */
  readonly texts: readonly string[];
}

export interface KnownExpression {
  readonly kind: ast.Expression['kind'];
  /** As `printResolved` gives it. */
  readonly text: string;
  readonly expression: Expression;
}

export function keyColumn(index: number, field: Field): Expression {
  return { kind: 'column', type: field.type, side: 'key', index, name: field.name };
}

export function valueColumn(index: number, field: Field): Expression {
  return { kind: 'column', type: field.type, side: 'value', index, name: field.name };
}

export const ROWTIME: Expression = { kind: 'rowtime', type: BIGINT };
export const WINDOW_START: Expression = { kind: 'window', type: BIGINT, bound: 'start' };
export const WINDOW_END: Expression = { kind: 'window', type: BIGINT, bound: 'end' };

/** Columns that every row has beyond the declared ones; the types are those of the pseudo columns. */
const PSEUDO_COLUMNS: Readonly<Record<PseudoColumn, Field>> = {
  ROWTIME: { name: 'ROWTIME', type: BIGINT },
  ROWPARTITION: { name: 'ROWPARTITION', type: INTEGER },
  ROWOFFSET: { name: 'ROWOFFSET', type: BIGINT },
};
export const WINDOW_BOUNDS: readonly string[] = ['WINDOWSTART', 'WINDOWEND'];

/** Whether the name is one that the system fills. */
export function isPseudoColumn(name: string): name is PseudoColumn {
  return name in PSEUDO_COLUMNS;
}

export interface ReadSource {
  readonly def: SourceDef;
  readonly alias: string;
  /** Partition and offset are read only where the statement names them. */
  readonly pseudo: readonly PseudoColumn[];
}

/** Reads one source. */
export function scanRelation(source: ReadSource): Relation {
  const { def, alias, pseudo } = source;
  const plan: LogicalPlan = {
    kind: 'scan',
    key: def.schema.key.map(({ name, type }) => ({ name, type })),
    value: [
      ...def.schema.value.map(({ name, type }) => ({ name, type })),
      ...pseudo.map((name) => PSEUDO_COLUMNS[name]),
    ],
    collection: def.collection,
    window: def.window,
    source: def.name,
    alias,
    pseudo,
  };
  const columns = scanColumns(source);
  return {
    plan,
    scope: { columns, sources: [alias], joined: false },
    keys: plan.key.map((field, index) => ({
      field,
      expression: keyColumn(index, field),
      choices: columns.filter(({ role, name }) => role === 'key' && name === field.name),
      texts: [field.name],
    })),
    keyKind: 'source',
    known: [],
    star: starOf(columns, (column) => column.name),
  };
}

/** Columns a star shows, named by `name`: all but the pseudo columns. */
export function starOf(
  columns: readonly ScopeColumn[],
  name: (column: ScopeColumn) => string,
): readonly StarColumn[] {
  return columns
    .filter(({ role }) => role !== 'pseudo')
    .map((column) => ({
      source: column.source,
      name: name(column),
      role: column.role,
      ast: referenceTo(column),
    }));
}

const NOWHERE = { start: 0, end: 0 };

/** A reference that names the column wherever it stands. */
export function referenceTo(column: ScopeColumn): ast.ColumnReference {
  const identifier = (name: string): ast.Identifier => ({
    kind: 'identifier',
    name,
    quoted: true,
    span: NOWHERE,
  });
  return {
    kind: 'column',
    source: column.source === null ? null : identifier(column.source),
    name: identifier(column.name),
    span: NOWHERE,
  };
}

/** In the order of a star: key, window bounds, declared values, headers; then the pseudo columns. */
function scanColumns({ def, alias, pseudo }: ReadSource): readonly ScopeColumn[] {
  const column = (
    role: ScopeColumn['role'],
    name: string,
    expression: Expression,
  ): ScopeColumn => ({ source: alias, name, role, expression });
  const { key, value } = def.schema;
  const keys = key.map((field, index) => column('key', field.name, keyColumn(index, field)));
  const bounds =
    def.window === null
      ? []
      : [column('window', 'WINDOWSTART', WINDOW_START), column('window', 'WINDOWEND', WINDOW_END)];
  const values = value.map((field, index) =>
    column('header' in field ? 'header' : 'value', field.name, valueColumn(index, field)),
  );
  const read = pseudo.map((name, index) =>
    column('pseudo', name, valueColumn(value.length + index, PSEUDO_COLUMNS[name])),
  );
  return [
    ...keys,
    ...bounds,
    ...values.filter(({ role }) => role === 'value'),
    ...values.filter(({ role }) => role === 'header'),
    ...(pseudo.includes('ROWTIME') ? [] : [column('pseudo', 'ROWTIME', ROWTIME)]),
    ...read,
  ];
}
