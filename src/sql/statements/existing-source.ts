/** What CREATE does about a source that exists already (spec: sql-statements.md §5.5). */
import type { Identifier, SourceType } from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import { quoteAlways } from '../../types/format-type.ts';
import { isEnabled } from '../properties.ts';
import { warningEffect } from './effects.ts';
import type { Effect, PrepareContext } from './statement.ts';

interface Creation {
  readonly sourceType: SourceType;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly readOnly?: boolean;
  readonly name: Identifier;
}

/** The warning that IF NOT EXISTS answers with, or null to go on; throws where the name is taken and cannot be replaced. */
export function existingSource(statement: Creation, context: PrepareContext): Effect | null {
  const { name } = statement.name;
  const kind = statement.sourceType.toLowerCase();
  const existing = context.catalog.sources.get(name);
  const isSource = statement.readOnly === true || existing?.isSource === true;
  if (statement.orReplace && isSource) {
    throw problem(
      'source.replace-source',
      `Cannot add ${kind} '${name}': CREATE OR REPLACE is not supported on source ${kind}s.`,
    );
  }
  if (existing === undefined) return null;
  if (statement.ifNotExists) {
    const found = existing.collection;
    return warningEffect(
      `Cannot add ${kind} ${quoteAlways(name)}: A ${found} with the same name already exists.`,
    );
  }
  if (statement.orReplace && isEnabled(context.properties, 'ksql.create.or.replace.enabled')) {
    return null;
  }
  throw problem(
    'source.exists',
    `Cannot add ${kind} '${name}': A ${existing.collection} with the same name already exists`,
    { hint: 'CREATE OR REPLACE changes an existing one.' },
  );
}
