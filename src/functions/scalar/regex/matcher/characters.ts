/** Sets of characters: Java's predefined classes and Unicode properties, as tests of code points. */
import type { CharacterTest, Flags } from './node.ts';

const between =
  (first: number, last: number): CharacterTest =>
  (codePoint) =>
    codePoint >= first && codePoint <= last;

/** Tests written as a JavaScript class of one character, with the answers for ASCII worked out once. */
function byClass(body: string): CharacterTest {
  const pattern = new RegExp(`^[${body}]$`, 'u');
  const isMember = (codePoint: number): boolean => pattern.test(String.fromCodePoint(codePoint));
  const ascii = Array.from({ length: 128 }, (_, codePoint) => isMember(codePoint));
  return (codePoint) => ascii[codePoint] ?? isMember(codePoint);
}

export const not =
  (test: CharacterTest): CharacterTest =>
  (codePoint) =>
    !test(codePoint);
export const anyOf =
  (tests: readonly CharacterTest[]): CharacterTest =>
  (codePoint) =>
    tests.some((test) => test(codePoint));
export const allOf =
  (tests: readonly CharacterTest[]): CharacterTest =>
  (codePoint) =>
    tests.every((test) => test(codePoint));

const digit = byClass('0-9');
const word = byClass('A-Za-z0-9_');
const space = byClass(' \\t\\n\\v\\f\\r');
const horizontalSpace = byClass(' \\t\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000');
const verticalSpace = byClass('\\n\\v\\f\\r\\u0085\\u2028\\u2029');
const unicodeDigit = byClass('\\p{Nd}');
const unicodeWord = byClass('\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}');
const unicodeSpace = byClass('\\p{White_Space}');

/** Java's line terminators: LF, CR, NEL, LS, PS. */
export const lineTerminator: CharacterTest = byClass('\\n\\r\\u0085\\u2028\\u2029');
/** What `\b` separates: letters, digits and the underscore of any script (Java up to 18). */
export const boundaryWord: CharacterTest = byClass('\\p{L}\\p{Nd}_');

/** `\d`, `\W` and so on by letter; null for a letter that is no class. */
export function predefinedClass(letter: string, flags: Flags): CharacterTest | null {
  const positive = positiveClass(letter.toLowerCase(), flags.unicodeClasses);
  if (positive === null) return null;
  return letter === letter.toLowerCase() ? positive : not(positive);
}

function positiveClass(letter: string, isUnicode: boolean): CharacterTest | null {
  switch (letter) {
    case 'd':
      return isUnicode ? unicodeDigit : digit;
    case 'w':
      return isUnicode ? unicodeWord : word;
    case 's':
      return isUnicode ? unicodeSpace : space;
    case 'h':
      return horizontalSpace;
    case 'v':
      return verticalSpace;
    default:
      return null;
  }
}

/** The dot. */
export function dot(flags: Flags): CharacterTest {
  if (flags.dotAll) return () => true;
  return flags.unixLines ? (codePoint) => codePoint !== 0x0a : not(lineTerminator);
}

/** One code point, or a range of them, in either case if the flags say so. */
export function characterRange(first: number, last: number, flags: Flags): CharacterTest {
  const test = between(first, last);
  if (!flags.ignoreCase) return test;
  if (!flags.unicodeCase) return (codePoint) => test(codePoint) || test(otherAsciiCase(codePoint));
  return (codePoint) => {
    const character = String.fromCodePoint(codePoint);
    const upper = character.toUpperCase().codePointAt(0) ?? codePoint;
    const lower = character.toLowerCase().codePointAt(0) ?? codePoint;
    return test(codePoint) || test(upper) || test(lower);
  };
}

function otherAsciiCase(codePoint: number): number {
  const isLetter =
    (codePoint >= 0x41 && codePoint <= 0x5a) || (codePoint >= 0x61 && codePoint <= 0x7a);
  return isLetter ? codePoint ^ 0x20 : codePoint;
}

/** POSIX classes (ASCII only) and the `java.lang.Character` classes, as bodies of JavaScript classes. */
const namedClasses: Readonly<Record<string, string>> = {
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u0000-\\u007f',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '!-\\/:-@\\[-`\\{-~',
  Graph: '!-~',
  Print: ' -~',
  Blank: ' \\t',
  Cntrl: '\\u0000-\\u001f\\u007f',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
  L1: '\\u0000-\\u00ff',
  all: '\\u{0}-\\u{10ffff}',
  LD: '\\p{L}\\p{Nd}',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaLetter: '\\p{L}',
  javaDigit: '\\p{Nd}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
  javaWhitespace:
    '\\t-\\r\\u001c-\\u001f \\u1680\\u2000-\\u2006\\u2008-\\u200a\\u2028\\u2029\\u205f\\u3000',
  javaSpaceChar: '\\p{Z}',
  javaISOControl: '\\p{Cc}',
  IsLetter: '\\p{L}',
  IsDigit: '\\p{Nd}',
  IsPunctuation: '\\p{P}',
  IsControl: '\\p{Cc}',
  IsTitlecase: '\\p{Lt}',
};

/** The class of `\p{name}`; null for a name that is not known. Unicode blocks are not. */
export function propertyClass(name: string): CharacterTest | null {
  const named = namedClasses[name];
  if (named !== undefined) return byClass(named);
  for (const property of unicodeSpellings(name)) {
    try {
      return byClass(`\\p{${property}}`);
    } catch {
      // Not a property of that spelling: the next one is tried.
    }
  }
  return null;
}

function unicodeSpellings(name: string): readonly string[] {
  if (!/^[A-Za-z0-9_]+(?:=[A-Za-z0-9_]+)?$/.test(name)) return [];
  const [key, value] = name.split('=');
  if (value !== undefined) {
    if (key === 'sc' || key === 'script') return [`Script=${titleCase(value)}`];
    return key === 'gc' || key === 'general_category' ? [`General_Category=${value}`] : [];
  }
  const bare = name.startsWith('Is') ? name.slice(2) : name;
  if (name.startsWith('Is')) return [bare, titleCase(bare), `Script=${titleCase(bare)}`];
  return [`General_Category=${bare}`];
}

/** Java takes script names in any case, JavaScript only as `Old_Italic`. */
function titleCase(name: string): string {
  return name.toLowerCase().replace(/(^|_)[a-z]/g, (start) => start.toUpperCase());
}
