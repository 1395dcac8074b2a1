import { expect, test } from 'vitest';
import { bytesOf } from './bytes.ts';
import { crc32c, murmur2, partitionFor } from './hash.ts';

test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %s agrees with Kafka', (text, expected) => {
  expect(murmur2(bytesOf(text))).toBe(expected);
});

test('murmur2 of a range is that of the bytes in it', () => {
  expect(murmur2(bytesOf('xxfoobaryy'), 2, 8)).toBe(-790332482);
});

test('a negative hash chooses a partition by its lower 31 bits', () => {
  // −973932308 & 0x7fffffff = 1173551340
  expect(partitionFor(bytesOf('21'), 1000)).toBe(340);
  expect(partitionFor(bytesOf('abc'), 6)).toBe(479470107 % 6);
});

// RFC 3720, B.4, and the check value of the CRC catalogue.
test.each([
  ['the digits 1 to 9', bytesOf('123456789'), 0xe3069283],
  ['32 zero bytes', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, index) => index), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, index) => 31 - index), 0x113fdb5c],
  ['nothing', new Uint8Array(0), 0],
])('CRC-32C of %s', (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('the fast path for long input agrees with byte by byte, at every alignment', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) >> 3);
  for (let start = 0; start < 9; start++) {
    let slow = 0;
    for (let at = start; at < 1000; at++) slow = crc32c(bytes, at, at + 1, slow);
    expect(crc32c(bytes, start)).toBe(slow);
  }
});

test('a CRC continues from that of what stands before', () => {
  expect(crc32c(bytesOf('56789'), 0, 5, crc32c(bytesOf('1234')))).toBe(0xe3069283);
});
