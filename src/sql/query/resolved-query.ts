/** A query with everything written out, as ksqlDB prints and stores it (spec: sql-statements.md §1.3). */
import type * as ast from '../../../grammar/ast.ts';
import { qualify, rewriteColumns } from '../expression/environment.ts';
import type { Scope } from '../expression/scope.ts';
import type { SelectColumn } from './analyzed.ts';

export function resolvedQuery(
  query: ast.Query,
  { select, scope }: { readonly select: readonly SelectColumn[]; readonly scope: Scope },
): ast.Query {
  const qualified = (node: ast.Expression): ast.Expression =>
    rewriteColumns(node, (reference) => qualify(reference, scope));
  const by = (clause: ast.ByClause | null): ast.ByClause | null =>
    clause && { ...clause, items: clause.items.map(qualified) };
  const { from } = query;
  return {
    ...query,
    select: select.map(({ name, expression }) => ({
      kind: 'selectExpression',
      expression: qualified(expression),
      alias: { kind: 'identifier', name, quoted: true, span: expression.span },
      span: expression.span,
    })),
    from: {
      ...from,
      source: aliased(from.source),
      joins: from.joins.map((join) => ({
        ...join,
        source: aliased(join.source),
        on: qualified(join.on),
      })),
    },
    where: query.where && qualified(query.where),
    having: query.having && qualified(query.having),
    groupBy: by(query.groupBy),
    partitionBy: by(query.partitionBy),
    emit: query.emit ?? 'CHANGES',
  };
}

function aliased(source: ast.AliasedSource): ast.AliasedSource {
  return { ...source, alias: source.alias ?? source.name };
}
