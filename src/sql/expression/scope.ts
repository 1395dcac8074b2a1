/** Which names an expression may use and what they stand for (spec: sql-statements.md §3.2). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression } from '../../plan/expression.ts';
import { similarHint } from '../suggest.ts';
import { lineAndColumn } from './location.ts';

/** Where an expression stands; ksqlDB names it in messages. */
export type Clause =
  | 'SELECT'
  | 'WHERE'
  | 'GROUP BY'
  | 'PARTITION BY'
  | 'HAVING'
  | 'JOIN ON'
  | 'INSERT VALUES';

/** `header` columns come from a record's headers; `pseudo` are ROWTIME and its like; `window` the bounds of a windowed key. */
type ColumnRole = 'key' | 'value' | 'header' | 'pseudo' | 'window';
export interface ScopeColumn {
  /** Alias of the source, or null for a column that no source has (the synthetic key of a join). */
  readonly source: string | null;
  readonly name: string;
  readonly role: ColumnRole;
  readonly expression: Expression;
}

export interface Scope {
  readonly columns: readonly ScopeColumn[];
  /** Aliases that may qualify a name. */
  readonly sources: readonly string[];
  /** Joined: columns print and are stored as `<ALIAS>_<COLUMN>`. */
  readonly joined: boolean;
}

/** A scope without any column. */
export const emptyScope: Scope = { columns: [], sources: [], joined: false };

/** Text that the spans of the syntax tree index into, for `Line: L, Col: C`. */
interface Place {
  readonly clause: Clause;
  readonly text: string;
}

/** The column that a reference names; refuses names that are unknown or stand for several columns. */
export function resolveColumn(
  scope: Scope,
  reference: ast.ColumnReference,
  place: Place,
): ScopeColumn {
  const { source, name } = reference;
  checkQualifier(scope, source);
  const found = scope.columns.filter(
    (column) => column.name === name.name && (source === null || column.source === source.name),
  );
  const first = found[0];
  if (first === undefined) throw unknownColumn(reference, scope, place);
  if (found.length > 1) throw ambiguousColumn(reference, found, place);
  return first;
}

/** Refuses a qualifier that is no source of the statement. */
export function checkQualifier(scope: Scope, qualifier: ast.Identifier | null): void {
  if (qualifier === null || scope.sources.includes(qualifier.name)) return;
  throw problem(
    'analyze.unknown-source-name',
    `Failed to prepare statement: '${qualifier.name}' is not a valid stream/table name or alias.`,
    {
      span: qualifier.span,
      hint: `The sources of this statement are ${scope.sources.join(', ')}.`,
    },
  );
}

/** The name a column has once sources are joined; its own name otherwise. */
export function storedName(column: ScopeColumn, scope: Scope): string {
  return scope.joined && column.source !== null ? `${column.source}_${column.name}` : column.name;
}

/** Whether any source has a column of this name. */
export function hasColumnNamed(scope: Scope, name: string): boolean {
  return scope.columns.some((column) => column.name === name);
}

function unknownColumn(
  reference: ast.ColumnReference,
  scope: Scope,
  { clause, text }: Place,
): Error {
  const { source, name, span } = reference;
  const written = source === null ? name.name : `${source.name}.${name.name}`;
  const consequence =
    clause === 'PARTITION BY' || clause === 'GROUP BY'
      ? ` '${written}' must be a column in the source schema since ${clause} is applied on the input.`
      : '';
  const known = scope.columns
    .filter((column) => source === null || column.source === source.name)
    .map((column) => column.name);
  return problem(
    'analyze.unknown-column',
    `${lineAndColumn(text, span.start)}: ${clause} column '${written}' cannot be resolved.${consequence}`,
    { span, ...similarHint(name.name, known) },
  );
}

function ambiguousColumn(
  { name, span }: ast.ColumnReference,
  found: readonly ScopeColumn[],
  { text }: Place,
): Error {
  const candidates = found.map((column) => `${column.source}.${column.name}`).sort();
  return problem(
    'analyze.ambiguous-column',
    `${lineAndColumn(text, span.start)}: Column '${name.name}' is ambiguous. Could be ${candidates.join(' or ')}.`,
    { span },
  );
}
