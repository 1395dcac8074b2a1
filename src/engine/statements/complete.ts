/** What may follow a piece of SQL: keywords from the grammar, names from the catalog. */
import { complete } from '../../../grammar/complete.ts';
import type { Catalog } from '../../catalog/catalog.ts';

/** Candidates for the word at the end of `sqlPrefix`: names that may stand there, then keywords. */
export function completions(
  sqlPrefix: string,
  catalog: Catalog,
  functions: readonly string[],
): readonly string[] {
  const sources = [...catalog.sources.values()];
  const columns = sources.flatMap(({ schema }) =>
    [...schema.key, ...schema.value].map(({ name }) => name),
  );
  const found = complete(sqlPrefix, {
    source: sources.map(({ name }) => name).sort(),
    column: [...new Set(columns)].sort(),
    function: [...functions].sort(),
    type: [...catalog.types.keys()].sort(),
    query: [...catalog.queries.keys()],
    topic: [...new Set(sources.map(({ topic }) => topic))].sort(),
  });
  return [...new Set(found.map(({ text }) => text))];
}
