import { describe, expect, it } from 'vitest';
import { callScalar, resultOf } from '../call-in-test.ts';

describe('COALESCE, IFNULL and NULLIF', () => {
  it('look at NULL', () => {
    expect(resultOf('COALESCE', ['STRING', 'STRING', 'STRING'], null, null, 'c')).toBe('c');
    expect(resultOf('COALESCE', ['STRING'], null)).toBe(null);
    expect(resultOf('IFNULL', ['INTEGER', 'NULL'], null, null)).toBe(null);
    expect(resultOf('IFNULL', ['BOOLEAN', 'BOOLEAN'], false, true)).toBe(false);
    expect(resultOf('NULLIF', ['INTEGER', 'INTEGER'], null, 1)).toBe(null);
    expect(resultOf('NULLIF', ['INTEGER', 'INTEGER'], 1, null)).toBe(1);
  });

  it('compare containers by value', () => {
    const types = ['ARRAY<INTEGER>', 'ARRAY<INTEGER>'];
    expect(resultOf('NULLIF', types, [1, null], [1, null])).toBe(null);
    expect(resultOf('NULLIF', types, [1, null], [1, 2])).toEqual([1, null]);
  });

  it('refuse to be called with nothing', () => {
    expect(() => callScalar('COALESCE', [], [])).toThrow(
      "Function 'COALESCE' does not accept parameters ()",
    );
  });
});

describe('GREATEST and LEAST', () => {
  it('pass over NULL', () => {
    const types = ['INTEGER', 'INTEGER', 'NULL'];
    expect(resultOf('GREATEST', types, 2_147_483_647, -2_147_483_648, null)).toBe(2_147_483_647);
    expect(resultOf('LEAST', types, 2_147_483_647, -2_147_483_648, null)).toBe(-2_147_483_648);
    expect(resultOf('LEAST', ['STRING', 'STRING'], null, null)).toBe(null);
    expect(resultOf('LEAST', ['STRING'], 'only')).toBe('only');
  });

  it('compare bytes as signed, and texts by code unit', () => {
    const high = Uint8Array.of(0x80);
    const low = Uint8Array.of(0x01);
    expect(resultOf('GREATEST', ['BYTES', 'BYTES'], high, low)).toBe(low);
    expect(resultOf('GREATEST', ['STRING', 'STRING'], '\uff00', '\u{1f600}')).toBe('\uff00');
  });

  it('widen decimals to hold them all', () => {
    expect(
      callScalar('GREATEST', ['DECIMAL(4, 2)', 'DECIMAL(6, 1)', 'NULL'], [199n, 15n, null]),
    ).toEqual({ type: { kind: 'DECIMAL', precision: 7, scale: 2 }, value: 199n });
    expect(resultOf('LEAST', ['DECIMAL(4, 2)', 'DECIMAL(6, 1)'], 199n, 15n)).toBe(150n);
  });

  it('cannot choose among numeric types', () => {
    expect(() => callScalar('GREATEST', ['INTEGER', 'BIGINT'], [1, 2n])).toThrow(
      "Function 'greatest' cannot be resolved due to ambiguous method parameters (INTEGER, BIGINT).",
    );
    expect(() => callScalar('LEAST', ['STRING', 'INTEGER'], ['a', 2])).toThrow(
      "Function 'least' does not accept parameters (STRING, INTEGER).",
    );
  });

  it('order NaN last', () => {
    expect(resultOf('GREATEST', ['DOUBLE', 'DOUBLE'], Number.NaN, 1)).toBeNaN();
    expect(resultOf('LEAST', ['DOUBLE', 'DOUBLE'], 0, -0)).toBe(-0);
  });
});

describe('GEO_DISTANCE', () => {
  const types = ['DOUBLE', 'DOUBLE', 'DOUBLE', 'DOUBLE'];
  const between = (...values: (number | string | null)[]): unknown =>
    resultOf('GEO_DISTANCE', values.length > 4 ? [...types, 'STRING'] : types, ...values);

  it('is the haversine distance in kilometres or miles', () => {
    expect(between(37.4439, -122.1663, 51.5257, -0.1122)).toBeCloseTo(8634.6, 0);
    expect(between(37.4439, -122.1663, 51.5257, -0.1122, ' Miles ')).toBeCloseTo(5365.7, 0);
    expect(between(0, 0, 0, 180)).toBeCloseTo(Math.PI * 6371, 6);
    expect(between(0, 0, 0, 180, null)).toBeCloseTo(Math.PI * 6371, 6);
    expect(between(0, 0, 0, 180, ' ')).toBeCloseTo(Math.PI * 6371, 6);
  });

  it('refuses what is off the globe and unknown units', () => {
    expect(() => between(90.1, 0, 0, 0)).toThrow(
      'valid latitude values for GeoDistance function are in the range of -90 to 90 decimal degrees',
    );
    expect(() => between(0, 0, 0, -180.1)).toThrow('-180 to +180');
    expect(() => between(0, 0, 0, 0, 'feet')).toThrow(
      'GeoDistance function units parameter must be one of',
    );
    expect(() => between(null, 0, 0, 0)).toThrow('primitive NULL');
  });
});
