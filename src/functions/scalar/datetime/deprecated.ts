/** The older functions, over INTEGER days and BIGINT milliseconds. Their default zone is the server's. */
import type { CallContext, ScalarDef } from '../../define.ts';
import { type Call, handledBound, scalar, strictBound } from '../scalar.ts';
import { attempt } from './failures.ts';
import { rememberedFormatter } from './formatter.ts';
import { rememberedZone } from './zone.ts';

const category = 'DATE / TIME';

/**
 * The zone of the functions that take the server's.
 * Differs: a property rather than the operating system's setting, so that a query means the same on every machine.
 */
function serverZone({ property }: CallContext): string {
  return property('leat.time.zone') ?? 'UTC';
}

/** DATETOSTRING. */
export const dateToString: ScalarDef = scalar({
  name: 'DATETOSTRING',
  category,
  doc: 'Days since 1970-01-01 as a date by a pattern of Java’s DateTimeFormatter. Deprecated: FORMAT_DATE does the same for dates.',
  examples: [["datetostring(17662, 'yyyy-MM-dd')", '2018-05-11']],
  overloads: [
    strictBound('(INTEGER! days, STRING pattern) -> STRING', () => {
      const formatterOf = rememberedFormatter();
      return (days: number, pattern: string) =>
        attempt('Failed to format', 'date', days, pattern, null, () =>
          formatterOf(pattern).formatDate(days),
        );
    }),
  ],
});

/** STRINGTODATE: NULL is an error, as in ksqlDB. */
export const stringToDate: ScalarDef = scalar({
  name: 'STRINGTODATE',
  category,
  doc: 'The days from 1970-01-01 to the date a text says by a pattern of Java’s DateTimeFormatter. Deprecated: PARSE_DATE gives a date.',
  examples: [["stringtodate('01-Jan-2022', 'dd-MMM-yyyy')", '18993']],
  overloads: [
    handledBound('(STRING text, STRING pattern) -> INTEGER', () => {
      const formatterOf = rememberedFormatter();
      return (text: string | null, pattern: string | null) => {
        if (text === null || pattern === null) throw new Error('STRINGTODATE got a NULL');
        return attempt('Failed to parse', 'date', text, pattern, null, () =>
          formatterOf(pattern).parseDate(text),
        );
      };
    }),
  ],
});

function bindTimestampToString(context: CallContext): Call {
  const formatterOf = rememberedFormatter();
  const zoneOf = rememberedZone();
  const defaultZone = serverZone(context);
  return (milliseconds: bigint, pattern: string, zone: string = defaultZone) =>
    attempt('Failed to format', 'timestamp', milliseconds, pattern, zone, () =>
      formatterOf(pattern).formatTimestamp(Number(milliseconds), zoneOf(zone)),
    );
}

/** TIMESTAMPTOSTRING. */
export const timestampToString: ScalarDef = scalar({
  name: 'TIMESTAMPTOSTRING',
  category,
  doc: 'Milliseconds since 1970-01-01 as text by a pattern of Java’s DateTimeFormatter. Deprecated: FORMAT_TIMESTAMP does the same for timestamps.',
  examples: [
    [
      "timestamptostring(1526075913000, 'yyyy-MM-dd HH:mm:ss zzz', 'Europe/London')",
      '2018-05-11 22:58:33 BST',
    ],
  ],
  overloads: [
    strictBound('(BIGINT! milliseconds, STRING pattern) -> STRING', bindTimestampToString),
    strictBound(
      '(BIGINT! milliseconds, STRING pattern, STRING zone) -> STRING',
      bindTimestampToString,
    ),
  ],
});

function bindStringToTimestamp(context: CallContext): Call {
  const formatterOf = rememberedFormatter();
  const zoneOf = rememberedZone();
  const defaultZone = serverZone(context);
  return (text: string | null, pattern: string | null, zone: string | null = defaultZone) => {
    if (text === null || pattern === null || zone === null) {
      throw new Error('STRINGTOTIMESTAMP got a NULL');
    }
    return attempt('Failed to parse', 'timestamp', text, pattern, zone, () =>
      BigInt(formatterOf(pattern).parseTimestamp(text, zoneOf(zone))),
    );
  };
}

/** STRINGTOTIMESTAMP: NULL is an error, as in ksqlDB. */
export const stringToTimestamp: ScalarDef = scalar({
  name: 'STRINGTOTIMESTAMP',
  category,
  doc: 'The milliseconds from 1970-01-01 to the moment a text says by a pattern of Java’s DateTimeFormatter. Deprecated: PARSE_TIMESTAMP gives a timestamp.',
  examples: [
    [`stringtotimestamp('2020-05-11T21:58:33z', 'yyyy-MM-dd''T''HH:mm:ssX')`, '1589234313000'],
  ],
  overloads: [
    handledBound('(STRING text, STRING pattern) -> BIGINT', bindStringToTimestamp),
    handledBound('(STRING text, STRING pattern, STRING zone) -> BIGINT', bindStringToTimestamp),
  ],
});
