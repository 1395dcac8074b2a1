import { describe, expect, it } from 'vitest';
import { callScalar, resultOf } from '../call-in-test.ts';

/** 2018-05-11T21:58:33.123Z, a Friday. */
const moment = 1_526_075_913_123;
const day = 17_662;

function formatted(pattern: string, zone = 'UTC', instantMs = moment): unknown {
  return resultOf('FORMAT_TIMESTAMP', ['TIMESTAMP', 'STRING', 'STRING'], instantMs, pattern, zone);
}
function parsed(text: string, pattern: string, zone = 'UTC'): unknown {
  return resultOf('PARSE_TIMESTAMP', ['STRING', 'STRING', 'STRING'], text, pattern, zone);
}
const iso = (text: string): number => Date.parse(`${text}Z`);

describe('FORMAT_TIMESTAMP', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss.SSS', '2018-05-11 21:58:33.123'],
    ['uuuu u yy y yyyyy', '2018 2018 18 2018 02018'],
    ['d dd D DDD', '11 11 131 131'],
    ['M MM MMM MMMM MMMMM L', '5 05 May May M 5'],
    ['E EEE EEEE EEEEE e c ee', 'Fri Fri Friday F 6 6 06'],
    ['Q QQ QQQ QQQQ q', '2 02 Q2 2nd quarter 2'],
    ['h hh K KK k kk H HH a', '9 09 9 09 21 21 21 21 PM'],
    ['S SSSSSS n A N', '1 123000 123000000 79113123 79113123000000'],
    ['G GGGG', 'AD Anno Domini'],
    ['Y w ww W F', '2018 19 19 2 4'],
    ['g', '58249'],
    ["'T' ''yyyy'' 'it''s'", "T '2018' it's"],
    ["yyyy[-MM]['x'", '2018-05x'],
    ['ppppM|pppdd', '   5| 11'],
    ['X XX XXXd XXXX XXXXX', 'Z Z Z11 Z Z'],
    ['x xx xxx', '+00 +0000 +00:00'],
    ['Z ZZZZ ZZZZZ O OOOO', '+0000 GMT Z GMT GMT'],
    ['z VV', 'UTC UTC'],
  ])('%s gives %s', (pattern, expected) => {
    expect(formatted(pattern)).toBe(expected);
  });

  it.each([
    [
      'Europe/Paris',
      'HH X XX XXXd x Z ZZZZ ZZZZZ',
      '23 +02 +0200 +02:0011 +02 +0200 GMT+02:00 +02:00',
    ],
    ['Europe/Paris', 'z zzzz VV O', 'CEST Central European Summer Time Europe/Paris GMT+2'],
    ['Europe/London', 'zzz', 'BST'],
    ['America/New_York', 'zzzz z', 'Eastern Daylight Time EDT'],
    ['Asia/Kolkata', 'X O OOOO', '+0530 GMT+5:30 GMT+05:30'],
    ['-08:00', 'HH z VV', '13 -08:00 -08:00'],
    ['GMT+2', 'HH VV', '23 GMT+02:00'],
  ])('in %s, %s gives %s', (zone, pattern, expected) => {
    expect(formatted(pattern, zone)).toBe(expected);
  });

  it('shows times before the epoch and in winter', () => {
    expect(formatted('yyyy-MM-dd HH:mm:ss.SSS', 'UTC', -1)).toBe('1969-12-31 23:59:59.999');
    expect(formatted('HH z', 'Europe/London', Date.parse('2018-01-01T12:00Z'))).toBe('12 GMT');
    expect(formatted('yyyy G uuuu', 'UTC', Date.parse('-000001-06-01T00:00Z'))).toBe(
      '0002 BC -0001',
    );
    expect(formatted('yyyy', 'UTC', Date.parse('+012345-06-01T00:00Z'))).toBe('+12345');
  });

  it('words failures as ksqlDB does', () => {
    expect(() => formatted('bad')).toThrow(
      `Failed to format timestamp '${moment}' at timezone 'UTC' with formatter 'bad': `,
    );
    expect(() => formatted('yyyy', 'Nowhere/City')).toThrow('Invalid time zone: Nowhere/City');
    expect(() => formatted('yyyy', 'EST')).toThrow('Invalid time zone: EST');
    for (const pattern of [
      'yyyy{',
      "yyyy'",
      'yyyy]',
      'MMMMMM',
      'HHH',
      'pp',
      'V',
      'cc',
      'aa',
      'C',
    ]) {
      expect(() => formatted(pattern), pattern).toThrow('Failed to format');
    }
  });
});

describe('FORMAT_DATE and FORMAT_TIME', () => {
  it('know only their part', () => {
    expect(resultOf('FORMAT_DATE', ['DATE', 'STRING'], day, 'dd/MM/yyyy[ HH]')).toBe('11/05/2018');
    expect(() => resultOf('FORMAT_DATE', ['DATE', 'STRING'], day, 'HH')).toThrow(
      "Failed to format date '2018-05-11' with formatter 'HH': Unsupported field: HourOfDay",
    );
    expect(resultOf('FORMAT_TIME', ['TIME', 'STRING'], 79_113_123, 'HHmmssSSS')).toBe('215833123');
    expect(() => resultOf('FORMAT_TIME', ['TIME', 'STRING'], 0, 'yyyy')).toThrow(
      'Unsupported field: YearOfEra',
    );
    expect(resultOf('FORMAT_DATE', ['DATE', 'STRING'], day, null)).toBe(null);
  });
});

describe('PARSE_TIMESTAMP', () => {
  it.each([
    ['2018-05-11T21:58:33Z', "yyyy-MM-dd'T'HH:mm:ssX", '2018-05-11T21:58:33'],
    ['2018-05-11t21:58:33z', "yyyy-MM-dd'T'HH:mm:ssX", '2018-05-11T21:58:33'],
    ['20180511215833123', 'yyyyMMddHHmmssSSS', '2018-05-11T21:58:33.123'],
    ['2018-5-1', 'yyyy-M-d', '2018-05-01T00:00'],
    ['11-mAY-18 9 pm', 'dd-MMM-yy h a', '2018-05-11T21:00'],
    ['friday 11 may 2018', 'EEEE d MMMM yyyy', '2018-05-11T00:00'],
    ['2018', 'yyyy', '2018-01-01T00:00'],
    ['02-29', 'MM-dd', '1970-02-28T00:00'],
    ['21', 'HH', '1970-01-01T21:00'],
    ['PM', 'a', '1970-01-01T12:00'],
    ['58:33', 'mm:ss', '1970-01-01T00:58:33'],
    ['Sat', 'EEE', '1970-01-03T00:00'],
    ['2020-366', 'yyyy-DDD', '2020-12-31T00:00'],
    ['365', 'DDD', '1970-12-31T00:00'],
    ['2018-02-31', 'yyyy-MM-dd', '2018-02-28T00:00'],
    ['2018-05-11 24:00', 'yyyy-MM-dd HH:mm', '2018-05-12T00:00'],
    ['2018-05-11 24', 'yyyy-MM-dd kk', '2018-05-11T00:00'],
    ['2018-05-11 +0530', 'yyyy-MM-dd Z', '2018-05-10T18:30'],
    ['2018-05-11 -08:00', 'yyyy-MM-dd xxx', '2018-05-11T08:00'],
    ['2018-05-11 GMT+2', 'yyyy-MM-dd O', '2018-05-10T22:00'],
    ['2018-05-11 europe/paris', 'yyyy-MM-dd VV', '2018-05-10T22:00'],
    ['2018-05-11 PST', 'yyyy-MM-dd z', '2018-05-11T07:00'],
    ['2018-05-11 UTC', 'yyyy-MM-dd z', '2018-05-11T00:00'],
    ['2018-05-11', 'yyyy-MM-dd[ HH:mm]', '2018-05-11T00:00'],
    ['2018-05-11 21:58', 'yyyy-MM-dd[ HH:mm]', '2018-05-11T21:58'],
    ['2018 19 6', 'Y w e', '2018-05-11T00:00'],
    ['44 BC', 'y G', '-000043-01-01T00:00'],
    ['  5/2018', 'pppM/yyyy', '2018-05-01T00:00'],
    ['+12345-01', 'yyyy-MM', '+012345-01-01T00:00'],
  ])('reads %s by %s as %s', (text, pattern, expected) => {
    expect(parsed(text, pattern)).toBe(iso(expected));
  });

  it.each([
    ['2018-05-11 21:58', 'Europe/London', '2018-05-11T20:58'],
    // A gap: the clock went from 01:00 to 02:00.
    ['2018-03-25 01:30', 'Europe/London', '2018-03-25T01:30'],
    // An overlap: the earlier of the two.
    ['2018-10-28 01:30', 'Europe/London', '2018-10-28T00:30'],
    ['1970-01-01 00:00', '+0200', '1969-12-31T22:00'],
  ])('reads %s in %s', (text, zone, expected) => {
    expect(parsed(text, 'yyyy-MM-dd HH:mm', zone)).toBe(iso(expected));
  });

  it.each([
    ['2018-05-11x', 'yyyy-MM-dd', 'unparsed text found at index 10'],
    ['2018-5-11', 'yyyy-MM-dd', 'could not be parsed at index 5'],
    ['18-05-11', 'yyyy-MM-dd', 'could not be parsed at index 0'],
    ['12345-05-11', 'yyyy-MM-dd', 'could not be parsed at index 0'],
    ['-018-05-11', 'yyyy-MM-dd', 'could not be parsed at index 0'],
    ['2018-13-01', 'yyyy-MM-dd', 'Invalid value for MonthOfYear (valid values 1 - 12): 13'],
    ['2018-01-32', 'yyyy-MM-dd', 'Invalid value for DayOfMonth'],
    ['25', 'HH', 'Invalid value for HourOfDay'],
    ['24:01', 'HH:mm', 'Invalid value for HourOfDay'],
    ['Mon 2018-05-11', 'EEE yyyy-MM-dd', 'Conflict found'],
    ['366', 'DDD', 'Leap day cannot be parsed without supplying the year field'],
    ['2019-366', 'yyyy-DDD', 'is not a leap year'],
    ['2018-05-11 Nowhere', 'yyyy-MM-dd VV', 'could not be parsed at index 11'],
    ['5 6', 'd d', 'could not be parsed at index 2'],
    ['', 'yyyy', 'could not be parsed at index 0'],
  ])('refuses %s by %s', (text, pattern, reason) => {
    expect(() => parsed(text, pattern)).toThrow(reason);
    expect(() => parsed(text, pattern)).toThrow(
      `Failed to parse timestamp '${text}' at timezone 'UTC' with formatter '${pattern}': `,
    );
  });
});

describe('PARSE_TIME', () => {
  const time = (text: string, pattern: string): unknown =>
    resultOf('PARSE_TIME', ['STRING', 'STRING'], text, pattern);
  it.each([
    ['00:01:05Lit', "HH:mm:ss'Lit'", 65_000],
    ['11/05/19', 'HH/mm/ss', 39_919_000],
    ['01:00:00 Pm', 'hh:mm:ss a', 46_800_000],
    ['21', 'HH', 75_600_000],
    ['12 AM', 'hh a', 0],
  ])('reads %s by %s', (text, pattern, expected) => {
    expect(time(text, pattern)).toBe(expected);
  });

  it('refuses dates and times without an hour', () => {
    expect(() => time('2018 12', 'yyyy HH')).toThrow('Time format contains date field.');
    expect(() => time('2018-05-11 12', 'yyyy-MM-dd HH')).toThrow(
      'Time format contains date field.',
    );
    expect(() => time('05:06', 'mm:ss')).toThrow("Failed to parse time '05:06' with formatter");
  });
});

describe('PARSE_DATE', () => {
  const date = (text: string, pattern: string): unknown =>
    resultOf('PARSE_DATE', ['STRING', 'STRING'], text, pattern);
  const days = (text: string): number => iso(`${text}T00:00`) / 86_400_000;
  it.each([
    ['2018-05-11Lit', "yyyy-MM-dd'Lit'", '2018-05-11'],
    ['11/05/2019', 'dd/MM/yyyy', '2019-05-11'],
    ['20180511', 'yyyyMMdd', '2018-05-11'],
    ['1-jan-2022', 'dd-MMM-yyyy', '2022-01-01'],
    ['1 January 2022', 'd MMM y', '2022-01-01'],
    ['2022', 'yyyy', '2022-01-01'],
    ['03', 'MM', '1970-03-01'],
    ['2022-13-01', 'yyyy-MM-dd', '2023-01-01'],
    ['2022-02-30', 'yyyy-MM-dd', '2022-03-02'],
    ['2022-060', 'yyyy-DDD', '2022-03-01'],
    ['2022-05-11T00:00', "yyyy-MM-dd'T'HH:mm", '2022-05-11'],
    ['2022-05-11 rest', 'yyyy-MM-dd', '2022-05-11'],
    ['11/05/22', 'dd/MM/yy', '2022-05-11'],
    ['11/05/44', 'dd/MM/yy', '1944-05-11'],
    ['2 2022', 'd yyyy', '2022-01-02'],
    ['Sat 2022', 'EEE yyyy', '2022-01-01'],
    ['1582-10-15', 'yyyy-MM-dd', '1582-10-15'],
    ['1582-10-04', 'yyyy-MM-dd', '1582-10-14'],
    ['0001-01-03', 'yyyy-MM-dd', '0001-01-01'],
    ['2 BC', 'y G', '-000002-12-30'],
  ])('reads %s by %s, leniently, as %s', (text, pattern, expected) => {
    expect(date(text, pattern)).toBe(days(expected));
  });

  it('refuses times and text that does not fit', () => {
    expect(() => date('2022-05-11 01', 'yyyy-MM-dd HH')).toThrow(
      'Date format contains time field.',
    );
    expect(() => date('x', 'yyyy')).toThrow(
      `Failed to parse date 'x' with formatter 'yyyy': Unparseable date: "x"`,
    );
    expect(() => date('2022', 'eeee')).toThrow("Illegal pattern character 'e'");
    expect(() => date('2022', "yyyy'")).toThrow('Unterminated quote');
  });
});

describe('arithmetic on dates and times', () => {
  const add = (
    name: string,
    unit: string,
    count: number | null,
    type: string,
    value: number,
  ): unknown => resultOf(name, ['UNIT', 'INTEGER', type], unit, count, value);

  it('truncates dates toward zero, wraps times and moves timestamps', () => {
    expect(add('DATEADD', 'HOURS', 23, 'DATE', 10)).toBe(10);
    expect(add('DATEADD', 'HOURS', 24, 'DATE', 10)).toBe(11);
    expect(add('DATESUB', 'HOURS', 1, 'DATE', 10)).toBe(9);
    expect(add('DATESUB', 'HOURS', 1, 'DATE', 0)).toBe(0);
    expect(add('DATEADD', 'DAYS', -5, 'DATE', 2)).toBe(-3);
    expect(add('TIMESUB', 'MILLISECONDS', -5, 'TIME', 86_399_997)).toBe(2);
    expect(add('TIMESUB', 'DAYS', 1, 'TIME', 5)).toBe(5);
    expect(add('TIMEADD', 'SECONDS', -1, 'TIME', 500)).toBe(86_399_500);
    expect(add('TIMESTAMPSUB', 'MILLISECONDS', -5, 'TIMESTAMP', -100)).toBe(-95);
    expect(add('TIMESTAMPADD', 'MINUTE', 1, 'TIMESTAMP', 0)).toBe(60_000);
    expect(add('TIMESTAMPADD', 'MINUTE', null, 'TIMESTAMP', 0)).toBe(null);
  });

  it('wants the unit first', () => {
    expect(() => callScalar('DATEADD', ['DATE', 'INTEGER', 'DATE'], [0, 1, 0])).toThrow(
      "Function 'dateadd' does not accept parameters (DATE, INTEGER, DATE).",
    );
    expect(resultOf('TIMEADD', ['UNIT', 'INTEGER', 'STRING'], 'HOURS', 1, '09:16')).toBe(
      36_960_000,
    );
  });
});

describe('numbers and zones', () => {
  it('convert both ways', () => {
    expect(resultOf('FROM_DAYS', ['INTEGER'], -10)).toBe(-10);
    expect(resultOf('FROM_UNIXTIME', ['BIGINT'], 100n)).toBe(100);
    expect(resultOf('UNIX_TIMESTAMP', ['TIMESTAMP'], -1)).toBe(-1n);
    expect(callScalar('UNIX_TIMESTAMP', [], [], { nowMs: 86_400_001 }).value).toBe(86_400_001n);
    expect(callScalar('UNIX_DATE', [], [], { nowMs: 86_400_001 }).value).toBe(1);
    const types = ['TIMESTAMP', 'STRING', 'STRING'];
    expect(resultOf('CONVERT_TZ', types, 100, '+0200', '+0500')).toBe(10_800_100);
    expect(
      resultOf('CONVERT_TZ', types, 1_589_234_313_000, 'America/Los_Angeles', 'America/New_York'),
    ).toBe(1_589_245_113_000);
    expect(() => resultOf('CONVERT_TZ', types, 0, 'PST', 'UTC')).toThrow('Invalid time zone: PST');
    expect(() => resultOf('CONVERT_TZ', types, 0, '+25:00', 'UTC')).toThrow('Invalid time zone');
  });
});

describe('the deprecated functions', () => {
  it('work on numbers', () => {
    expect(resultOf('DATETOSTRING', ['INTEGER', 'STRING'], day, 'dd.MM.yyyy')).toBe('11.05.2018');
    expect(resultOf('DATETOSTRING', ['INTEGER', 'STRING'], day, null)).toBe(null);
    expect(resultOf('STRINGTODATE', ['STRING', 'STRING'], '01-jan-2022', 'dd-MMM-yyyy')).toBe(
      18_993,
    );
    expect(() => resultOf('STRINGTODATE', ['STRING', 'STRING'], '2022', 'yyyy')).toThrow(
      'Unable to obtain LocalDate',
    );
    expect(() => resultOf('STRINGTODATE', ['STRING', 'STRING'], null, 'yyyy')).toThrow('NULL');
    expect(() => resultOf('STRINGTOTIMESTAMP', ['STRING', 'STRING'], null, 'yyyy')).toThrow('NULL');
  });

  it('take their zone from the server if not told', () => {
    const pattern = 'yyyy-MM-dd HH:mm';
    const options = { properties: { 'leat.time.zone': 'Europe/London' } };
    const types = ['BIGINT', 'STRING'];
    expect(callScalar('TIMESTAMPTOSTRING', types, [BigInt(moment), pattern], options).value).toBe(
      '2018-05-11 22:58',
    );
    expect(resultOf('TIMESTAMPTOSTRING', types, BigInt(moment), pattern)).toBe('2018-05-11 21:58');
    expect(
      callScalar('STRINGTOTIMESTAMP', ['STRING', 'STRING'], ['2018-05-11 22:58', pattern], options)
        .value,
    ).toBe(BigInt(iso('2018-05-11T21:58')));
    expect(
      resultOf(
        'STRINGTOTIMESTAMP',
        ['STRING', 'STRING', 'STRING'],
        '2018-05-11 22:58',
        pattern,
        '+01:00',
      ),
    ).toBe(BigInt(iso('2018-05-11T21:58')));
  });
});
