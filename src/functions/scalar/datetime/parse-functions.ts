import { MS_PER_DAY } from '../../../types/temporal.ts';
import type { ScalarDef } from '../../define.ts';
import { type Call, scalar, strictBound } from '../scalar.ts';
import { attempt } from './failures.ts';
import { rememberedFormatter } from './formatter.ts';
import { type ParseInstant, simpleDateParser } from './simple-date-format.ts';
import { rememberedZone } from './zone.ts';

const category = 'DATE / TIME';

/** PARSE_DATE: the one function whose patterns are SimpleDateFormat's. */
export const parseDate: ScalarDef = scalar({
  name: 'PARSE_DATE',
  category,
  doc: 'The date a text says by a pattern of Java’s SimpleDateFormat; what it leaves out is taken from 1970-01-01.',
  examples: [
    ["parse_date('29/02/2024', 'dd/MM/yyyy')", '2024-02-29'],
    ["parse_date('2024', 'yyyy')", '2024-01-01'],
  ],
  overloads: [
    strictBound('(STRING text, STRING pattern) -> DATE', ({ now }) => {
      let last: { readonly pattern: string; readonly parse: ParseInstant } | null = null;
      return (text: string, pattern: string) =>
        attempt('Failed to parse', 'date', text, pattern, null, () => {
          if (last?.pattern !== pattern) last = { pattern, parse: simpleDateParser(pattern) };
          const instantMs = last.parse(text, now());
          if (instantMs % MS_PER_DAY !== 0) throw new Error('Date format contains time field.');
          return instantMs / MS_PER_DAY;
        });
    }),
  ],
});

/** PARSE_TIME. */
export const parseTime: ScalarDef = scalar({
  name: 'PARSE_TIME',
  category,
  doc: 'The time of day a text says by a pattern of Java’s DateTimeFormatter.',
  examples: [
    ["parse_time('01:00:00 Pm', 'hh:mm:ss a')", '13:00'],
    ["parse_time('11/05/19', 'HH/mm/ss')", '11:05:19'],
  ],
  overloads: [
    strictBound('(STRING text, STRING pattern) -> TIME', () => {
      const formatterOf = rememberedFormatter();
      return (text: string, pattern: string) =>
        attempt('Failed to parse', 'time', text, pattern, null, () =>
          formatterOf(pattern).parseTime(text),
        );
    }),
  ],
});

const bindParseTimestamp = (): Call => {
  const formatterOf = rememberedFormatter();
  const zoneOf = rememberedZone();
  return (text: string, pattern: string, zone = 'GMT') =>
    attempt('Failed to parse', 'timestamp', text, pattern, zone, () =>
      formatterOf(pattern).parseTimestamp(text, zoneOf(zone)),
    );
};

/** PARSE_TIMESTAMP. */
export const parseTimestamp: ScalarDef = scalar({
  name: 'PARSE_TIMESTAMP',
  category,
  doc: 'The timestamp a text says by a pattern of Java’s DateTimeFormatter, in GMT or another time zone unless the text names one.',
  examples: [
    ["parse_timestamp('2018-05-11 21:58', 'yyyy-MM-dd HH:mm')", '2018-05-11T21:58:00.000'],
    [
      "parse_timestamp('2018-05-11 21:58', 'yyyy-MM-dd HH:mm', 'Europe/London')",
      '2018-05-11T20:58:00.000',
    ],
  ],
  overloads: [
    strictBound('(STRING text, STRING pattern) -> TIMESTAMP', bindParseTimestamp),
    strictBound('(STRING text, STRING pattern, STRING zone) -> TIMESTAMP', bindParseTimestamp),
  ],
});
