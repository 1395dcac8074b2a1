/** Names, literals, units of time and properties: what all other rules are made of. */
import type { IToken, TokenType } from 'chevrotain';
import { problem } from '../../src/base/errors.ts';
import type { Duration, Identifier, Literal, Property, StringLiteral, TimeUnit } from '../ast.ts';
import { alt, commaSeparated, type Dsl, flag, isOfType, type Rule } from '../dsl.ts';
import { durationMs } from '../duration.ts';
import { identifierLengthMax } from '../limits.ts';
import { decimalLiteral, doubleLiteral, integerLiteral, invalidNumber } from '../number.ts';
import { unquote } from '../text.ts';
import * as t from '../tokens.ts';

export interface NameRules {
  readonly identifier: Rule<Identifier>;
  /** A name or string that keeps its case: a topic or a subject. */
  readonly exactName: Rule<string>;
  readonly string: Rule<StringLiteral>;
  /** An integer without a sign that JavaScript can hold exactly. */
  readonly count: Rule<number>;
  /** `LIMIT` and an integer, which may have a sign; pull queries say what they think of that (spec: semantics.md §12.2). */
  readonly limit: Rule<number>;
  readonly number: Rule<Literal>;
  readonly literal: Rule<Literal>;
  readonly timeUnit: Rule<TimeUnit>;
  readonly duration: Rule<Duration>;
  /** `(name = literal, …)`, names as written. */
  readonly properties: Rule<readonly Property[]>;
}

const UNIT_BY_WORD: Readonly<Record<string, TimeUnit>> = {
  DAY: 'DAYS',
  DAYS: 'DAYS',
  HOUR: 'HOURS',
  HOURS: 'HOURS',
  MINUTE: 'MINUTES',
  MINUTES: 'MINUTES',
  SECOND: 'SECONDS',
  SECONDS: 'SECONDS',
  MILLISECOND: 'MILLISECONDS',
  MILLISECONDS: 'MILLISECONDS',
};
const UNIT_TOKENS: readonly TokenType[] = Object.keys(UNIT_BY_WORD).map((word) => t.keyword(word));

export function nameRules($: Dsl): NameRules {
  const identifier = $.RULE('identifier', (): Identifier => {
    const token = $.consume(0, t.AnyIdentifier);
    return $.ACTION(() => toIdentifier(token));
  });

  const string = $.RULE('string', (): StringLiteral => {
    const token = $.consume(0, t.StringValue);
    return { kind: 'string', value: unquote(token.image), span: $.spanFrom(token.startOffset) };
  });

  const count = $.RULE('count', (): number => {
    const token = $.consume(0, t.IntegerValue);
    return $.ACTION(() => {
      const value = Number(token.image);
      if (Number.isSafeInteger(value)) return value;
      throw invalidNumber($.sql(), token.image, $.spanFrom(token.startOffset));
    });
  });

  const timeUnit = $.RULE('timeUnit', (): TimeUnit => {
    const token = $.or(
      0,
      UNIT_TOKENS.map((type, use) => alt(() => $.consume(use, type))),
    );
    return $.ACTION(() => UNIT_BY_WORD[token.image.toUpperCase()] ?? 'MILLISECONDS');
  });

  const duration = $.RULE('duration', (): Duration => {
    const start = $.start();
    const amount = $.subrule(0, count);
    const unit = $.subrule(0, timeUnit);
    return $.ACTION(() => {
      const node: Duration = { kind: 'duration', amount, unit, span: $.spanFrom(start) };
      if (Number.isSafeInteger(durationMs(node))) return node;
      throw problem('parse.duration', `${amount} ${unit} is too long`, { span: node.span });
    });
  });

  const { number, literal } = literalRules($, string);
  const limit = $.RULE('limit', (): number => {
    $.consume(0, t.keyword('LIMIT'));
    const value = $.subrule(0, number);
    return $.ACTION(() => toLimit($, value));
  });
  const exactName = $.RULE('exactName', (): string =>
    $.or(0, [
      alt((): string => {
        const token = $.consume(0, t.AnyIdentifier);
        return $.ACTION(() => (isQuoted(token) ? unquote(token.image) : token.image));
      }),
      alt((): string => $.subrule(0, string).value),
    ]),
  );
  const properties = propertiesRule($, { exactName, literal });
  return {
    identifier,
    exactName,
    string,
    count,
    limit,
    number,
    literal,
    timeUnit,
    duration,
    properties,
  };
}

function literalRules(
  $: Dsl,
  string: Rule<StringLiteral>,
): { readonly number: Rule<Literal>; readonly literal: Rule<Literal> } {
  const numberTokens = [
    alt(() => $.consume(0, t.IntegerValue)),
    alt(() => $.consume(0, t.DecimalValue)),
    alt(() => $.consume(0, t.FloatValue)),
  ];
  const number = $.RULE('number', (): Literal => {
    const start = $.start();
    const isNegative = flag($, 0, t.Minus);
    const token = $.or(0, numberTokens);
    return $.ACTION(() => toNumber($, token, { start, isNegative }));
  });

  const span = () => $.spanFrom($.LA(0).startOffset);
  const alternatives = [
    alt((): Literal => $.subrule(0, number)),
    alt((): Literal => $.subrule(0, string)),
    alt((): Literal => {
      $.consume(0, t.keyword('TRUE'));
      return { kind: 'boolean', value: true, span: span() };
    }),
    alt((): Literal => {
      $.consume(0, t.keyword('FALSE'));
      return { kind: 'boolean', value: false, span: span() };
    }),
    alt((): Literal => {
      $.consume(0, t.keyword('NULL'));
      return { kind: 'null', span: span() };
    }),
  ];
  const literal = $.RULE('literal', (): Literal => $.or(0, alternatives));
  return { number, literal };
}

function propertiesRule(
  $: Dsl,
  { exactName, literal }: { readonly exactName: Rule<string>; readonly literal: Rule<Literal> },
): Rule<readonly Property[]> {
  const property = $.RULE('property', (): Property => {
    const start = $.start();
    const name = $.subrule(0, exactName);
    $.consume(0, t.Equal);
    const value = $.subrule(0, literal);
    return { kind: 'property', name, value, span: $.spanFrom(start) };
  });
  return $.RULE('properties', (): readonly Property[] => {
    const found: Property[] = [];
    $.consume(0, t.LeftParen);
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void found.push($.subrule(0, property))));
    $.consume(0, t.RightParen);
    return found;
  });
}

function isQuoted(token: IToken): boolean {
  return token.tokenType === t.QuotedIdentifier || token.tokenType === t.BackquotedIdentifier;
}

function toIdentifier(token: IToken): Identifier {
  const quoted = isQuoted(token);
  const name = quoted ? unquote(token.image) : token.image.toUpperCase();
  const span = { start: token.startOffset, end: token.startOffset + token.image.length };
  if (name.length > identifierLengthMax) {
    throw problem('parse.name-too-long', `name is longer than ${identifierLengthMax} characters`, {
      span,
    });
  }
  return { kind: 'identifier', name, quoted, span };
}

function toLimit($: Dsl, literal: Literal): number {
  const { span } = literal;
  if (literal.kind !== 'integer')
    throw problem(
      'parse.limit',
      'Failed to prepare statement: Value must be integer for command: LIMIT',
      { span },
    );
  const value = Number(literal.value);
  if (Number.isSafeInteger(value)) return value;
  throw invalidNumber($.sql(), String(literal.value), span);
}

function toNumber(
  $: Dsl,
  token: IToken,
  { start, isNegative }: { readonly start: number; readonly isNegative: boolean },
): Literal {
  const text = isNegative ? `-${token.image}` : token.image;
  const span = $.spanFrom(start);
  if (isOfType(token.tokenType, t.IntegerValue)) return integerLiteral($.sql(), text, span);
  if (isOfType(token.tokenType, t.DecimalValue)) return decimalLiteral($.sql(), text, span);
  return doubleLiteral($.sql(), text, span);
}
