/**
 * Every token of the language. The order matters: it is the order in which `Expecting {…}` names what could follow
 * (punctuation, keywords, operators, classes), as ksqlDB's does.
 *
 * Non-reserved keywords and the kinds of names belong to the category `AnyIdentifier`, so that a rule which wants a name takes
 * them all. The scanner finds tokens by itself (scan.ts); chevrotain only parses.
 */
import { createToken, Lexer, type TokenType } from 'chevrotain';

const all: TokenType[] = [];

function token(name: string, label: string, categories: readonly TokenType[] = []): TokenType {
  const type = createToken({ name, label, pattern: Lexer.NA, categories: [...categories] });
  all.push(type);
  return type;
}

/** Takes its place in the order with the other kinds of names. */
function category(name: string): TokenType {
  return createToken({ name, label: 'IDENTIFIER', pattern: Lexer.NA });
}

/** Any name: plain, quoted, starting with a digit, or a keyword that is not reserved. */
export const AnyIdentifier: TokenType = category('AnyIdentifier');
/** Any name that needs no quotes. */
export const UnquotedIdentifier: TokenType = category('UnquotedIdentifier');

export const Semicolon: TokenType = token('Semicolon', "';'");
export const LeftParen: TokenType = token('LeftParen', "'('");
export const Comma: TokenType = token('Comma', "','");
export const RightParen: TokenType = token('RightParen', "')'");
export const Dot: TokenType = token('Dot', "'.'");
export const LeftBracket: TokenType = token('LeftBracket', "'['");
export const RightBracket: TokenType = token('RightBracket', "']'");
export const FatArrow: TokenType = token('FatArrow', "'=>'");

const RESERVED = `SELECT FROM AS ALL DISTINCT WHERE WITHIN WINDOW GROUP BY HAVING LIMIT AT OR AND IN NOT EXISTS BETWEEN LIKE IS
NULL TRUE FALSE MILLISECOND YEARS MONTHS DAYS HOURS MINUTES SECONDS MILLISECONDS TUMBLING HOPPING SIZE ADVANCE RETENTION CASE
WHEN THEN ELSE END JOIN FULL OUTER INNER LEFT RIGHT ON WITH VALUES CREATE TABLE TOPIC STREAM STREAMS INSERT DELETE INTO DESCRIBE
EXTENDED PRINT CAST LIST TOPICS QUERY QUERIES TERMINATE PAUSE RESUME LOAD DROP TO RENAME SAMPLE EXPORT CATALOG PROPERTIES
BEGINNING UNSET RUN SCRIPT DECIMAL CONNECTOR CONNECTORS NAMESPACE MATERIALIZED VIEW`;

const NON_RESERVED = `SHOW TABLES COLUMNS COLUMN PARTITIONS FUNCTIONS FUNCTION SESSION STRUCT MAP ARRAY PARTITION INTEGER DATE TIME
TIMESTAMP INTERVAL ZONE STRING YEAR MONTH DAY HOUR MINUTE SECOND EXPLAIN ANALYZE TYPE TYPES SET RESET IF SOURCE SINK PRIMARY KEY
EMIT CHANGES FINAL ESCAPE REPLACE ASSERT ALTER ADD HEADER HEADERS GRACE PERIOD DEFINE UNDEFINE VARIABLES PLUGINS SYSTEM TIMEOUT
SCHEMA SUBJECT ID SNAPSHOT AFTER`;

export interface Keyword {
  readonly word: string;
  readonly reserved: boolean;
  readonly type: TokenType;
}

const byWord = new Map<string, Keyword>();
for (const word of RESERVED.split(/\s+/)) {
  byWord.set(word, { word, reserved: true, type: token(word, `'${word}'`) });
}
for (const word of NON_RESERVED.split(/\s+/)) {
  const type = token(word, `'${word}'`, [AnyIdentifier, UnquotedIdentifier]);
  byWord.set(word, { word, reserved: false, type });
}

/** The keywords by upper-case word, in the order of the table. */
export const keywords: ReadonlyMap<string, Keyword> = byWord;

/** The keyword's token; the word must be in the table. */
export function keyword(word: string): TokenType {
  const found = byWord.get(word);
  if (found === undefined) throw new Error(`no keyword: ${word}`);
  return found.type;
}

/** Whether the word, in any case, needs quotes to serve as a name. */
export function isReserved(word: string): boolean {
  return byWord.get(word.toUpperCase())?.reserved ?? false;
}

export const Equal: TokenType = token('Equal', "'='");
export const NotEqual: TokenType = token('NotEqual', "'<>'");
export const Less: TokenType = token('Less', "'<'");
export const LessOrEqual: TokenType = token('LessOrEqual', "'<='");
export const Greater: TokenType = token('Greater', "'>'");
export const GreaterOrEqual: TokenType = token('GreaterOrEqual', "'>='");
export const Plus: TokenType = token('Plus', "'+'");
export const Minus: TokenType = token('Minus', "'-'");
export const Asterisk: TokenType = token('Asterisk', "'*'");
export const Slash: TokenType = token('Slash', "'/'");
export const Percent: TokenType = token('Percent', "'%'");
export const Concat: TokenType = token('Concat', "'||'");
export const Assign: TokenType = token('Assign', "':='");
export const Arrow: TokenType = token('Arrow', "'->'");

export const StringValue: TokenType = token('StringValue', 'STRING');
export const IntegerValue: TokenType = token('IntegerValue', 'INTEGER_VALUE');
export const DecimalValue: TokenType = token('DecimalValue', 'DECIMAL_VALUE');
export const FloatValue: TokenType = token('FloatValue', 'FLOATING_POINT_VALUE');
all.push(AnyIdentifier, UnquotedIdentifier);
export const PlainIdentifier: TokenType = token('PlainIdentifier', 'IDENTIFIER', [
  AnyIdentifier,
  UnquotedIdentifier,
]);
export const DigitIdentifier: TokenType = token('DigitIdentifier', 'DIGIT_IDENTIFIER', [
  AnyIdentifier,
  UnquotedIdentifier,
]);
export const QuotedIdentifier: TokenType = token('QuotedIdentifier', 'QUOTED_IDENTIFIER', [
  AnyIdentifier,
]);
export const BackquotedIdentifier: TokenType = token(
  'BackquotedIdentifier',
  'BACKQUOTED_IDENTIFIER',
  [AnyIdentifier],
);
/** `${name}` that nothing was substituted for: no rule takes it. */
export const Variable: TokenType = token('Variable', 'VARIABLE');
/** A string, quoted name or block comment that the text ends in: no rule takes it. */
export const Unterminated: TokenType = token('Unterminated', 'UNTERMINATED');
/** A character that starts no token: no rule takes it. */
export const Unrecognized: TokenType = token('Unrecognized', 'UNRECOGNIZED');

/** All of them, in order. */
export const tokenTypes: readonly TokenType[] = all;
