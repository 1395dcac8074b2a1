import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  civilFromDays,
  daysFromCivil,
  formatDate,
  formatTime,
  formatTimestamp,
  parseDate,
  parseTime,
  parseTimestamp,
} from './temporal.ts';

const DAY = 86_400_000;

describe('timestamps', () => {
  test.each([
    ['1970', 0],
    ['1971', 365 * DAY],
    ['1970-02', 31 * DAY],
    ['1970-01-02', DAY],
    ['1970-01-02T', DAY],
    ['1970-01-02T01', DAY + 3_600_000],
    ['1970-01-02T01:02', DAY + 3_720_000],
    ['1970-01-02T01:02:03', DAY + 3_723_000],
    ['1970-01-02T01:02:03.004', DAY + 3_723_004],
    ['1970-01-01T00:00Z', 0],
    ['1970-01-01T00:00:00.000+0100', -3_600_000],
    ['1970-01-01T00-01:30', 5_400_000],
    ['  1969-12-31T23:59:59.999  ', -1],
  ])('%s is read', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });
  test.each([
    '',
    '197',
    '1970-1-1',
    '1970-02-30',
    '1970-01-01 00:00',
    '1970-01-01T24:01',
    '1970-01-01T1:00',
    '1970-01-01T00:00:00.1234',
    '1970-01-01T00:00+1900',
    'T10:00',
  ])('"%s" is refused', (text) => {
    expect(() => parseTimestamp(text)).toThrow(`Failed to parse timestamp '${text}'`);
    expect(() => parseTimestamp(text)).toThrow(
      `Required format is: "yyyy-MM-dd'T'HH:mm:ss.SSS", with an optional numeric 4-digit timezone, `,
    );
  });
  test('printing and reading are inverse', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 }), (ms) => {
        expect(parseTimestamp(formatTimestamp(ms))).toBe(ms);
        expect(formatTimestamp(ms)).toBe(new Date(ms).toISOString().slice(0, -1));
      }),
    );
  });
});

describe('dates and times', () => {
  test('days and civil dates are inverse, also before year 0', () => {
    fc.assert(
      fc.property(fc.integer({ min: -4_000_000, max: 4_000_000 }), (days) => {
        const { year, month, day } = civilFromDays(days);
        expect(daysFromCivil(year, month, day)).toBe(days);
      }),
    );
  });
  test('dates print with four digits of year, more with a sign', () => {
    expect(formatDate(0)).toBe('1970-01-01');
    expect(formatDate(daysFromCivil(12345, 6, 7))).toBe('+12345-06-07');
    expect(formatDate(daysFromCivil(-5, 1, 1))).toBe('-0005-01-01');
  });
  test('dates may be partial', () => {
    expect(parseDate('2000')).toBe(10_957);
    expect(parseDate('2000-02')).toBe(10_988);
    expect(parseDate('2000-02-29')).toBe(11_016);
    expect(() => parseDate('2001-02-29')).toThrow("Failed to parse date '2001-02-29'");
  });
  test('times need minutes, and print without milliseconds', () => {
    expect(parseTime('01:02')).toBe(3_720_000);
    expect(parseTime('01:02:03.004')).toBe(3_723_004);
    expect(() => parseTime('01')).toThrow("Failed to parse time '01'");
    expect(() => parseTime('01:02:03.')).toThrow("Failed to parse time '01:02:03.'");
    expect(formatTime(3_723_004)).toBe('01:02:03');
    expect(formatTime(3_720_004)).toBe('01:02');
  });
  test('a fraction of a second may be shorter than three digits, that of a TIME longer', () => {
    expect(parseTime('01:02:03.5')).toBe(3_723_500);
    expect(parseTime('01:02:03.045999999')).toBe(3_723_045);
    expect(parseTimestamp('1970-01-01T01:02:03.5')).toBe(3_723_500);
    expect(parseTimestamp('1970-01-01T01:02:03.45+0100')).toBe(123_450);
    expect(() => parseTimestamp('1970-01-01T01:02:03.0456')).toThrow('the time is not valid');
  });
});
