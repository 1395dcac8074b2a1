import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeEntries, encodeEntry, expandEntry, searchBack, withEntry } from './history.ts';
import { HistoryFile, historyPath } from './history-file.ts';
import { historyEntriesMax } from './limits.ts';

describe('entries', () => {
  test.each([
    ['a new one is added', ['a'], 'b', ['a', 'b']],
    ['blanks around it do not count', ['a'], ' b\n', ['a', 'b']],
    ['a repetition of the last is not', ['a', 'b'], 'b', ['a', 'b']],
    ['a repetition of an earlier one is', ['a', 'b'], 'a', ['a', 'b', 'a']],
    ['a blank one is not', ['a'], '  ', ['a']],
    ['a very long one is not', ['a'], 'x'.repeat(70_000), ['a']],
  ])('%s', (_, before, entry, after) => {
    expect(withEntry(before, entry)).toEqual(after);
  });

  test('the oldest are forgotten', () => {
    const full = Array.from({ length: historyEntriesMax }, (_, at) => `entry ${at}`);
    const after = withEntry(full, 'new');
    expect(after.length).toBe(historyEntriesMax);
    expect([after[0], after.at(-1)]).toEqual(['entry 1', 'new']);
  });

  test.each(['select 1;', 'a\nb', 'a\\nb', 'a\\\nb\\', '\\\\n'])(
    '%j survives the file',
    (entry) => {
      expect(encodeEntry(entry)).not.toContain('\n');
      expect(decodeEntries(`${encodeEntry(entry)}\n`)).toEqual([entry]);
    },
  );
});

describe('searching', () => {
  const entries = ['SELECT a', 'insert b', 'select c'];
  test.each([
    ['select', 3, 2],
    ['select', 2, 0],
    ['select', 0, null],
    ['INSERT', 3, 1],
    ['zzz', 3, null],
  ])('%s before %i', (query, from, found) => {
    expect(searchBack(entries, query, from)).toBe(found);
  });
});

describe('expansion', () => {
  const entries = ['show streams;', 'select a from b;', 'select c from d;'];
  test.each([
    ['!!', 'select c from d;'],
    ['!1', 'show streams;'],
    ['!-2', 'select a from b;'],
    ['!show', 'show streams;'],
    ['!?from b', 'select a from b;'],
    ['!?from b?', 'select a from b;'],
    ['^from^into^', 'select c into d;'],
    ['^d;^$&;', 'select c from $&;'],
    ['select ! from x;', 'select ! from x;'],
    ['!9', null],
    ['!drop', null],
    ['^zzz^y^', null],
    ['!', null],
  ])('%s', (line, expanded) => {
    expect(expandEntry(entries, line)).toBe(expanded);
  });

  test('nothing can be repeated before anything was entered', () => {
    expect(expandEntry([], '!!')).toBeNull();
    expect(expandEntry([], '^a^b^')).toBeNull();
  });
});

describe('the file', () => {
  const path = () => join(mkdtempSync(join(tmpdir(), 'leat-history-')), 'history');
  const noWarning = (text: string) => {
    throw new Error(text);
  };

  test('entries survive the shell', () => {
    const file = path();
    const first = new HistoryFile(file, noWarning);
    first.add('select 1;');
    first.add('select\n2;');
    first.add('select\n2;');
    expect(new HistoryFile(file, noWarning).entries).toEqual(['select 1;', 'select\n2;']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('two shells lose nothing of each other', () => {
    const file = path();
    const [one, other] = [new HistoryFile(file, noWarning), new HistoryFile(file, noWarning)];
    one.add('a');
    other.add('b');
    one.add('c');
    expect(new HistoryFile(file, noWarning).entries).toEqual(['a', 'b', 'c']);
  });

  test('a file that grew far too long is shortened', () => {
    const file = path();
    const lines = Array.from({ length: 2 * historyEntriesMax + 5 }, (_, at) => `entry ${at}\n`);
    writeFileSync(file, lines.join(''));
    const { entries } = new HistoryFile(file, noWarning);
    expect(entries.at(-1)).toBe(`entry ${2 * historyEntriesMax + 4}`);
    expect(readFileSync(file, 'utf8').trim().split('\n').length).toBe(historyEntriesMax);
  });

  test('without a file there is a warning and a history of this session', () => {
    const file = join(path(), 'in', 'no', 'directory');
    const warnings: string[] = [];
    const history = new HistoryFile(file, (text) => warnings.push(text));
    history.add('a');
    expect(history.entries).toEqual(['a']);
    expect(warnings).toEqual([
      `WARNING: Unable to create command history file '${file}', command history will not be saved.`,
    ]);
  });

  test('is where LEAT_HISTORY says, else in the home directory', () => {
    expect(historyPath({ LEAT_HISTORY: '/x/y' })).toBe('/x/y');
    expect(historyPath({})).toMatch(/[/\\]\.leat-history$/);
  });
});
