/**
 * JSON without the loss of digits: `JSON.parse` makes doubles of all numbers, which 64-bit integers and decimals do not survive.
 * Where a text may hold such a number, every number in it is put in quotes first and so arrives as its text; readers of
 * columns know from the type what they have (read-value.ts). It works on every platform, and most texts go straight to
 * `JSON.parse`.
 */

const quote = 34;
const backslash = 92;

/** How far numbers have to be kept: `digits` where a double would lose digits of integers, `text` as they were written. */
export type Exactness = 'none' | 'digits' | 'text';

/** Sixteen digits may be more than a double holds. */
const longInteger = /\d{16}/;
/** Zeros at the end of a decimal are part of it, and exponents are not how it is written. */
const anyFraction = /\d{16}|\d[.eE]/;
const numberAt = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The value of a JSON text; numbers are text wherever one of them might otherwise lose something. Throws SyntaxError. */
export function parseExactly(text: string, exactness: Exactness): unknown {
  if (exactness === 'none') return JSON.parse(text);
  const loses = exactness === 'text' ? anyFraction : longInteger;
  return JSON.parse(loses.test(text) ? quoteNumbers(text) : text);
}

/** A JSON text with its numbers, but not what looks like one inside strings, made strings. */
export function quoteNumbers(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else if ((code >= 48 && code <= 57) || code === 45) {
      numberAt.lastIndex = at;
      const number = numberAt.exec(text)?.[0];
      // A lone minus is not JSON: left for the parser to refuse.
      if (number === undefined) continue;
      out += `${text.slice(copied, at)}"${number}"`;
      at += number.length - 1;
      copied = at + 1;
    }
  }
  return out + text.slice(copied);
}

/** The place of the closing quote of the string that begins at `start`; the text's end if there is none. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return at;
  }
}
