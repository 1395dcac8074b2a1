import { expect, test } from 'vitest';
import { ProblemError } from '../src/base/errors.ts';
import { renderProblem } from './messages.ts';
import { parse } from './parse.ts';

const rendered = (sql: string): string => {
  try {
    parse(sql);
  } catch (error) {
    if (error instanceof ProblemError) return renderProblem(sql, error);
    throw error;
  }
  throw new Error('parsed');
};

test('the line at fault is shown with its range marked, and the hint', () => {
  expect(rendered('SHOW TOPICS;\nSELECT *\n\tFORM orders;')).toBe(
    [
      'line 3:2: Syntax Error',
      "Expecting {',', 'FROM'}",
      '',
      '3 | \tFORM orders;',
      '  | \t^^^^',
      "Hint: Did you mean 'FROM'?",
    ].join('\n'),
  );
});

test('the end of the text is a place', () => {
  expect(rendered('SELECT * FROM s').split('\n').slice(-3)).toEqual([
    '1 | SELECT * FROM s',
    '  |                ^',
    "Hint: End the statement with ';'.",
  ]);
});

test('a range over several lines is marked on the first', () => {
  const problem = {
    code: 'x.y',
    message: 'no',
    detail: 'Because.',
    span: { start: 7, end: 12 },
  } as const;
  expect(renderProblem('SELECT a\n + b', problem)).toBe(
    ['no', '', '1 | SELECT a', '  |        ^', 'Because.'].join('\n'),
  );
});

test('long lines are cut around the range', () => {
  const lines = rendered(`SELECT ${'a, '.repeat(1_000)} FROM s;`).split('\n');
  const excerpt = lines.find((line) => line.startsWith('1 | ')) ?? '';
  const marks = lines[lines.indexOf(excerpt) + 1] ?? '';
  expect(excerpt.length).toBeLessThan(130);
  expect(excerpt.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1)).toBe('FROM');
});

test('without a span there is no excerpt', () => {
  expect(renderProblem('SELECT', { code: 'x.y', message: 'no', hint: 'Try.' })).toBe(
    'no\nHint: Try.',
  );
});
