/** What a pull query may not have (spec: semantics.md §12.1, §12.2). */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { columnReferences } from '../expression/walk.ts';
import type { QueryContext } from './analyzed.ts';

/** What ends every refusal of a pull query. */
export const PULL_ADVICE =
  ' See https://cnfl.io/queries for more info.\nAdd EMIT CHANGES if you intended to issue a push query.';

/** Refuses clauses and columns that only push queries have. */
export function checkPullClauses(query: ast.Query, { properties }: QueryContext): void {
  const isDisabled = (name: string): boolean => properties[name]?.toLowerCase() === 'false';
  const refuse = (message: string, advice = PULL_ADVICE): never => {
    throw problem('pull.unsupported', `${message}${advice}`, { span: query.span });
  };
  if (isDisabled('ksql.pull.queries.enable'))
    refuse(
      'Pull queries are disabled.',
      `${PULL_ADVICE}\nPlease set ksql.pull.queries.enable=true to enable this feature.`,
    );
  if (query.from.joins.length > 0) refuse("Pull queries don't support JOIN clauses.");
  if (query.window !== null) refuse("Pull queries don't support WINDOW clauses.");
  if (query.groupBy !== null) refuse("Pull queries don't support GROUP BY clauses.");
  if (query.partitionBy !== null) refuse("Pull queries don't support PARTITION BY clauses.");
  if (query.having !== null) refuse("Pull queries don't support HAVING clauses.");
  if (query.limit !== null && isDisabled('ksql.query.pull.limit.clause.enabled'))
    refuse(
      'LIMIT clause in pull queries is currently disabled. You can enable them by setting ksql.query.pull.limit.clause.enabled=true.',
    );
  if (query.limit !== null && query.limit < 0)
    refuse("Pull queries don't support negative integers in the LIMIT clause.");
  const selected = query.select.flatMap((item) => {
    if (item.kind === 'selectExpression') return pushColumns(item.expression);
    return item.kind === 'selectStructAll' ? pushColumns(item.base) : [];
  });
  const unsupported = (names: readonly string[], clause: string): void => {
    if (names.length === 0) return;
    const quoted = [...new Set(names)].map((name) => `\`${name}\``).join(', ');
    refuse(
      `Pull queries don't support the following columns in ${clause} clauses: ${quoted}`,
      `.${PULL_ADVICE}`,
    );
  };
  unsupported(selected, 'SELECT');
  unsupported(query.where === null ? [] : pushColumns(query.where), 'WHERE');
}

function pushColumns(node: ast.Expression): readonly string[] {
  return columnReferences(node)
    .map(({ name }) => name.name)
    .filter((name) => name === 'ROWPARTITION' || name === 'ROWOFFSET');
}

/** Refuses to read a stream from its beginning where that is turned off. */
export function checkPullOfStream(query: ast.Query, { properties }: QueryContext): void {
  if (properties['ksql.query.pull.stream.enabled']?.toLowerCase() !== 'false') return;
  throw problem(
    'pull.unsupported',
    'Pull queries on streams are disabled. To create a push query on the stream, add EMIT CHANGES to the end. ' +
      "To enable pull queries on streams, set the ksql.query.pull.stream.enabled config to 'true'.",
    { span: query.span },
  );
}

/** The id of the query that keeps the table's rows; refuses tables nobody keeps. */
export function materializingQuery(def: SourceDef, { catalog }: QueryContext): string {
  const query = def.query === null ? undefined : catalog.queries.get(def.query);
  if (query !== undefined && query.plan.materialized !== null) return query.id;
  throw problem(
    'pull.not-queryable',
    `The \`${def.name}\` table isn't queryable. To derive a queryable table, you can do 'CREATE TABLE QUERYABLE_${def.name} AS SELECT * FROM ${def.name}'.${PULL_ADVICE}`,
  );
}
