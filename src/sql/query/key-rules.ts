/** A persistent query selects each key column of its result once (spec: semantics.md §2.1). Messages are ksqlDB's. */
import { problem } from '../../base/errors.ts';
import type { PersistentTarget } from './analyzed.ts';
import { listed } from './names.ts';
import type { KeyKind, Relation } from './relation.ts';

interface Selected {
  readonly name: string;
  readonly key: number | null;
}

const KINDS: Readonly<Record<KeyKind, string>> = {
  source: 'key column',
  partitioning: 'partitioning expression',
  join: 'join expression',
  synthetic: 'join expression',
  'foreign-key': 'key column',
  grouping: 'grouping expression',
};

export function checkKeysPresent(
  relation: Relation,
  columns: readonly Selected[],
  { sink }: PersistentTarget,
): void {
  const { keys, keyKind } = relation;
  const missing = keys.filter((_, index) => !columns.some(({ key }) => key === index));
  if (missing.length === 0) return;
  if (keyKind === 'foreign-key') throw missingForeignKey(relation, missing);
  const named = (keyKind === 'partitioning' ? keys : missing).flatMap(({ texts }) => texts);
  const anyOf = keyKind === 'join';
  const names = listed(named, anyOf ? 'or' : 'and');
  const example = anyOf ? named.slice(0, 1) : named;
  const plural = named.length > 1 ? 's' : '';
  const link = keyKind === 'synthetic' ? ' See https://cnfl.io/2LV7ouS.' : '';
  const synthetic =
    keyKind === 'synthetic'
      ? `\n${names} was added as a synthetic key column because the join criteria did not match any source column. This expression must be included in the projection and may be aliased. `
      : '';
  throw problem(
    'analyze.key-missing',
    `Key${anyOf ? '' : plural} missing from projection (ie, SELECT).${link}\n` +
      `The query used to build \`${sink}\` must include the ${KINDS[keyKind]}${plural} ${names} in its projection (eg, SELECT ${example.join(', ')}...).${synthetic}`,
  );
}

function missingForeignKey({ scope }: Relation, missing: Relation['keys']): Error {
  const plural = missing.length > 1 ? 's' : '';
  const names = missing.map(({ choices }) => `\`${choices[0]?.name}\``).join(', ');
  return problem(
    'analyze.key-missing',
    `Primary key column${plural} missing in projection. For foreign-key table-table joins, the projection must include all primary key columns from the left input table (\`${scope.sources[0]}\`). Missing column${plural}: ${names}.`,
  );
}

export function checkKeysOnce({ keys, keyKind }: Relation, columns: readonly Selected[]): void {
  for (const [index, { field }] of keys.entries()) {
    const aliases = columns.filter(({ key }) => key === index).map(({ name }) => name);
    if (aliases.length < 2) continue;
    const sorted = aliases.toSorted();
    const what =
      keyKind === 'grouping'
        ? ` more than once: ${listed(sorted.map((name) => `\`${name}\``))}.`
        : ` (\`${field.name}\`) more than once, aliased as: ${listed(sorted)}.`;
    throw problem(
      'analyze.key-twice',
      `The projection contains a key column${what}\n` +
        'Each key column must only be in the projection once. If you intended to copy the key into the value, then consider using the AS_VALUE function to indicate which key reference should be copied.',
    );
  }
}
