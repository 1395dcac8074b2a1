import { describe, expect, test } from 'vitest';
import { cutInput, isComplete, type Piece } from './pieces.ts';

const sql = (text: string): Piece => ({ kind: 'sql', text });
const command = (text: string): Piece => ({ kind: 'command', text });

describe('input is complete', () => {
  test.each([
    ['', true],
    ['  \n ', true],
    ['-- only a comment', true],
    ['select 1', false],
    ['select 1;', true],
    ['select 1; select', false],
    ["select 'a;", false],
    ["select 'it''s;", false],
    ["select 'it''s';", true],
    ['select `a;', false],
    ['select 1 -- ;', false],
    ["select 1; -- it's", true],
    ['/* open ; ', false],
    ['help', true],
    ['HELP;', true],
    ['history', true],
    ['helpful', false],
    ['run script', true],
    ["RUN   SCRIPT 'a;b.sql'", true],
    ['set cli wrap on', true],
    ["set 'a'='b'", false],
    ['exit', true],
    ['quit', true],
  ])('%j: %s', (input, complete) => {
    expect(isComplete(input)).toBe(complete);
  });
});

describe('pieces', () => {
  test('statements stay together with what is between them', () => {
    const text = 'select 1;\n-- and\nselect 2;';
    expect(cutInput(`  ${text}\n`)).toEqual({ pieces: [sql(text)], rest: '' });
  });

  test('commands end with their line or a semicolon', () => {
    const input = "output json; select 1;\nselect 2; \nSPOOL 'a;b'\nselect 3;\nhistory";
    expect(cutInput(input)).toEqual({
      pieces: [
        command('output json'),
        sql('select 1;\nselect 2;'),
        command("SPOOL 'a;b'"),
        sql('select 3;'),
        command('history'),
      ],
      rest: '',
    });
  });

  test('what no semicolon ends is left over', () => {
    expect(cutInput('version\nselect 1; select\n2')).toEqual({
      pieces: [command('version'), sql('select 1;')],
      rest: 'select\n2',
    });
  });

  test('a word of a command inside a statement is none', () => {
    expect(cutInput('select\nhistory\nfrom server;')).toEqual({
      pieces: [sql('select\nhistory\nfrom server;')],
      rest: '',
    });
  });

  test('a paste of many statements is cut once', () => {
    const text = Array.from({ length: 2_000 }, (_, at) => `insert into t values (${at});`).join(
      '\n',
    );
    expect(cutInput(text).pieces).toEqual([sql(text)]);
  });
});
