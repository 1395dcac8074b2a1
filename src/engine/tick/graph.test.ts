import { describe, expect, test } from 'vitest';
import { orderGraph } from './graph.ts';

describe('order of queries in a tick', () => {
  test('a query runs after those that write what it reads', () => {
    const order = orderGraph([
      { id: 'LAST', reads: ['b', 'a'], writes: 'c' },
      { id: 'MIDDLE', reads: ['a'], writes: 'b' },
      { id: 'FIRST', reads: ['source'], writes: 'a' },
    ]);
    expect(order.ids).toEqual(['FIRST', 'MIDDLE', 'LAST']);
    expect(order.readers.get('a')).toEqual(['LAST', 'MIDDLE']);
  });

  test('queries on a cycle keep the order of their creation', () => {
    const order = orderGraph([
      { id: 'ONE', reads: ['a'], writes: 'b' },
      { id: 'TWO', reads: ['b'], writes: 'a' },
    ]);
    expect(order.ids).toEqual(['TWO', 'ONE']);
    expect([...order.rank.values()]).toEqual([0, 1]);
  });

  test('two writers of one topic both come before its reader', () => {
    const order = orderGraph([
      { id: 'READER', reads: ['sink'], writes: null },
      { id: 'A', reads: ['x'], writes: 'sink' },
      { id: 'B', reads: ['y'], writes: 'sink' },
    ]);
    expect(order.ids).toEqual(['A', 'B', 'READER']);
  });
});
