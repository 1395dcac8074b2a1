/** Conditions on positions, as Java defines them; a CR LF pair is never split. */
import { boundaryWord, lineTerminator } from './characters.ts';
import type { Assertion } from './node.ts';

/** Does the assertion hold before the character at `at`? `lastEnd` is where the previous match ended. */
export function holds(assertion: Assertion, text: string, at: number, lastEnd: number): boolean {
  switch (assertion) {
    case 'input-start':
      return at === 0;
    case 'input-end':
      return at === text.length;
    case 'input-end-before-terminator':
      return isAtFinalTerminator(text, at);
    case 'input-end-before-newline':
      return at === text.length || (at === text.length - 1 && text.charAt(at) === '\n');
    case 'line-start':
      return at === 0 || (at < text.length && isAfterTerminator(text, at));
    case 'line-end':
      return at === text.length || (isTerminator(text, at) && !isInPair(text, at));
    case 'unix-line-start':
      return at === 0 || (at < text.length && text.charAt(at - 1) === '\n');
    case 'unix-line-end':
      return at === text.length || text.charAt(at) === '\n';
    case 'word-boundary':
      return isWordBefore(text, at) !== isWordAt(text, at);
    case 'no-word-boundary':
      return isWordBefore(text, at) === isWordAt(text, at);
    case 'last-match-end':
      return at === lastEnd;
  }
}

function isTerminator(text: string, at: number): boolean {
  return lineTerminator(text.charCodeAt(at));
}

function isInPair(text: string, at: number): boolean {
  return text.charAt(at) === '\n' && text.charAt(at - 1) === '\r';
}

function isAtFinalTerminator(text: string, at: number): boolean {
  if (at === text.length) return true;
  if (at === text.length - 2) return text.endsWith('\r\n');
  return at === text.length - 1 && isTerminator(text, at) && !isInPair(text, at);
}

function isAfterTerminator(text: string, at: number): boolean {
  return isTerminator(text, at - 1) && !isInPair(text, at);
}

function isWordAt(text: string, at: number): boolean {
  const codePoint = text.codePointAt(at);
  return codePoint !== undefined && boundaryWord(codePoint);
}

function isWordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const unit = text.charCodeAt(at - 1);
  const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
  return isWordAt(text, isLowSurrogate && at > 1 ? at - 2 : at - 1);
}
