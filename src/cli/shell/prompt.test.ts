import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edits } from './editor.ts';
import { highlight } from './highlight.ts';
import type { Key } from './key-decoder.ts';
import { layOut } from './layout.ts';
import { emptyPrompt, offer, type Prompt, type PromptAction, press } from './prompt.ts';

const history = ['show streams;', 'select a\nfrom b;', 'select c;'];

/** Words in angle brackets are chords, the rest is text. */
function keysOf(typed: string): Key[] {
  return typed
    .split(/<([^>]+)>/)
    .map(
      (part, at): Key =>
        at % 2 === 0 ? { kind: 'text', text: part } : { kind: 'chord', chord: part },
    )
    .filter((key) => key.kind !== 'text' || key.text !== '');
}

function type(
  typed: string,
  from: Prompt = emptyPrompt,
): { prompt: Prompt; actions: PromptAction[] } {
  let prompt = from;
  const actions: PromptAction[] = [];
  for (const key of keysOf(typed)) {
    const step = press(prompt, key, history);
    prompt = step.prompt;
    if (step.action !== null) actions.push(step.action);
  }
  return { prompt, actions };
}

const shown = ({ editor: { text, cursor } }: Prompt): string =>
  `${text.slice(0, cursor)}|${text.slice(cursor)}`;

describe('Enter', () => {
  test('begins another line until there is a semicolon', () => {
    const { prompt, actions } = type('select 1<enter>from x');
    expect(shown(prompt)).toBe('select 1\nfrom x|');
    expect(actions).toEqual([]);
    expect(type(';<enter>', prompt).actions).toEqual([
      { kind: 'submit', text: 'select 1\nfrom x;' },
    ]);
  });

  test('executes wherever the cursor is', () => {
    const { prompt, actions } = type('select 1;<ctrl-a><enter>');
    expect(actions).toEqual([{ kind: 'submit', text: 'select 1;' }]);
    expect(shown(prompt)).toBe('|');
  });

  test('executes commands without a semicolon', () => {
    expect(type('history<enter>').actions).toEqual([{ kind: 'submit', text: 'history' }]);
  });

  test('takes a backslash at the end for another line', () => {
    expect(shown(type('select 1;\\<enter>').prompt)).toBe('select 1;\n|');
  });

  test('executes repetitions of the history', () => {
    expect(type('!!<enter>').actions).toEqual([{ kind: 'submit', text: '!!' }]);
  });
});

describe('the ends', () => {
  test('Ctrl-C discards what was typed', () => {
    const { prompt, actions } = type('select<ctrl-c>');
    expect(actions).toEqual([{ kind: 'discard', text: 'select' }]);
    expect(shown(prompt)).toBe('|');
  });

  test('Ctrl-D leaves only an empty prompt', () => {
    expect(type('<ctrl-d>').actions).toEqual([{ kind: 'exit' }]);
    const { prompt, actions } = type('ab<left><ctrl-d>');
    expect(actions).toEqual([]);
    expect(shown(prompt)).toBe('a|');
  });
});

describe('the history', () => {
  test.each([
    ['Up gives the last entry', '<up>', 'select c;|'],
    ['Up again an older one', '<up><up>', 'select a\nfrom b;|'],
    ['an untouched entry of several lines is passed at once', '<up><up><up>', 'show streams;|'],
    ['a touched one is moved in', '<up><up><left><up>', 'select| a\nfrom b;'],
    ['Up stops at the oldest', '<up><up><up><up><up>', 'show streams;|'],
    ['Down comes back to what was typed', 'dra<up><up><down><down>', 'dra|'],
    ['Down at the end does nothing', 'dra<down>', 'dra|'],
    ['in several lines Up moves', 'ab<alt-enter>cd<up>', 'ab|\ncd'],
    ['and from the first line to the history', 'ab<alt-enter>cd<up><up>', 'select c;|'],
    ['Page Up goes to the oldest', '<page-up>', 'show streams;|'],
  ])('%s', (_, typed, text) => {
    expect(shown(type(typed).prompt)).toBe(text);
  });
});

describe('searching the history', () => {
  test.each([
    ['the newest match is shown', '<ctrl-r>sel', 'select c;|'],
    ['Ctrl-R goes on to older ones', '<ctrl-r>sel<ctrl-r>', 'select a\nfrom b;|'],
    ['past the oldest the match stays', '<ctrl-r>show<ctrl-r>', 'show streams;|'],
    [
      'Backspace looks again',
      '<ctrl-r>from<backspace><backspace><backspace><backspace>sel',
      'select c;|',
    ],
    ['Ctrl-G goes back to what was typed', 'abc<ctrl-r>sel<ctrl-g>', 'abc|'],
    ['Escape keeps the match', '<ctrl-r>show<escape>', 'show streams;|'],
    ['other keys edit the match', '<ctrl-r>show<left>', 'show streams|;'],
  ])('%s', (_, typed, text) => {
    expect(shown(type(typed).prompt)).toBe(text);
  });

  test('Enter executes the match', () => {
    expect(type('<ctrl-r>show<enter>').actions).toEqual([
      { kind: 'submit', text: 'show streams;' },
    ]);
  });

  test('it says when nothing is found', () => {
    expect(type('<ctrl-r>zzz').prompt.search?.isFailing).toBe(true);
    expect(type('<ctrl-r>show').prompt.search?.isFailing).toBe(false);
  });

  test('Up goes on from the match', () => {
    expect(shown(type('<ctrl-r>from b<up>').prompt)).toBe('show streams;|');
  });
});

describe('Tab', () => {
  test('asks for candidates', () => {
    expect(type('sel<tab>').actions).toEqual([{ kind: 'complete' }]);
  });

  test('expands a shortcut by itself', () => {
    const { prompt, actions } = type('ii<tab>');
    expect(actions).toEqual([]);
    expect(shown(prompt)).toBe('INSERT INTO | () VALUES ();');
  });

  test('goes through the candidates; other keys close the menu', () => {
    const offered = offer(type('S').prompt, ['SELECT', 'SHOW']);
    const { prompt } = type('<tab><tab>', offered);
    expect(shown(prompt)).toBe('SHOW|');
    expect(type(' x', prompt).prompt.menu).toBeNull();
    expect(shown(type(' x', prompt).prompt)).toBe('SHOW x|');
  });

  test('Enter on a candidate takes it', () => {
    const offered = offer(type('S').prompt, ['SELECT', 'SHOW']);
    const { prompt, actions } = type('<tab><enter>', offered);
    expect([shown(prompt), prompt.menu, actions]).toEqual(['SELECT|', null, []]);
  });
});

test('a paste is text, whatever it holds', () => {
  const { prompt, action } = press(
    emptyPrompt,
    { kind: 'paste', text: 'show streams;\nselect 1;\n' },
    history,
  );
  expect(action).toBeNull();
  expect(shown(prompt)).toBe('show streams;\nselect 1;\n|');
});

test('whatever is typed, the cursor stays inside what is drawn', () => {
  const chords = [
    ...Object.keys(edits),
    ...[
      'enter',
      'tab',
      'shift-tab',
      'up',
      'down',
      'ctrl-r',
      'ctrl-g',
      'escape',
      'page-up',
      'page-down',
    ],
  ];
  const key = fc.oneof(
    fc.constantFrom(...chords).map((chord): Key => ({ kind: 'chord', chord })),
    fc
      .constantFrom('a', ';', "'", '日', '😀', 'e\u0301', '\t')
      .map((text): Key => ({ kind: 'text', text })),
    fc.string({ unit: 'binary' }).map((text): Key => ({ kind: 'paste', text })),
  );
  fc.assert(
    fc.property(
      fc.array(key, { maxLength: 80 }),
      fc.integer({ min: 1, max: 40 }),
      (keys, width) => {
        let prompt = emptyPrompt;
        for (const next of keys) {
          const step = press(prompt, next, history);
          prompt =
            step.action?.kind === 'complete' ? offer(step.prompt, ['ab', 'ac日']) : step.prompt;
        }
        const { text, cursor } = prompt.editor;
        const drawn = layOut(text, cursor, {
          width,
          prefixWidth: 6,
          heightMax: 5,
          styles: highlight(text),
        });
        expect(drawn.rows.length).toBeLessThanOrEqual(5);
        expect(drawn.cursor.row).toBeLessThan(drawn.rows.length);
        expect(drawn.cursor.column).toBeLessThan(Math.max(8, width));
        for (const { runs } of drawn.rows)
          expect(runs.map((run) => run.text).join('')).not.toMatch(/\p{Cc}/u);
      },
    ),
    { numRuns: 100 },
  );
});
