/** Starts what a request asks for: a pull query by its plan, where that is known already, and everything else anew. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { QueryStream, StatementRequest } from '../api.ts';
import type { PullPlans } from '../pull/pull-plans.ts';
import type { QueryStarter } from './query-starter.ts';
import type { StatementRunner } from '../statements/statement-runner.ts';

export interface QueryHost {
  readonly plans: PullPlans;
  readonly runner: StatementRunner;
  readonly queries: QueryStarter;
  readonly catalog: () => Catalog;
  readonly properties: Readonly<Record<string, string>>;
}

export async function startQuery(
  request: StatementRequest,
  { plans, runner, queries, catalog, properties: server }: QueryHost,
): Promise<QueryStream> {
  const known = plans.find(request, catalog());
  if (known !== null) return queries.pullTable(known, request);
  const { statement, effect } = await runner.prepareQuery(request);
  const properties = { ...server, ...request.properties };
  if (effect.kind !== 'pull' || effect.plan.kind === 'stream' || statement.ast.kind !== 'select')
    return queries.start(statement.text, effect, properties, request.continuationToken);
  const { plan } = effect;
  const compiled = plans.keep(request, statement.ast, {
    catalog: catalog(),
    compile: (isByKey) =>
      queries.compile(effect, isByKey ? { ...plan, predicate: null } : plan, properties),
  });
  return queries.pullTable(compiled, request);
}
