import { describe, expect, test } from 'vitest';
import { RowTable } from './row-table.ts';

describe('rows of a query', () => {
  test('cells share the width of the terminal', () => {
    const table = new RowTable(['ID', 'NAME'], { width: 24, columnWidth: 0, wrap: true });
    expect(table.header()).toBe(
      '+----------+----------+\n|ID        |NAME      |\n+----------+----------+\n',
    );
    expect(table.row(['1', 'Ann'])).toBe('|1         |Ann       |\n');
  });

  test('a long value goes on in the lines below', () => {
    const table = new RowTable(['A', 'B'], { width: 16, columnWidth: 0, wrap: true });
    expect(table.row(['abcdefgh', '1'])).toBe('|abcdef|1     |\n|gh    |      |\n');
  });

  test('without wrapping it ends in dots', () => {
    const table = new RowTable(['A', 'B'], { width: 16, columnWidth: 0, wrap: false });
    expect(table.row(['abcdefgh', 'abcdef'])).toBe('|abc...|abcdef|\n');
    expect(table.row(['abcdef   ', '日本語日'])).toBe('|abcdef|日... |\n');
  });

  test('wide characters are counted as the terminal draws them', () => {
    const table = new RowTable(['A'], { width: null, columnWidth: 5, wrap: true });
    expect(table.row(['日本語'])).toBe('|日本 |\n|語   |\n');
  });

  test('cells are never narrower than five', () => {
    const names = ['A', 'B', 'C', 'D'];
    const table = new RowTable(names, { width: 10, columnWidth: 0, wrap: true });
    expect(table.row(['1', '2', '3', '4'])).toBe('|1    |2    |3    |4    |\n');
  });

  test('without a terminal columns are as wide as their first rows', () => {
    const first = [
      ['1', '日本'],
      ['12', 'x'.repeat(61)],
    ];
    const table = new RowTable(['A', 'B'], { width: null, columnWidth: 0, wrap: true, first });
    expect(table.header()).toBe('+--+----+\n|A |B   |\n+--+----+\n');
    expect(table.row(['1', '日本'])).toBe('|1 |日本|\n');
    expect(table.row(['123', 'a\nb'])).toBe('|123|a b |\n');
  });

  test('a width that was set beats the terminal', () => {
    const table = new RowTable(['A'], { width: 100, columnWidth: 3, wrap: true });
    expect(table.row(['abcd'])).toBe('|abc|\n|d  |\n');
  });
});
