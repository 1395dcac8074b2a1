/** CREATE SOURCE TABLE materialises its topic, so that pull queries work (spec: sql-statements.md §5.5). */
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import { isEnabled } from '../properties.ts';
import { defineQuery } from './query-def.ts';
import type { PrepareContext } from './statement.ts';

/** The query that keeps the table's rows, or null for a source that is not kept. */
export function sourceTableQuery(source: SourceDef, context: PrepareContext): QueryDef | null {
  if (!source.isSource || source.collection === 'stream') return null;
  if (!isEnabled(context.properties, 'ksql.source.table.materialization.enabled')) return null;
  const sources = new Map(context.catalog.sources).set(source.name, source);
  return defineQuery(
    {
      id: `CST_${source.name}_${context.nextQueryNumber}`,
      sql: source.sql,
      sink: null,
      sources: [source.name],
      logical: {
        kind: 'scan',
        source: source.name,
        alias: source.name,
        pseudo: [],
        key: source.schema.key,
        value: source.schema.value,
        collection: 'table',
        window: source.window,
      },
    },
    { ...context, catalog: { ...context.catalog, sources } },
  );
}
