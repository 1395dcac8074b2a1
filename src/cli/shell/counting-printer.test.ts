import { expect, test } from 'vitest';
import { TabularPrinter } from '../output/tabular.ts';
import { CountingPrinter } from './counting-printer.ts';

test('every query is counted from nothing, a PRINT too', () => {
  const counts: number[] = [];
  const silent = new TabularPrinter({ write: () => undefined, width: 80 });
  const printer = new CountingPrinter(silent, (rows) => counts.push(rows));
  printer.queryHead({ queryId: 'q', kind: 'pull', columns: [], table: true });
  printer.queryRows(['[]', '[]'], new Set());
  printer.queryEnd(null);
  printer.lines(['rowtime: 1', 'rowtime: 2', 'rowtime: 3']);
  printer.message('Topic printing ceased');
  printer.lines(['rowtime: 1']);
  expect(counts).toEqual([0, 2, 3, 1]);
});
