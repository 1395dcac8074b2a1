import { describe, expect, test } from 'vitest';
import { hashPassword, PasswordChecker, parseStored } from './passwords.ts';

const cheap = { log2N: 4, r: 1, p: 1 };

test('the hash is the one of RFC 7914 §12', async () => {
  const salt = Buffer.from('SodiumChloride').toString('base64url');
  // scrypt("pleaseletmein", "SodiumChloride", N=16384, r=8, p=1), its first 32 bytes.
  const hash = Buffer.from(
    '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    'hex',
  ).toString('base64url');
  const stored = parseStored(`scrypt:14:8:1:${salt}:${hash}`);
  expect(await new PasswordChecker().check('pleaseletmein', stored)).toBe(true);
  expect(await new PasswordChecker().check('pleaseletmeout', stored)).toBe(false);
});

test('the same password is stored otherwise each time, and letters that look alike are the same', async () => {
  const [first, second] = [await hashPassword('Ångström', cheap), await hashPassword('x', cheap)];
  expect(first).not.toBe(await hashPassword('Ångström', cheap));
  const checker = new PasswordChecker();
  // A with a ring above, as another keyboard writes it.
  expect(await checker.check('A\u030angstro\u0308m', parseStored(first))).toBe(true);
  expect(await checker.check('Ångström', parseStored(second))).toBe(false);
});

test('nobody has no password', async () => {
  expect(await new PasswordChecker().check('', null)).toBe(false);
});

test.each([
  'secret',
  'OBF:1v2j1uum1xtv1zej1zer1xtn1uvk1v1v',
  'MD5:5f4dcc3b5aa765d61d8327deb882cf99',
  'CRYPT:adpexzg3FUZAk',
  'scrypt:0:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:30:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:17:99:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'scrypt:17:8:1:AAAAAAAAAAAAAAAAAAAAAA:AAAA',
])('%s is no stored password', (text) => {
  expect(parseStored(text)).toBe(null);
});

describe('many at a time', () => {
  test('wait for each other, and beyond a hundred are refused', async () => {
    const checker = new PasswordChecker();
    const stored = parseStored(await hashPassword('right', cheap));
    const checks = Array.from({ length: 110 }, () => checker.check('right', stored));
    const outcomes = await Promise.allSettled(checks);
    const right = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value);
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect([right.length, refused.length]).toEqual([102, 8]);
    expect(refused.map(({ reason }) => reason.code)).toEqual(Array(8).fill('auth.busy'));
    expect(await checker.check('right', stored)).toBe(true);
  });
});
