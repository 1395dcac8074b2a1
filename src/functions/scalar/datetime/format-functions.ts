import { formatDate as isoDate, formatTime as isoTime } from '../../../types/temporal.ts';
import type { ScalarDef } from '../../define.ts';
import { type Call, scalar, strictBound } from '../scalar.ts';
import { attempt } from './failures.ts';
import { rememberedFormatter } from './formatter.ts';
import { rememberedZone } from './zone.ts';

const category = 'DATE / TIME';

/** FORMAT_DATE. */
export const formatDate: ScalarDef = scalar({
  name: 'FORMAT_DATE',
  category,
  doc: 'A date as text by a pattern of Java’s DateTimeFormatter.',
  examples: [["format_date(CAST('2024-02-29' AS DATE), 'EEE d MMM yyyy')", 'Thu 29 Feb 2024']],
  overloads: [
    strictBound('(DATE date, STRING pattern) -> STRING', () => {
      const formatterOf = rememberedFormatter();
      return (date: number, pattern: string) =>
        attempt('Failed to format', 'date', isoDate(date), pattern, null, () =>
          formatterOf(pattern).formatDate(date),
        );
    }),
  ],
});

/** FORMAT_TIME. */
export const formatTime: ScalarDef = scalar({
  name: 'FORMAT_TIME',
  category,
  doc: 'A time of day as text by a pattern of Java’s DateTimeFormatter.',
  examples: [["format_time(CAST('13:05:09' AS TIME), 'h:mm a')", '1:05 PM']],
  overloads: [
    strictBound('(TIME time, STRING pattern) -> STRING', () => {
      const formatterOf = rememberedFormatter();
      return (time: number, pattern: string) =>
        attempt('Failed to format', 'time', isoTime(time), pattern, null, () =>
          formatterOf(pattern).formatTime(time),
        );
    }),
  ],
});

const bindFormatTimestamp = (): Call => {
  const formatterOf = rememberedFormatter();
  const zoneOf = rememberedZone();
  return (timestamp: number, pattern: string, zone = 'GMT') =>
    attempt('Failed to format', 'timestamp', timestamp, pattern, zone, () =>
      formatterOf(pattern).formatTimestamp(timestamp, zoneOf(zone)),
    );
};

/** FORMAT_TIMESTAMP. */
export const formatTimestamp: ScalarDef = scalar({
  name: 'FORMAT_TIMESTAMP',
  category,
  doc: 'A timestamp as text by a pattern of Java’s DateTimeFormatter, in GMT or another time zone.',
  examples: [
    [
      "format_timestamp(CAST('2018-05-11T21:58:33' AS TIMESTAMP), 'yyyy-MM-dd HH:mm:ss')",
      '2018-05-11 21:58:33',
    ],
    [
      "format_timestamp(CAST('2018-05-11T21:58:33' AS TIMESTAMP), 'HH:mm zzz', 'Europe/London')",
      '22:58 BST',
    ],
  ],
  overloads: [
    strictBound('(TIMESTAMP timestamp, STRING pattern) -> STRING', bindFormatTimestamp),
    strictBound(
      '(TIMESTAMP timestamp, STRING pattern, STRING zone) -> STRING',
      bindFormatTimestamp,
    ),
  ],
});
