/** A call's arguments: expressions, units of time and lambdas. */
import type { Argument, Identifier, IntervalUnit, Lambda } from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { ExpressionRules } from './expression.ts';
import type { NameRules } from './names.ts';

/** Part of the rule `named` and not a rule of its own, since rules cost stack. */
export function argumentBody($: Dsl, names: NameRules, rules: ExpressionRules): () => Argument {
  const lambda = lambdaRule($, names, rules);
  const unit = $.RULE('intervalUnit', (): IntervalUnit => {
    const start = $.start();
    const timeUnit = $.subrule(0, names.timeUnit);
    return { kind: 'intervalUnit', unit: timeUnit, span: $.spanFrom(start) };
  });

  // DAY, HOUR, MINUTE and SECOND are not reserved: they come out as columns, as in ksqlDB, and who knows the function's
  // parameters may read them as units.
  const isReserved = () => !isAhead($, 1, t.AnyIdentifier);
  const alternatives = [
    altIf(
      () => isLambdaAhead($),
      (): Argument => $.subrule(0, lambda),
    ),
    altIf(isReserved, (): Argument => $.subrule(0, unit)),
    alt((): Argument => $.subrule(0, rules.expression)),
  ];
  return () => $.or(1, alternatives);
}

function lambdaRule($: Dsl, names: NameRules, rules: ExpressionRules): Rule<Lambda> {
  return $.RULE('lambda', (): Lambda => {
    $.ACTION(() => $.enter(1));
    const start = $.start();
    const parameters: Identifier[] = [];
    $.or(0, [
      alt(() => void parameters.push($.subrule(0, names.identifier))),
      alt(() => {
        $.consume(0, t.LeftParen);
        $.AT_LEAST_ONE_SEP(
          commaSeparated(() => void parameters.push($.subrule(1, names.identifier))),
        );
        $.consume(0, t.RightParen);
      }),
    ]);
    $.consume(0, t.FatArrow);
    const body = $.subrule(0, rules.expression);
    $.ACTION(() => $.leave(1));
    return { kind: 'lambda', parameters, body, span: $.spanFrom(start) };
  });
}

/** `name =>` or `(name, …) =>`. */
function isLambdaAhead($: Dsl): boolean {
  if (isAhead($, 1, t.AnyIdentifier)) return isAhead($, 2, t.FatArrow);
  if (!isAhead($, 1, t.LeftParen)) return false;
  let at = 2;
  while (isAhead($, at, t.AnyIdentifier) && isAhead($, at + 1, t.Comma)) at += 2;
  return (
    isAhead($, at, t.AnyIdentifier) &&
    isAhead($, at + 1, t.RightParen) &&
    isAhead($, at + 2, t.FatArrow)
  );
}
