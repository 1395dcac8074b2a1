import type { Bytes } from '../../../base/env.ts';
import type { ScalarDef, ScalarOverload } from '../../define.ts';
import { checkLimit, resultBytesMax } from '../limits.ts';
import { scalar, strict } from '../scalar.ts';

function padText(
  side: 'left' | 'right',
): (text: string, size: number, pad: string) => string | null {
  return (text, size, pad) => {
    if (size < 0 || pad === '') return null;
    checkLimit(resultBytesMax, 'text', size);
    const kept = text.slice(0, size);
    return side === 'left' ? kept.padStart(size, pad) : kept.padEnd(size, pad);
  };
}

function padBytes(
  side: 'left' | 'right',
): (bytes: Bytes, size: number, pad: Bytes) => Bytes | null {
  return (bytes, size, pad) => {
    if (size < 0 || pad.length === 0) return null;
    checkLimit(resultBytesMax, 'bytes', size);
    const kept = bytes.subarray(0, size);
    const padded = new Uint8Array(size);
    const missing = size - kept.length;
    const padFrom = side === 'left' ? 0 : kept.length;
    for (let index = 0; index < missing; index += 1) {
      padded[padFrom + index] = pad[index % pad.length] ?? 0;
    }
    padded.set(kept, side === 'left' ? missing : 0);
    return padded;
  };
}

function overloads(side: 'left' | 'right'): readonly ScalarOverload[] {
  return [
    strict('(STRING text, INTEGER size, STRING padding) -> STRING', padText(side)),
    strict('(BYTES bytes, INTEGER size, BYTES padding) -> BYTES', padBytes(side)),
  ];
}

/** LPAD: a text longer than the size keeps its first characters. */
export const lpad: ScalarDef = scalar({
  name: 'LPAD',
  category: 'STRING',
  doc: 'A text or bytes filled up on the left to a size, or cut to it.',
  examples: [
    ["lpad('foo', 7, 'Bar')", 'BarBfoo'],
    ["lpad('foo', 2, 'Bar')", 'fo'],
  ],
  overloads: overloads('left'),
});

/** RPAD: a text longer than the size keeps its first characters. */
export const rpad: ScalarDef = scalar({
  name: 'RPAD',
  category: 'STRING',
  doc: 'A text or bytes filled up on the right to a size, or cut to it.',
  examples: [
    ["rpad('foo', 7, 'Bar')", 'fooBarB'],
    ["rpad('foo', 5, '')", 'null'],
  ],
  overloads: overloads('right'),
});
