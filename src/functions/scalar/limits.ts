/** Maxima of this layer; passing one fails the evaluation, so that one row cannot exhaust the process. */
import { type Limit, limitText } from '../../base/limits.ts';
import type { Value } from '../../types/value.ts';

/** Characters of a text, or bytes, one function call may produce. */
export const resultBytesMax: Limit = { key: 'leat.limit.function.bytes', value: 16 * 1024 * 1024 };
/** Elements of an array or map one function call may produce. */
export const resultElementsMax: Limit = { key: 'leat.limit.function.elements', value: 100_000 };
/** Characters of a LIKE pattern or a regular expression. */
export const patternCharsMax: Limit = { key: 'leat.limit.pattern.chars', value: 1_000 };
/** Steps of matching per call. */
export const patternStepsMax: Limit = { key: 'leat.limit.pattern.steps', value: 10_000_000 };
/** Instructions of a compiled regular expression; counted repeats expand into them. */
export const patternProgramMax: Limit = { key: 'leat.limit.pattern.program', value: 10_000 };
/** Levels of nesting in a JSON text. */
export const jsonDepthMax: Limit = { key: 'leat.limit.format.depth', value: 100 };

/** Throws when `actual` is over the limit; `what` names the measured thing in the message. */
export function checkLimit(limit: Limit, what: string, actual: number): void {
  if (actual > limit.value) throw limitExceeded(limit, what, actual);
}

/** What fails the evaluation. */
export function limitExceeded(limit: Limit, what: string, actual: number): Error {
  return new Error(limitText(limit, what, actual));
}

/** STRING + STRING; NULL is the text `null`. */
export function joinedTexts(left: Value, right: Value): string {
  const text = String(left) + String(right);
  checkLimit(resultBytesMax, 'text', text.length);
  return text;
}

/**
 * Adds up what the values of a growing result hold: characters, bytes, and 8 for whatever has a size of its own. Elements are counted
 * however often they occur: written out, they take their place each time.
 */
export class ResultSize {
  #bytes = 0;

  /** Throws above `function.bytes`. */
  add(value: Value): void {
    this.#bytes += 8;
    if (typeof value === 'string') this.#bytes += value.length;
    else if (value instanceof Uint8Array) this.#bytes += value.length;
    checkLimit(resultBytesMax, 'size of the result', this.#bytes);
    if (Array.isArray(value)) for (const element of value) this.add(element);
    else if (value instanceof Map) {
      for (const [key, entry] of value) {
        this.add(key);
        this.add(entry);
      }
    }
  }
}
