import { expect, test } from 'vitest';
import { mayLeave, statusLine } from './running.ts';

const running = { startedAt: 1_000, rows: null, interruptedAt: null };

test.each([
  ['nothing for what is done at once', running, 1_149, null],
  ['how long a statement takes', running, 3_500, '2 s · Press CTRL-C to interrupt'],
  [
    'a query from the start',
    { ...running, rows: 0 },
    1_000,
    '0 rows · 0 s · Press CTRL-C to interrupt',
  ],
  [
    'rows in thousands',
    { ...running, rows: 12_345 },
    71_000,
    '12,345 rows · 1 min 10 s · Press CTRL-C to interrupt',
  ],
  ['one row', { ...running, rows: 1 }, 1_000, '1 row · 0 s · Press CTRL-C to interrupt'],
  ['that it is stopping', { ...running, interruptedAt: 3_000 }, 4_000, '3 s · Stopping'],
  [
    'the way out when it does not stop',
    { ...running, interruptedAt: 3_000 },
    5_000,
    '4 s · Still running. Press CTRL-C to leave the shell',
  ],
])('it says %s', (_, state, now, line) => {
  expect(statusLine(state, now)).toBe(line);
});

test('a second Ctrl-C leaves the shell only when the first had time to work', () => {
  expect(mayLeave(running, 9_000)).toBe(false);
  expect(mayLeave({ ...running, interruptedAt: 3_000 }, 4_999)).toBe(false);
  expect(mayLeave({ ...running, interruptedAt: 3_000 }, 5_000)).toBe(true);
});
