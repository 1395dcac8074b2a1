/** Replacement texts as Java's `Matcher.appendReplacement` reads them: `$1`, `${name}`, and `\` before a literal. */
import type { Match, Regex } from './regex.ts';

/** Gives the text a match is replaced with; a group that took no part counts as empty. */
export type Replacement = (match: Match) => string;

/** Throws for a group that does not exist and for a `$` or `\` with nothing behind it. */
export function parseReplacement(text: string, regex: Regex): Replacement {
  const parts: (string | number)[] = [];
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    if (character === '\\') {
      if (at + 1 >= text.length) throw new Error('character to be escaped is missing');
      parts.push(text.charAt(at + 1));
      at += 2;
    } else if (character === '$') {
      const reference = readReference(text, at + 1, regex);
      parts.push(reference.group);
      at = reference.end;
    } else {
      parts.push(character);
      at += 1;
    }
  }
  return (match) =>
    parts.map((part) => (typeof part === 'string' ? part : (match.group(part) ?? ''))).join('');
}

function readReference(
  text: string,
  at: number,
  regex: Regex,
): { readonly group: number; readonly end: number } {
  const named = /\{([A-Za-z][A-Za-z0-9]*)\}/y;
  named.lastIndex = at;
  const name = named.exec(text)?.[1];
  if (name !== undefined) {
    const group = regex.groupNames.get(name);
    if (group === undefined) throw new Error(`No group with name {${name}}`);
    return { group, end: named.lastIndex };
  }
  let group = digitAt(text, at);
  if (group === null) throw new Error('Illegal group reference');
  if (group > regex.groupCount) throw new Error(`No group ${group}`);
  let end = at + 1;
  // As many digits count as still name a group: $12 is group 1 and a 2 where there are fewer than 12.
  for (let digit = digitAt(text, end); digit !== null; digit = digitAt(text, end)) {
    const longer: number = group * 10 + digit;
    if (longer > regex.groupCount) break;
    group = longer;
    end += 1;
  }
  return { group, end };
}

function digitAt(text: string, at: number): number | null {
  const character = text.charAt(at);
  return /^[0-9]$/.test(character) ? Number(character) : null;
}
