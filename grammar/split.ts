/**
 * Cutting text into statements without parsing them: for shells, which read until a statement is complete, and for script runners,
 * which run statements one by one. Strings, quoted names and comments are respected.
 */
import type { IToken } from 'chevrotain';
import type { Span } from '../src/base/errors.ts';
import { scan } from './scan.ts';
import { Semicolon, Unterminated } from './tokens.ts';

/** A `--@type: contents` comment; both parts trimmed, contents perhaps empty. */
export interface Directive {
  readonly type: string;
  readonly contents: string;
  readonly span: Span;
}
export interface StatementText {
  /** From the first token to the `;`, both included. */
  readonly text: string;
  readonly span: Span;
  /** Those between the statement before and the end of this one, in order. */
  readonly directives: readonly Directive[];
}
export interface SplitText {
  readonly complete: readonly StatementText[];
  /** What follows the last complete statement, from its first token on; empty if only white space and comments do. */
  readonly rest: string;
  readonly restStart: number;
  /** Those behind the last complete statement. */
  readonly restDirectives: readonly Directive[];
}

/** Empty statements (a `;` by itself) are left out. */
export function splitStatements(text: string): SplitText {
  const complete: StatementText[] = [];
  let directives: Directive[] = [];
  const comments: Span[] = [];
  const tokens = scan(text, (start, end) => comments.push({ start, end }));
  let first: IToken | null = null;
  let commentIndex = 0;
  const collectBefore = (offset: number): void => {
    for (; commentIndex < comments.length; commentIndex++) {
      const span = comments[commentIndex]!;
      if (span.start >= offset) return;
      const directive = asDirective(text, span);
      if (directive !== null) directives.push(directive);
    }
  };
  for (const token of tokens) {
    if (token.tokenType === Unterminated) {
      first ??= token;
      break;
    }
    if (token.tokenType !== Semicolon) {
      first ??= token;
      continue;
    }
    if (first === null) continue;
    const span = { start: first.startOffset, end: token.startOffset + 1 };
    collectBefore(span.end);
    complete.push({ text: text.slice(span.start, span.end), span, directives });
    directives = [];
    first = null;
  }
  collectBefore(text.length);
  const restStart = first?.startOffset ?? text.length;
  return { complete, rest: text.slice(restStart), restStart, restDirectives: directives };
}

function asDirective(text: string, span: Span): Directive | null {
  const match = /^--@([^:]*)(?::(.*))?$/s.exec(text.slice(span.start, span.end));
  if (match === null) return null;
  return { type: (match[1] ?? '').trim(), contents: (match[2] ?? '').trim(), span };
}
