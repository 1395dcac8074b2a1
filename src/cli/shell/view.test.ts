import { cleanup, render } from 'ink-testing-library';
import { createElement } from 'react';
import { afterEach, describe, expect, test } from 'vitest';
import { emptyEditor } from './editor.ts';
import { emptyPrompt, type Prompt } from './prompt.ts';
import { type Frame, ShellView } from './view.ts';

afterEach(cleanup);

const frameOf = (frame: Frame): string =>
  render(createElement(ShellView, { frame, isColorful: false })).lastFrame() ?? '';
const promptWith = (text: string, rest: Partial<Prompt> = {}): Frame => ({
  kind: 'prompt',
  prompt: { ...emptyPrompt, editor: { ...emptyEditor, text, cursor: text.length }, ...rest },
});

describe('frames', () => {
  test('an empty prompt', () => {
    expect(frameOf(promptWith('')).trimEnd()).toBe('leat>');
  });

  test('a statement of several lines', () => {
    expect(frameOf(promptWith("select *\nfrom orders\nwhere a = '日本';"))).toBe(
      "leat> select *\n    > from orders\n    > where a = '日本';",
    );
  });

  test('a line longer than the terminal', () => {
    expect(frameOf(promptWith(`select '${'x'.repeat(100)}'`))).toBe(
      `leat> select '${'x'.repeat(86)}\n      ${'x'.repeat(14)}'`,
    );
  });

  test('a search', () => {
    const search = { query: 'ord', index: 1, isFailing: false, before: emptyEditor };
    expect(frameOf(promptWith('select 1;', { search }))).toBe(
      'leat> select 1;\nsearch the history: ord',
    );
    expect(frameOf(promptWith('', { search: { ...search, isFailing: true } }))).toContain(
      'not in the history: ord',
    );
  });

  test('candidates under the input', () => {
    const menu = { candidates: ['ORDERS', 'ORDER_ITEMS'], selected: null, start: 5 };
    expect(frameOf(promptWith('from ORDER', { menu }))).toBe(
      'leat> from ORDER\nORDERS       ORDER_ITEMS',
    );
  });

  test('something that runs', () => {
    expect(frameOf({ kind: 'running', status: '3 rows · 1 s' })).toBe('3 rows · 1 s');
  });

  test('nothing', () => {
    expect(frameOf({ kind: 'nothing' })).toBe('');
  });
});

test('raw control characters never get into a frame', () => {
  const frame = frameOf(promptWith('a\u001b[2Jb\u0007'));
  expect(frame).toBe('leat> a\\u001b[2Jb\\u0007');
});
