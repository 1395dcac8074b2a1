/** What binding an expression needs to know, and how its parts bind each other without importing each other. */
import type * as ast from '../../../grammar/ast.ts';
import { printExpression } from '../../../grammar/print-expression.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { Expression } from '../../plan/expression.ts';
import type { SqlType } from '../../types/type.ts';
import { checkQualifier, type Clause, type Scope, storedName } from './scope.ts';
import { rewrite } from './walk.ts';

export interface BindEnvironment {
  readonly scope: Scope;
  readonly clause: Clause;
  readonly functions: FunctionRegistry;
  /** Custom types. */
  readonly types: ReadonlyMap<string, SqlType>;
  /** Server properties overlaid by the session's. */
  readonly properties: Readonly<Record<string, string>>;
  /** The text that spans index into. */
  readonly text: string;
  /**
   * Asked before an expression is bound: what it is known as already, such as the key column of a grouping expression, or the
   * result of an aggregate or table function; null to bind it the ordinary way.
   */
  readonly known?: (node: ast.Expression) => Expression | null;
}

/** One walk over an expression: its environment and the inputs of the lambdas around the node at hand. */
export interface Binder {
  readonly environment: BindEnvironment;
  readonly params: ReadonlyMap<string, SqlType>;
  bind(node: ast.Expression): Expression;
  /** The same binder inside a lambda. */
  within(params: ReadonlyMap<string, SqlType>): Binder;
  /** The node as messages show it. */
  print(node: ast.Expression): string;
}

/**
 * An expression as ksqlDB prints it once names are resolved: bare column names with one source, `<ALIAS>_<COLUMN>` with
 * several. Equal texts mean the same expression.
 */
export function printResolved(node: ast.Expression, scope: Scope): string {
  return printExpression(rewriteColumns(node, (column) => resolvedReference(column, scope)));
}

/** As `printResolved` with every column qualified by its source: `L.A`. */
export function printQualified(node: ast.Expression, scope: Scope): string {
  return printExpression(rewriteColumns(node, (column) => qualify(column, scope)));
}

/** The reference with its source written out. */
export function qualify(reference: ast.ColumnReference, scope: Scope): ast.ColumnReference {
  const source = findSource(reference, scope);
  if (source === null) return reference;
  const identifier: ast.Identifier = {
    kind: 'identifier',
    name: source,
    quoted: false,
    span: reference.span,
  };
  return { ...reference, source: identifier };
}

/** Rewrites every column reference that is not a lambda's parameter. */
export function rewriteColumns(
  node: ast.Expression,
  replace: (reference: ast.ColumnReference) => ast.ColumnReference,
): ast.Expression {
  return rewrite(node, (part, bound) =>
    part.kind === 'column' && !(part.source === null && bound.has(part.name.name))
      ? replace(part)
      : null,
  );
}

function resolvedReference(reference: ast.ColumnReference, scope: Scope): ast.ColumnReference {
  const source = findSource(reference, scope);
  const column = scope.columns.find(
    (candidate) => candidate.source === source && candidate.name === reference.name.name,
  );
  if (column === undefined) return { ...reference, source: null };
  return {
    ...reference,
    source: null,
    name: { ...reference.name, name: storedName(column, scope) },
  };
}

function findSource(reference: ast.ColumnReference, scope: Scope): string | null {
  if (reference.source !== null) {
    checkQualifier(scope, reference.source);
    return reference.source.name;
  }
  const found = scope.columns.find((column) => column.name === reference.name.name);
  return found?.source ?? null;
}
