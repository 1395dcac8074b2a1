/** What may follow a piece of SQL: keywords from the grammar, names from the catalog. */
import { complete } from '../../grammar/complete.ts';
import type { Catalog } from '../catalog/catalog.ts';

const completionsMax = 200;

/** Candidates for the word at the end of `sqlPrefix`, in alphabetical order within keywords, then names. */
export function completions(
  sqlPrefix: string,
  catalog: Catalog,
  functions: readonly string[],
): readonly string[] {
  const word = /[A-Za-z0-9_]*$/.exec(sqlPrefix)?.[0] ?? '';
  const starts = (name: string) => name.toUpperCase().startsWith(word.toUpperCase());
  const found = new Set<string>();
  let wantsName = false;
  for (const candidate of complete(sqlPrefix)) {
    if (candidate.kind === 'keyword') found.add(candidate.text);
    else wantsName = true;
  }
  const keywords = [...found].filter(starts).sort();
  const names = wantsName ? namesOf(catalog, functions).filter(starts) : [];
  return [...new Set([...names, ...keywords])].slice(0, completionsMax);
}

function namesOf(catalog: Catalog, functions: readonly string[]): string[] {
  const sources = [...catalog.sources.values()];
  const columns = sources.flatMap((source) =>
    [...source.schema.key, ...source.schema.value].map(({ name }) => name),
  );
  return [
    ...sources.map(({ name }) => name).sort(),
    ...[...new Set(columns)].sort(),
    ...[...functions].sort(),
  ];
}
