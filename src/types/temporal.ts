/**
 * DATE, TIME and TIMESTAMP in ISO-8601, read and written as casts do (spec: sql-statements.md §3.7). The calendar is the
 * proleptic Gregorian one; days are counted by Howard Hinnant's civil-date algorithms.
 */

export const MS_PER_DAY = 86_400_000;
const MS_PER_HOUR = 3_600_000;
const MS_PER_MINUTE = 60_000;

/** Days since the epoch; month 1-12, day 1-31, not checked. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

export interface CivilDate {
  readonly year: number;
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
}

/** The inverse of `daysFromCivil`. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** The UTC date of an instant. */
export function timestampToDate(timestampMs: number): number {
  return Math.floor(timestampMs / MS_PER_DAY);
}

/** The UTC time of day of an instant. */
export function timestampToTime(timestampMs: number): number {
  return timestampMs - Math.floor(timestampMs / MS_PER_DAY) * MS_PER_DAY;
}

/** `yyyy-MM-dd`; years beyond 9999 carry a sign, as ISO has it. */
export function formatDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  const digits = String(Math.abs(year)).padStart(4, '0');
  const sign = year < 0 ? '-' : year > 9999 ? '+' : '';
  return `${sign}${digits}-${pad2(month)}-${pad2(day)}`;
}

/** `HH:mm`, or `HH:mm:ss` unless the seconds are 0; milliseconds are not printed. */
export function formatTime(timeMs: number): string {
  const seconds = Math.floor(timeMs / 1000) % 60;
  const text = `${pad2(Math.floor(timeMs / MS_PER_HOUR))}:${pad2(Math.floor(timeMs / MS_PER_MINUTE) % 60)}`;
  return seconds === 0 ? text : `${text}:${pad2(seconds)}`;
}

/** `yyyy-MM-dd'T'HH:mm:ss.SSS` in UTC. */
export function formatTimestamp(timestampMs: number): string {
  const time = timestampToTime(timestampMs);
  const clock = `${pad2(Math.floor(time / MS_PER_HOUR))}:${pad2(Math.floor(time / MS_PER_MINUTE) % 60)}`;
  const seconds = `${pad2(Math.floor(time / 1000) % 60)}.${String(time % 1000).padStart(3, '0')}`;
  return `${formatDate(timestampToDate(timestampMs))}T${clock}:${seconds}`;
}

const DATE_TEXT = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;
const TIME_TEXT = /^(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?$/;
const CLOCK_TEXT = /^(?:(\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?)?)?$/;
const ZONE_TEXT = /^(.*?)(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

/** Reads `yyyy`, `yyyy-MM` or `yyyy-MM-dd` as days since the epoch; throws with the reason. White space is trimmed. */
export function parseDate(text: string): number {
  const days = dateOrNull(text.trim());
  if (days !== null) return days;
  throw new Error(
    `Failed to parse date '${text}': Required format is: "yyyy-MM-dd", partials are also supported, for example "2020-05" or "2020".`,
  );
}

/**
 * Reads `HH:mm`, `HH:mm:ss` or `HH:mm:ss.SSS` as milliseconds of the day; a fraction has one to nine digits, of which those
 * after the third are dropped. Throws with the reason. White space is trimmed.
 */
export function parseTime(text: string): number {
  const match = TIME_TEXT.exec(text.trim());
  const time = match === null ? null : timeOfDay(match);
  if (time !== null) return time;
  throw new Error(
    `Failed to parse time '${text}': Required format is: "HH:mm:ss.SSS", partials are also supported, for example "10:15" or "10:15:30".`,
  );
}

/**
 * Reads a possibly partial timestamp, `yyyy` to `yyyy-MM-ddTHH:mm:ss.SSS`, with an optional zone (`Z`, `±hh`, `±hhmm`,
 * `±hh:mm`) after the `T`; the default zone is UTC. A fraction has one to three digits. `T24` is the end of the day. White
 * space is trimmed; throws with ksqlDB's text.
 */
export function parseTimestamp(text: string): number {
  const trimmed = text.trim();
  const split = trimmed.indexOf('T');
  if (split < 0) {
    const days = dateOrNull(trimmed);
    if (days === null) throw timestampError(text, 'the date is not valid');
    return days * MS_PER_DAY;
  }
  const days = dateOrNull(trimmed.slice(0, split));
  if (days === null) throw timestampError(text, 'the date is not valid');
  const parts = ZONE_TEXT.exec(trimmed.slice(split + 1))!;
  const clock = CLOCK_TEXT.exec(parts[1] ?? '');
  const time = clock === null ? null : (timeOfDay(clock) ?? endOfDay(clock));
  if (time === null) throw timestampError(text, 'the time is not valid');
  const offset = zoneOffsetMs(parts[2] ?? 'Z');
  if (offset === null) throw timestampError(text, 'the time zone is not valid');
  return days * MS_PER_DAY + time - offset;
}

function dateOrNull(text: string): number | null {
  const match = DATE_TEXT.exec(text);
  if (match === null) return null;
  const year = Number(match[1]);
  const month = Number(match[2] ?? '1');
  const day = Number(match[3] ?? '1');
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return daysFromCivil(year, month, day);
}

/** From the groups hours, minutes, seconds, digits of a fraction of a second; the missing ones are 0. */
function timeOfDay(match: RegExpExecArray): number | null {
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  return (
    Number(hours) * MS_PER_HOUR +
    Number(minutes) * MS_PER_MINUTE +
    Number(seconds) * 1000 +
    Number(fraction.slice(0, 3).padEnd(3, '0'))
  );
}

/** 24:00:00.000 is midnight of the next day, as Java's date parser has it. */
function endOfDay(match: RegExpExecArray): number | null {
  const [, hours, ...rest] = match;
  return hours === '24' && rest.every((part) => Number(part ?? 0) === 0) ? MS_PER_DAY : null;
}

/** Java allows offsets up to ±18:00. */
function zoneOffsetMs(zone: string): number | null {
  if (zone === 'Z' || zone === 'z') return 0;
  const digits = zone.slice(1).replace(':', '');
  const hours = Number(digits.slice(0, 2));
  const minutes = digits.length > 2 ? Number(digits.slice(2)) : 0;
  if (minutes > 59 || hours * 60 + minutes > 18 * 60) return null;
  const offset = hours * MS_PER_HOUR + minutes * MS_PER_MINUTE;
  return zone.startsWith('-') ? -offset : offset;
}

function timestampError(text: string, reason: string): Error {
  return new Error(
    `Failed to parse timestamp '${text}': ${reason}.\n` +
      `Required format is: "yyyy-MM-dd'T'HH:mm:ss.SSS", with an optional numeric 4-digit timezone, ` +
      `for example: '2020-05-26T23.59.58.000' or with tz: '2020-05-26T23.59.58.000+0200'. ` +
      `Partials are also supported, for example "2020-05-26"`,
  );
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
