import type { ScalarDef } from '../../define.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { scalar, strictBound } from '../scalar.ts';
import { parseReplacement } from './replacement.ts';
import { type Regex, regexCache } from './regex.ts';

const category = 'REGULAR EXPRESSION';

function checkGroup(group: number): void {
  if (group < 0) throw new Error(`No group ${group}`);
}

const bindExtract = (): ((pattern: string, input: string, group?: number) => string | null) => {
  const compile = regexCache();
  return (pattern, input, group = 0) => {
    const regex = compile(pattern);
    if (group > regex.groupCount) return null;
    checkGroup(group);
    return regex.find(input)?.group(group) ?? null;
  };
};

/** REGEXP_EXTRACT. */
export const regexpExtract: ScalarDef = scalar({
  name: 'REGEXP_EXTRACT',
  category,
  doc: 'The first part of a text that matches a pattern, or a group of it; NULL if nothing matches.',
  examples: [
    ["regexp_extract('(.*) (.*)', 'hello there', 2)", 'there'],
    ["regexp_extract('[0-9]+', 'ab12cd34')", '12'],
    ["regexp_extract('x', 'abc')", 'null'],
  ],
  overloads: [
    strictBound('(STRING pattern, STRING input) -> STRING', bindExtract),
    strictBound('(STRING pattern, STRING input, INTEGER group) -> STRING', bindExtract),
  ],
});

const bindExtractAll = (): ((
  pattern: string,
  input: string,
  group?: number,
) => readonly (string | null)[] | null) => {
  const compile = regexCache();
  return (pattern, input, group = 0) => {
    const regex = compile(pattern);
    if (group > regex.groupCount) return null;
    checkGroup(group);
    return regex.findAll(input).map((match) => match.group(group));
  };
};

/** REGEXP_EXTRACT_ALL. */
export const regexpExtractAll: ScalarDef = scalar({
  name: 'REGEXP_EXTRACT_ALL',
  category,
  doc: 'All parts of a text that match a pattern, or a group of each.',
  examples: [
    [`regexp_extract_all('(\\w+) (\\w*)', 'a b c d', 2)`, '[b, d]'],
    ["regexp_extract_all('x', 'abc')", '[]'],
  ],
  overloads: [
    strictBound('(STRING pattern, STRING input) -> ARRAY<STRING>', bindExtractAll),
    strictBound('(STRING pattern, STRING input, INTEGER group) -> ARRAY<STRING>', bindExtractAll),
  ],
});

function replaceAll(regex: Regex, input: string, replacement: string): string {
  const matches = regex.findAll(input);
  // Read only if needed: Java finds nothing wrong with a replacement that is not used.
  if (matches.length === 0) return input;
  const textFor = parseReplacement(replacement, regex);
  let text = '';
  let from = 0;
  for (const match of matches) {
    text += input.slice(from, match.start) + textFor(match);
    checkLimit(resultBytesMax, 'text', text.length);
    from = match.end;
  }
  return text + input.slice(from);
}

/** REGEXP_REPLACE. */
export const regexpReplace: ScalarDef = scalar({
  name: 'REGEXP_REPLACE',
  category,
  doc: 'A text with every part that matches a pattern replaced; $1 in the replacement is the first group.',
  examples: [
    ["regexp_replace('baababaa', '(ab)+', 'cat')", 'bacataa'],
    ["regexp_replace('a1b2', '([a-z])([0-9])', '$2$1')", '1a2b'],
  ],
  overloads: [
    strictBound('(STRING input, STRING pattern, STRING replacement) -> STRING', () => {
      const compile = regexCache();
      return (input: string, pattern: string, replacement: string) =>
        replaceAll(compile(pattern), input, replacement);
    }),
  ],
});

/** As Guava's Splitter: nothing between separators is lost; an empty match where a piece begins does not separate. */
function splitKeepingEmpties(regex: Regex, input: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of regex.findAll(input)) {
    if (match.start === match.end && (match.start === from || match.end === input.length)) continue;
    pieces.push(input.slice(from, match.start));
    from = match.end;
  }
  return [...pieces, input.slice(from)];
}

/** As Java's `String.split`: no leading piece before an empty match, no trailing empty pieces. */
function splitAsJava(regex: Regex, input: string): readonly string[] {
  const pieces: string[] = [];
  let from = 0;
  for (const match of regex.findAll(input)) {
    if (match.end === 0) continue;
    pieces.push(input.slice(from, match.start));
    from = match.end;
  }
  if (from === 0) return [input];
  pieces.push(input.slice(from));
  while (pieces.at(-1) === '') pieces.pop();
  return pieces;
}

/** REGEXP_SPLIT_TO_ARRAY. */
export const regexpSplitToArray: ScalarDef = scalar({
  name: 'REGEXP_SPLIT_TO_ARRAY',
  category,
  doc: 'The parts of a text between the matches of a pattern; a pattern that matches nothing splits into characters.',
  examples: [
    ["regexp_split_to_array('x-a--b', '-')", '[x, a, , b]'],
    ["regexp_split_to_array('abc', '')", '[a, b, c]'],
  ],
  overloads: [
    strictBound('(STRING input, STRING pattern) -> ARRAY<STRING>', () => {
      const compile = regexCache();
      return (input: string, pattern: string) => {
        const regex = compile(pattern);
        return regex.matchesEmpty ? splitAsJava(regex, input) : splitKeepingEmpties(regex, input);
      };
    }),
  ],
});
