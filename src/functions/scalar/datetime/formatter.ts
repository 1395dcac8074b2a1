/** Formatting and parsing of dates and times by patterns of Java's DateTimeFormatter, in English. */
import { MS_PER_DAY } from '../../../types/temporal.ts';
import { type Moment, isDateField, nanosPerDay } from './fields.ts';
import { parseItems } from './parse.ts';
import { type Item, parseDateTimePattern } from './pattern.ts';
import { printItems } from './print.ts';
import { type Resolved, completed, resolveFields } from './resolve.ts';
import type { Zone } from './zone.ts';

export interface DateTimeFormatter {
  /** Days since the epoch; a pattern with time fields fails. */
  formatDate(epochDay: number): string;
  /** Milliseconds of the day; a pattern with date fields fails. */
  formatTime(timeMs: number): string;
  /** An instant as the clocks of a zone show it. */
  formatTimestamp(instantMs: number, zone: Zone): string;
  /** Days since the epoch; the text must say a whole date. */
  parseDate(text: string): number;
  /** Milliseconds of the day; the text must say an hour and nothing of a date. */
  parseTime(text: string): number;
  /** An instant in milliseconds; what the text leaves out is taken from 1970-01-01T00:00, its zone too if not said. */
  parseTimestamp(text: string, zone: Zone): number;
}

/** Throws Java's error for a pattern that is none. */
export function dateTimeFormatter(pattern: string): DateTimeFormatter {
  const items = parseDateTimePattern(pattern);
  return {
    formatDate: (epochDay) => printItems(items, { epochDay, nanoOfDay: null, zone: null }),
    formatTime: (timeMs) =>
      printItems(items, { epochDay: null, nanoOfDay: timeMs * 1e6, zone: null }),
    formatTimestamp: (instantMs, zone) => printItems(items, localMoment(instantMs, zone)),
    parseDate: (text) => wholeDate(resolve(items, text)),
    parseTime: (text) => wholeTime(resolve(items, text)),
    parseTimestamp: (text, zone) => instant(resolve(items, text), zone),
  };
}

function localMoment(instantMs: number, zone: Zone): Moment {
  const localMs = instantMs + zone.offsetAt(instantMs) * 1000;
  const epochDay = Math.floor(localMs / MS_PER_DAY);
  return {
    epochDay,
    nanoOfDay: (localMs - epochDay * MS_PER_DAY) * 1e6,
    zone: { zone, instantMs },
  };
}

function resolve(items: readonly Item[], text: string): Resolved {
  return resolveFields(parseItems(items, text));
}

function wholeDate({ epochDay }: Resolved): number {
  if (epochDay === null) throw new Error('Unable to obtain LocalDate from TemporalAccessor');
  return epochDay;
}

function wholeTime({ epochDay, nanoOfDay, rest }: Resolved): number {
  if (epochDay !== null || [...rest.keys()].some(isDateField)) {
    throw new Error('Time format contains date field.');
  }
  if (nanoOfDay === null) throw new Error('Unable to obtain LocalTime from TemporalAccessor');
  return Math.floor(nanoOfDay / 1e6);
}

function instant(resolved: Resolved, defaultZone: Zone): number {
  const { epochDay, nanoOfDay } = completed(resolved);
  const localMs = epochDay * MS_PER_DAY + Math.floor((nanoOfDay % nanosPerDay) / 1e6);
  const zone = resolved.zone ?? defaultZone;
  return localMs - zone.offsetAtLocal(localMs) * 1000;
}

/** Patterns are nearly always literals: remembers the last one. One per call site. */
export function rememberedFormatter(): (pattern: string) => DateTimeFormatter {
  let last: { readonly pattern: string; readonly formatter: DateTimeFormatter } | null = null;
  return (pattern) => {
    if (last?.pattern !== pattern) last = { pattern, formatter: dateTimeFormatter(pattern) };
    return last.formatter;
  };
}
