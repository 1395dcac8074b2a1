/**
 * LIKE (sql-statements.md §3.6): `%` stands for any sequence, `_` for one code point; neither matches a line terminator.
 *
 * Two pointers, no backtracking: the last `%` and the text position it was tried at are remembered, and on a mismatch that
 * position moves one code point on; the match fails when the `%` would have to swallow a line terminator. Earlier `%` need
 * never be tried again: the earliest place a piece fits leaves the most room for the rest, and a later place would make an
 * earlier `%` swallow the terminator instead. Worst case text × pattern, which the step limit bounds. RegExp is never used:
 * `%a%a%a%b` would run for minutes on a text of a thousand characters.
 */
import { checkLimit, limitExceeded, patternCharsMax, patternStepsMax } from './limits.ts';

export type LikeMatcher = (text: string) => boolean;

/** Not code units: what the two wildcards compile to. */
const anyOne = -1;
const anySequence = -2;

/**
 * The matcher of a pattern; `escapeCharacter` makes the next character literal. Throws ksqlDB's errors for a wrong escape or a pattern
 * that ends in it; the matcher throws when it passes the step limit.
 */
export function likeMatcher(pattern: string, escapeCharacter: string | null): LikeMatcher {
  if (escapeCharacter !== null && escapeCharacter.length !== 1) {
    throw new Error(`Expected single character escape but got: ${escapeCharacter}`);
  }
  checkLimit(patternCharsMax, 'LIKE pattern', pattern.length);
  const operations = compile(pattern, escapeCharacter);
  return shortcut(operations) ?? ((text) => match(text, operations));
}

function compile(pattern: string, escapeCharacter: string | null): readonly number[] {
  const operations: number[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern.charAt(index);
    if (character === escapeCharacter) {
      index += 1;
      if (index >= pattern.length) {
        throw new Error('LIKE pattern must not end with escape character');
      }
      operations.push(pattern.charCodeAt(index));
    } else if (character === '%') {
      if (operations.at(-1) !== anySequence) operations.push(anySequence);
    } else {
      operations.push(character === '_' ? anyOne : pattern.charCodeAt(index));
    }
  }
  return operations;
}

/** Equality, prefix, suffix and containment of a literal, which most patterns are. */
function shortcut(operations: readonly number[]): LikeMatcher | null {
  const isOpenLeft = operations[0] === anySequence;
  const isOpenRight = operations.at(-1) === anySequence;
  const inner = operations.slice(isOpenLeft ? 1 : 0, isOpenRight ? -1 : undefined);
  if (inner.some((operation) => operation < 0)) return null;
  const literal = String.fromCharCode(...inner);
  if (!isOpenLeft && !isOpenRight) return (text) => text === literal;
  // A terminator in the literal may be matched, those around it may not: left to the general case.
  if (hasTerminator(literal)) return null;
  if (!isOpenLeft) return (text) => text.startsWith(literal) && !hasTerminator(text);
  if (!isOpenRight) return (text) => text.endsWith(literal) && !hasTerminator(text);
  return (text) => text.includes(literal) && !hasTerminator(text);
}

function match(text: string, operations: readonly number[]): boolean {
  let textAt = 0;
  let operationAt = 0;
  let sequenceAt = -1;
  let sequenceEnd = 0;
  let steps = 0;
  while (textAt < text.length) {
    steps += 1;
    if (steps > patternStepsMax.value) throw limitExceeded(patternStepsMax, 'LIKE steps', steps);
    const operation = operations[operationAt];
    const unit = text.charCodeAt(textAt);
    if (operation === unit) {
      textAt += 1;
      operationAt += 1;
    } else if (operation === anyOne && !isTerminator(unit)) {
      textAt += codePointSize(text, textAt);
      operationAt += 1;
    } else if (operation === anySequence) {
      sequenceAt = operationAt;
      sequenceEnd = textAt;
      operationAt += 1;
    } else {
      if (sequenceAt < 0 || isTerminator(text.charCodeAt(sequenceEnd))) return false;
      sequenceEnd += codePointSize(text, sequenceEnd);
      textAt = sequenceEnd;
      operationAt = sequenceAt + 1;
    }
  }
  if (operations[operationAt] === anySequence) operationAt += 1;
  return operationAt === operations.length;
}

function codePointSize(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/** Java's line terminators: LF, CR, NEL, LS, PS. */
function isTerminator(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d || unit === 0x85 || unit === 0x2028 || unit === 0x2029;
}

function hasTerminator(text: string): boolean {
  return /[\n\r\u0085\u2028\u2029]/.test(text);
}
