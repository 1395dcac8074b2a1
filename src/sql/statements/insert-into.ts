/** `INSERT INTO stream [WITH (QUERY_ID = 'id')] SELECT …` (spec: sql-statements.md §7). */
import type { InsertInto } from '../../../grammar/ast.ts';
import { printStatement } from '../../../grammar/print-statement.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { NamedExpression } from '../../plan/expression.ts';
import { canCoerceStrict } from '../../types/coerce.ts';
import { doubleToDecimal, fitsPrecision, rescaleExactly } from '../../types/decimal.ts';
import { typesEqual } from '../../types/equal-types.ts';
import { formatSchema, quoteAlways } from '../../types/format-type.ts';
import type { Field, Schema } from '../../types/type.ts';
import { lineAndColumn } from '../expression/location.ts';
import { propertyValue } from '../properties.ts';
import { analyzePersistent } from '../query/analyze.ts';
import type { PersistentQuery } from '../query/analyzed.ts';
import { readSourceProperties } from '../source-properties.ts';
import { schemaChanges } from '../source-schemas.ts';
import { matchesTopicList } from '../source-topic.ts';
import { caseHint, similarHint } from '../suggest.ts';
import { queryContext } from './analyze.ts';
import { commandEffect, sourceCommandId } from './effects.ts';
import { checkQueryLimit, defineQuery } from './query-def.ts';
import { sinkPlan } from './sink.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Starts one more query that writes to the target. */
export function prepareInsertInto(statement: InsertInto, context: PrepareContext): Effect {
  const properties = readSourceProperties(statement.properties, 'insert-into');
  const target = insertTarget(statement, context);
  const id = queryId(properties.queryId, context);
  const analyzed = analyzePersistent(statement.query, queryContext(context), {
    sink: target.name,
    statement: 'INSERT INTO',
  });
  checkTarget(target, context);
  if (analyzed.collection === 'table') {
    throw problem(
      'insert.table-result',
      'INSERT INTO can only be used to insert a query that produces a stream.',
    );
  }
  checkQueryLimit(statement.text, context);
  const query = defineQuery(
    {
      id,
      sql: `${printStatement({ ...statement, query: analyzed.resolved })};`,
      sink: target.name,
      sources: analyzed.sources,
      logical: sinkPlan(fitted(analyzed, target), target),
    },
    context,
  );
  return commandEffect(
    { kind: 'start-query', query },
    sourceCommandId('stream', target.name, 'create'),
    `Created query with ID ${query.id}`,
    {
      queryId: query.id,
      warnings: analyzed.warnings,
      schemas: schemaChanges(target, ['key', 'value'], false),
    },
  );
}

function insertTarget(statement: InsertInto, context: PrepareContext): SourceDef {
  const { name, span } = statement.target;
  const { catalog } = context;
  const target = catalog.sources.get(name);
  if (target === undefined) {
    throw problem(
      'source.unknown',
      `${lineAndColumn(context.text, span.start)}: Source ${quoteAlways(name)} does not exist.${caseHint(catalog, name)}`,
      { span, ...similarHint(name, catalog.sources.keys()) },
    );
  }
  if (target.collection === 'table') {
    throw problem(
      'insert.table',
      `INSERT INTO can only be used to insert into a stream. ${name} is a table.`,
      { span },
    );
  }
  return target;
}

function checkTarget(target: SourceDef, context: PrepareContext): void {
  const { name, topic } = target;
  if (target.isSource) {
    throw problem('insert.read-only', `Cannot insert into read-only stream: ${name}`);
  }
  if (matchesTopicList(topic, propertyValue(context.properties, 'ksql.readonly.topics') ?? '')) {
    throw problem('insert.read-only', `Cannot insert into read-only topic: ${topic}`);
  }
  if (target.schema.value.some((column) => 'header' in column)) {
    throw problem('insert.headers', `Cannot insert into ${name} because it has header columns`);
  }
}

function queryId(given: string | null, context: PrepareContext): string {
  if (given === null) return `INSERTQUERY_${context.nextQueryNumber}`;
  const id = given.toUpperCase();
  if (!/^[A-Z0-9_]+$/.test(id)) {
    throw problem(
      'query.id',
      `Query IDs may contain only alphanumeric characters and '_'. Got: '${given}'`,
    );
  }
  const reserved = ['INSERTQUERY_', 'CTAS_', 'CSAS_', 'CST_'].find((prefix) =>
    id.startsWith(prefix),
  );
  if (reserved !== undefined) {
    throw problem(
      'query.id',
      `Query IDs must not start with a reserved query ID prefix (${reserved}). Got: '${given}'`,
    );
  }
  if (context.catalog.queries.has(id)) {
    throw problem('query.id', `Query ID '${id}' already exists.`);
  }
  return id;
}

/** The query with its columns cast to the target's types; throws where the schemas do not fit. */
function fitted(query: PersistentQuery, target: SourceDef): PersistentQuery {
  const result: Schema = { key: query.key, value: query.value };
  const sink = target.schema;
  const literals = doubleLiterals(query);
  const fits =
    sameColumns(result.key, sink.key, typesEqual) &&
    sameColumns(
      result.value,
      sink.value,
      (from, to, name) => canCoerceStrict(from, to) || isExact(literals.get(name), to),
    );
  if (!fits) {
    throw problem(
      'insert.schema',
      `Incompatible schema between results and sink.\nResult schema is ${formatSchema(result)}\nSink schema is ${formatSchema(sink)}`,
    );
  }
  if (sameColumns(result.value, sink.value, typesEqual)) return query;
  return { ...query, value: sink.value, plan: castColumns(query, sink.value) };
}

/** The DOUBLEs that stand as such in the projection, by the names of their columns. */
function doubleLiterals({ resolved }: PersistentQuery): ReadonlyMap<string, number> {
  const literals = new Map<string, number>();
  for (const item of resolved.select) {
    if (item.kind !== 'selectExpression' || item.expression.kind !== 'double') continue;
    literals.set(item.alias?.name ?? '', item.expression.value);
  }
  return literals;
}

/** Whether a DOUBLE has a place in a DECIMAL as it is written: numbers in the text become what the target holds. */
function isExact(literal: number | undefined, type: Field['type']): boolean {
  if (literal === undefined || type.kind !== 'DECIMAL') return false;
  const { unscaled, scale } = doubleToDecimal(literal);
  const moved = rescaleExactly(unscaled, scale, type.scale);
  return moved !== null && fitsPrecision(moved, type.precision);
}

/** A projection on top that casts what is not of the target's type. */
function castColumns(query: PersistentQuery, value: readonly Field[]): PersistentQuery['plan'] {
  const { plan } = query;
  const columns = query.value.map((field, index): NamedExpression => {
    const column = {
      kind: 'column',
      type: field.type,
      side: 'value',
      index,
      name: field.name,
    } as const;
    const type = value[index]?.type ?? field.type;
    const isSame = typesEqual(type, field.type);
    const expression = isSame ? column : ({ kind: 'cast', type, operand: column } as const);
    return { name: field.name, expression, text: field.name };
  });
  const { key, collection, window } = plan;
  return { kind: 'project', input: plan, columns, key, value, collection, window };
}

function sameColumns(
  from: readonly Field[],
  to: readonly Field[],
  isFit: (from: Field['type'], to: Field['type'], name: string) => boolean,
): boolean {
  return (
    from.length === to.length &&
    from.every(({ name, type }, index) => {
      const other = to[index];
      return other !== undefined && other.name === name && isFit(type, other.type, name);
    })
  );
}
