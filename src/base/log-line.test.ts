import { expect, test } from 'vitest';
import { isLogged, logLine } from './log-line.ts';
import { Repeats } from './repeats.ts';

test('a line is one JSON object with time, level and event first', () => {
  expect(logLine('json', 1_000, 'warn', 'query-failed', { query: 'CSAS_1', message: 'a\nb' })).toBe(
    '{"ts":"1970-01-01T00:00:01.000Z","level":"warn","event":"query-failed","query":"CSAS_1","message":"a\\nb"}',
  );
});

test('text quotes what has blanks, so that a line stays a line', () => {
  expect(
    logLine('text', 0, 'info', 'server-started', { url: 'http://[::1]:8088', why: 'a\nb', n: 2 }),
  ).toBe('1970-01-01T00:00:00.000Z INFO  server-started url=http://[::1]:8088 why="a\\nb" n=2');
});

test('fields that are no object are its detail', () => {
  expect(logLine('json', 0, 'info', 'e', 'why')).toContain('"event":"e","detail":"why"}');
  expect(logLine('text', 0, 'info', 'e')).toBe('1970-01-01T00:00:00.000Z INFO  e');
});

test('a level includes the more urgent ones', () => {
  expect([isLogged('error', 'warn'), isLogged('warn', 'warn'), isLogged('info', 'warn')]).toEqual([
    true,
    true,
    false,
  ]);
});

test('what repeats is told the first time, then each power of two', () => {
  const repeats = new Repeats();
  const told = Array.from({ length: 20 }, () => repeats.count('a')).filter((n) => n !== null);
  expect(told).toEqual([1, 2, 4, 8, 16]);
  expect(repeats.count('b')).toBe(1);
});

test('it remembers a thousand kinds', () => {
  const repeats = new Repeats();
  expect(repeats.count('a')).toBe(1);
  for (let kind = 0; kind < 999; kind++) repeats.count(`kind ${kind}`);
  expect(repeats.count('a')).toBe(2);
  expect(repeats.count('one more')).toBe(1);
  expect(repeats.count('a')).toBe(1);
});
