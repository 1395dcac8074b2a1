import { describe, expect, it } from 'vitest';
import { isPlain, similarHint, similarNames } from './suggest.ts';

describe('similar names', () => {
  it('are near, nearest first, whatever their case', () => {
    expect(similarNames('PAGEVIEW', ['USERS', 'pageviews', 'PAGE_VIEWS', 'PAGEVIEW2'])).toEqual([
      'pageviews',
      'PAGEVIEW2',
      'PAGE_VIEWS',
    ]);
  });

  it('are none where everything is further than a third of the name', () => {
    expect(similarNames('A', ['BCD'])).toEqual([]);
    expect(similarHint('ORDERS', ['CUSTOMERS'])).toEqual({});
  });

  it('make a hint', () => {
    expect(similarHint('ORDER', ['ORDERS', 'ORDEAL'])).toEqual({
      hint: 'Did you mean ORDERS?',
    });
  });
});

describe('a plain name', () => {
  it('needs no quotes', () => {
    expect(['S1', '_X', 'a', 'A-B', '1A', ''].map(isPlain)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
