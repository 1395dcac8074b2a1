/** `EXPLAIN {query id | statement}` (spec: sql-statements.md §11). */
import type { ExplainQuery, ExplainStatement, Statement } from '../../../grammar/ast.ts';
import { parse } from '../../../grammar/parse.ts';
import type { Json } from '../../base/env.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { QueryDef } from '../../catalog/command.ts';
import { printPhysicalPlan } from '../../plan/print.ts';
import { similarHint } from '../suggest.ts';
import { prepareCreateSourceAs } from './create-as.ts';
import { entityEffect } from './effects.ts';
import { queryDescriptionJson, type QueryText } from './entities/query-json.ts';
import {
  pushQueryText,
  resultFieldsJson,
  runningQueryText,
  topologyText,
} from './entities/query-text.ts';
import { type PlanStage, planStages, planStagesOf } from './explain-stages.ts';
import { prepareInsertInto } from './insert-into.ts';
import { prepareSelect } from './select.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Describes a query that runs. */
export function prepareExplainQuery(statement: ExplainQuery, context: PrepareContext): Effect {
  const id = statement.queryId.name;
  const { queries } = context.catalog;
  const query = queries.get(id);
  if (query !== undefined) {
    const stages = planStagesOf(query.sql, context);
    return description(
      queryDescriptionJson(runningQueryText(query, context), query, context),
      stages,
    );
  }
  const push = context.runtime
    .pushQueries()
    .find((candidate) => candidate.id.toUpperCase() === id.toUpperCase());
  if (push !== undefined) {
    const { text, stages } = explainPush(push, context);
    return description(queryDescriptionJson(text, null, context), stages);
  }
  throw problem(
    'query.unknown',
    `Query with id:${id} does not exist, use SHOW QUERIES to view the full set of queries.`,
    similarHint(id, queries.keys()),
  );
}

/** What a push query that runs would be if it were started now: where what it reads has gone meanwhile, its text alone. */
export function explainPush(
  push: { readonly id: string; readonly sql: string },
  context: PrepareContext,
): { readonly text: QueryText; readonly stages: readonly PlanStage[] } {
  const bare = { text: pushQueryText(push), stages: [] };
  try {
    const [statement] = parse(push.sql);
    if (statement?.kind !== 'select') return bare;
    const then = { ...context, text: push.sql };
    const effect = prepareSelect(statement, then);
    return {
      text: { ...explainEffect(push.sql, effect), id: push.id, queryType: 'PUSH' },
      stages: planStages(statement, then),
    };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return bare;
  }
}

/** Describes what a statement would run; nothing is started. */
export function prepareExplainStatement(
  statement: ExplainStatement,
  context: PrepareContext,
): Effect {
  const text = explain(statement.statement, context);
  return description(
    queryDescriptionJson(text, null, context),
    planStages(statement.statement, context),
  );
}

/** `planStages` is ours: ksqlDB's clients pass over fields that they do not know. */
function description(queryDescription: Json, stages: readonly PlanStage[]): Effect {
  const planStages = stages.map(({ name, plan }) => ({ name, plan }));
  return entityEffect('queryDescription', { queryDescription, planStages });
}

function explain(statement: Statement, context: PrepareContext): QueryText {
  switch (statement.kind) {
    case 'select':
      return explainEffect(statement.text, prepareSelect(statement, context));
    case 'createSourceAs':
      return explainPersistent(prepareCreateSourceAs(statement, context), context);
    case 'insertInto':
      return explainPersistent(prepareInsertInto(statement, context), context);
    default:
      throw notAQuery();
  }
}

function explainPersistent(effect: Effect, context: PrepareContext): QueryText {
  if (effect.kind !== 'command') throw notAQuery();
  const { command } = effect;
  if (command.kind === 'start-query') return persistentText(command.query, context);
  if (command.kind !== 'define-source' || command.query === null) throw notAQuery();
  const sources = new Map(context.catalog.sources).set(command.source.name, command.source);
  return persistentText(command.query, { ...context, catalog: { ...context.catalog, sources } });
}

function persistentText(query: QueryDef, context: PrepareContext): QueryText {
  return { ...runningQueryText(query, context), overrides: {} };
}

function explainEffect(sql: string, effect: Effect): QueryText {
  const base = { id: '', sql, windowType: null, sinks: [], overrides: {} };
  if (effect.kind === 'push') {
    return {
      ...base,
      fields: resultFieldsJson(effect.columns),
      sources: effect.sources,
      topology: topologyText(effect.plan),
      executionPlan: printPhysicalPlan(effect.plan),
      queryType: 'PUSH',
    };
  }
  if (effect.kind !== 'pull' && effect.kind !== 'subscribe') throw notAQuery();
  const { plan } = effect;
  return {
    ...base,
    fields: resultFieldsJson(effect.columns),
    sources: effect.kind === 'subscribe' ? [effect.plan.source] : [],
    topology: plan.kind === 'stream' ? topologyText(plan.plan) : '',
    executionPlan: plan.kind === 'stream' ? printPhysicalPlan(plan.plan) : lookupText(plan),
    queryType: effect.kind === 'pull' ? 'PULL' : 'PUSH',
  };
}

function lookupText(plan: {
  readonly query: string;
  readonly lookups: readonly unknown[] | null;
}): string {
  const how = plan.lookups === null ? 'TABLE SCAN' : `KEY LOOKUP (${plan.lookups.length})`;
  return ` > [ ${how} ] of the state of ${plan.query}`;
}

function notAQuery(): Error {
  return problem('query.not-a-query', 'The provided statement does not run a ksql query');
}
