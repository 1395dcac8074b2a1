/** `ALTER {STREAM|TABLE} name ADD [COLUMN] col type, …` (spec: sql-statements.md §10). */
import type { AlterSource } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { quoteAlways } from '../../types/format-type.ts';
import type { Field } from '../../types/type.ts';
import { resolveType } from '../expression/resolve-type.ts';
import { refuseReservedColumn } from '../source-elements.ts';
import { checkFormats } from '../source-format.ts';
import { kindName } from '../source-upgrade.ts';
import { caseHint, similarHint } from '../suggest.ts';
import { commandEffect, sourceCommandId } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

/** Appends value columns to a source that a statement with columns made. */
export function prepareAlterSource(statement: AlterSource, context: PrepareContext): Effect {
  const source = alterable(statement, context);
  const altered: SourceDef = {
    ...source,
    schema: {
      ...source.schema,
      value: [...source.schema.value, ...added(statement, source, context)],
    },
  };
  checkFormats(altered.schema, altered.keyFormat, altered.valueFormat, '');
  return commandEffect(
    {
      kind: 'define-source',
      source: altered,
      query: null,
      topic: null,
      replaces: true,
    },
    sourceCommandId(source.collection, source.name, 'alter'),
    `${source.collection === 'stream' ? 'Stream' : 'Table'} ${source.name} altered.`,
  );
}

function alterable(statement: AlterSource, context: PrepareContext): SourceDef {
  const { name } = statement.name;
  const { sources } = context.catalog;
  const source = sources.get(name);
  if (source === undefined) {
    throw problem(
      'source.unknown',
      `Source ${name} does not exist.${caseHint(context.catalog, name)}`,
      similarHint(name, sources.keys()),
    );
  }
  if (kindName(source) !== statement.sourceType) {
    throw problem(
      'source.wrong-kind',
      `Incompatible data source type is ${kindName(source)}, but statement was ALTER ${statement.sourceType}`,
      { hint: `Use ALTER ${kindName(source)}.` },
    );
  }
  if (source.derivedFrom !== undefined) {
    throw problem(
      'source.alter-query',
      'ALTER command is not supported for CREATE ... AS statements.',
      { hint: 'Use CREATE OR REPLACE … AS SELECT instead.' },
    );
  }
  if (source.isSource) {
    throw problem(
      'source.read-only',
      `Cannot alter ${source.collection} '${name}': ALTER operations are not supported on source ${source.collection}s.`,
    );
  }
  return source;
}

function added(
  statement: AlterSource,
  source: SourceDef,
  context: PrepareContext,
): readonly Field[] {
  const taken = new Set([...source.schema.key, ...source.schema.value].map(({ name }) => name));
  return statement.columns.map((column) => {
    const { name } = column.name;
    if (taken.has(name)) {
      throw problem(
        'source.duplicate-column',
        `Cannot add column ${quoteAlways(name)} to schema. A column with the same name already exists.`,
        { span: column.span },
      );
    }
    refuseReservedColumn(name);
    taken.add(name);
    return { name, type: resolveType(column.type, context.catalog.types) };
  });
}
