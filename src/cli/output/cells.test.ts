import { expect, test } from 'vitest';
import { cellTexts } from './cells.ts';

test('values read as ksqlDB shows them', () => {
  const row =
    '[1,12345678901234567890.10,"a, \\"b\\"",null,true,[1,"x",null],{"K":{"N":[1,2]},"S":"a:b"},[],{}]';
  expect(cellTexts(row)).toEqual([
    '1',
    '12345678901234567890.10',
    'a, "b"',
    'null',
    'true',
    '[1, x, null]',
    '{K={N=[1, 2]}, S=a:b}',
    '[]',
    '{}',
  ]);
});

test('control characters in a value are escaped', () => {
  expect(cellTexts('["\\u001b[31m","a\\tb"]')).toEqual(['\\u001b[31m', 'a\\tb']);
});
