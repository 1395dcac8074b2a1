/** Compression of a batch's records (Kafka's codec numbers), with a bound on what may come out. */
import { constants, gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Bytes } from '../base/env.ts';
import { problem } from '../base/errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

const NAMES: readonly string[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
const CODES: Readonly<Record<Compression, number>> = { none: 0, gzip: 1, zstd: 4 };

/** Largest content of one compressed batch, in bytes. */
const INFLATED_BYTES_MAX = 32 * 1024 * 1024;
/** Content above a mebibyte may be at most so many times its compressed form. */
const INFLATION_MAX = 200;
const INFLATION_FREE_BYTES = 1024 * 1024;
/** A window of 32 MiB is all that content of that size needs. */
const ZSTD_WINDOW_LOG_MAX = 25;

/** Bits 0 to 2 of a batch's attributes. */
export function compressionCode(compression: Compression): number {
  return CODES[compression];
}

/** The name of a codec by its number, also of one that is not supported. */
export function compressionName(code: number): string {
  return NAMES[code] ?? `codec ${code}`;
}

export function compress(compression: Compression, records: Bytes): Bytes {
  switch (compression) {
    case 'none':
      return records;
    case 'gzip':
      return gzipSync(records, { level: 1 });
    case 'zstd':
      return zstdCompressSync(records);
  }
}

/**
 * The records behind a compressed section. Throws `log.unsupported-compression` for a codec that is not read, and
 * `log.corrupt-record` for damaged content or content beyond the limits.
 */
export function decompress(code: number, compressed: Bytes): Bytes {
  const maxOutputLength = Math.min(
    INFLATED_BYTES_MAX,
    Math.max(INFLATION_FREE_BYTES, compressed.length * INFLATION_MAX),
  );
  if (code === CODES.none) return compressed;
  if (code !== CODES.gzip && code !== CODES.zstd) {
    const message = `compression "${compressionName(code)}" is not supported`;
    throw problem('log.unsupported-compression', message, {
      hint: 'Set compression.type of the producer to none, gzip or zstd.',
    });
  }
  try {
    if (code === CODES.gzip) return gunzipSync(compressed, { maxOutputLength });
    const params = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX };
    return zstdDecompressSync(compressed, { maxOutputLength, params });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `corrupt record batch: its ${NAMES[code]} content cannot be read: ${reason}`;
    throw problem('log.corrupt-record', message, { cause });
  }
}
