/** `DROP {STREAM|TABLE} [IF EXISTS] name [DELETE TOPIC]` (spec: sql-statements.md §10). */
import type { DropSource } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { dropConstraints, sourcesSharingTopic } from '../../catalog/dependencies.ts';
import { quoteAlways } from '../../types/format-type.ts';
import { deletedSubjects } from '../source-schemas.ts';
import { kindName } from '../source-upgrade.ts';
import { caseHint, similarHint } from '../suggest.ts';
import { commandEffect, sourceCommandId, warningEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Drops the source and the query it was made with; refused while others depend on it. */
export function prepareDropSource(statement: DropSource, context: PrepareContext): Effect {
  const { name } = statement.name;
  const { catalog } = context;
  const source = catalog.sources.get(name);
  if (source === undefined) {
    if (statement.ifExists) return warningEffect(`Source ${quoteAlways(name)} does not exist.`);
    const kind = statement.sourceType === 'STREAM' ? 'Stream' : 'Table';
    throw problem(
      'source.unknown',
      `${kind} ${name} does not exist${caseHint(catalog, name)}`,
      similarHint(name, catalog.sources.keys()),
    );
  }
  if (source.collection !== statement.sourceType.toLowerCase()) {
    throw problem(
      'source.wrong-kind',
      `Incompatible data source type is ${source.collection}, but statement was DROP ${statement.sourceType}`,
      { hint: `Use DROP ${kindName(source)}.` },
    );
  }
  checkDependents(source, catalog);
  if (statement.deleteTopic) checkDeleteTopic(source, catalog);
  return commandEffect(
    { kind: 'drop-source', name, deleteTopic: statement.deleteTopic },
    sourceCommandId(source.collection, name, 'drop'),
    `Source ${quoteAlways(name)} (topic: ${source.topic}) was dropped.`,
    { schemas: statement.deleteTopic ? deletedSubjects(source) : [] },
  );
}

function checkDependents(source: SourceDef, catalog: Catalog): void {
  const { sources, readers, writers } = dropConstraints(catalog, source);
  const { name } = source;
  if (sources.length > 0) {
    const list = sources.map((over) => over.name).join(', ');
    throw problem(
      'source.in-use',
      `Cannot drop ${name}.\nThe following streams and/or tables read from this source: [${list}].\nYou need to drop them before dropping ${name}.`,
    );
  }
  if (readers.length + writers.length === 0) return;
  const ids = (queries: typeof readers): string => queries.map(({ id }) => id).join(', ');
  throw problem(
    'source.in-use',
    `Cannot drop ${name}.\nThe following queries read from this source: [${ids(readers)}].\nThe following queries write into this source: [${ids(writers)}].\nYou need to terminate them before dropping ${name}.`,
  );
}

function checkDeleteTopic(source: SourceDef, catalog: Catalog): void {
  if (source.isSource) {
    throw problem('source.read-only', `Cannot delete topic for read-only source: ${source.name}`);
  }
  const others = sourcesSharingTopic(catalog, source);
  if (others.length === 0) return;
  const list = others.map(({ name }) => name).join(', ');
  throw problem(
    'source.shared-topic',
    `Refusing to delete topic. Found other data sources (${list}) using topic ${source.topic}`,
  );
}
