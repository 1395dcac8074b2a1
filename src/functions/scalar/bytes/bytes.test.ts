import { describe, expect, it } from 'vitest';
import { resultOf } from '../call-in-test.ts';

const binary = ['BYTES', 'STRING'];

describe('FROM_BYTES and TO_BYTES', () => {
  it('know four encodings in any case', () => {
    const bytes = Uint8Array.of(0x00, 0xff, 0x41);
    expect(resultOf('FROM_BYTES', binary, bytes, 'HEX')).toBe('00FF41');
    expect(resultOf('FROM_BYTES', binary, bytes, 'ascii')).toBe('\u0000\ufffdA');
    expect(resultOf('FROM_BYTES', binary, bytes, 'base64')).toBe('AP9B');
    expect(resultOf('FROM_BYTES', binary, bytes, 'utf8')).toBe('\u0000\ufffdA');
    expect(resultOf('TO_BYTES', ['STRING', 'STRING'], '00ff41', 'hex')).toEqual(bytes);
    expect(resultOf('TO_BYTES', ['STRING', 'STRING'], 'AP9B', 'Base64')).toEqual(bytes);
    expect(resultOf('FROM_BYTES', binary, null, 'hex')).toBe(null);
  });

  it('refuse unknown encodings and broken text', () => {
    expect(() => resultOf('FROM_BYTES', binary, new Uint8Array(), 'utf16')).toThrow(
      "Unknown encoding type 'utf16'. Supported formats are 'hex', 'utf8', 'ascii', and 'base64'.",
    );
    const toBytes = (text: string, encoding: string): unknown =>
      resultOf('TO_BYTES', ['STRING', 'STRING'], text, encoding);
    expect(() => toBytes('abc', 'hex')).toThrow();
    expect(() => toBytes('zz', 'hex')).toThrow();
    expect(() => toBytes('A', 'base64')).toThrow();
    expect(() => toBytes('AP9B=', 'base64')).toThrow();
  });
});

describe('numbers from bytes', () => {
  it('read both orders, signed', () => {
    expect(resultOf('INT_FROM_BYTES', ['BYTES'], Uint8Array.of(255, 255, 255, 254))).toBe(-2);
    expect(
      resultOf('INT_FROM_BYTES', binary, Uint8Array.of(254, 255, 255, 255), 'little_endian'),
    ).toBe(-2);
    expect(resultOf('BIGINT_FROM_BYTES', ['BYTES'], new Uint8Array(8).fill(255))).toBe(-1n);
    expect(
      resultOf(
        'DOUBLE_FROM_BYTES',
        ['BYTES'],
        Uint8Array.of(0x40, 0x80, 0xa6, 0xfd, 0x9b, 0xc9, 0xf5, 0x82),
      ),
    ).toBe(532.8738323);
    expect(resultOf('DOUBLE_FROM_BYTES', ['BYTES'], null)).toBe(null);
  });

  it('read a view into a larger buffer', () => {
    const view = Uint8Array.of(9, 0, 0, 0, 7, 9).subarray(1, 5);
    expect(resultOf('INT_FROM_BYTES', ['BYTES'], view)).toBe(7);
  });

  it('refuse other sizes and orders', () => {
    expect(() => resultOf('INT_FROM_BYTES', ['BYTES'], new Uint8Array(3))).toThrow(
      'Number of bytes must be equal to 4, but found 3',
    );
    expect(() => resultOf('BIGINT_FROM_BYTES', binary, new Uint8Array(8), 'MIDDLE')).toThrow(
      "Byte order must be BIG_ENDIAN or LITTLE_ENDIAN. Unknown byte order 'MIDDLE'.",
    );
  });
});
