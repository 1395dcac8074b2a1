/**
 * Pull queries: finite answers over what is committed (spec: semantics.md §12). Of a table the rows that a query materialised are
 * looked up by key or scanned; a stream is read from its beginning to its end as of now.
 */
import type * as ast from '../../../grammar/ast.ts';
import { ProblemError, problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import { lowerQuery } from '../../plan/lower.ts';
import { bindExpression } from '../expression/bind.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { bindPredicate } from '../expression/predicate.ts';
import { callsOf, children } from '../expression/walk.ts';
import type { Effect } from '../statements/statement.ts';
import { isAggregate } from './aggregate-calls.ts';
import { analyzeTransient } from './analyze.ts';
import type { QueryContext } from './analyzed.ts';
import { bindColumns } from './projection.ts';
import { keyLookups } from './pull-keys.ts';
import { checkPullClauses, checkPullOfStream, materializingQuery } from './pull-rules.ts';
import { windowRange } from './pull-windows.ts';
import { type Relation, scanRelation } from './relation.ts';
import { expandSelect } from './select-items.ts';
import { expressionsOf, findSource } from './sources.ts';

export type PullEffect = Extract<Effect, { kind: 'pull' }>;

/** A SELECT without EMIT. */
export function analyzePull(query: ast.Query, context: QueryContext): PullEffect {
  checkPullClauses(query, context);
  checkNoAggregates(query, context);
  const def = findSource(query.from.source.name, context);
  return def.collection === 'stream' ? pullStream(query, context) : pullTable(query, def, context);
}

/** A changing result has no place in a finite answer. */
function checkNoAggregates(query: ast.Query, { functions }: QueryContext): void {
  const [call] = expressionsOf(query).flatMap((expression) =>
    callsOf(expression, (name) => isAggregate(functions, name)),
  );
  if (call === undefined) return;
  throw problem(
    'pull.unsupported',
    `Pull queries don't support aggregate functions such as ${call.name.name}. Add EMIT CHANGES if you intended to issue a push query.`,
    { span: call.span },
  );
}

function pullStream(query: ast.Query, context: QueryContext): PullEffect {
  checkPullOfStream(query, context);
  const analyzed = analyzeTransient(query, context);
  const plan = lowerQuery(analyzed.plan, {
    sources: (name) => context.catalog.sources.get(name)!,
  });
  return {
    kind: 'pull',
    plan: { kind: 'stream', plan, limit: query.limit },
    columns: analyzed.columns,
  };
}

function pullTable(query: ast.Query, def: SourceDef, context: QueryContext): PullEffect {
  const materializing = materializingQuery(def, context);
  const alias = (query.from.source.alias ?? query.from.source.name).name;
  const relation = scanRelation({ def, alias, pseudo: [] });
  const base: BindEnvironment = {
    scope: relation.scope,
    clause: 'SELECT',
    functions: context.functions,
    types: context.catalog.types,
    properties: context.properties,
    text: context.text,
  };
  const select = expandSelect(query.select, { environment: base, star: relation.star });
  const bound = bindColumns(select, relation, base);
  const inWhere: BindEnvironment = { ...base, clause: 'WHERE' };
  const predicate = query.where === null ? null : bindWhere(query.where, inWhere);
  const { lookups, reason } = keyLookups(query.where, {
    key: relation.plan.key,
    environment: inWhere,
    context,
  });
  if (reason !== null) checkTableScan(reason, context);
  const window =
    def.window === null ? null : windowRange(query.where, { environment: inWhere, context });
  const columns = bound.map(
    ({ name, expression, text }): NamedExpression => ({
      name,
      expression,
      text,
    }),
  );
  return {
    kind: 'pull',
    plan: {
      kind: 'table',
      query: materializing,
      lookups,
      window,
      predicate,
      columns,
      limit: query.limit,
    },
    columns: columns.map(({ name, expression }) => ({
      name,
      type: expression.type!,
      role: isKeyColumn(expression, relation) ? 'key' : 'value',
    })),
  };
}

function isKeyColumn(expression: Expression, { plan }: Relation): boolean {
  if (expression.kind === 'window') return plan.window !== null;
  return expression.kind === 'column' && expression.side === 'key';
}

/** Errors name the whole condition; inside of BETWEEN they have another wording. */
function bindWhere(where: ast.Expression, environment: BindEnvironment): Expression {
  try {
    return bindPredicate(where, environment);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const between = invalidBetween(where, environment);
    if (between !== null)
      throw problem(between.code, `Invalid expression: ${between.message}`, {
        span: where.span,
        cause: error,
      });
    if (!error.message.includes('in WHERE expression')) throw error;
    throw problem(
      error.code,
      `${error.message}\nStatement: ${printResolved(where, environment.scope)}`,
      { ...(error.span && { span: error.span }), cause: error },
    );
  }
}

/** What is wrong with the first BETWEEN that cannot be bound, if there is one. */
function invalidBetween(node: ast.Argument, environment: BindEnvironment): ProblemError | null {
  if (node.kind === 'between') {
    try {
      bindExpression(node, environment);
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'analyze.compare') return error;
    }
  }
  for (const child of children(node)) {
    const found = invalidBetween(child, environment);
    if (found !== null) return found;
  }
  return null;
}

const HELP =
  '. See https://cnfl.io/queries for more info.\n' +
  'Pull queries require a WHERE clause that:\n' +
  ' - includes a key equality expression, e.g. `SELECT * FROM X WHERE <key-column>=Y;`.\n' +
  ' - in the case of a multi-column key, is a conjunction of equality expressions that cover all key columns.\n' +
  ' - to support range expressions, e.g., SELECT * FROM X WHERE <key-column> < Y;, range scans need to be enabled by setting ksql.query.pull.range.scan.enabled=true\n\n' +
  'If more flexible queries are needed, table scans can be enabled by setting ksql.query.pull.table.scan.enabled=true.';

function checkTableScan(reason: string, { properties }: QueryContext): void {
  if (properties['ksql.query.pull.table.scan.enabled']?.toLowerCase() !== 'false') return;
  throw problem('pull.table-scan', `${reason}${HELP}`);
}
