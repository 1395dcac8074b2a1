/**
 * Parsing by the patterns of `java.text.SimpleDateFormat`, which PARSE_DATE keeps for old statements. Lenient as Java is by
 * default: values roll over (month 13 is January of the next year), text after the match is not looked at, spaces may stand
 * before a field.
 */
import { daysFromCivil, MS_PER_DAY } from '../../../types/temporal.ts';
import { checkLimit, patternCharsMax } from '../limits.ts';
import type { Field } from './fields.ts';
import { firstWeekOf, yearOf } from './fields.ts';
import { nameAt, zoneAbbreviations } from './names.ts';
import { findZone, findZoneInAnyCase, parseOffset } from './zone.ts';

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'field'; readonly letter: string; readonly count: number };

const letters = 'GyYMLwWDdFEuaHkKhmsSzZX';

/** Reads a text to milliseconds since the epoch, in UTC unless it says another zone. */
export type ParseInstant = (text: string, todayMs: number) => number;

/** Throws Java's `Illegal pattern character` for a pattern that is none. */
export function simpleDateParser(pattern: string): ParseInstant {
  checkLimit(patternCharsMax, 'date pattern', pattern.length);
  const parts = readPattern(pattern);
  return (text, todayMs) => {
    const values = new Map<string, number>();
    let position = 0;
    for (const [index, part] of parts.entries()) {
      const isFollowedByField = parts[index + 1]?.kind === 'field';
      position = readPart(part, text, position, isFollowedByField, values, todayMs);
      if (position < 0) throw new Error(`Unparseable date: "${text}"`);
    }
    return instantOf(values);
  };
}

function readPattern(pattern: string): readonly Part[] {
  const parts: Part[] = [];
  const tokens = pattern.matchAll(/([A-Za-z])\1*|'((?:[^']|'')*)'|('.*)|[^A-Za-z']/gs);
  for (const [token, letter, quoted, open] of tokens) {
    if (open !== undefined) throw new Error('Unterminated quote');
    if (letter !== undefined) {
      if (!letters.includes(letter)) throw new Error(`Illegal pattern character '${letter}'`);
      parts.push({ kind: 'field', letter, count: token.length });
    } else {
      const text = quoted === undefined ? token : quoted.replaceAll("''", "'");
      parts.push({ kind: 'literal', text: token === "''" ? "'" : text });
    }
  }
  return parts;
}

/** The position behind the part, or -1. */
function readPart(
  part: Part,
  text: string,
  start: number,
  isFollowedByField: boolean,
  values: Map<string, number>,
  todayMs: number,
): number {
  if (part.kind === 'literal') {
    return text.startsWith(part.text, start) ? start + part.text.length : -1;
  }
  let position = start;
  while (text.charAt(position) === ' ' || text.charAt(position) === '\t') position += 1;
  const { letter, count } = part;
  if ('zZX'.includes(letter)) return readZone(text, position, values);
  const named = namedField(letter, count);
  if (named !== null) {
    const found = nameAt(named, 'full', text, position) ?? nameAt(named, 'short', text, position);
    if (found === null) return -1;
    values.set(canonical(letter), found.value);
    return found.end;
  }
  const digits = readDigits(text, position, isFollowedByField ? count : null);
  if (digits === '') return -1;
  const isTwoDigitYear = 'yY'.includes(letter) && count <= 2 && /^[0-9]{2}$/.test(digits);
  const value = isTwoDigitYear ? nearYear(Number(digits), todayMs) : Number(digits);
  values.set(canonical(letter), value);
  return position + digits.length;
}

/** Fields side by side have exactly the width of their letters. */
function readDigits(text: string, position: number, width: number | null): string {
  const pattern = width === null ? /-?[0-9]+/y : new RegExp(`-?[0-9]{1,${width}}`, 'y');
  pattern.lastIndex = position;
  const digits = pattern.exec(text)?.[0] ?? '';
  return width === null ? digits : digits.slice(0, width);
}

function namedField(letter: string, count: number): Field | null {
  switch (letter) {
    case 'G':
      return 'Era';
    case 'E':
      return 'DayOfWeek';
    case 'a':
      return 'AmPmOfDay';
    case 'M':
    case 'L':
      return count > 2 ? 'MonthOfYear' : null;
    default:
      return null;
  }
}

function canonical(letter: string): string {
  if (letter === 'L') return 'M';
  return letter === 'u' ? 'E' : letter;
}

/** A year of two digits lies between 80 years before and 20 years after today. */
function nearYear(lastDigits: number, todayMs: number): number {
  const first = yearOf(Math.floor(todayMs / MS_PER_DAY)) - 80;
  const century = Math.floor(first / 100) * 100;
  return century + lastDigits + (lastDigits < first % 100 ? 100 : 0);
}

function readZone(text: string, position: number, values: Map<string, number>): number {
  const pattern = /[Zz](?![A-Za-z])|(?:GMT|UTC)?[+-]\d{1,2}(?::?\d{2})?|[A-Za-z][A-Za-z_/]*/y;
  pattern.lastIndex = position;
  const found = pattern.exec(text)?.[0];
  if (found === undefined) return -1;
  const seconds = parseOffset(found);
  const region = zoneAbbreviations.get(found.toUpperCase());
  const zone = region === undefined ? findZoneInAnyCase(found) : findZone(region);
  if (seconds === null && zone === null) return -1;
  values.set('zone', seconds ?? zone?.offsetAt(0) ?? 0);
  return position + found.length;
}

function instantOf(values: ReadonlyMap<string, number>): number {
  const value = (letter: string): number => values.get(letter) ?? 0;
  const half = value('a') * 12;
  const halfHour = values.get('K') ?? (values.has('h') ? value('h') % 12 : 0);
  const hour = values.get('H') ?? (values.has('k') ? value('k') % 24 : halfHour + half);
  const seconds = (hour * 60 + value('m')) * 60 + value('s') - value('zone');
  return dayOf(values) * MS_PER_DAY + seconds * 1000 + value('S');
}

function dayOf(values: ReadonlyMap<string, number>): number {
  const said = values.get('y') ?? values.get('Y') ?? 1970;
  const year = values.get('G') === 0 ? 1 - said : said;
  const dayOfYear = values.get('D');
  if (dayOfYear !== undefined && !values.has('d')) return dayOfCalendar(year, 1, dayOfYear);
  const week = values.get('w');
  if (week !== undefined && !values.has('M') && !values.has('d')) {
    return firstWeekOf(year) + (week - 1) * 7 + ((values.get('E') ?? 7) % 7);
  }
  const month = (values.get('M') ?? 1) - 1;
  const rolledYear = year + Math.floor(month / 12);
  const rolledMonth = month - Math.floor(month / 12) * 12 + 1;
  return dayOfCalendar(rolledYear, rolledMonth, values.get('d') ?? 1);
}

/** 1582-10-15, the first day of the Gregorian calendar. */
const CUTOVER = -141_427;

/** Days since 1970 of a day of Java's GregorianCalendar, which is Julian before the cutover; the day may lie outside of the month. */
function dayOfCalendar(year: number, month: number, day: number): number {
  const gregorian = daysFromCivil(year, month, 1) + day - 1;
  return gregorian >= CUTOVER ? gregorian : julianDays(year, month) + day - 1;
}

/** Days since 1970 of the first of a month of the Julian calendar. */
function julianDays(year: number, month: number): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const daysSinceMarch = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5);
  return 365 * marchYear + Math.floor(marchYear / 4) + daysSinceMarch - 719_470;
}
