/** The fields of dates and times that patterns print and parse, named as Java's errors name them. */
import { civilFromDays, daysFromCivil } from '../../../types/temporal.ts';
import type { Zone } from './zone.ts';

export type DateField =
  | 'Era'
  | 'YearOfEra'
  | 'Year'
  | 'QuarterOfYear'
  | 'MonthOfYear'
  | 'DayOfMonth'
  | 'DayOfYear'
  | 'ModifiedJulianDay'
  | 'AlignedDayOfWeekInMonth'
  | 'DayOfWeek'
  /** 1 is Sunday. */
  | 'LocalizedDayOfWeek'
  | 'WeekBasedYear'
  | 'WeekOfWeekBasedYear'
  | 'WeekOfMonth';
export type TimeField =
  | 'AmPmOfDay'
  | 'ClockHourOfAmPm'
  | 'HourOfAmPm'
  | 'ClockHourOfDay'
  | 'HourOfDay'
  | 'MinuteOfHour'
  | 'SecondOfMinute'
  | 'NanoOfSecond'
  | 'MilliOfDay'
  | 'NanoOfDay';
export type Field = DateField | TimeField;

/** What is printed: null parts make the patterns that need them fail. */
export interface Moment {
  readonly epochDay: number | null;
  readonly nanoOfDay: number | null;
  /** With the instant it is taken at, which decides about summer time. */
  readonly zone: { readonly zone: Zone; readonly instantMs: number } | null;
}

const dateFields: ReadonlySet<Field> = new Set<DateField>([
  'Era',
  'YearOfEra',
  'Year',
  'QuarterOfYear',
  'MonthOfYear',
  'DayOfMonth',
  'DayOfYear',
  'ModifiedJulianDay',
  'AlignedDayOfWeekInMonth',
  'DayOfWeek',
  'LocalizedDayOfWeek',
  'WeekBasedYear',
  'WeekOfWeekBasedYear',
  'WeekOfMonth',
]);

/** Does the field belong to dates? */
export function isDateField(field: Field): field is DateField {
  return dateFields.has(field);
}

/** Throws Java's `Unsupported field: …` if the moment has no such part. */
export function fieldOf(moment: Moment, field: Field): number {
  const isDate = isDateField(field);
  const part = isDate ? moment.epochDay : moment.nanoOfDay;
  if (part === null) throw new Error(`Unsupported field: ${field}`);
  return isDate ? dateFieldOf(part, field) : timeFieldOf(part, field);
}

/** The value of a field of the day so many days after the epoch. */
export function dateFieldOf(epochDay: number, field: DateField): number {
  const { year, month, day } = civilFromDays(epochDay);
  switch (field) {
    case 'Era':
      return year > 0 ? 1 : 0;
    case 'YearOfEra':
      return year > 0 ? year : 1 - year;
    case 'Year':
      return year;
    case 'QuarterOfYear':
      return Math.floor((month + 2) / 3);
    case 'MonthOfYear':
      return month;
    case 'DayOfMonth':
      return day;
    case 'DayOfYear':
      return epochDay - daysFromCivil(year, 1, 1) + 1;
    case 'ModifiedJulianDay':
      return epochDay + 40_587;
    case 'AlignedDayOfWeekInMonth':
      return ((day - 1) % 7) + 1;
    case 'DayOfWeek':
      return dayOfWeek(epochDay);
    case 'LocalizedDayOfWeek':
      return (dayOfWeek(epochDay) % 7) + 1;
    case 'WeekBasedYear':
      return weekBasedYear(epochDay);
    case 'WeekOfWeekBasedYear':
      return (firstOfWeek(epochDay) - firstWeekOf(weekBasedYear(epochDay))) / 7 + 1;
    case 'WeekOfMonth':
      return (firstOfWeek(epochDay) - firstOfWeek(epochDay - day + 1)) / 7 + 1;
  }
}

/** The year of a day. */
export function yearOf(epochDay: number): number {
  return civilFromDays(epochDay).year;
}

/** 1 is Monday; the epoch was a Thursday. */
function dayOfWeek(epochDay: number): number {
  return ((((epochDay + 3) % 7) + 7) % 7) + 1;
}

/** Weeks as in the United States: they begin on Sunday, and the first of a year is the one with 1 January. */
function firstOfWeek(epochDay: number): number {
  return epochDay - (dayOfWeek(epochDay) % 7);
}
function weekBasedYear(epochDay: number): number {
  const year = yearOf(epochDay);
  return epochDay >= firstWeekOf(year + 1) ? year + 1 : year;
}

/** The first day of the first week of a year. */
export function firstWeekOf(year: number): number {
  return firstOfWeek(daysFromCivil(year, 1, 1));
}

export const nanosPerSecond = 1_000_000_000;
export const nanosPerDay: number = 86_400 * nanosPerSecond;

function timeFieldOf(nanoOfDay: number, field: TimeField): number {
  const second = Math.floor(nanoOfDay / nanosPerSecond);
  const hour = Math.floor(second / 3600);
  switch (field) {
    case 'AmPmOfDay':
      return hour < 12 ? 0 : 1;
    case 'ClockHourOfAmPm':
      return hour % 12 === 0 ? 12 : hour % 12;
    case 'HourOfAmPm':
      return hour % 12;
    case 'ClockHourOfDay':
      return hour === 0 ? 24 : hour;
    case 'HourOfDay':
      return hour;
    case 'MinuteOfHour':
      return Math.floor(second / 60) % 60;
    case 'SecondOfMinute':
      return second % 60;
    case 'NanoOfSecond':
      return nanoOfDay % nanosPerSecond;
    case 'MilliOfDay':
      return Math.floor(nanoOfDay / 1_000_000);
    case 'NanoOfDay':
      return nanoOfDay;
  }
}
