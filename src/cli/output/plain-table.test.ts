import { expect, test } from 'vitest';
import { plainTableText } from './plain-table.ts';

test('columns are as wide as their widest cell', () => {
  const text = plainTableText(
    {
      headers: ['Stream Name', 'Topic'],
      rows: [
        ['ORDERS', 'orders_topic'],
        ['日本', 't'],
      ],
      footer: 'the end',
    },
    80,
  );
  expect(text).toBe(
    ` Stream Name | Topic
----------------------------
 ORDERS      | orders_topic
 日本        | t
----------------------------
the end
`,
  );
});

test('cells with several lines keep them', () => {
  const text = plainTableText({ headers: ['A', 'B'], rows: [['x\nyy', '1']] }, null);
  expect(text).toBe(' A  | B\n--------\n x  | 1\n yy |\n--------\n');
});

test('where the line is too short the widest columns wrap', () => {
  const text = plainTableText(
    { headers: ['ID', 'Query String'], rows: [['Q1', 'SELECT A, B, C FROM ORDERS EMIT CHANGES']] },
    30,
  );
  expect(text).toBe(
    ` ID | Query String
------------------------------
 Q1 | SELECT A, B, C FROM ORD
    | ERS EMIT CHANGES
------------------------------
`,
  );
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(30);
});

test('control characters in data do not reach the terminal', () => {
  expect(plainTableText({ headers: ['A'], rows: [['\u001b[2J']] }, 80)).toContain('\\u001b[2J');
});
