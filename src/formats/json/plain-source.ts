/**
 * Source text that takes a value of the plain kind where it stands: a string of ASCII without escapes, a number of at most fifteen
 * digits without an exponent, a boolean. Calling a function for each value, which V8 inlines for the first few only, takes three
 * times as long as this (a row of twenty columns validated: 300 and 140 ns).
 *
 * Each text either moves `$p` behind the value and leaves the block labelled `$take`, or goes on behind its last statement with `$p`
 * where it was: then the type's reader is called. Four bytes at `$e` may be looked at as long as `$e` is not beyond `$last`, and
 * may belong to the next record: whoever comes to stand behind `end` is stopped by what follows.
 */
import type { SqlType } from '../../types/type.ts';
import type { RangeVariables } from '../format.ts';
import { asciiText } from '../text.ts';
import { longDouble } from './long-double.ts';
import { DOUBLE_BYTES_MAX, POWERS_OF_TEN, safeBigint } from './read-number.ts';
import { readUnusualString } from './read-text.ts';
import { skipUnusualString } from './scan.ts';

/** What becomes of a value: it is validated, read into a variable, or its place is kept in two. */
export type Taking =
  | { readonly kind: 'check' }
  | { readonly kind: 'read'; readonly target: string }
  | { readonly kind: 'range'; readonly target: string; readonly range: RangeVariables };

/** What the text refers to by number, from a place of the caller's choice on. */
export const plainConstants: readonly unknown[] = [
  asciiText,
  safeBigint,
  POWERS_OF_TEN,
  Int32Array.of(1, 10, 100, 1000),
  skipUnusualString,
  readUnusualString,
  longDouble,
];
const ASCII = 0;
const BIGINT = 1;
const POWERS = 2;
const SMALL_POWERS = 3;
const SKIP_UNUSUAL = 4;
const UNUSUAL_STRING = 5;
const LONG_DOUBLE = 6;

/** `constant` gives the text of one of `plainConstants`; the text is empty for types without a plain kind. */
export function plainSource(
  type: SqlType,
  taking: Taking,
  constant: (place: number) => string,
): string {
  switch (type.kind) {
    case 'STRING':
      return stringSource(taking, constant);
    case 'INTEGER':
    case 'DATE':
      return integerSource(9, 'int32', taking, constant);
    case 'TIMESTAMP':
      return integerSource(15, 'double', taking, constant);
    case 'BIGINT':
      return integerSource(15, 'bigint', taking, constant);
    case 'DOUBLE':
      return doubleSource(taking, constant);
    case 'BOOLEAN':
      return booleanSource(taking);
    default:
      return '';
  }
}

/** Which byte of a word has the lowest mark. */
function lowestMark(marks: string): string {
  return `((31 - Math.clz32(${marks} & -${marks})) >> 3)`;
}

const HIGH_BITS = 0x80808080 | 0;

/** As `specialsOf` in words.ts. */
function specials(word: string): string {
  return `((${word} ^ 0x02020202) - 0x21212121 | (${word} ^ 0x5c5c5c5c) - 0x01010101 | ${word}) & ${HIGH_BITS}`;
}

/** Moves `$e` to the first byte that is not plain, or beyond `$last`. Eight bytes a turn are no faster. */
const SKIP_PLAIN = `for (; $e <= $last; $e += 4) {
const $w = $view.getInt32($e, true);
const $m = ${specials('$w')};
if ($m !== 0) { $e += ${lowestMark('$m')}; break; }
}`;

/** Where another special byte comes first than the quote, the string's reader or checker goes on there. */
function stringSource(taking: Taking, constant: (place: number) => string): string {
  const rest =
    taking.kind === 'check'
      ? `$p = ${constant(SKIP_UNUSUAL)}(bytes, $e, end, $cursor);`
      : `${taking.target} = ${constant(UNUSUAL_STRING)}(bytes, $p + 1, $e, end, $cursor); $p = $cursor.position;`;
  return `if ($c === 34) {
let $e = $p + 1;
${SKIP_PLAIN}
if ($e < end && bytes[$e] === 34) {
${takenSource(taking, '$e + 1', `${constant(ASCII)}(bytes, $p + 1, $e)`)}
$p = $e + 1;
} else {
${rest}
if ($p === -1) break $fast;
}
break $take;
}`;
}

/** The value is wanted, which what is only validated or copied is not. */
function takenSource(taking: Taking, behind: string, value: string): string {
  switch (taking.kind) {
    case 'check':
      return '';
    case 'read':
      return `${taking.target} = ${value};`;
    case 'range':
      return `${taking.range.start} = $p; ${taking.range.end} = ${behind};`;
  }
}

/** Moves `$e` behind the digits, or beyond `$last`; `append` makes `$v` out of it and the digits of `$w`, `$power` of them. */
function digitsSource(append: string, constant: (place: number) => string): string {
  return `for (; $e <= $last; $e += 4) {
let $w = $view.getInt32($e, true) ^ 0x30303030;
const $m = (($w + 0x76767676) | $w) & ${HIGH_BITS};
if ($m !== 0) {
const $n = ${lowestMark('$m')};
$e += $n;
${append === '' ? '' : `$w = ($w << (24 - 8 * $n)) << 8;\nconst $power = ${constant(SMALL_POWERS)}[$n];\n${append}`}
break;
}
${append === '' ? '' : `const $power = 10000;\n${append}`}
}`;
}

/** As `fourDigits` in read-number.ts. */
const FOUR_DIGITS = `const $pairs = Math.imul($w, 10) + ($w >>> 8);
const $four = ($pairs & 255) * 100 + (($pairs >>> 16) & 255);`;
const APPEND_INT32 = `${FOUR_DIGITS}\n$v = (Math.imul($v, $power) + $four) | 0;`;
const APPEND_DOUBLE = `${FOUR_DIGITS}\n$v = $v * $power + $four;`;

/** A comma or a brace must follow, so that neither fraction nor exponent does. */
const ENDS = '($c === 44 || $c === 125 || $c === 93)';
/** No digits at all, a zero before others, and -0 are for the reader. */
const IS_PLAIN_WHOLE = '(bytes[$d] !== 48 || ($e === $d + 1 && $d === $p)) && $e > $d';

function integerSource(
  digitsMax: number,
  kind: 'int32' | 'double' | 'bigint',
  taking: Taking,
  constant: (place: number) => string,
): string {
  const isRange = taking.kind === 'range' && kind === 'bigint';
  const reads = taking.kind !== 'check' && !isRange;
  const append = reads ? (kind === 'int32' ? APPEND_INT32 : APPEND_DOUBLE) : '';
  const signed = '($d === $p ? $v : 0 - $v)';
  const value = kind === 'bigint' ? `${constant(BIGINT)}${signed}` : signed;
  const taken = isRange || taking.kind === 'check' ? taking : { ...taking, kind: 'read' as const };
  return `const $d = $c === 45 ? $p + 1 : $p;
let $e = $d${reads ? ', $v = 0' : ''};
${digitsSource(append, constant)}
$c = bytes[$e];
if (${ENDS} && $e - $d <= ${digitsMax} && ${IS_PLAIN_WHOLE}) {
${takenSource(taken, '$e', value)}
$p = $e;
break $take;
}`;
}

/**
 * Digits of at most 15 are an exact integer divided by an exact power of ten: one correctly rounded operation. For more there is
 * `longDouble`, which says NaN where it does not know.
 */
function doubleSource(taking: Taking, constant: (place: number) => string): string {
  const reads = taking.kind !== 'check';
  const digits = digitsSource(reads ? APPEND_DOUBLE : '', constant);
  const magnitude = `$e - $d > 15 ? ${constant(LONG_DOUBLE)}($view, $d, $point, $e)
: $point === $e ? $v : $v / ${constant(POWERS)}[$e - $point - 1]`;
  const take = `$p = $e;\nbreak $take;`;
  const taken = reads
    ? `const $number = ${magnitude};
if ($number === $number) {
${taking.target} = $d === $p ? $number : -$number;
${take}
}`
    : take;
  return `const $d = $c === 45 ? $p + 1 : $p;
let $e = $d${reads ? ', $v = 0' : ''};
${digits}
if ($e > $d && (bytes[$d] !== 48 || $e === $d + 1)) {
const $point = $e;
$c = bytes[$e];
if ($c === 46) {
$e++;
${digits}
$c = $e > $point + 1 ? bytes[$e] : 0;
}
if (${ENDS} && $e - $d < ${DOUBLE_BYTES_MAX}) {
${taken}
}
}`;
}

function booleanSource(taking: Taking): string {
  const taken = (value: boolean): string =>
    taking.kind === 'check' ? '' : `${taking.target} = ${value};`;
  return `if ($p + 5 <= end) {
if ($view.getInt32($p, true) === 0x65757274) { ${taken(true)} $p += 4; break $take; }
if ($c === 102 && $view.getInt32($p + 1, true) === 0x65736c61) { ${taken(false)} $p += 5; break $take; }
}`;
}
