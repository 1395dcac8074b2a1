/** `CREATE [OR REPLACE] {STREAM|TABLE} … AS SELECT …` (spec: sql-statements.md §6). */
import type { CreateSourceAs } from '../../../grammar/ast.ts';
import { printStatement } from '../../../grammar/print-statement.ts';
import { problem } from '../../base/errors.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import { analyzePersistent } from '../query/analyze.ts';
import type { PersistentQuery } from '../query/analyzed.ts';
import { checkFormats } from '../source-format.ts';
import { readSourceProperties } from '../source-properties.ts';
import { schemaChanges } from '../source-schemas.ts';
import { refuseReservedTopic, topicToCreate } from '../source-topic.ts';
import { checkSourceUpgrade } from '../source-upgrade.ts';
import { queryContext, requiredColumns } from './analyze.ts';
import { checkRetention } from './create-source.ts';
import { commandEffect, sourceCommandId } from './effects.ts';
import { existingSource } from './existing-source.ts';
import { checkQueryLimit, defineQuery } from './query-def.ts';
import { upgradedQuery } from './query-upgrade.ts';
import { sinkPlan, sinkSource, sinkTopic } from './sink.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Defines the sink and the query that fills it. */
export function prepareCreateSourceAs(statement: CreateSourceAs, context: PrepareContext): Effect {
  const skipped = existingSource(statement, context);
  if (skipped !== null) return skipped;
  const { name } = statement.name;
  const properties = readSourceProperties(statement.properties, 'create-as');
  const analyzed = analyzePersistent(statement.query, queryContext(context), {
    sink: name,
    statement: `CREATE ${statement.sourceType} AS SELECT`,
  });
  checkKind(statement, analyzed);
  checkRetention(properties, analyzed.collection === 'table' && analyzed.window === null);
  const sink = sinkSource(name, analyzed, properties, context);
  refuseReservedTopic(sink.topic, context.properties);
  const sql = printStatement({ ...statement, query: analyzed.resolved });
  checkFormats(sink.schema, sink.keyFormat, sink.valueFormat, sql);
  const topic = topicToCreate(
    sinkTopic(sink, analyzed, properties, context),
    context.runtime.topics(),
    () => statement.text,
  );
  const replaced = context.catalog.sources.get(name) ?? null;
  const query = sinkQuery(statement, { sink, analyzed, replaced, sql: `${sql};` }, context);
  return commandEffect(
    {
      kind: 'define-source',
      source: { ...sink, sql: query.sql, query: query.id },
      query,
      topic,
      replaces: replaced !== null,
    },
    sourceCommandId(sink.collection, name, 'create'),
    `Created query with ID ${query.id}`,
    {
      queryId: query.id,
      warnings: analyzed.warnings,
      schemas: schemaChanges(sink, ['key', 'value'], false),
    },
  );
}

function checkKind(statement: CreateSourceAs, analyzed: PersistentQuery): void {
  const kind = analyzed.collection === 'stream' ? 'STREAM' : 'TABLE';
  if (kind === statement.sourceType) return;
  throw problem(
    'query.wrong-kind',
    `Invalid result type. Your SELECT query produces a ${kind}. Please use CREATE ${kind} AS SELECT statement instead.`,
  );
}

interface Sink {
  readonly sink: Omit<SourceDef, 'sql' | 'query'>;
  readonly analyzed: PersistentQuery;
  /** The statement with everything written out, as ksqlDB stores it. */
  readonly sql: string;
  /** The source that is replaced, or null. */
  readonly replaced: SourceDef | null;
}

/** A new query, or the one that filled the replaced source, upgraded. */
function sinkQuery(
  statement: CreateSourceAs,
  { sink, analyzed, replaced, sql }: Sink,
  context: PrepareContext,
): QueryDef {
  const prefix = statement.sourceType === 'STREAM' ? 'CSAS' : 'CTAS';
  const replacedId = replaced?.query ?? null;
  const id = replacedId ?? `${prefix}_${sink.name}_${context.nextQueryNumber}`;
  const request = {
    id,
    sql,
    sink: sink.name,
    sources: analyzed.sources,
    logical: sinkPlan(analyzed, sink),
  };
  const query = withRequiredColumns(defineQuery(request, context), analyzed);
  if (replaced === null) {
    checkQueryLimit(statement.text, context);
    return query;
  }
  checkSourceUpgrade(replaced, { ...sink, sql, query: id });
  return upgradedQuery(replaced, query, context);
}

function withRequiredColumns(query: QueryDef, { resolved }: PersistentQuery): QueryDef {
  if (resolved.groupBy === null) return query;
  return { ...query, requiredColumns: requiredColumns(resolved) };
}
