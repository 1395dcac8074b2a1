/**
 * Keys of windowed tables, as Kafka Streams lays them out: the plain key's bytes, then the window's start for windows of a known
 * size (8 bytes, big-endian), or its end and its start for sessions.
 */
import { getInt64, setInt64 } from '../base/bytes.ts';
import type { Bytes, TimestampMs } from '../base/env.ts';
import { type ByteWriter, FormatError } from './format.ts';

/** Windows whose size the source declares, or sessions, whose keys carry their end. */
export type WindowedKeyLayout =
  | { readonly kind: 'time'; readonly sizeMs: number }
  | { readonly kind: 'session' };

/** A window; `endMs` is exclusive for time windows, the last record's time for sessions. */
export interface KeyWindow {
  readonly startMs: TimestampMs;
  readonly endMs: TimestampMs;
}

/** Bytes that the window takes behind the plain key. */
function windowByteCount(layout: WindowedKeyLayout): number {
  return layout.kind === 'time' ? 8 : 16;
}

/** Where the plain key of the windowed key in bytes[start, end) ends. Throws FormatError when there is no room for a window. */
export function plainKeyEnd(layout: WindowedKeyLayout, start: number, end: number): number {
  const byteCount = windowByteCount(layout);
  if (end - start >= byteCount) return end - byteCount;
  throw new FormatError(
    `a windowed key needs ${byteCount} bytes for its window, this one has ${end - start} in all`,
  );
}

/** The window of the windowed key in bytes[start, end). Throws FormatError. */
export function decodeWindow(
  layout: WindowedKeyLayout,
  bytes: Bytes,
  start: number,
  end: number,
): KeyWindow {
  const at = plainKeyEnd(layout, start, end);
  if (layout.kind === 'session') {
    return { endMs: readTimestamp(bytes, at), startMs: readTimestamp(bytes, at + 8) };
  }
  const startMs = readTimestamp(bytes, at);
  // As Kafka Streams does for windows at the end of time.
  return { startMs, endMs: Math.min(startMs + layout.sizeMs, Number.MAX_SAFE_INTEGER) };
}

/** Appends the window; the plain key has been written before. */
export function appendWindow(layout: WindowedKeyLayout, window: KeyWindow, out: ByteWriter): void {
  out.reserve(windowByteCount(layout));
  if (layout.kind === 'session') appendTimestamp(out, window.endMs);
  appendTimestamp(out, window.startMs);
}

function readTimestamp(bytes: Bytes, at: number): TimestampMs {
  const timestampMs = getInt64(bytes, at);
  if (Number.isSafeInteger(timestampMs)) return timestampMs;
  throw new FormatError('the bounds of a windowed key are not timestamps');
}

function appendTimestamp(out: ByteWriter, timestampMs: TimestampMs): void {
  setInt64(out.bytes, out.length, timestampMs);
  out.length += 8;
}
