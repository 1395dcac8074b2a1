/**
 * How many columns text takes in a terminal: two for East Asian wide characters and emoji, none for marks that combine with
 * what stands before them. Text is counted by grapheme cluster, which is what terminals draw and what a cursor steps over.
 * (Unicode Annexes 11 and 29; ambiguous characters are narrow.)
 */

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const ascii = /^[ -~]*$/;
const emoji =
  /^(?:\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[\d#*]\ufe0f?\u20e3|\p{Regional_Indicator}{2})/u;
const invisible =
  /^[\p{Default_Ignorable_Code_Point}\p{Control}\p{Format}\p{Mn}\p{Me}\p{Surrogate}]+$/u;

/** First and last code point of the ranges that are wide or full-width, in order. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4dc0, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

/** The text cut where a cursor may stand. */
export function graphemes(text: string): string[] {
  return ascii.test(text) ? [...text] : Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Columns of one grapheme cluster: 0, 1 or 2. */
export function graphemeWidth(grapheme: string): number {
  if (ascii.test(grapheme)) return grapheme.length;
  if (invisible.test(grapheme)) return 0;
  if (emoji.test(grapheme)) return 2;
  const code = grapheme.codePointAt(0) ?? 0;
  return wideRanges.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Columns of a line of text. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** Blanks after the text up to `width` columns. */
export function padToWidth(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}

/** The line in pieces of at most `width` columns, at least one; a character wider than that has a piece of its own. */
export function cutToWidth(line: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  let columns = 0;
  for (const grapheme of graphemes(line)) {
    const more = graphemeWidth(grapheme);
    if (columns + more > width && piece !== '') {
      pieces.push(piece);
      piece = '';
      columns = 0;
    }
    piece += grapheme;
    columns += more;
  }
  if (piece !== '' || pieces.length === 0) pieces.push(piece);
  return pieces;
}
