import type { ScalarDef, ScalarOverload } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** What each class of characters becomes; null leaves the class unchanged. */
interface Masks {
  readonly upper: string | null;
  readonly lower: string | null;
  readonly digit: string | null;
  readonly other: string | null;
}
const defaults: Masks = { upper: 'X', lower: 'x', digit: 'n', other: '-' };

/** Masks UTF-16 code unit by code unit, so a surrogate pair becomes two characters. */
function maskText(text: string, masks: Masks): string {
  let masked = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    masked += maskFor(character, masks) ?? character;
  }
  return masked;
}

function maskFor(character: string, masks: Masks): string | null {
  if (/\p{Lu}/u.test(character)) return masks.upper;
  if (/\p{Ll}/u.test(character)) return masks.lower;
  return /\p{Nd}/u.test(character) ? masks.digit : masks.other;
}

function single(mask: string | null): string | null {
  if (mask !== null && mask.length !== 1) {
    throw new Error(`Invalid mask character. Must be only single character, but was '${mask}'`);
  }
  return mask;
}

type MaskArguments = [string | null, string | null, string | null, string | null];
function masksOf(given: MaskArguments): Masks {
  const [upper, lower, digit, other] = given;
  return { upper: single(upper), lower: single(lower), digit: single(digit), other: single(other) };
}

const maskParameters = 'STRING upper, STRING lower, STRING digit, STRING other';

/** MASK. */
export const mask: ScalarDef = scalar({
  name: 'MASK',
  category: 'STRING',
  doc: 'A text with upper-case letters, lower-case letters, digits and other characters replaced by a mask each; a NULL mask keeps them.',
  examples: [
    ["mask('My Test $123')", 'Xx-Xxxx--nnn'],
    ["mask('Ab 1', '*', NULL, '9', NULL)", '*b 9'],
  ],
  overloads: [
    handled('(STRING text) -> STRING', (text: string | null) =>
      text === null ? null : maskText(text, defaults),
    ),
    handled(
      `(STRING text, ${maskParameters}) -> STRING`,
      (text: string | null, ...given: MaskArguments) => {
        const masks = masksOf(given);
        return text === null ? null : maskText(text, masks);
      },
    ),
  ],
});

/** Which half of the text, cut at a count, is masked. */
function partialOverloads(
  name: string,
  partial: (text: string, count: number, apply: (part: string) => string) => string,
): readonly ScalarOverload[] {
  const run = (text: string | null, count: number, masks: Masks): string | null => {
    if (count < 0) {
      throw new Error(
        `function ${name} requires a non-negative number of characters to mask or skip`,
      );
    }
    return text === null ? null : partial(text, count, (part) => maskText(part, masks));
  };
  return [
    handled('(STRING text, INTEGER! count) -> STRING', (text: string | null, count: number) =>
      run(text, count, defaults),
    ),
    handled(
      `(STRING text, INTEGER! count, ${maskParameters}) -> STRING`,
      (text: string | null, count: number, ...given: MaskArguments) =>
        run(text, count, masksOf(given)),
    ),
  ];
}

/** MASK_LEFT. */
export const maskLeft: ScalarDef = scalar({
  name: 'MASK_LEFT',
  category: 'STRING',
  doc: 'A text with its first characters masked.',
  examples: [["mask_left('My Test $123', 5)", 'Xx-Xxst $123']],
  overloads: partialOverloads(
    'mask_left',
    (text, count, apply) => apply(text.slice(0, count)) + text.slice(count),
  ),
});

/** MASK_RIGHT. */
export const maskRight: ScalarDef = scalar({
  name: 'MASK_RIGHT',
  category: 'STRING',
  doc: 'A text with its last characters masked.',
  examples: [["mask_right('My Test $123', 5)", 'My Test--nnn']],
  overloads: partialOverloads('mask_right', (text, count, apply) => {
    const kept = Math.max(text.length - count, 0);
    return text.slice(0, kept) + apply(text.slice(kept));
  }),
});

/** MASK_KEEP_LEFT. */
export const maskKeepLeft: ScalarDef = scalar({
  name: 'MASK_KEEP_LEFT',
  category: 'STRING',
  doc: 'A text masked but for its first characters.',
  examples: [["mask_keep_left('My Test $123', 4)", 'My Txxx--nnn']],
  overloads: partialOverloads(
    'mask_keep_left',
    (text, count, apply) => text.slice(0, count) + apply(text.slice(count)),
  ),
});

/** MASK_KEEP_RIGHT. */
export const maskKeepRight: ScalarDef = scalar({
  name: 'MASK_KEEP_RIGHT',
  category: 'STRING',
  doc: 'A text masked but for its last characters.',
  examples: [["mask_keep_right('My Test $123', 4)", 'Xx-Xxxx-$123']],
  overloads: partialOverloads('mask_keep_right', (text, count, apply) => {
    const masked = Math.max(text.length - count, 0);
    return apply(text.slice(0, masked)) + text.slice(masked);
  }),
});
