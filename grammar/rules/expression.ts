/**
 * Expressions (spec §3). One level of nesting is three rules: `expression` (NOT, AND, OR and predicates), `value` (arithmetic,
 * signs, `[…]`, `->`) and `primary`. A parenthesised expression leaves no node; its span excludes the parentheses.
 */
import { problem } from '../../src/base/errors.ts';
import type { ArithmeticOperator, Expression, Type } from '../ast.ts';
import { alt, type Dsl, guarded, isAhead, type Rule } from '../dsl.ts';
import {
  arithmeticTree,
  type BinaryStep,
  type LogicalStep,
  logicalTree,
  type Operand,
} from '../operators.ts';
import * as t from '../tokens.ts';
import type { NameRules } from './names.ts';
import { predicateRule } from './predicate.ts';
import { primaryRule } from './primary.ts';

export interface ExpressionRules {
  readonly expression: Rule<Expression>;
  /** Without predicates and logic: what GROUP BY, VALUES and indexes take. */
  readonly value: Rule<Expression>;
}

export function expressionRules($: Dsl, names: NameRules, type: Rule<Type>): ExpressionRules {
  // Rules refer to each other, and are only looked at once all of them exist.
  const rules: ExpressionRules = {
    get expression() {
      return expression;
    },
    get value() {
      return value;
    },
  };
  const primary = primaryRule($, { names, type, rules });
  const value = valueRule($, { names, primary, rules });
  const predicate = predicateRule($, { names, rules });

  const NOT = t.keyword('NOT');
  const AND = t.keyword('AND');
  const connectives = [alt(() => $.consume(1, AND)), alt(() => $.consume(1, t.keyword('OR')))];
  const expression = $.RULE('expression', (): Expression => {
    const steps: LogicalStep[] = [];
    const operand = (use: number): Operand => {
      const start = $.start();
      const nots: number[] = [];
      $.many(use, () => void nots.push($.consume(2 + use, NOT).startOffset));
      const valueStart = $.start();
      let node = $.subrule(use, value);
      $.option(use, () => {
        const build = $.subrule(2 + use, predicate);
        $.ACTION(() => {
          node = build(node, $.spanFrom(valueStart));
        });
      });
      return $.ACTION(() => ({ node: negate($, node, nots), extent: $.spanFrom(start) }));
    };
    const first = operand(0);
    $.many(2, () => {
      const { tokenType } = $.or(0, connectives);
      steps.push({ operator: tokenType === AND ? 'AND' : 'OR', operand: operand(1) });
    });
    return $.ACTION(() => (steps.length === 0 ? first.node : logicalTree(first, steps)));
  });
  return rules;
}

function negate($: Dsl, operand: Expression, notStarts: readonly number[]): Expression {
  let node = operand;
  for (const start of notStarts.toReversed()) {
    node = { kind: 'not', value: node, span: $.spanFrom(start) };
  }
  return node;
}

const OPERATORS = [t.Asterisk, t.Slash, t.Percent, t.Plus, t.Minus, t.Concat];
const NUMBERS = [t.IntegerValue, t.DecimalValue, t.FloatValue];

function valueRule(
  $: Dsl,
  {
    names,
    primary,
    rules,
  }: {
    readonly names: NameRules;
    readonly primary: Rule<Expression>;
    readonly rules: ExpressionRules;
  },
): Rule<Expression> {
  const { identifier, string } = names;
  const operators = OPERATORS.map((type) => alt(() => $.consume(0, type)));
  const signs = [alt(() => $.consume(1, t.Minus)), alt(() => $.consume(1, t.Plus))];

  /** `[index]` or `->field`, as often as they come; `->*` belongs to the select list. */
  const postfix = $.RULE('postfix', (): Expression => {
    const start = $.start();
    let node = $.subrule(0, primary);
    $.many(
      0,
      guarded(
        () => !(isAhead($, 1, t.Arrow) && isAhead($, 2, t.Asterisk)),
        () => {
          const base = node;
          node = $.or(0, [
            alt((): Expression => {
              $.consume(0, t.LeftBracket);
              const index = $.subrule(1, rules.value);
              $.consume(0, t.RightBracket);
              return { kind: 'subscript', base, index, span: $.spanFrom(start) };
            }),
            alt((): Expression => {
              $.consume(0, t.Arrow);
              const field = $.subrule(2, identifier);
              return { kind: 'dereference', base, field, span: $.spanFrom(start) };
            }),
          ]);
        },
      ),
    );
    return node;
  });

  /** A `-` before digits is part of the number, so that the least BIGINT can be written. */
  const isSignAhead = () =>
    !(isAhead($, 1, t.Minus) && NUMBERS.some((number) => isAhead($, 2, number)));

  const operand = $.RULE('operand', (): Expression => {
    const signed: { readonly operator: '+' | '-'; readonly start: number }[] = [];
    $.many(
      0,
      guarded(isSignAhead, () => {
        const token = $.or(0, signs);
        signed.push({ operator: token.image === '-' ? '-' : '+', start: token.startOffset });
      }),
    );
    let node = $.subrule(0, postfix);
    $.option(0, () => {
      const start = $.start();
      $.consume(0, t.keyword('AT'));
      $.consume(0, t.keyword('TIME'));
      $.consume(0, t.keyword('ZONE'));
      $.subrule(1, string);
      $.ACTION(() => {
        throw problem('parse.unsupported', 'AT TIME ZONE is not supported', {
          hint: 'Use the function CONVERT_TZ.',
          span: $.spanFrom(start),
        });
      });
    });
    return $.ACTION(() => {
      for (const { operator, start } of signed.toReversed()) {
        node = { kind: 'unary', operator, value: node, span: $.spanFrom(start) };
      }
      return node;
    });
  });

  return $.RULE('value', (): Expression => {
    const steps: BinaryStep[] = [];
    const start = $.start();
    const first = $.subrule(0, operand);
    const extent = $.spanFrom(start);
    $.many(0, () => {
      const token = $.or(0, operators);
      const operator = token.image as ArithmeticOperator | '||';
      const from = $.start();
      const node = $.subrule(1, operand);
      steps.push({ operator, operand: { node, extent: $.spanFrom(from) } });
    });
    return $.ACTION(() =>
      steps.length === 0 ? first : arithmeticTree({ node: first, extent }, steps),
    );
  });
}
