/** What may follow a value to make a condition (spec §3.1 level 8): at most one, so `a = b = c` is an error. */
import type { Span } from '../../src/base/errors.ts';
import type { ComparisonOperator, Expression } from '../ast.ts';
import { alt, commaSeparated, type Dsl, flag, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { ExpressionRules } from './expression.ts';
import type { NameRules } from './names.ts';

/** Puts the value on the left of the predicate; `span` is that of both. */
export type Predicate = (value: Expression, span: Span) => Expression;

const COMPARISONS: readonly (readonly [typeof t.Equal, ComparisonOperator])[] = [
  [t.Equal, '='],
  [t.NotEqual, '<>'],
  [t.Less, '<'],
  [t.LessOrEqual, '<='],
  [t.Greater, '>'],
  [t.GreaterOrEqual, '>='],
];

export function predicateRule(
  $: Dsl,
  { names, rules }: { readonly names: NameRules; readonly rules: ExpressionRules },
): Rule<Predicate> {
  const between = betweenRule($, rules);
  const inList = inRule($, rules);
  const like = likeRule($, names, rules);
  const is = isRule($, rules);

  const comparators = COMPARISONS.map(([type]) => alt(() => $.consume(0, type)));
  const comparison = $.RULE('comparison', (): Predicate => {
    const { tokenType } = $.or(0, comparators);
    const right = $.subrule(0, rules.value);
    return $.ACTION(() => {
      const operator = COMPARISONS.find(([type]) => type === tokenType)?.[1] ?? '=';
      return (left, span) => {
        return { kind: 'comparison', operator, left, right, span };
      };
    });
  });

  const afterNot = [
    alt((): Predicate => $.subrule(0, between)),
    alt((): Predicate => $.subrule(0, inList)),
    alt((): Predicate => $.subrule(0, like)),
  ];
  const negatable = $.RULE('negatablePredicate', (): Predicate => {
    const isNegated = flag($, 0, t.keyword('NOT'));
    const build = $.or(0, afterNot);
    return isNegated ? (value, span) => not(build(value, span)) : build;
  });

  const alternatives = [
    alt((): Predicate => $.subrule(0, comparison)),
    alt((): Predicate => $.subrule(0, negatable)),
    alt((): Predicate => $.subrule(0, is)),
  ];
  return $.RULE('predicate', (): Predicate => {
    $.ACTION(() => $.enter(3));
    const build = $.or(0, alternatives);
    $.ACTION(() => $.leave(3));
    return build;
  });
}

function not(value: Expression): Expression {
  return { kind: 'not', value, span: value.span };
}

function betweenRule($: Dsl, rules: ExpressionRules): Rule<Predicate> {
  return $.RULE('between', (): Predicate => {
    $.consume(0, t.keyword('BETWEEN'));
    const lower = $.subrule(0, rules.value);
    $.consume(0, t.keyword('AND'));
    const upper = $.subrule(1, rules.value);
    return (value, span) => {
      return { kind: 'between', value, lower, upper, span };
    };
  });
}

function inRule($: Dsl, rules: ExpressionRules): Rule<Predicate> {
  return $.RULE('in', (): Predicate => {
    const items: Expression[] = [];
    $.consume(0, t.keyword('IN'));
    $.consume(0, t.LeftParen);
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void items.push($.subrule(0, rules.expression))));
    $.consume(0, t.RightParen);
    return (value, span) => ({ kind: 'in', value, items, span });
  });
}

function likeRule($: Dsl, names: NameRules, rules: ExpressionRules): Rule<Predicate> {
  return $.RULE('like', (): Predicate => {
    $.consume(0, t.keyword('LIKE'));
    const pattern = $.subrule(0, rules.value);
    const escaped =
      $.option(0, () => {
        $.consume(0, t.keyword('ESCAPE'));
        return $.subrule(0, names.string).value;
      }) ?? null;
    return (value, span) => {
      return { kind: 'like', value, pattern, escape: escaped, span };
    };
  });
}

function isRule($: Dsl, rules: ExpressionRules): Rule<Predicate> {
  return $.RULE('is', (): Predicate => {
    $.consume(0, t.keyword('IS'));
    const negated = flag($, 0, t.keyword('NOT'));
    return $.or(0, [
      alt((): Predicate => {
        $.consume(0, t.keyword('NULL'));
        return (value, span) => {
          return { kind: 'isNull', value, negated, span };
        };
      }),
      alt((): Predicate => {
        $.consume(0, t.keyword('DISTINCT'));
        $.consume(0, t.keyword('FROM'));
        const right = $.subrule(0, rules.value);
        return (left, span) => {
          const operator = 'IS DISTINCT FROM';
          const node: Expression = { kind: 'comparison', operator, left, right, span };
          return negated ? not(node) : node;
        };
      }),
    ]);
  });
}
