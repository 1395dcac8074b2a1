/**
 * The chevrotain parser: one instance, made when first needed and kept, since making it records the grammar and computes its
 * lookahead. `parse.ts` is what to call.
 *
 * Chevrotain recovers from nothing here and its messages are not used: when it fails, `syntax-error.ts` walks the recorded grammar
 * along the tokens and words the error.
 */
import { EmbeddedActionsParser, type IToken, type Rule as GrammarRule } from 'chevrotain';
import { problem, type ProblemError, type Span } from '../src/base/errors.ts';
import type { Dsl, Rule } from './dsl.ts';
import { nestingDepthMax } from './limits.ts';
import { type EntryRules, entryRules } from './rules/statement.ts';
import { tokenTypes } from './tokens.ts';

/** Either what the rule made of the tokens, or the token it could not go on at (null for the end). */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly token: IToken | null };

class SqlParser extends EmbeddedActionsParser {
  readonly #entries: EntryRules;
  #sql = '';
  #span: Span = { start: 0, end: 0 };
  #depth = 0;

  constructor({ skipValidations }: { readonly skipValidations: boolean }) {
    super([...tokenTypes], { skipValidations, maxLookahead: 1 });
    // The methods the rules use are protected in chevrotain's types only.
    this.#entries = entryRules(this as unknown as Dsl);
    this.performSelfAnalysis();
  }

  get grammar(): Readonly<Record<string, GrammarRule>> {
    return this.getGAstProductions();
  }

  run<T>(
    entry: (rules: EntryRules) => Rule<T>,
    sql: string,
    tokens: IToken[],
    span: Span,
  ): Outcome<T> {
    this.#sql = sql;
    this.#span = span;
    this.#depth = 0;
    this.input = tokens;
    const value = entry(this.#entries).call(this);
    const [error] = this.errors;
    this.#sql = '';
    if (error === undefined) return { ok: true, value };
    return { ok: false, token: error.token.tokenType.name === 'EOF' ? null : error.token };
  }

  start(): number {
    return this.LA(1).startOffset;
  }
  spanFrom(start: number): Span {
    return { start, end: (this.LA(0).endOffset ?? 0) + 1 };
  }
  sql(): string {
    return this.#sql;
  }
  enter(halves: number): void {
    this.#depth += halves;
    if (this.#depth > 2 * nestingDepthMax) throw tooLarge(this.#span);
  }
  leave(halves: number): void {
    this.#depth -= halves;
  }
}

/** The refusal of what nests too deeply to be handled by recursion. */
export function tooLarge(span: Span): ProblemError {
  return problem(
    'parse.too-large',
    'Statement is too large to parse. This may be caused by having too many nested expressions in the statement.',
    { hint: 'Nest it less deeply, or split it up.', span },
  );
}

let instance: SqlParser | null = null;
const parser = (): SqlParser => {
  instance ??= new SqlParser({ skipValidations: true });
  return instance;
};

/** Parses the tokens by one rule; all of them must be used. `span` is theirs. Throws what the rules' actions refuse. */
export function run<T>(
  entry: (rules: EntryRules) => Rule<T>,
  sql: string,
  tokens: IToken[],
  span: Span,
): Outcome<T> {
  return parser().run(entry, sql, tokens, span);
}

/** The recorded grammar: rules by name, in the order of definition. */
export function recordedGrammar(): Readonly<Record<string, GrammarRule>> {
  return parser().grammar;
}

/** Throws when chevrotain finds fault with the grammar, such as an alternative that can never be taken. Slow: for tests. */
export function validateGrammar(): void {
  new SqlParser({ skipValidations: false });
}
