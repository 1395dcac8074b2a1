/** "Did you mean": names that a user probably meant, for messages and hints. */
import { editDistance } from '../../grammar/distance.ts';
import type { Catalog } from '../catalog/catalog.ts';

/**
 * ksqlDB's addition to a message about a source that does not exist: a source whose name differs only in case means that
 * quotes are missing or too many. Empty text when there is no such source.
 */
export function caseHint(catalog: Catalog, name: string): string {
  for (const other of catalog.sources.keys()) {
    if (other !== name && other.toUpperCase() === name.toUpperCase()) {
      return isPlain(other)
        ? `\nDid you mean ${other}? Hint: try removing double quotes from the source name.`
        : `\nDid you mean "${other}"? Hint: wrap the source name in double quotes to make it case-sensitive.`;
    }
  }
  return '';
}

/** Whether a name folds to itself without quotes. */
export function isPlain(name: string): boolean {
  return /^[A-Z_][A-Z0-9_@]*$/.test(name);
}

/** The candidates closest to `name` (at most three), nearest first, ties in the order given; none further than a third of its length. */
export function similarNames(name: string, candidates: Iterable<string>): readonly string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const scored: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name.toUpperCase(), candidate.toUpperCase());
    if (distance <= limit) scored.push({ candidate, distance });
  }
  scored.sort((a, b) => a.distance - b.distance);
  return scored.slice(0, 3).map(({ candidate }) => candidate);
}

/** A Problem's hint that names similar ones, quoted where SQL needs it; absent when nothing is similar. */
export function similarHint(
  name: string,
  candidates: Iterable<string>,
): { readonly hint?: string } {
  const similar = similarNames(name, candidates);
  if (similar.length === 0) return {};
  return {
    hint: `Did you mean ${similar.map((other) => (isPlain(other) ? other : `"${other}"`)).join(' or ')}?`,
  };
}
