import { expect, test } from 'vitest';
import { listenersOf, parseListeners } from '../listener/listeners.ts';
import { checkExposure, checkOrigins, isLoopback } from './exposure.ts';
import { LoginFailures } from './failures.ts';

const neither = { hasUsers: false, withoutTls: false, withoutUsers: false };
const check = (text: string, options: Partial<typeof neither> = {}) =>
  checkExposure(parseListeners(text), { ...neither, ...options });

test('loopback needs nothing', () => {
  expect(check('http://127.0.0.1:1,http://localhost:2,http://[::1]:3,http://127.9.9.9:4')).toEqual(
    [],
  );
});

test.each(['http://0.0.0.0:1', 'http://[::]:1', 'http://:1', 'http://10.0.0.1:1', 'http://db:1'])(
  '%s needs TLS and users, or to be told to do without each',
  (listener) => {
    expect(() => check(listener)).toThrow('could read and change');
    expect(() => check(listener, { hasUsers: true })).toThrow('could read and change');
    expect(() => check(listener, { withoutTls: true })).toThrow('nobody would be asked');
    expect(check(listener, { withoutTls: true, withoutUsers: true })).toEqual([
      'other machines are served in clear text',
      'other machines are served without asking who they are',
    ]);
    const secure = listener.replace('http', 'https');
    expect(() => check(secure)).toThrow('nobody would be asked');
    expect(check(secure, { hasUsers: true })).toEqual([]);
  },
);

test('one listener outside is enough', () => {
  expect(() => check('http://127.0.0.1:1,http://10.0.0.1:1')).toThrow('http://10.0.0.1:1');
});

test.each(['127.0.0.1.evil.example', '0.0.0.0', '', 'localhost.evil', '::', '127.0.0'])(
  '%s is not loopback',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

test('pages of any origin may call only a server with users', () => {
  expect(() => checkOrigins(['https://a.example', '*'], false)).toThrow('pages of any origin');
  expect(checkOrigins(['*'], true)).toBe(undefined);
  expect(checkOrigins(['https://a.example'], false)).toBe(undefined);
});

test('listeners are those of the command line, or else of the property, or else loopback', () => {
  const properties = { listeners: 'http://127.0.0.1:1, https://[::]:2/' };
  expect(listenersOf(properties, { host: null, port: null, hasTls: false })).toEqual([
    { scheme: 'http', host: '127.0.0.1', port: 1 },
    { scheme: 'https', host: '::', port: 2 },
  ]);
  expect(listenersOf(properties, { host: null, port: 9, hasTls: true })).toEqual([
    { scheme: 'https', host: '127.0.0.1', port: 9 },
  ]);
  expect(listenersOf({}, { host: null, port: null, hasTls: false })).toEqual([
    { scheme: 'http', host: '127.0.0.1', port: 8088 },
  ]);
});

test.each(['', 'localhost:8088', 'ftp://a:1', 'http://a', 'http://a:70000', 'http://a:1/path'])(
  '%j is no listener',
  (text) => {
    expect(() => parseListeners(text)).toThrow('which is no listener');
  },
);

test('failures are counted for a minute, each address for itself', () => {
  let nowMs = 0;
  const failures = new LoginFailures({ key: 'k', value: 2 }, () => nowMs);
  failures.count('a');
  expect(() => failures.check('a')).not.toThrow();
  failures.count('a');
  expect(() => failures.check('a')).toThrow('failed logins of a minute is 2, limit 2 (k)');
  expect(() => failures.check('b')).not.toThrow();
  nowMs = 59_999;
  expect(() => failures.check('a')).toThrow();
  nowMs = 60_000;
  expect(() => failures.check('a')).not.toThrow();
});
