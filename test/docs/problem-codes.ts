/**
 * Every code that a user's error can have, found in the sources: where it is thrown and with which message. Placeholders of
 * messages show as `…`. A message that is built elsewhere and handed in shows as nothing.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codesOfProblems } from '../../src/cli/exit.ts';

export interface ThrownProblem {
  readonly code: string;
  readonly file: string;
  /** Null where the text is handed in. */
  readonly message: string | null;
}

const root = resolve(import.meta.dirname, '../..');
const messageLengthMax = 160;
const thrown = /\bproblem\(\s*'([a-z]+\.[a-z-]+)',|\bcode: '([a-z]+\.[a-z-]+)',/g;

/** In the order of files, and within a file of lines. */
export function thrownProblems(): readonly ThrownProblem[] {
  return ['grammar', 'src'].flatMap(sourceFiles).flatMap((file) => {
    const text = withoutComments(readFileSync(join(root, file), 'utf8'));
    return [...text.matchAll(thrown)].flatMap((match) => {
      const code = (match[1] ?? match[2]) as string;
      return messagesOf(text, match).map((message): ThrownProblem => ({ code, file, message }));
    });
  });
}

/** What is thrown with one code at one place; several where the place is a function that is handed the message. */
function messagesOf(text: string, match: RegExpExecArray): readonly (string | null)[] {
  const rest = text.slice(match.index + match[0].length);
  const isObject = match[2] !== undefined;
  const message = messageAt(isObject ? (/^\s*message:([\s\S]*)/.exec(rest)?.[1] ?? '') : rest);
  if (message !== null) return [message];
  const [, helper] =
    [...text.slice(0, match.index).matchAll(/\b(?:const|function) (\w+)\b/g)].at(-1) ?? [];
  const calls = [...text.matchAll(new RegExp(`\\b${helper}\\(`, 'g'))];
  const handedIn = calls.map(({ index, 0: call }) => messageAt(text.slice(index + call.length)));
  const known = handedIn.filter((handed) => handed !== null);
  return known.length === 0 ? [null] : known;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts') && !/\.test\.|\.test-|-test\.ts$/.test(file))
    .sort()
    .map((file) => `${folder}/${file}`.replaceAll('\\', '/'));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*\*?[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

/** The text of the literals that stand first, joined by `+`; null when something else does. */
function messageAt(source: string): string | null {
  const literal = /^[\s+(]*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/;
  let text = '';
  let rest = source;
  for (;;) {
    const match = literal.exec(rest);
    if (match === null) return text === '' ? null : text;
    text += placeholders(match[1] ?? match[2] ?? match[3] ?? '');
    rest = rest.slice(match[0].length);
    if (!/^\s*\+/.test(rest)) return text;
  }
}

/** `${…}` with whatever braces are in it becomes `…`. */
function placeholders(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '$' || text[at + 1] !== '{') {
      out += text[at];
      continue;
    }
    let depth = 1;
    for (at += 2; depth > 0 && at < text.length; at++) {
      if (text[at] === '{') depth++;
      if (text[at] === '}') depth--;
    }
    at--;
    out += '…';
  }
  return out.replace(/\\n/g, ' ').replace(/\\t/g, '').replace(/\\(.)/g, '$1').replace(/\s+/g, ' ');
}

/** docs/errors.md. */
export function errorReference(): string {
  const byCode = new Map<string, ThrownProblem[]>();
  for (const problem of thrownProblems()) {
    byCode.set(problem.code, [...(byCode.get(problem.code) ?? []), problem]);
  }
  const codes = [...byCode.keys()].sort();
  const areas = [...new Set(codes.map(areaOf))];
  return [
    heading,
    ...areas.map((area) =>
      [
        `## ${area}`,
        '',
        '| code | message | thrown in |',
        '|---|---|---|',
        ...codes
          .filter((code) => areaOf(code) === area)
          .map((code) => rowOf(code, byCode.get(code) as ThrownProblem[])),
        '',
      ].join('\n'),
    ),
  ].join('\n');
}

const heading = `# Errors

Every error that is the user's has a code, \`area.slug\`. It is in the \`code\` of an error's JSON over HTTP and WebSocket and of
\`ProblemError\` in the library, beside ksqlDB's own \`error_code\`; it stays the same when the message is worded anew. \`…\` stands for
what the message names. A code that ends the process has its exit status behind it (ARCHITECTURE.md, "When something breaks").

This file is generated from the sources: \`UPDATE=1 npm test -- test/docs\` rewrites it.
`;

function areaOf(code: string): string {
  return code.split('.')[0] as string;
}

function rowOf(code: string, problems: readonly ThrownProblem[]): string {
  const messages = unique(problems.map(({ message }) => message).filter((text) => text !== null));
  const files = unique(problems.map(({ file }) => file));
  const status = codesOfProblems[code];
  const shown = status === undefined ? `\`${code}\`` : `\`${code}\` (${status})`;
  const texts = messages.map((message) => escaped(shortened(message.trim()))).join('<br>');
  return `| ${shown} | ${texts} | ${files.map((file) => `\`${file}\``).join('<br>')} |`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function shortened(text: string): string {
  return text.length <= messageLengthMax ? text : `${text.slice(0, messageLengthMax)}…`;
}

/** What Markdown would take for its own. */
function escaped(text: string): string {
  return text.replace(/[\\`*_|<>[\]]/g, '\\$&');
}
