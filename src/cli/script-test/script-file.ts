/** A file of SQL tests: a `--@test` directive begins each (spec: cli.md §5.1). */
import { readFileSync } from 'node:fs';
import { position } from '../../../grammar/position.ts';
import { splitStatements } from '../../../grammar/split.ts';
import { problem } from '../../base/errors.ts';

export interface ScriptStep {
  readonly sql: string;
  /** 1-based, in the file. */
  readonly line: number;
  readonly column: number;
}
export interface ScriptTest {
  readonly file: string;
  readonly name: string;
  readonly line: number;
  /** The first error of any statement must be of this class, and its message contain this text; null: not checked. */
  readonly expectedError: string | null;
  readonly expectedMessage: string | null;
  readonly steps: readonly ScriptStep[];
}

type Building = { -readonly [K in keyof ScriptTest]: ScriptTest[K] } & { steps: ScriptStep[] };

/** Throws `script.*` Problems for files that are not tests. */
export function readScriptFile(file: string): readonly ScriptTest[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw problem('script.unreadable', `Could not read ${file}`, { cause: error });
  }
  return parseScriptTests(text, file);
}

export function parseScriptTests(text: string, file: string): readonly ScriptTest[] {
  const tests: Building[] = [];
  const { complete, rest, restStart, restDirectives } = splitStatements(text);
  const pieces = [
    ...complete,
    { text: rest, span: { start: restStart, end: text.length }, directives: restDirectives },
  ];
  for (const { text: sql, span, directives } of pieces) {
    for (const directive of directives) {
      const at = position(text, directive.span.start);
      if (directive.type === 'test') tests.push(newTest(file, directive.contents, at.line));
      else apply(tests.at(-1), directive.type, directive.contents, at.line, file);
    }
    if (sql === '') continue;
    const test = tests.at(-1);
    if (test === undefined)
      throw problem('script.no-test', `${file}: Expected test to start with --@test.`);
    test.steps.push({ sql, ...position(text, span.start) });
  }
  return tests;
}

function newTest(file: string, name: string, line: number): Building {
  return { file, name, line, expectedError: null, expectedMessage: null, steps: [] };
}

function apply(
  test: Building | undefined,
  type: string,
  contents: string,
  line: number,
  file: string,
): void {
  if (test === undefined)
    throw problem('script.no-test', `${file}:${line}: Expected test to start with --@test.`);
  if (type === 'expected.error') test.expectedError = contents;
  else if (type === 'expected.message') test.expectedMessage = contents;
  else
    throw problem('script.directive', `${file}:${line}: unknown directive --@${type}`, {
      hint: 'Known are test, expected.error and expected.message.',
    });
}
