/**
 * Expressions (spec §3). One level of nesting is three rules: `expression` (NOT, AND, OR and predicates), `value` (arithmetic,
 * signs, `[…]`, `->`) and `primary`. A parenthesised expression leaves no node; its span excludes the parentheses.
 */
import { problem } from '../../src/base/errors.ts';
import type { ArithmeticOperator, Expression, StringLiteral, Type } from '../ast.ts';
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

interface ValueNeeds {
  readonly names: NameRules;
  readonly primary: Rule<Expression>;
  readonly rules: ExpressionRules;
}

function valueRule($: Dsl, needs: ValueNeeds): Rule<Expression> {
  const operand = operandBody($, needs);
  const operators = OPERATORS.map((type) => alt(() => $.consume(10, type)));
  return $.RULE('value', (): Expression => {
    $.ACTION(() => $.enter(2));
    const steps: BinaryStep[] = [];
    const start = $.start();
    const first = operand(0);
    const extent = $.spanFrom(start);
    $.many(10, () => {
      const token = $.or(10, operators);
      const operator = token.image as ArithmeticOperator | '||';
      const from = $.start();
      const node = operand(1);
      steps.push({ operator, operand: { node, extent: $.spanFrom(from) } });
    });
    $.ACTION(() => $.leave(2));
    return $.ACTION(() =>
      steps.length === 0 ? first : arithmeticTree({ node: first, extent }, steps),
    );
  });
}

/**
 * Signs, a primary, and what is attached to it: part of the rule `value` (twice, hence `use`) and not a rule of its own, since rules
 * cost stack.
 */
function operandBody($: Dsl, needs: ValueNeeds): (use: number) => Expression {
  const attached = attachmentBody($, needs);
  /** A `-` before digits is part of the number, so that the least BIGINT can be written. */
  const isSignAhead = () =>
    !(isAhead($, 1, t.Minus) && NUMBERS.some((number) => isAhead($, 2, number)));
  const sign = (use: number) => {
    const signs = [alt(() => $.consume(2 * use, t.Minus)), alt(() => $.consume(2 * use, t.Plus))];
    return () => $.or(2 * use, signs);
  };
  const signOf = [sign(0), sign(1)] as const;
  return (use) => {
    const signed: { readonly operator: '+' | '-'; readonly start: number }[] = [];
    $.many(
      2 * use,
      guarded(isSignAhead, () => {
        const token = (use === 0 ? signOf[0] : signOf[1])();
        signed.push({ operator: token.image === '-' ? '-' : '+', start: token.startOffset });
      }),
    );
    const start = $.start();
    let node = $.subrule(2 * use, needs.primary);
    $.many(
      2 * use + 1,
      guarded(
        // `->*` belongs to the select list.
        () => !(isAhead($, 1, t.Arrow) && isAhead($, 2, t.Asterisk)),
        () => {
          node = attached(use, node, start);
        },
      ),
    );
    $.option(use, () => refuseTimeZone($, use, needs.names.string));
    return $.ACTION(() => {
      for (const { operator, start: from } of signed.toReversed()) {
        node = { kind: 'unary', operator, value: node, span: $.spanFrom(from) };
      }
      return node;
    });
  };
}

/** `[index]` or `->field`. */
function attachmentBody(
  $: Dsl,
  { names, rules }: ValueNeeds,
): (use: number, base: Expression, start: number) => Expression {
  return (use, base, start) =>
    $.or(2 * use + 1, [
      alt((): Expression => {
        $.consume(use, t.LeftBracket);
        const index = $.subrule(2 * use + 4, rules.value);
        $.consume(use, t.RightBracket);
        return { kind: 'subscript', base, index, span: $.spanFrom(start) };
      }),
      alt((): Expression => {
        $.consume(use, t.Arrow);
        const field = $.subrule(2 * use + 4, names.identifier);
        return { kind: 'dereference', base, field, span: $.spanFrom(start) };
      }),
    ]);
}

function refuseTimeZone($: Dsl, use: number, string: Rule<StringLiteral>): void {
  const start = $.start();
  $.consume(use, t.keyword('AT'));
  $.consume(use, t.keyword('TIME'));
  $.consume(use, t.keyword('ZONE'));
  $.subrule(use, string);
  $.ACTION(() => {
    throw problem('parse.unsupported', 'AT TIME ZONE is not supported', {
      hint: 'Use the function CONVERT_TZ.',
      span: $.spanFrom(start),
    });
  });
}
