/** Payloads damaged in the ways that decoders trip over: bytes, lengths, counts, nesting, numbers and text of the wrong kind. */
import type { Random } from '../expressions/random.ts';

/** Bytes that mean something in one of the formats: varints, lengths of -1 and 2^31-1, quotes, brackets, halves of characters. */
const PIECES: readonly Uint8Array[] = [
  ...[
    '',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    '-',
    '.',
    'e',
    '0',
    'null',
    'true',
    'NaN',
    '1e999999',
    '-0',
    '1e-400',
    '\\ud800',
    '\\u0000',
    '99999999999999999999999999999999',
    '0.1',
    '"A":',
    '{"A":1,"A":2}',
    '\u2028',
    '😀',
    '__proto__',
    '"__proto__":{"a":1}',
    '\r\n',
    '""',
    '\u0000',
  ].map((text) => Uint8Array.from(Buffer.from(text))),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f),
  Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01),
  Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
  Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f),
  Uint8Array.of(0x7f, 0xff, 0xff, 0xff),
  Uint8Array.of(0x80, 0, 0, 0),
  Uint8Array.of(0x7f, 0xf8, 0, 0, 0, 0, 0, 0),
  Uint8Array.of(0xc0, 0x80),
  Uint8Array.of(0xed, 0xa0, 0x80),
  Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
  Uint8Array.of(0xe2, 0x82),
];

/** One to four changes to a copy. The first `fixed` bytes stay, so that what is behind a frame is reached. */
export function mutate(
  random: Random,
  payload: Uint8Array,
  other: Uint8Array,
  fixed: number,
): Uint8Array {
  let bytes: Uint8Array = payload.slice();
  for (let left = 1 + random.below(random.pick([1, 1, 4])); left > 0; left--) {
    bytes = change(random, bytes, other, Math.min(fixed, bytes.length));
  }
  return bytes;
}

function change(random: Random, bytes: Uint8Array, other: Uint8Array, fixed: number): Uint8Array {
  const at = fixed + random.below(bytes.length - fixed + 1);
  const to = at + random.below(Math.min(16, bytes.length - at) + 1);
  switch (random.below(10)) {
    case 0:
      return flipped(random, bytes, at);
    case 1:
      return replaced(bytes, at, Math.min(at + 1, bytes.length), Uint8Array.of(random.below(256)));
    case 2:
      return replaced(bytes, at, at, Uint8Array.from(random.list(1, 4, () => random.below(256))));
    case 3:
      return replaced(bytes, at, to, Uint8Array.of());
    case 4:
      return bytes.slice(0, at);
    case 5:
      return replaced(bytes, at, at, bytes.subarray(at, to));
    case 6: {
      const from = random.below(other.length + 1);
      return replaced(bytes, at, to, other.subarray(from, from + random.below(16)));
    }
    case 7:
      return replaced(bytes, at, at, random.pick(PIECES));
    case 8:
      return replaced(bytes, at, to, random.pick(PIECES));
    default:
      return random.oneIn(20)
        ? replaced(bytes, at, at, repeated(random))
        : flipped(random, bytes, at);
  }
}

function flipped(random: Random, bytes: Uint8Array, at: number): Uint8Array {
  if (at < bytes.length) bytes[at]! ^= 1 << random.below(8);
  return bytes;
}

/** Nesting, or one long token. */
function repeated(random: Random): Uint8Array {
  const text = random.pick(['[', '{"A":', '9', '"', '\\', 'a', ',', ' ', '\u0001', '\u0002']);
  return Uint8Array.from(Buffer.from(text.repeat(random.pick([10, 101, 500, 2000]))));
}

function replaced(bytes: Uint8Array, from: number, to: number, by: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length - (to - from) + by.length);
  result.set(bytes.subarray(0, from));
  result.set(by, from);
  result.set(bytes.subarray(to), from + by.length);
  return result;
}
