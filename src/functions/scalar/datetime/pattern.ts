/**
 * Reads the patterns of `java.time.format.DateTimeFormatter` into items that print.ts and parse.ts follow.
 *
 * Numbers side by side, as in `yyyyMMdd`, share their digits: a number of fixed width reserves its width in the first number
 * of the run (`reserved`), which when parsed leaves that many digits to those behind it.
 */
import { checkLimit, patternCharsMax } from '../limits.ts';
import type { Field } from './fields.ts';
import type { TextStyle } from './names.ts';

/** When a number is printed with a sign, and read with one. */
type SignStyle = 'normal' | 'exceeds-pad' | 'not-negative';

export interface NumberItem {
  readonly kind: 'number';
  readonly field: Field;
  readonly minWidth: number;
  readonly maxWidth: number;
  readonly sign: SignStyle;
  /** Two digits of a year: 2000 to 2099. */
  readonly isReduced: boolean;
  /** Digits to be left to the numbers that follow. */
  reserved: number;
}

export type Item =
  | NumberItem
  /** So many digits of the fraction of a second. */
  | { readonly kind: 'fraction'; readonly width: number }
  | { readonly kind: 'text'; readonly field: Field; readonly style: TextStyle }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'offset'; readonly shape: OffsetShape; readonly zero: string }
  | { readonly kind: 'localized-offset'; readonly isFull: boolean }
  | { readonly kind: 'zone-id' }
  | { readonly kind: 'zone-text'; readonly isFull: boolean }
  | { readonly kind: 'optional'; readonly items: readonly Item[] }
  | { readonly kind: 'padded'; readonly width: number; readonly item: Item };

/** How minutes and seconds follow the hours of an offset. */
export interface OffsetShape {
  readonly hasColons: boolean;
  readonly minutes: 'unless-zero' | 'always';
  readonly seconds: 'never' | 'unless-zero';
}

const fields: Readonly<Record<string, Field>> = {
  G: 'Era',
  u: 'Year',
  y: 'YearOfEra',
  Q: 'QuarterOfYear',
  q: 'QuarterOfYear',
  M: 'MonthOfYear',
  L: 'MonthOfYear',
  D: 'DayOfYear',
  d: 'DayOfMonth',
  g: 'ModifiedJulianDay',
  F: 'AlignedDayOfWeekInMonth',
  E: 'DayOfWeek',
  e: 'LocalizedDayOfWeek',
  c: 'LocalizedDayOfWeek',
  Y: 'WeekBasedYear',
  w: 'WeekOfWeekBasedYear',
  W: 'WeekOfMonth',
  a: 'AmPmOfDay',
  H: 'HourOfDay',
  k: 'ClockHourOfDay',
  K: 'HourOfAmPm',
  h: 'ClockHourOfAmPm',
  m: 'MinuteOfHour',
  s: 'SecondOfMinute',
  S: 'NanoOfSecond',
  A: 'MilliOfDay',
  n: 'NanoOfSecond',
  N: 'NanoOfDay',
};

/** Throws Java's errors for a pattern that is none. */
export function parseDateTimePattern(pattern: string): readonly Item[] {
  checkLimit(patternCharsMax, 'date pattern', pattern.length);
  return new PatternReader(pattern).items();
}

interface Level {
  readonly items: Item[];
  /** The first number of the run being read. */
  run: NumberItem | null;
}

class PatternReader {
  readonly #pattern: string;
  #at = 0;
  #levels: Level[] = [{ items: [], run: null }];

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  items(): readonly Item[] {
    while (this.#at < this.#pattern.length) this.#part();
    while (this.#levels.length > 1) this.#closeOptional();
    return this.#level().items;
  }

  #level(): Level {
    const level = this.#levels.at(-1);
    if (level === undefined)
      throw this.#invalid('Pattern invalid as it contains ] without previous [');
    return level;
  }

  #part(): void {
    const character = this.#pattern.charAt(this.#at);
    if (/[A-Za-z]/.test(character)) {
      this.#letters(character);
      return;
    }
    this.#at += 1;
    if (character === "'") this.#quoted();
    else if (character === '[') this.#levels.push({ items: [], run: null });
    else if (character === ']') {
      if (this.#levels.length === 1) {
        throw this.#invalid('Pattern invalid as it contains ] without previous [');
      }
      this.#closeOptional();
    } else if ('{}#'.includes(character)) {
      throw this.#invalid(`Pattern includes reserved character: '${character}'`);
    } else this.#append({ kind: 'literal', text: character });
  }

  #closeOptional(): void {
    const items = this.#levels.pop()?.items ?? [];
    this.#level().run = null;
    if (items.length > 0) this.#append({ kind: 'optional', items });
  }

  #quoted(): void {
    let text = '';
    for (;;) {
      const end = this.#pattern.indexOf("'", this.#at);
      if (end < 0) throw this.#invalid('Pattern ends with an incomplete string literal');
      text += this.#pattern.slice(this.#at, end);
      this.#at = end + 1;
      if (this.#pattern.charAt(this.#at) !== "'") break;
      text += "'";
      this.#at += 1;
    }
    this.#append({ kind: 'literal', text: text === '' ? "'" : text });
  }

  #count(letter: string): number {
    const start = this.#at;
    while (this.#pattern.charAt(this.#at) === letter) this.#at += 1;
    return this.#at - start;
  }

  #letters(first: string): void {
    const count = this.#count(first);
    if (first !== 'p') {
      this.#append(this.#item(first, count));
      return;
    }
    const letter = this.#pattern.charAt(this.#at);
    if (!/[A-Za-z]/.test(letter) || letter === 'p') {
      throw this.#invalid("Pad letter 'p' must be followed by valid pad pattern");
    }
    const item = this.#item(letter, this.#count(letter));
    this.#append({ kind: 'padded', width: count, item });
  }

  #append(item: Item): void {
    const level = this.#level();
    level.items.push(item);
    const width = fixedWidth(item);
    if (width !== null && level.run !== null) level.run.reserved += width;
    else level.run = item.kind === 'number' ? item : null;
  }

  #item(letter: string, count: number): Item {
    const field = fields[letter];
    if (field === undefined) return this.#zoneItem(letter, count);
    switch (letter) {
      case 'u':
      case 'y':
      case 'Y':
        return count === 2
          ? number(field, 2, 2, 'not-negative', true)
          : number(field, count, 19, count < 4 ? 'normal' : 'exceeds-pad');
      case 'S':
        if (count > 9) throw this.#tooMany(letter);
        return { kind: 'fraction', width: count };
      case 'A':
      case 'n':
      case 'N':
        return count === 1
          ? plain(field)
          : number(field, count, Math.max(count, 19), 'not-negative');
      case 'g':
        return number(field, count, 19, 'normal');
      case 'D':
        if (count > 3) throw this.#tooMany(letter);
        return count === 1 ? plain(field) : number(field, count, 3, 'not-negative');
      case 'w':
        if (count > 2) throw this.#tooMany(letter);
        return number(field, count, 2, 'not-negative');
      case 'F':
      case 'W':
        if (count > 1) throw this.#tooMany(letter);
        return plain(field);
      case 'G':
        if (count > 5) throw this.#tooMany(letter);
        return { kind: 'text', field, style: count < 4 ? 'short' : textStyle(count) };
      case 'a':
        if (count > 1) throw this.#tooMany(letter);
        return { kind: 'text', field, style: 'short' };
      case 'E':
        if (count > 5) throw this.#tooMany(letter);
        return { kind: 'text', field, style: count < 4 ? 'short' : textStyle(count) };
      case 'M':
      case 'L':
      case 'Q':
      case 'q':
      case 'e':
      case 'c':
        return this.#numberOrText(letter, field, count);
      default:
        if (count > 2) throw this.#tooMany(letter);
        return count === 1 ? plain(field) : number(field, 2, 2, 'not-negative');
    }
  }

  #numberOrText(letter: string, field: Field, count: number): Item {
    if (count > 5) throw this.#tooMany(letter);
    if (count > 2) {
      const named = field === 'LocalizedDayOfWeek' ? 'DayOfWeek' : field;
      return { kind: 'text', field: named, style: textStyle(count) };
    }
    if (letter === 'c' && count === 2) throw this.#invalid('Invalid pattern "cc"');
    return count === 1 ? plain(field) : number(field, 2, 2, 'not-negative');
  }

  #zoneItem(letter: string, count: number): Item {
    switch (letter) {
      case 'z':
        if (count > 4) throw this.#tooMany(letter);
        return { kind: 'zone-text', isFull: count === 4 };
      case 'v':
        if (count !== 1 && count !== 4) throw this.#wrongCount(letter);
        return { kind: 'zone-text', isFull: count === 4 };
      case 'V':
        if (count !== 2) throw this.#invalid(`Pattern letter count must be 2: ${letter}`);
        return { kind: 'zone-id' };
      case 'O':
        if (count !== 1 && count !== 4) {
          throw this.#invalid(`Pattern letter count must be 1 or 4: ${letter}`);
        }
        return { kind: 'localized-offset', isFull: count === 4 };
      case 'Z':
        if (count > 5) throw this.#tooMany(letter);
        if (count === 4) return { kind: 'localized-offset', isFull: true };
        return count < 4 ? offset(2, '+0000') : offset(5, 'Z');
      case 'X':
        if (count > 5) throw this.#tooMany(letter);
        return offset(count, 'Z');
      case 'x':
        if (count > 5) throw this.#tooMany(letter);
        return offset(count, count === 1 ? '+00' : count % 2 === 0 ? '+0000' : '+00:00');
      default:
        throw this.#invalid(`Unknown pattern letter: ${letter}`);
    }
  }

  #tooMany(letter: string): Error {
    return this.#invalid(`Too many pattern letters: ${letter}`);
  }
  #wrongCount(letter: string): Error {
    return this.#invalid(`Wrong number of pattern letters: ${letter}`);
  }
  #invalid(reason: string): Error {
    return new Error(`${reason} in the pattern "${this.#pattern}"`);
  }
}

function number(
  field: Field,
  minWidth: number,
  maxWidth: number,
  sign: SignStyle,
  isReduced = false,
): NumberItem {
  return { kind: 'number', field, minWidth, maxWidth, sign, isReduced, reserved: 0 };
}
function plain(field: Field): NumberItem {
  return number(field, 1, 19, 'normal');
}

/** The width of an item that must have just that many digits; null for other items. */
function fixedWidth(item: Item): number | null {
  if (item.kind === 'fraction') return item.width;
  if (item.kind !== 'number' || item.sign !== 'not-negative') return null;
  return item.minWidth === item.maxWidth ? item.maxWidth : null;
}

function textStyle(count: number): TextStyle {
  return count === 3 ? 'short' : count === 4 ? 'full' : 'narrow';
}

/** The shapes of `X` to `XXXXX`: `+HHmm`, `+HHMM`, `+HH:MM`, `+HHMMss`, `+HH:MM:ss`. */
function offset(count: number, zero: string): Item {
  const minutes = count === 1 ? 'unless-zero' : 'always';
  const seconds = count > 3 ? 'unless-zero' : 'never';
  const hasColons = count === 3 || count === 5;
  return { kind: 'offset', shape: { hasColons, minutes, seconds }, zero };
}
