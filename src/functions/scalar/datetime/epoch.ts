/** Dates and timestamps from and to numbers, and between time zones. */
import { MS_PER_DAY } from '../../../types/temporal.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict, strictBound } from '../scalar.ts';
import { rememberedZone } from './zone.ts';

const category = 'DATE / TIME';

/** FROM_DAYS. */
export const fromDays: ScalarDef = scalar({
  name: 'FROM_DAYS',
  category,
  doc: 'The date so many days after 1970-01-01.',
  examples: [['from_days(19782)', '2024-02-29']],
  overloads: [strict('(INTEGER! days) -> DATE', (days: number) => days)],
});

/** FROM_UNIXTIME. */
export const fromUnixtime: ScalarDef = scalar({
  name: 'FROM_UNIXTIME',
  category,
  doc: 'The timestamp so many milliseconds after 1970-01-01T00:00 in UTC.',
  examples: [['from_unixtime(1526075913000)', '2018-05-11T21:58:33.000']],
  overloads: [
    strict('(BIGINT milliseconds) -> TIMESTAMP', (milliseconds: bigint) => Number(milliseconds)),
  ],
});

/** UNIX_DATE: today is the date in UTC. */
export const unixDate: ScalarDef = scalar({
  name: 'UNIX_DATE',
  category,
  doc: 'The days from 1970-01-01 to a date, or to today.',
  examples: [["unix_date(CAST('2024-02-29' AS DATE))", '19782']],
  overloads: [
    strictBound(
      '() -> INTEGER',
      ({ now }) =>
        () =>
          Math.floor(now() / MS_PER_DAY),
    ),
    strict('(DATE date) -> INTEGER', (date: number) => date),
  ],
});

/** UNIX_TIMESTAMP. */
export const unixTimestamp: ScalarDef = scalar({
  name: 'UNIX_TIMESTAMP',
  category,
  doc: 'The milliseconds from 1970-01-01T00:00 in UTC to a timestamp, or to now.',
  examples: [["unix_timestamp(CAST('2018-05-11T21:58:33' AS TIMESTAMP))", '1526075913000']],
  overloads: [
    strictBound(
      '() -> BIGINT',
      ({ now }) =>
        () =>
          BigInt(Math.floor(now())),
    ),
    strict('(TIMESTAMP timestamp) -> BIGINT', (timestamp: number) => BigInt(timestamp)),
  ],
});

/** CONVERT_TZ: both offsets are those at the given instant. */
export const convertTz: ScalarDef = scalar({
  name: 'CONVERT_TZ',
  category,
  doc: 'A timestamp that shows the time of one time zone, as another time zone shows it.',
  examples: [
    [
      "convert_tz(CAST('2020-05-11T21:58:33' AS TIMESTAMP), '+0200', '+0500')",
      '2020-05-12T00:58:33.000',
    ],
    [
      "convert_tz(CAST('2020-05-11T21:58:33' AS TIMESTAMP), 'America/Los_Angeles', 'America/New_York')",
      '2020-05-12T00:58:33.000',
    ],
  ],
  overloads: [
    strictBound('(TIMESTAMP timestamp, STRING from, STRING to) -> TIMESTAMP', () => {
      const from = rememberedZone();
      const to = rememberedZone();
      return (timestamp: number, fromName: string, toName: string) => {
        const difference = to(toName).offsetAt(timestamp) - from(fromName).offsetAt(timestamp);
        return timestamp + difference * 1000;
      };
    }),
  ],
});
