/** Java's `Pattern` and `Matcher` as far as the REGEXP functions need them, over the linear matcher. */
import { checkLimit, patternCharsMax, resultElementsMax } from '../limits.ts';
import { compilePattern } from './matcher/compile.ts';
import { parsePattern } from './matcher/parse.ts';
import { type StepBudget, search } from './matcher/run.ts';

export interface Match {
  /** Positions in UTF-16 code units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The text of a group, 0 being the whole match; null if it took no part. */
  group(index: number): string | null;
}

export interface Regex {
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
  /** The leftmost match, or null. */
  find(text: string): Match | null;
  /** All matches from left to right; after an empty one the search goes on one character further. */
  findAll(text: string): readonly Match[];
  /** Does the whole of the empty text match? */
  readonly matchesEmpty: boolean;
}

/** Throws for a pattern that is wrong, too long or not linear. */
export function compileRegex(text: string): Regex {
  checkLimit(patternCharsMax, 'regular expression', text.length);
  const pattern = parsePattern(text);
  const program = compilePattern(pattern);
  const next = (input: string, from: number, lastEnd: number, budget: StepBudget): Match | null => {
    const slots = search(program, input, from, lastEnd, budget);
    if (slots === null) return null;
    const [start = 0, end = 0] = slots;
    const group = (index: number): string | null => {
      const groupStart = slots[2 * index] ?? -1;
      return groupStart < 0 ? null : input.slice(groupStart, slots[2 * index + 1]);
    };
    return { start, end, group };
  };
  return {
    groupCount: pattern.groupCount,
    groupNames: pattern.groupNames,
    matchesEmpty: next('', 0, 0, { steps: 0 }) !== null,
    find: (input) => next(input, 0, 0, { steps: 0 }),
    findAll: (input) => {
      const budget = { steps: 0 };
      const matches: Match[] = [];
      let match = next(input, 0, 0, budget);
      while (match !== null) {
        matches.push(match);
        checkLimit(resultElementsMax, 'matches', matches.length);
        const isEmpty = match.start === match.end;
        const from = match.end + (isEmpty ? characterSize(input, match.end) : 0);
        match = from > input.length ? null : next(input, from, match.end, budget);
      }
      return matches;
    },
  };
}

function characterSize(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Compiled patterns a call site keeps; patterns are literals nearly always, and few otherwise. */
const keptMax = 100;

/** Compiles, remembering the patterns used last. One per call site. */
export function regexCache(): (text: string) => Regex {
  const kept = new Map<string, Regex>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const regex = compileRegex(text);
    const oldest = kept.keys().next();
    if (kept.size >= keptMax && !oldest.done) kept.delete(oldest.value);
    kept.set(text, regex);
    return regex;
  };
}
