/** English names of calendar fields, as Java's formatters print them for the locale en-US. */
import type { Field } from './fields.ts';

export type TextStyle = 'short' | 'full' | 'narrow';

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const quarters = ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter'];

/** Names by value; the first has the value `base`. */
interface Names {
  readonly base: number;
  readonly full: readonly string[];
  readonly short: readonly string[];
  readonly narrow: readonly string[];
}

const initial = (name: string): string => name.charAt(0);
const three = (name: string): string => name.slice(0, 3);

const tables: Partial<Record<Field, Names>> = {
  MonthOfYear: { base: 1, full: months, short: months.map(three), narrow: months.map(initial) },
  DayOfWeek: { base: 1, full: days, short: days.map(three), narrow: days.map(initial) },
  QuarterOfYear: {
    base: 1,
    full: quarters,
    short: ['Q1', 'Q2', 'Q3', 'Q4'],
    narrow: ['1', '2', '3', '4'],
  },
  AmPmOfDay: { base: 0, full: ['AM', 'PM'], short: ['AM', 'PM'], narrow: ['a', 'p'] },
  Era: {
    base: 0,
    full: ['Before Christ', 'Anno Domini'],
    short: ['BC', 'AD'],
    narrow: ['B', 'A'],
  },
};

/** The name of a field's value. */
export function nameOf(field: Field, value: number, style: TextStyle): string {
  const table = tables[field];
  return table?.[style][value - table.base] ?? String(value);
}

/** The value whose name stands at a position of a text, in any case; the longest name wins, ambiguous ones count for nothing. */
export function nameAt(
  field: Field,
  style: TextStyle,
  text: string,
  position: number,
): { readonly value: number; readonly end: number } | null {
  const table = tables[field];
  if (table === undefined) return null;
  let found: { readonly value: number; readonly end: number } | null = null;
  for (const [index, name] of table[style].entries()) {
    const end = position + name.length;
    const isHere = text.slice(position, end).toLowerCase() === name.toLowerCase();
    const isUnique = table[style].indexOf(name) === table[style].lastIndexOf(name);
    if (isHere && isUnique && end > (found?.end ?? 0)) found = { value: table.base + index, end };
  }
  return found;
}

/** Abbreviations of zones in parsed text: each stands for a region, in which the date decides about summer time. */
export const zoneAbbreviations: ReadonlyMap<string, string> = new Map([
  ['EST', 'America/New_York'],
  ['EDT', 'America/New_York'],
  ['ET', 'America/New_York'],
  ['CST', 'America/Chicago'],
  ['CDT', 'America/Chicago'],
  ['CT', 'America/Chicago'],
  ['MST', 'America/Denver'],
  ['MDT', 'America/Denver'],
  ['MT', 'America/Denver'],
  ['PST', 'America/Los_Angeles'],
  ['PDT', 'America/Los_Angeles'],
  ['PT', 'America/Los_Angeles'],
  ['AKST', 'America/Anchorage'],
  ['AKDT', 'America/Anchorage'],
  ['HST', 'Pacific/Honolulu'],
  ['AST', 'America/Halifax'],
  ['ADT', 'America/Halifax'],
  ['NST', 'America/St_Johns'],
  ['NDT', 'America/St_Johns'],
  ['BST', 'Europe/London'],
  ['IST', 'Asia/Kolkata'],
  ['WET', 'WET'],
  ['WEST', 'WET'],
  ['CET', 'Europe/Paris'],
  ['CEST', 'Europe/Paris'],
  ['EET', 'Europe/Helsinki'],
  ['EEST', 'Europe/Helsinki'],
  ['MSK', 'Europe/Moscow'],
  ['JST', 'Asia/Tokyo'],
  ['KST', 'Asia/Seoul'],
  ['HKT', 'Asia/Hong_Kong'],
  ['AEST', 'Australia/Sydney'],
  ['AEDT', 'Australia/Sydney'],
  ['ACST', 'Australia/Adelaide'],
  ['ACDT', 'Australia/Adelaide'],
  ['AWST', 'Australia/Perth'],
  ['NZST', 'Pacific/Auckland'],
  ['NZDT', 'Pacific/Auckland'],
  ['SAST', 'Africa/Johannesburg'],
]);
