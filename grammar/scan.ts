/**
 * Text to tokens (spec §1). One pass over the characters, without regular expressions; never fails: what is no token becomes
 * `Unrecognized` or `Unterminated`, which no rule of the grammar takes. Whitespace and comments leave no tokens; comments can be
 * had through `onComment`.
 */
import type { IToken, TokenType } from 'chevrotain';
import * as t from './tokens.ts';

/** Called with each comment's range, in order; `--` comments without their line end. */
export type OnComment = (start: number, end: number) => void;

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

const SINGLE: Readonly<Record<string, TokenType>> = {
  ';': t.Semicolon,
  '(': t.LeftParen,
  ',': t.Comma,
  ')': t.RightParen,
  '.': t.Dot,
  '[': t.LeftBracket,
  ']': t.RightBracket,
  '=': t.Equal,
  '<': t.Less,
  '>': t.Greater,
  '+': t.Plus,
  '-': t.Minus,
  '*': t.Asterisk,
  '/': t.Slash,
  '%': t.Percent,
};
const DOUBLE: Readonly<Record<string, TokenType>> = {
  '=>': t.FatArrow,
  '<>': t.NotEqual,
  '!=': t.NotEqual,
  '<=': t.LessOrEqual,
  '>=': t.GreaterOrEqual,
  '||': t.Concat,
  ':=': t.Assign,
  '->': t.Arrow,
};

/** The tokens in order, without an end marker. */
export function scan(sql: string, onComment?: OnComment): IToken[] {
  const tokens: IToken[] = [];
  let at = 0;
  while (at < sql.length) {
    const code = sql.charCodeAt(at);
    if (code === SPACE || code === LINE_FEED || code === TAB || code === CARRIAGE_RETURN) {
      at++;
      continue;
    }
    const commentEnd = endOfComment(sql, at);
    if (commentEnd > at) {
      onComment?.(at, commentEnd);
      at = commentEnd;
      continue;
    }
    const token = nextToken(sql, at);
    tokens.push(token);
    at = (token.endOffset ?? at) + 1;
  }
  return tokens;
}

/** `at` itself when no complete comment starts there. */
function endOfComment(sql: string, at: number): number {
  if (sql.startsWith('--', at)) {
    let end = at + 2;
    while (end < sql.length && !isLineEnd(sql.charCodeAt(end))) end++;
    return end;
  }
  if (sql.startsWith('/*', at)) {
    const close = sql.indexOf('*/', at + 2);
    if (close >= 0) return close + 2;
  }
  return at;
}

function nextToken(sql: string, at: number): IToken {
  const code = sql.charCodeAt(at);
  if (isLetter(code)) return word(sql, at);
  if (isDigit(code) || (code === 46 && isDigit(sql.charCodeAt(at + 1)))) return number(sql, at);
  const character = sql.charAt(at);
  if (character === "'" || character === '"' || character === '`') return quoted(sql, at);
  if (sql.startsWith('/*', at)) return make(sql, t.Unterminated, at, sql.length);
  const variableEnd = endOfVariable(sql, at);
  if (variableEnd > at) return make(sql, t.Variable, at, variableEnd);
  const double = DOUBLE[sql.slice(at, at + 2)];
  if (double !== undefined) return make(sql, double, at, at + 2);
  const single = SINGLE[character];
  if (single !== undefined) return make(sql, single, at, at + 1);
  // A whole character, also beyond the basic plane: half of one would be unreadable in a message.
  const length = String.fromCodePoint(sql.codePointAt(at) ?? code).length;
  return make(sql, t.Unrecognized, at, at + length);
}

function word(sql: string, start: number): IToken {
  const end = endOfWord(sql, start);
  const keyword = t.keywords.get(sql.slice(start, end).toUpperCase());
  return make(sql, keyword?.type ?? t.PlainIdentifier, start, end);
}

/** The longest of integer, decimal, floating point and digit identifier; a tie goes to the number. */
function number(sql: string, start: number): IToken {
  let end = endOfDigits(sql, start);
  let type = t.IntegerValue;
  if (sql.charCodeAt(end) === 46) {
    end = endOfDigits(sql, end + 1);
    type = t.DecimalValue;
  }
  const exponentEnd = endOfExponent(sql, end);
  if (exponentEnd > end) {
    end = exponentEnd;
    type = t.FloatValue;
  }
  const wordEnd = endOfWord(sql, start);
  if (wordEnd > end) return make(sql, t.DigitIdentifier, start, wordEnd);
  return make(sql, type, start, end);
}

function endOfExponent(sql: string, at: number): number {
  const code = sql.charCodeAt(at);
  if (code !== 69 && code !== 101) return at;
  const sign = sql.charCodeAt(at + 1);
  const digits = sign === 43 || sign === 45 ? at + 2 : at + 1;
  const end = endOfDigits(sql, digits);
  return end > digits ? end : at;
}

function quoted(sql: string, start: number): IToken {
  const quote = sql.charAt(start);
  let at = start + 1;
  for (;;) {
    const close = sql.indexOf(quote, at);
    if (close < 0) return make(sql, t.Unterminated, start, sql.length);
    if (sql.charAt(close + 1) !== quote) return make(sql, quotedType(quote), start, close + 1);
    at = close + 2;
  }
}

function quotedType(quote: string): TokenType {
  if (quote === "'") return t.StringValue;
  return quote === '"' ? t.QuotedIdentifier : t.BackquotedIdentifier;
}

/** The end of `${name}` that starts here, or `at` itself. */
export function endOfVariable(sql: string, at: number): number {
  if (!sql.startsWith('${', at)) return at;
  const end = endOfWord(sql, at + 2);
  return end > at + 2 && sql.charAt(end) === '}' ? end + 1 : at;
}

function make(sql: string, type: TokenType, start: number, end: number): IToken {
  return {
    image: sql.slice(start, end),
    startOffset: start,
    endOffset: end - 1,
    tokenType: type,
    tokenTypeIdx: type.tokenTypeIdx ?? -1,
  };
}

function endOfWord(sql: string, start: number): number {
  let end = start;
  while (isWordCode(sql.charCodeAt(end))) end++;
  return end;
}

function endOfDigits(sql: string, start: number): number {
  let end = start;
  while (isDigit(sql.charCodeAt(end))) end++;
  return end;
}

// Past the end of the text the code is NaN, which is none of these.
const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean =>
  (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
const isWordCode = (code: number): boolean => isLetter(code) || isDigit(code) || code === 64;
const isLineEnd = (code: number): boolean => code === LINE_FEED || code === CARRIAGE_RETURN;
