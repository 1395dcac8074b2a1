/**
 * Makes a date and a time out of parsed fields, as Java's `Parsed.resolve` in the SMART style: fields that go together become
 * a date or a time and are checked against what else was said; the rest stays as it is.
 */
import { civilFromDays, daysFromCivil, daysInMonth } from '../../../types/temporal.ts';
import {
  type DateField,
  type Field,
  type TimeField,
  dateFieldOf,
  firstWeekOf,
  isDateField,
  nanosPerDay,
  nanosPerSecond,
} from './fields.ts';
import type { ParsedFields } from './parse.ts';
import type { Zone } from './zone.ts';

export interface Resolved {
  /** Days since the epoch; null if the text did not say a whole date. */
  readonly epochDay: number | null;
  /** Null if the text did not say at least an hour. */
  readonly nanoOfDay: number | null;
  /** Fields that made neither. */
  readonly rest: ReadonlyMap<Field, number>;
  readonly zone: Zone | null;
}

const limits: Partial<Record<Field, readonly [number, number]>> = {
  MonthOfYear: [1, 12],
  DayOfMonth: [1, 31],
  DayOfYear: [1, 366],
  DayOfWeek: [1, 7],
  LocalizedDayOfWeek: [1, 7],
  QuarterOfYear: [1, 4],
  AlignedDayOfWeekInMonth: [1, 7],
  WeekOfWeekBasedYear: [1, 53],
  WeekOfMonth: [0, 6],
  HourOfDay: [0, 23],
  ClockHourOfDay: [0, 24],
  HourOfAmPm: [0, 11],
  ClockHourOfAmPm: [0, 12],
  MinuteOfHour: [0, 59],
  SecondOfMinute: [0, 59],
  MilliOfDay: [0, 86_399_999],
  NanoOfDay: [0, nanosPerDay - 1],
};

/** Throws Java's errors for values out of range and for fields that contradict the date. */
export function resolveFields({ values, zone }: ParsedFields): Resolved {
  const fields = new Map(values);
  for (const [field, value] of fields) check(fields, field, value);
  resolveYear(fields);
  resolveHours(fields);
  const date = resolveDate(fields);
  const time = resolveTime(fields);
  const excess = time !== null && time >= nanosPerDay ? 1 : 0;
  const rest = date === null ? fields : crossChecked(fields, date);
  return {
    epochDay: date === null ? null : date + excess,
    nanoOfDay: time === null ? null : time - excess * nanosPerDay,
    rest,
    zone,
  };
}

function check(fields: ReadonlyMap<Field, number>, field: Field, value: number): void {
  // 24:00 is the end of the day.
  const isMidnight =
    field === 'HourOfDay' &&
    value === 24 &&
    !fields.get('MinuteOfHour') &&
    !fields.get('SecondOfMinute') &&
    !fields.get('NanoOfSecond');
  const range = limits[field];
  if (range === undefined || isMidnight) return;
  const [least, most] = range;
  if (value < least || value > most) {
    throw new Error(`Invalid value for ${field} (valid values ${least} - ${most}): ${value}`);
  }
}

/** Takes a field out of the map. */
function take(fields: Map<Field, number>, field: Field): number | null {
  const value = fields.get(field) ?? null;
  fields.delete(field);
  return value;
}

function resolveYear(fields: Map<Field, number>): void {
  const yearOfEra = take(fields, 'YearOfEra');
  const era = fields.get('Era');
  if (yearOfEra === null) return;
  const year = era === 0 ? 1 - yearOfEra : yearOfEra;
  const known = fields.get('Year');
  if (known !== undefined && known !== year) throw conflict('Year', known, 'YearOfEra', yearOfEra);
  if (era !== undefined) fields.delete('Era');
  fields.set('Year', year);
}

function resolveDate(fields: Map<Field, number>): number | null {
  const julianDay = take(fields, 'ModifiedJulianDay');
  if (julianDay !== null) return julianDay - 40_587;
  return dateByMonth(fields) ?? dateByDayOfYear(fields) ?? dateByWeek(fields);
}

function dateByMonth(fields: Map<Field, number>): number | null {
  const year = fields.get('Year');
  const month = fields.get('MonthOfYear');
  const day = fields.get('DayOfMonth');
  if (year === undefined || month === undefined || day === undefined) return null;
  // SMART: the 31st of a shorter month is its last day.
  return daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
}

function dateByDayOfYear(fields: Map<Field, number>): number | null {
  const year = fields.get('Year');
  const day = fields.get('DayOfYear');
  if (year === undefined || day === undefined) return null;
  if (day > 365 && daysInMonth(year, 2) === 28) {
    throw new Error(`Invalid date 'DayOfYear 366' as '${year}' is not a leap year`);
  }
  return daysFromCivil(year, 1, 1) + day - 1;
}

function dateByWeek(fields: Map<Field, number>): number | null {
  const year = fields.get('WeekBasedYear');
  const week = fields.get('WeekOfWeekBasedYear');
  const day = fields.get('DayOfWeek');
  const localizedDay =
    fields.get('LocalizedDayOfWeek') ?? (day === undefined ? null : (day % 7) + 1);
  if (year === undefined || week === undefined || localizedDay === null) return null;
  return firstWeekOf(year) + (week - 1) * 7 + localizedDay - 1;
}

/** Every date field that was said must be what the date has. */
function crossChecked(fields: Map<Field, number>, epochDay: number): ReadonlyMap<Field, number> {
  for (const [field, value] of [...fields]) {
    if (!isDateField(field)) continue;
    const actual = dateFieldOf(epochDay, field);
    // The day of a month that SMART moved to the month's end is no contradiction.
    const isClamped = field === 'DayOfMonth' && value > actual;
    if (actual !== value && !isClamped) throw conflict(field, actual, field, value);
    fields.delete(field);
  }
  return fields;
}

function conflict(field: string, actual: number, said: string, value: number): Error {
  return new Error(
    `Conflict found: ${field} ${actual} differs from ${said} ${value} while resolving`,
  );
}

function resolveHours(fields: Map<Field, number>): void {
  const clockHour = take(fields, 'ClockHourOfDay');
  if (clockHour !== null) merge(fields, 'HourOfDay', clockHour === 24 ? 0 : clockHour);
  const clockHourOfHalf = take(fields, 'ClockHourOfAmPm');
  if (clockHourOfHalf !== null) {
    merge(fields, 'HourOfAmPm', clockHourOfHalf === 12 ? 0 : clockHourOfHalf);
  }
  const half = fields.get('AmPmOfDay');
  const hourOfHalf = fields.get('HourOfAmPm');
  if (half !== undefined && hourOfHalf !== undefined) {
    fields.delete('AmPmOfDay');
    fields.delete('HourOfAmPm');
    merge(fields, 'HourOfDay', half * 12 + hourOfHalf);
  }
}

function merge(fields: Map<Field, number>, field: TimeField, value: number): void {
  const known = fields.get(field);
  if (known !== undefined && known !== value) throw conflict(field, known, field, value);
  fields.set(field, value);
}

/** Hours are needed; minutes, seconds and fractions may be left out from the end. */
function resolveTime(fields: Map<Field, number>): number | null {
  const milliOfDay = fields.get('MilliOfDay');
  const nanoOfDay = fields.get('NanoOfDay') ?? (milliOfDay === undefined ? null : milliOfDay * 1e6);
  if (nanoOfDay !== null) {
    fields.delete('NanoOfDay');
    fields.delete('MilliOfDay');
    return nanoOfDay;
  }
  const hour = fields.get('HourOfDay');
  const minute = fields.get('MinuteOfHour');
  const second = fields.get('SecondOfMinute');
  const nano = fields.get('NanoOfSecond');
  if (hour === undefined) return null;
  if (minute === undefined && (second !== undefined || nano !== undefined)) return null;
  if (second === undefined && nano !== undefined) return null;
  for (const field of ['HourOfDay', 'MinuteOfHour', 'SecondOfMinute', 'NanoOfSecond'] as const) {
    fields.delete(field);
  }
  const half = take(fields, 'AmPmOfDay');
  if (half !== null && half !== Math.floor(hour / 12)) {
    throw conflict('AmPmOfDay', Math.floor(hour / 12), 'AmPmOfDay', half);
  }
  const seconds = (hour * 60 + (minute ?? 0)) * 60 + (second ?? 0);
  return seconds * nanosPerSecond + (nano ?? 0);
}

/** Local date and time with what was not said taken from 1970-01-01T00:00 (ksqlDB's rule). */
export interface Completed {
  readonly epochDay: number;
  readonly nanoOfDay: number;
}

/** Throws for day 366 without a year. */
export function completed(resolved: Resolved): Completed {
  const { rest } = resolved;
  return {
    epochDay: resolved.epochDay ?? completedDate(rest),
    nanoOfDay: resolved.nanoOfDay ?? completedTime(rest),
  };
}

/** Fields are set one after the other, in the order in which Java declares them. */
function completedDate(rest: ReadonlyMap<Field, number>): number {
  let epochDay = 0;
  const set = (field: DateField, apply: (value: number) => number): void => {
    const value = rest.get(field);
    if (value !== undefined) epochDay = apply(value);
  };
  set('DayOfWeek', (value) => epochDay + value - dateFieldOf(epochDay, 'DayOfWeek'));
  set('AlignedDayOfWeekInMonth', (value) => {
    return epochDay + value - dateFieldOf(epochDay, 'AlignedDayOfWeekInMonth');
  });
  set('DayOfMonth', (value) => epochDay + value - civilFromDays(epochDay).day);
  set('DayOfYear', (value) => {
    if (value === 366 && !rest.has('Year')) {
      throw new Error('Leap day cannot be parsed without supplying the year field');
    }
    return daysFromCivil(civilFromDays(epochDay).year, 1, 1) + value - 1;
  });
  set('MonthOfYear', (value) => moved(epochDay, { month: value }));
  set('Year', (value) => moved(epochDay, { year: value }));
  set('Era', (value) => {
    const { year } = civilFromDays(epochDay);
    return value === 1 ? epochDay : moved(epochDay, { year: 1 - year });
  });
  return epochDay;
}

/** Another month or year; a day that month lacks becomes its last. */
function moved(
  epochDay: number,
  change: { readonly year?: number; readonly month?: number },
): number {
  const { year, month, day } = { ...civilFromDays(epochDay), ...change };
  return daysFromCivil(year, month, Math.min(day, daysInMonth(year, month)));
}

function completedTime(rest: ReadonlyMap<Field, number>): number {
  const hourOfHalf = rest.get('HourOfAmPm') ?? 0;
  const hour = rest.get('HourOfDay') ?? hourOfHalf + 12 * (rest.get('AmPmOfDay') ?? 0);
  const minutes = hour * 60 + (rest.get('MinuteOfHour') ?? 0);
  const seconds = minutes * 60 + (rest.get('SecondOfMinute') ?? 0);
  return seconds * nanosPerSecond + (rest.get('NanoOfSecond') ?? 0);
}
