import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

function fromCodePoint(code: number): string | null {
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null;
}

const controls: Readonly<Record<string, string>> = {
  b: '\b',
  n: '\n',
  t: '\t',
  f: '\f',
  r: '\r',
};

/** Java's escapes: `\uXXXX` with any number of u, octal, control letters; before other characters the backslash vanishes. */
function unescapeJava(text: string): string {
  return text.replace(
    /\\(?:u+\+?([0-9a-fA-F]{4})|u|([0-3][0-7]{0,2}|[4-7][0-7]?)|([\s\S]?))/g,
    (match, unit?: string, octal?: string, other?: string) => {
      if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (other === undefined) throw new Error(`Unable to parse unicode value: ${match}`);
      return controls[other] ?? other;
    },
  );
}

/** CHR. */
export const chr: ScalarDef = scalar({
  name: 'CHR',
  category: 'STRING',
  doc: 'The character of a Unicode code point, given as a number or as an escape such as \\u004b.',
  examples: [
    ['chr(75)', 'K'],
    ["chr('\\u004b')", 'K'],
    ['chr(-1)', 'null'],
  ],
  overloads: [
    strict('(INTEGER code) -> STRING', fromCodePoint),
    strict('(STRING escapes) -> STRING', (text: string) =>
      text.length >= 6 && text.startsWith('\\u') ? unescapeJava(text) : null,
    ),
  ],
});
