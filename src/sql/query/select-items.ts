/** The SELECT list with stars expanded and a name for every item (spec: semantics.md §2). */
import type * as ast from '../../../grammar/ast.ts';
import { unreachable } from '../../base/assert.ts';
import { createBinder } from '../expression/bind.ts';
import { structFields } from '../expression/containers.ts';
import type { BindEnvironment } from '../expression/environment.ts';
import { checkQualifier, resolveColumn, type Scope, storedName } from '../expression/scope.ts';
import type { SelectColumn } from './analyzed.ts';
import { NameGenerator } from './names.ts';
import type { StarColumn } from './relation.ts';
import { checkAlias } from './sources.ts';

export interface SelectOptions {
  /** Binds names of the rows that the SELECT reads (before aggregation). */
  readonly environment: BindEnvironment;
  /** What `*` stands for; `source.*` is what of it comes from that source. */
  readonly star: readonly StarColumn[];
}

/** In order; nothing is checked but the aliases, the qualifiers of stars and the names that decide how an item is called. */
export function expandSelect(
  items: readonly ast.SelectItem[],
  { environment, star }: SelectOptions,
): readonly SelectColumn[] {
  const names = new NameGenerator(sourceColumnNames(environment.scope));
  return items.flatMap((item): readonly SelectColumn[] => {
    switch (item.kind) {
      case 'selectAll':
        checkQualifier(environment.scope, item.source);
        return star
          .filter(({ source }) => item.source === null || source === item.source.name)
          .map(({ name, ast: expression }) => ({ name, expression, aliased: false, star: true }));
      case 'selectStructAll':
        return structStar(item.base, environment);
      case 'selectExpression': {
        if (item.alias !== null) checkAlias(item.alias);
        const name = item.alias?.name ?? itemName(item.expression, environment, names);
        return [{ name, expression: item.expression, aliased: item.alias !== null, star: false }];
      }
      default:
        return unreachable(item);
    }
  });
}

/** Names of the declared columns of the sources. */
export function sourceColumnNames(scope: Scope): readonly string[] {
  return scope.columns
    .filter(({ role }) => role !== 'pseudo' && role !== 'window')
    .map(({ name }) => name);
}

/** The name an expression gives itself. */
export function itemName(
  expression: ast.Expression,
  environment: BindEnvironment,
  names: NameGenerator,
): string {
  if (expression.kind === 'column') return columnItemName(expression, environment);
  if (expression.kind === 'dereference') return names.forField(expression.field.name);
  return names.forExpression();
}

function columnItemName(reference: ast.ColumnReference, { scope, text }: BindEnvironment): string {
  const { name } = reference.name;
  if (!scope.joined) return name;
  const sameName = scope.columns.filter((column) => column.name === name);
  if (sameName.length === 0) return name;
  const column = resolveColumn(scope, reference, { clause: 'SELECT', text });
  const ownName = sameName.length === 1 && column.role !== 'pseudo' && column.role !== 'window';
  return ownName ? name : storedName(column, scope);
}

function structStar(base: ast.Expression, environment: BindEnvironment): readonly SelectColumn[] {
  const binder = createBinder(environment);
  return structFields(binder.bind(base).type, base, binder).map(({ name }) => ({
    name,
    expression: {
      kind: 'dereference',
      base,
      field: { kind: 'identifier', name, quoted: true, span: base.span },
      span: base.span,
    },
    aliased: false,
    star: true,
  }));
}
