/** The sources of a FROM clause. */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { PseudoColumn } from '../../plan/logical.ts';
import { columnReferences } from '../expression/walk.ts';
import { caseHint, similarHint } from '../suggest.ts';
import type { QueryContext } from './analyzed.ts';
import { listed } from './names.ts';
import { isPseudoColumn, type ReadSource } from './relation.ts';

/** Left to right, with the pseudo columns that the query needs from them. */
export function readSources(query: ast.Query, context: QueryContext): readonly ReadSource[] {
  const written = [query.from.source, ...query.from.joins.map((join) => join.source)];
  const pseudo = neededPseudoColumns(query);
  const sources = written.map((source) => {
    const def = findSource(source.name, context);
    // A table's rows keep their time: what it gave to a filter or a group is taken back as it was.
    const keepsTime =
      written.length === 1 && def.collection === 'table' && isNamed(query, 'ROWTIME');
    return {
      def,
      alias: (source.alias ?? source.name).name,
      pseudo: keepsTime ? (['ROWTIME', ...pseudo] as const) : pseudo,
    };
  });
  if (sources.length > 1) checkJoinable(sources);
  return sources;
}

/** The source of this name; refuses names the catalog does not have. */
export function findSource(name: ast.Identifier, { catalog }: QueryContext): SourceDef {
  const def = catalog.sources.get(name.name);
  if (def !== undefined) return def;
  throw problem(
    'source.unknown',
    `Exception while preparing statement: ${name.name} does not exist.${caseHint(catalog, name.name)}`,
    { span: name.span, ...similarHint(name.name, catalog.sources.keys()) },
  );
}

/** Every expression of the query, in no particular order. */
export function expressionsOf(query: ast.Query): readonly ast.Expression[] {
  const selected = query.select.flatMap((item) => {
    if (item.kind === 'selectExpression') return [item.expression];
    return item.kind === 'selectStructAll' ? [item.base] : [];
  });
  return [
    ...selected,
    ...query.from.joins.map((join) => join.on),
    ...(query.groupBy?.items ?? []),
    ...(query.partitionBy?.items ?? []),
    ...[query.where, query.having].filter((clause) => clause !== null),
  ];
}

function neededPseudoColumns(query: ast.Query): readonly PseudoColumn[] {
  const star = query.select.some((item) => item.kind === 'selectAll');
  // A star over a re-partitioned join shows every column of the joined rows, pseudo columns included.
  if (star && query.partitionBy !== null && query.from.joins.length > 0)
    return ['ROWPARTITION', 'ROWOFFSET'];
  const candidates: readonly PseudoColumn[] = ['ROWPARTITION', 'ROWOFFSET'];
  return candidates.filter((name) => isNamed(query, name));
}

function isNamed(query: ast.Query, column: string): boolean {
  return expressionsOf(query).some((expression) =>
    columnReferences(expression).some(({ name }) => name.name === column),
  );
}

/** Names of the sources whose values are in KAFKA format, which can neither be joined nor grouped. */
export function checkKafkaFormat(
  sources: readonly ReadSource[],
  operation: 'JOIN' | 'GROUP BY',
): void {
  const names = sources
    .filter(({ def }) => def.valueFormat.format === 'KAFKA')
    .map(({ def }) => def.name);
  if (names.length === 0) return;
  throw problem(
    'analyze.kafka-format',
    `Source(s) ${names.join(', ')} are using the 'KAFKA' value format. This format does not yet support ${operation}.\n` +
      'The KAFKA format is primarily intended for use as key format. It can be used as a value format, but can not be used in any operation that requires a repartition or changelog topic. Re-register the source with a different value format if possible.',
  );
}

function checkJoinable(sources: readonly ReadSource[]): void {
  const [first, second] = sources;
  const names = sources.map(({ def }) => def.name);
  if (sources.length === 2 && first!.def === second!.def)
    throw problem(
      'analyze.self-join',
      `Can not join '${first!.def.name}' to '${second!.def.name}': self joins are not yet supported.`,
    );
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw problem(
      'analyze.self-join',
      `N-way joins do not support multiple occurrences of the same source. Source: '${repeated}'.`,
    );
  const aliases = sources.map(({ alias }) => alias);
  const twice = aliases.find((alias, index) => aliases.indexOf(alias) !== index);
  if (twice !== undefined)
    throw problem(
      'analyze.duplicate-alias',
      `Source alias ${listed([twice])} is used more than once.`,
    );
}

/** Checks a name that the user gives to a column. */
export function checkAlias(alias: ast.Identifier): void {
  if (!isPseudoColumn(alias.name)) return;
  throw problem(
    'analyze.reserved-name',
    `\`${alias.name}\` is a reserved column name. You cannot use it as an alias for a column.`,
    { span: alias.span },
  );
}
