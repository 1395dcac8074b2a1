import { expect, it } from 'vitest';
import { byteWriter } from '../byte-writer.ts';
import { noneFormat } from './none-format.ts';

it('reads nothing from whatever stands there and writes a null payload', () => {
  const { decode, encode } = noneFormat.codec({
    columns: [],
    needed: [],
    spec: { format: 'NONE', properties: {}, features: [] },
    side: 'key',
    topic: 't',
  });
  expect(decode(Uint8Array.of(1, 2), 0, 2, [])).toBe(true);
  expect(encode([], byteWriter(1))).toBe(false);
});

it('takes no columns', () => {
  expect(noneFormat.check([], 'key')).toBeNull();
  expect(noneFormat.check([{ name: 'FOO', type: { kind: 'INTEGER' } }], 'value')?.message).toBe(
    "The 'NONE' format can only be used when no columns are defined. Got: [`FOO` INTEGER]",
  );
  expect(noneFormat.check([{ name: 'BAR', type: { kind: 'INTEGER' } }], 'key')?.message).toBe(
    "The 'NONE' format can only be used when no columns are defined. Got: [`BAR` INTEGER KEY]",
  );
});
