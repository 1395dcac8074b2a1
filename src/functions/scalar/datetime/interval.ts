/** DATEADD, TIMEADD, TIMESTAMPADD and their inverses: arithmetic in milliseconds. */
import { MS_PER_DAY } from '../../../types/temporal.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict } from '../scalar.ts';

const unitsMs: ReadonlyMap<string, number> = new Map([
  ['DAY', MS_PER_DAY],
  ['HOUR', 3_600_000],
  ['MINUTE', 60_000],
  ['SECOND', 1_000],
  ['MILLISECOND', 1],
]);

/** A unit arrives as its name in the statement: DAYS, or DAY. */
function unitMs(name: string): number {
  const upper = name.toUpperCase();
  const size = unitsMs.get(upper.endsWith('S') ? upper.slice(0, -1) : upper);
  if (size === undefined) throw new Error(`Unknown time unit: '${name}'`);
  return size;
}

type Shift = (value: number, shiftMs: number) => number;

/** Truncates toward zero to whole days, so adding 23 hours changes nothing. */
const shiftDate: Shift = (days, shiftMs) => Math.trunc((days * MS_PER_DAY + shiftMs) / MS_PER_DAY);

/** Wraps around midnight. */
const shiftTime: Shift = (timeMs, shiftMs) => {
  const rest = (timeMs + shiftMs) % MS_PER_DAY;
  return rest < 0 ? rest + MS_PER_DAY : rest;
};

const shiftTimestamp: Shift = (timestampMs, shiftMs) => timestampMs + shiftMs;

function shifting(
  name: string,
  type: 'DATE' | 'TIME' | 'TIMESTAMP',
  doc: string,
  example: readonly [sql: string, result: string],
  shift: Shift,
  direction: 1 | -1,
): ScalarDef {
  return scalar({
    name,
    category: 'DATE / TIME',
    doc,
    examples: [example],
    overloads: [
      strict(
        `(UNIT unit, INTEGER interval, ${type} ${type.toLowerCase()}) -> ${type}`,
        // Adding 0 makes a -0 a plain zero.
        (unit: string, interval: number, value: number) =>
          shift(value, direction * interval * unitMs(unit)) + 0,
      ),
    ],
  });
}

/** The six functions. */
export const intervalFunctions: readonly ScalarDef[] = [
  shifting(
    'DATEADD',
    'DATE',
    'A date some units of time later, in whole days.',
    ["dateadd(DAYS, 2, '2024-02-28')", '2024-03-01'],
    shiftDate,
    1,
  ),
  shifting(
    'DATESUB',
    'DATE',
    'A date some units of time earlier, in whole days.',
    ["datesub(DAYS, 1, '2024-03-01')", '2024-02-29'],
    shiftDate,
    -1,
  ),
  shifting(
    'TIMEADD',
    'TIME',
    'A time of day some units later, going on at midnight.',
    ["timeadd(HOURS, 2, '23:30')", '01:30'],
    shiftTime,
    1,
  ),
  shifting(
    'TIMESUB',
    'TIME',
    'A time of day some units earlier, going on at midnight.',
    ["timesub(HOURS, 2, '01:30')", '23:30'],
    shiftTime,
    -1,
  ),
  shifting(
    'TIMESTAMPADD',
    'TIMESTAMP',
    'A timestamp some units of time later.',
    ["timestampadd(MINUTES, 90, '2024-02-28T23:00:00')", '2024-02-29T00:30:00.000'],
    shiftTimestamp,
    1,
  ),
  shifting(
    'TIMESTAMPSUB',
    'TIMESTAMP',
    'A timestamp some units of time earlier.',
    ["timestampsub(SECONDS, 1, '2024-03-01')", '2024-02-29T23:59:59.000'],
    shiftTimestamp,
    -1,
  ),
];
