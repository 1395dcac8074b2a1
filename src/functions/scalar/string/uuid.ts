import { Buffer } from 'node:buffer';
import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef } from '../../define.ts';
import { scalar, strict, strictBound } from '../scalar.ts';

function canonical(bytes: Bytes): string {
  const hex = Buffer.from(bytes).toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

/** RFC 9562 version 4: random but for the version and variant bits. */
function randomUuid(random: () => number): string {
  const bytes = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return canonical(bytes);
}

/** UUID. */
export const uuid: ScalarDef = scalar({
  name: 'UUID',
  category: 'STRING',
  doc: 'A random UUID, or 16 bytes written as one.',
  examples: [
    ['len(uuid())', '36'],
    [
      "uuid(to_bytes('237e9877e79b12d4a765321741963000', 'hex'))",
      '237e9877-e79b-12d4-a765-321741963000',
    ],
  ],
  overloads: [
    strictBound(
      '() -> STRING',
      ({ random }) =>
        () =>
          randomUuid(random),
    ),
    strict('(BYTES bytes) -> STRING', (bytes: Bytes) =>
      bytes.length === 16 ? canonical(bytes) : null,
    ),
  ],
});
