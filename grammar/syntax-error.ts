/**
 * Words a syntax error in ksqlDB's terms (spec §1.2). ANTLR, which ksqlDB's parser is made with, reports by how it came to fail, not
 * by all that could have stood there, and so does this:
 *
 * 1. Tokens are followed through the grammar as far as any path goes; the next one is the token at fault.
 * 2. At that place everything optional is left out. If one token, or one of a few, must then come, that is what was expected;
 *    together with what would have continued a list that ends there.
 * 3. If that token, had it been there, would have let the one at fault follow, then it is missing.
 * 4. If several ways lead on, no alternative fits.
 *
 * What else would help (a misspelt keyword, an undefined variable, an unclosed string, what other SQL has) goes into the hint.
 */
import type { IToken, TokenType } from 'chevrotain';
import { problem, type ProblemError } from '../src/base/errors.ts';
import { nearest } from './distance.ts';
import { isOfType } from './dsl.ts';
import { syntaxWalkTokensMax } from './limits.ts';
import { position } from './position.ts';
import { habitHint } from './sql-habits.ts';
import * as t from './tokens.ts';
import { type Demand, inOrder, type State, Walk } from './walk.ts';

/** The words a statement starts with, as far as one is suggested. */
const STATEMENT_WORDS =
  `SELECT CREATE INSERT DESCRIBE PRINT EXPLAIN SHOW LIST TERMINATE PAUSE RESUME DROP SET DEFINE UNDEFINE UNSET
ASSERT ALTER`.split(/\s+/);

/** Reserved words that, out of place, are hardly meant as names. */
const STRUCTURE: ReadonlySet<string> = new Set(
  `SELECT FROM AS WHERE WITHIN WINDOW GROUP BY HAVING LIMIT OR AND IN NOT EXISTS BETWEEN LIKE IS NULL TRUE FALSE CASE WHEN THEN ELSE
  END JOIN ON WITH VALUES INTO CAST`.split(/\s+/),
);

const EXPECTED_MAX = 3;
const QUOTED_LENGTH_MAX = 60;

/** The error for tokens that do not make what the rule `entry` wants; the parser failed at `token`, null being the end. */
export function syntaxError(
  sql: string,
  tokens: readonly IToken[],
  token: IToken | null,
  entry: string,
): ProblemError {
  const failure = locate(tokens, token, entry);
  const at = failure.token;
  const start = at?.startOffset ?? sql.length;
  const end = at === null ? start : start + at.image.length;
  const { line, column } = position(sql, start);
  const where = `line ${line}:${column}`;
  const hint = hintFor(failure, tokens);
  const rest = { span: { start, end }, ...(hint === null ? {} : { hint }) };
  return problem('parse.syntax', `${where}: Syntax Error\n${reason(failure, where)}`, rest);
}

interface Failure {
  readonly walk: Walk;
  /** Null at the end of the text. */
  readonly token: IToken | null;
  readonly index: number;
  /** The state before the token at fault; null when the walk does not know better than the parser. */
  readonly state: State | null;
  /** The state before that. */
  readonly stateBefore: State | null;
  readonly isStatement: boolean;
}

function locate(tokens: readonly IToken[], token: IToken | null, entry: string): Failure {
  const walk = new Walk(entry);
  const isStatement = entry.startsWith('single');
  const parsersIndex = token === null ? tokens.length : tokens.indexOf(token);
  const states = tokens.length > syntaxWalkTokensMax ? [] : walk.along(tokens);
  const index = states.length - 1;
  const state = states[index] ?? null;
  const isComplete = index === tokens.length && (state?.isComplete ?? false);
  if (state === null || isComplete) {
    // A gate stopped the parser, or the text is so long that walking it again would take long.
    return { walk, token, index: parsersIndex, state: null, stateBefore: null, isStatement };
  }
  const stateBefore = states[index - 1] ?? null;
  return { walk, token: tokens[index] ?? null, index, state, stateBefore, isStatement };
}

function reason({ walk, token, index, state, isStatement }: Failure, where: string): string {
  if (token === null) return `Syntax error at or near ";"\n'}', ']', or ')' is missing`;
  const image = shorten(token.image);
  const noAlternative = `Syntax error at or near '${image}' at ${where}`;
  if (index === 0 && isStatement) {
    const meant = nearest(token.image, STATEMENT_WORDS);
    const suggestion = meant === null ? '' : `\nDid you mean '${meant}'?`;
    return `Unknown statement '${image}'${suggestion}`;
  }
  if (state === null) return noAlternative;
  const demands = likely(state.places.map((place) => walk.demanded(place)));
  const types = inOrder(demands.flatMap((demand) => demand?.types ?? []));
  const isDecided = demands.every((demand) => demand !== null);
  if (!isDecided || types.length === 0) return noAlternative;
  if (types.some(isName) && t.isReserved(token.image)) {
    return (
      `"${token.image}" is a reserved keyword and it can't be used as an identifier.` +
      ` You can use it as an identifier by escaping it as '${token.image}' `
    );
  }
  const [only] = types;
  const isExact = demands.every((demand) => demand?.isExact);
  if (only !== undefined && types.length === 1 && isExact) {
    const behind = walk.follow(state, only);
    const fits = behind?.steps.some((step) => isOfType(token.tokenType, step.type)) ?? false;
    if (fits) return `missing ${label(only)} at '${image}'`;
    return `Expecting ${label(only)}`;
  }
  if (types.length > EXPECTED_MAX) return noAlternative;
  return `Expecting {${types.map(label).join(', ')}}`;
}

/** Without the `=>` of a lambda, which hardly anybody meant, unless nothing else is possible. */
function likely(demands: readonly (Demand | null)[]): readonly (Demand | null)[] {
  const others = demands.filter((demand) => !demand?.types.includes(t.FatArrow));
  return others.length === 0 ? demands : others;
}

function hintFor(failure: Failure, tokens: readonly IToken[]): string | null {
  const { token, state, stateBefore, index } = failure;
  if (token === null) {
    const needsEnd = state?.steps.some(({ type }) => type === t.Semicolon) ?? false;
    return needsEnd ? "End the statement with ';'." : null;
  }
  if (token.tokenType === t.Unterminated) {
    return `What starts here with ${token.image.slice(0, 2) === '/*' ? '/*' : token.image.charAt(0)} is never closed.`;
  }
  if (token.tokenType === t.Variable) {
    const name = token.image.slice(2, -1);
    return `The variable ${name} is not defined: DEFINE ${name} = 'value';`;
  }
  const habit = habitHint(tokens, index);
  if (habit !== null) return habit;
  if (index === 0 || state === null) return null;
  const meant = misspelt(token, state) ?? misspelt(tokens[index - 1], stateBefore);
  if (meant !== null) return `Did you mean '${meant}'?`;
  const types = state.steps.map(({ type }) => type);
  if (!t.isReserved(token.image)) return null;
  // Variables have names that cannot be quoted.
  if (types.includes(t.UnquotedIdentifier)) return 'Take another name for the variable.';
  if (types.includes(t.AnyIdentifier) && !STRUCTURE.has(token.image.toUpperCase())) {
    return `${token.image} is a reserved word: as a name, write \`${token.image.toUpperCase()}\`.`;
  }
  return null;
}

/** The keyword, among those possible in the state, that a plain name looks like. */
function misspelt(token: IToken | undefined, state: State | null): string | null {
  if (token === undefined || state === null || token.tokenType !== t.PlainIdentifier) return null;
  const words = inOrder(state.steps.map(({ type }) => type)).filter(isKeyword);
  return nearest(
    token.image,
    words.map(({ name }) => name),
  );
}

function isName(type: TokenType): boolean {
  return type === t.AnyIdentifier || type === t.UnquotedIdentifier;
}

function isKeyword(type: TokenType): boolean {
  return t.keywords.has(type.name);
}

function label(type: TokenType): string {
  return type.LABEL ?? type.name;
}

function shorten(image: string): string {
  return image.length <= QUOTED_LENGTH_MAX ? image : `${image.slice(0, QUOTED_LENGTH_MAX)}…`;
}
