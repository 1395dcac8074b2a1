import { expect, test } from 'vitest';
import { LagHistory } from './lag-history.ts';

test('a query at the end of its inputs does not lag', () => {
  expect(new LagHistory().seconds('q', [5, 7], [5, 7], 0)).toBe(0);
});

test('one that is behind since it is looked at has a lag nobody knows', () => {
  expect(new LagHistory().seconds('q', [0], [5], 0)).toBeNull();
});

test('it lags by the time since the last look whose end it has passed', () => {
  const history = new LagHistory();
  history.seconds('q', [5], [5], 0);
  history.seconds('q', [5], [8], 2_000);
  expect(history.seconds('q', [5], [9], 4_000)).toBe(4);
  expect(history.seconds('q', [8], [20], 6_000)).toBe(4);
  expect(history.seconds('q', [20], [20], 7_000)).toBe(0);
});

test('every partition counts', () => {
  const history = new LagHistory();
  history.seconds('q', [5, 5], [5, 5], 0);
  history.seconds('q', [6, 5], [6, 6], 3_000);
  expect(history.seconds('q', [9, 5], [9, 6], 5_000)).toBe(5);
});

test('a query that went and came again begins anew', () => {
  const history = new LagHistory();
  history.seconds('q', [5], [5], 0);
  history.keep(new Set());
  expect(history.seconds('q', [5], [6], 1_000)).toBeNull();
});
