import { describe, expect, it } from 'vitest';
import { byteWriter, writtenBytes } from './byte-writer.ts';
import { appendWindow, decodeWindow, plainKeyEnd, type WindowedKeyLayout } from './windowed-key.ts';

const time: WindowedKeyLayout = { kind: 'time', sizeMs: 30_000 };
const session: WindowedKeyLayout = { kind: 'session' };

function windowed(
  layout: WindowedKeyLayout,
  key: number,
  window: { startMs: number; endMs: number },
): Uint8Array {
  const out = byteWriter(1);
  out.reserve(1);
  out.bytes[out.length++] = key;
  appendWindow(layout, window, out);
  return writtenBytes(out);
}

describe('time windows', () => {
  it('put the start behind the key', () => {
    const bytes = windowed(time, 7, { startMs: 1_700_000_000_000, endMs: 1_700_000_030_000 });
    expect([...bytes]).toEqual([7, 0, 0, 0x01, 0x8b, 0xcf, 0xe5, 0x68, 0x00]);
    expect(plainKeyEnd(time, 0, bytes.length)).toBe(1);
    expect(decodeWindow(time, bytes, 0, bytes.length)).toEqual({
      startMs: 1_700_000_000_000,
      endMs: 1_700_000_030_000,
    });
  });

  it('may begin before the epoch', () => {
    const bytes = windowed(time, 7, { startMs: -5, endMs: 29_995 });
    expect([...bytes]).toEqual([7, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfb]);
    expect(decodeWindow(time, bytes, 0, bytes.length)).toEqual({ startMs: -5, endMs: 29_995 });
  });
});

describe('session windows', () => {
  it('put the end and the start behind the key', () => {
    const bytes = windowed(session, 7, { startMs: 1, endMs: 258 });
    expect([...bytes]).toEqual([7, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 1]);
    expect(plainKeyEnd(session, 0, bytes.length)).toBe(1);
    expect(decodeWindow(session, bytes, 0, bytes.length)).toEqual({ startMs: 1, endMs: 258 });
  });
});

it('a key too short for its window is refused', () => {
  expect(() => decodeWindow(time, new Uint8Array(20), 3, 10)).toThrow(
    'a windowed key needs 8 bytes for its window, this one has 7 in all',
  );
  expect(() => plainKeyEnd(session, 0, 15)).toThrow('needs 16 bytes');
});

it('bounds that are no timestamps are refused', () => {
  expect(() => decodeWindow(time, new Uint8Array(8).fill(0x7f), 0, 8)).toThrow(
    'are not timestamps',
  );
});
