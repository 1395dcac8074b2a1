import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Key, KeyDecoder } from './key-decoder.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (of: string): Key => ({ kind: 'text', text: of });
const chord = (of: string): Key => ({ kind: 'chord', chord: of });
const paste = (of: string): Key => ({ kind: 'paste', text: of });
const keysOf = (typed: string): Key[] => new KeyDecoder().decode(bytes(typed));

describe('keys', () => {
  test.each<[string, string, Key[]]>([
    ['text in one chunk', 'SELECT 1;', [text('SELECT 1;')]],
    ['fast typing with Enter in it', 'ab\rc', [text('ab'), chord('enter'), text('c')]],
    ['two Enters', '\r\r', [chord('enter'), chord('enter')]],
    ['a line break of two characters', 'a\r\nb', [text('a'), chord('enter'), text('b')]],
    ['a bare line feed', '\n', [chord('enter')]],
    ['Tab', '\t', [chord('tab')]],
    ['Backspace', '\u007f', [chord('backspace')]],
    ['Ctrl-A', '\u0001', [chord('ctrl-a')]],
    ['Ctrl-Z', '\u001a', [chord('ctrl-z')]],
    ['Ctrl-Space', '\u0000', [chord('ctrl-space')]],
    ['arrows', '\u001b[A\u001b[B\u001b[C\u001b[D', ['up', 'down', 'right', 'left'].map(chord)],
    ['arrows in application mode', '\u001bOA\u001bOH', [chord('up'), chord('home')]],
    [
      'Home and End, all three ways',
      '\u001b[H\u001b[1~\u001b[7~\u001b[F\u001b[4~\u001b[8~',
      ['home', 'home', 'home', 'end', 'end', 'end'].map(chord),
    ],
    [
      'Delete and the pages',
      '\u001b[3~\u001b[5~\u001b[6~',
      ['delete', 'page-up', 'page-down'].map(chord),
    ],
    ['Ctrl with an arrow', '\u001b[1;5C', [chord('ctrl-right')]],
    [
      'Alt with an arrow, two ways',
      '\u001b[1;3D\u001b\u001b[D',
      [chord('alt-left'), chord('alt-left')],
    ],
    ['all modifiers', '\u001b[1;8A', [chord('ctrl-alt-shift-up')]],
    ['Shift-Tab', '\u001b[Z', [chord('shift-tab')]],
    ['Alt with a letter', '\u001bb', [chord('alt-b')]],
    ['Alt with a letter, then text', '\u001bbcd', [chord('alt-b'), text('cd')]],
    ['Alt-Enter', '\u001b\r', [chord('alt-enter')]],
    ['Alt-Backspace', '\u001b\u007f', [chord('alt-backspace')]],
    ['Ctrl-Alt with a letter', '\u001b\u0001', [chord('ctrl-alt-a')]],
    ['Shift-Enter as CSI u', '\u001b[13;2u', [chord('shift-enter')]],
    ['Ctrl-Enter as CSI 27', '\u001b[27;5;13~', [chord('ctrl-enter')]],
    ['a letter as CSI u', '\u001b[97u', [text('a')]],
    ['Ctrl with a letter as CSI u', '\u001b[99;5u', [chord('ctrl-c')]],
    ['wide characters and emoji', '日本😀', [text('日本😀')]],
  ])('%s', (_, typed, keys) => {
    expect(keysOf(typed)).toEqual(keys);
  });
});

describe('what nobody typed', () => {
  test.each([
    ['a focus report', '\u001b[Ia', [text('a')]],
    ['a mouse report', '\u001b[<0;10;10Ma', [text('a')]],
    ['an unknown function key', '\u001b[99~a', [text('a')]],
    ['a function key of the Linux console', '\u001b[[Aa', [text('a')]],
    ['an answer about colours', '\u001b]11;rgb:0000/0000/0000\u001b\\a', [text('a')]],
    ['an answer that ends with BEL', '\u001b]11;rgb\u0007a', [text('a')]],
    ['a device attribute', '\u001bP1$r0m\u001b\\a', [text('a')]],
    ['C1 controls', 'a\u0085b', [text('a'), text('b')]],
    ['a sequence with a broken end', '\u001b[1\ra', [chord('enter'), text('a')]],
  ])('%s is dropped', (_, typed, keys) => {
    expect(keysOf(typed)).toEqual(keys);
  });
});

describe('what arrives in pieces', () => {
  test('a sequence waits for its rest', () => {
    const decoder = new KeyDecoder();
    expect(decoder.decode(bytes('x\u001b'))).toEqual([text('x')]);
    expect(decoder.isWaiting).toBe(true);
    expect(decoder.decode(bytes('[1;'))).toEqual([]);
    expect(decoder.decode(bytes('5Cy'))).toEqual([chord('ctrl-right'), text('y')]);
    expect(decoder.isWaiting).toBe(false);
  });

  test('an ESC that nothing follows is the Escape key', () => {
    const decoder = new KeyDecoder();
    expect(decoder.decode(bytes('\u001b'))).toEqual([]);
    expect(decoder.flush()).toEqual([chord('escape')]);
    expect(decoder.flush()).toEqual([]);
  });

  test('half a sequence that nothing follows is nothing', () => {
    const decoder = new KeyDecoder();
    decoder.decode(bytes('\u001b[1;'));
    expect(decoder.flush()).toEqual([]);
    expect(decoder.decode(bytes('a'))).toEqual([text('a')]);
  });

  test('a character of several bytes is put together', () => {
    const decoder = new KeyDecoder();
    const [first, ...rest] = bytes('日');
    expect(decoder.decode(Uint8Array.of(first as number))).toEqual([]);
    expect(decoder.decode(Uint8Array.from(rest))).toEqual([text('日')]);
  });
});

describe('pastes', () => {
  test('are one key, whatever they hold', () => {
    expect(keysOf('a\u001b[200~SELECT 1;\r\n\tx\u001b[A\u0003\u001b[201~b')).toEqual([
      text('a'),
      paste('SELECT 1;\n\tx\u001b[A\u0003'),
      text('b'),
    ]);
  });

  test('may come in many chunks, their end and line breaks cut in two', () => {
    const decoder = new KeyDecoder();
    expect(decoder.decode(bytes('\u001b[200~ab\r'))).toEqual([paste('ab')]);
    expect(decoder.isWaiting).toBe(false);
    expect(decoder.decode(bytes('\ncd\u001b[20'))).toEqual([paste('\ncd')]);
    expect(decoder.decode(bytes('1~\r'))).toEqual([chord('enter')]);
  });

  test('may be empty', () => {
    expect(keysOf('\u001b[200~\u001b[201~x')).toEqual([text('x')]);
  });
});

describe('laws', () => {
  const joined = (keys: readonly Key[]): string[] => {
    const names: string[] = [];
    let kind = '';
    for (const key of keys) {
      const name = key.kind === 'chord' ? `<${key.chord}>` : key.text;
      if (key.kind === kind && kind !== 'chord') names[names.length - 1] += name;
      else names.push(name);
      kind = key.kind;
    }
    return names;
  };
  const typed = fc
    .array(
      fc.constantFrom(
        'a',
        '日',
        '😀',
        '\r',
        '\n',
        '\t',
        '\u001b[A',
        '\u001b[1;5C',
        '\u001b[200~',
        '\u001b[201~',
        '\u001bb',
        '\u0003',
        '\u001bOP',
      ),
    )
    .map((parts) => parts.join(''));

  test('chunks do not matter', () => {
    fc.assert(
      fc.property(typed, fc.array(fc.nat(7)), (whole, lengths) => {
        const all = bytes(whole);
        const decoder = new KeyDecoder();
        const keys: Key[] = [];
        let at = 0;
        for (const length of lengths) {
          keys.push(...decoder.decode(all.slice(at, at + length)));
          at += length;
        }
        keys.push(...decoder.decode(all.slice(at)));
        // A line break of two characters is one key only when it is not cut outside of a paste.
        fc.pre(!/\r\n/.test(whole));
        expect(joined(keys)).toEqual(joined(new KeyDecoder().decode(all)));
      }),
    );
  });

  test('no bytes do harm: text never holds a control character', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => {
        const decoder = new KeyDecoder();
        for (const key of chunks.flatMap((chunk) => decoder.decode(chunk))) {
          if (key.kind === 'text') expect(key.text).not.toMatch(/\p{Cc}/u);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
