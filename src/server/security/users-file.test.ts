import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { greatestRole, parseUsers, readUsers, Users, writeUsers } from './users-file.ts';

const hash = 'scrypt:4:1:1:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leat-users-'));
  path = join(directory, 'users');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('a line is a user; comments and blank lines are none', () => {
  const users = parseUsers(`# ours\n\nann: ${hash},admin\r\n  bob:${hash} , read, sales ,\n`, path);
  expect([...users.values()]).toEqual([
    { name: 'ann', password: hash, roles: ['admin'] },
    { name: 'bob', password: hash, roles: ['read', 'sales'] },
  ]);
});

test.each([
  ['ann', 'line 1 is not of the form'],
  ['ann: secret,admin', 'the password of ann is not hashed'],
  ['ann: OBF:1abc,admin', 'OBF:, MD5: and CRYPT: are refused'],
  [`ann: ${hash}\nann: ${hash}`, 'line 2: ann is there twice'],
  [`a<b: ${hash}`, 'is no name for a user'],
])('%j is refused, without what stands in the place of a password', (text, message) => {
  const refused = () => parseUsers(text, 'users');
  expect(refused).toThrow(message);
  expect(refused).not.toThrow(/secret|1abc/);
});

test('what is written is read again, and is for the eyes of its owner', () => {
  const users = [{ name: 'ann', password: hash, roles: ['admin', 'sales'] }];
  writeUsers(path, users);
  expect(readFileSync(path, 'utf8')).toBe(`ann: ${hash},admin,sales\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect([...readUsers(path).values()]).toEqual(users);
});

test('a file that others can write is refused', () => {
  writeFileSync(path, '');
  chmodSync(path, 0o666);
  expect(() => readUsers(path)).toThrow('can be written by others than its owner');
});

test('a file that breaks while it is used lets nobody in, until it is whole again', () => {
  writeUsers(path, [{ name: 'ann', password: hash, roles: [] }]);
  const users = new Users(path);
  expect(users.find('ann')).not.toBe(null);
  rmSync(path);
  expect(users.find('ann')).toBe(null);
  writeUsers(path, [{ name: 'ann', password: hash, roles: ['read'] }]);
  expect(users.find('ann')?.roles).toEqual(['read']);
});

test('the greatest of several roles counts, and others are none', () => {
  expect(greatestRole(['read', 'admin', 'write'])).toBe('admin');
  expect(greatestRole(['read', 'boss'])).toBe('read');
  expect(greatestRole(['boss', 'ADMIN', 'constructor'])).toBe(null);
});
