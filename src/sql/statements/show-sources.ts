/** SHOW and DESCRIBE of streams and tables (spec: sql-statements.md §11, api.md §4). */
import type {
  DescribeSource,
  DescribeStreams,
  DescribeTables,
  ShowStreams,
  ShowTables,
} from '../../../grammar/ast.ts';
import type { Json } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { caseHint, similarHint } from '../suggest.ts';
import { entityEffect } from './effects.ts';
import { sourceDescriptionJson } from './entities/source-description.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** `SHOW STREAMS [EXTENDED]`, in order of name. */
export function prepareShowStreams(statement: ShowStreams, context: PrepareContext): Effect {
  return statement.extended
    ? descriptions('stream', true, context)
    : entityEffect('streams', { streams: listing('stream', context) });
}

/** `SHOW TABLES [EXTENDED]`, in order of name. */
export function prepareShowTables(statement: ShowTables, context: PrepareContext): Effect {
  return statement.extended
    ? descriptions('table', true, context)
    : entityEffect('tables', { tables: listing('table', context) });
}

/** `DESCRIBE STREAMS [EXTENDED]` */
export function prepareDescribeStreams(
  statement: DescribeStreams,
  context: PrepareContext,
): Effect {
  return descriptions('stream', statement.extended, context);
}

/** `DESCRIBE TABLES [EXTENDED]` */
export function prepareDescribeTables(statement: DescribeTables, context: PrepareContext): Effect {
  return descriptions('table', statement.extended, context);
}

/** `DESCRIBE name [EXTENDED]` */
export function prepareDescribeSource(statement: DescribeSource, context: PrepareContext): Effect {
  const { name } = statement.name;
  const { sources } = context.catalog;
  const source = sources.get(name);
  if (source === undefined) {
    throw problem(
      'source.unknown',
      `Could not find STREAM/TABLE '${name}' in the Metastore${caseHint(context.catalog, name)}`,
      similarHint(name, sources.keys()),
    );
  }
  return entityEffect('sourceDescription', {
    sourceDescription: sourceDescriptionJson(source, statement.extended, context),
  });
}

function descriptions(
  collection: SourceDef['collection'],
  extended: boolean,
  context: PrepareContext,
): Effect {
  return entityEffect('source_descriptions', {
    sourceDescriptions: sorted(collection, context).map((source) =>
      sourceDescriptionJson(source, extended, context),
    ),
  });
}

function listing(collection: SourceDef['collection'], context: PrepareContext): readonly Json[] {
  return sorted(collection, context).map((source) => ({
    type: source.collection === 'stream' ? 'STREAM' : 'TABLE',
    name: source.name,
    topic: source.topic,
    keyFormat: source.keyFormat.format,
    valueFormat: source.valueFormat.format,
    isWindowed: source.window !== null,
  }));
}

function sorted(
  collection: SourceDef['collection'],
  context: PrepareContext,
): readonly SourceDef[] {
  return [...context.catalog.sources.values()]
    .filter((source) => source.collection === collection)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
