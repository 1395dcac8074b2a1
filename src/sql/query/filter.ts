/** WHERE: rows that do not match leave the relation. */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { bindPredicate } from '../expression/predicate.ts';
import { columnReferences } from '../expression/walk.ts';
import { type Relation, WINDOW_BOUNDS } from './relation.ts';

/** `windowed`: the query aggregates over windows, whose bounds do not exist yet where WHERE is evaluated. */
export function filterRelation(
  relation: Relation,
  where: ast.Expression,
  options: { readonly environment: BindEnvironment; readonly windowed: boolean },
): Relation {
  const { environment, windowed } = options;
  if (windowed) checkNoBounds(where, relation);
  const predicate = bindPredicate(where, environment);
  const { key, value, collection, window } = relation.plan;
  return {
    ...relation,
    plan: {
      kind: 'filter',
      key,
      value,
      collection,
      window,
      input: relation.plan,
      predicate,
      text: printResolved(where, relation.scope),
    },
  };
}

function checkNoBounds(where: ast.Expression, relation: Relation): void {
  if (relation.plan.window !== null) return;
  const bound = columnReferences(where).find(({ name }) => WINDOW_BOUNDS.includes(name.name));
  if (bound === undefined) return;
  throw problem(
    'analyze.unknown-column',
    `Error in WHERE expression: Unknown column ${bound.name.name}.`,
    { span: bound.span },
  );
}
