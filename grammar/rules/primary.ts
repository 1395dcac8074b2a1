/** Literals, columns, calls, constructors, CASE, CAST and parentheses (spec §3.1 level 1). */
import { problem } from '../../src/base/errors.ts';
import type {
  Argument,
  Expression,
  Identifier,
  MapEntry,
  StructField,
  Type,
  WhenClause,
} from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import { decimalLiteral } from '../number.ts';
import { position } from '../position.ts';
import * as t from '../tokens.ts';
import { argumentBody } from './arguments.ts';
import type { ExpressionRules } from './expression.ts';
import type { NameRules } from './names.ts';

interface Needs {
  readonly names: NameRules;
  readonly type: Rule<Type>;
  readonly rules: ExpressionRules;
}

export function primaryRule($: Dsl, needs: Needs): Rule<Expression> {
  const { names, rules } = needs;
  const array = arrayRule($, needs);
  const map = mapRule($, needs);
  const struct = structRule($, needs);
  const named = namedRule($, needs);
  const caseRule = caseExpressionRule($, needs);
  const cast = castRule($, needs);
  const typed = typedDecimalRule($, needs);
  /** These words are names like any other unless this follows. */
  const isConstructor = (word: string, open: typeof t.LeftParen) => () =>
    isAhead($, 1, t.keyword(word)) && isAhead($, 2, open);
  const alternatives = [
    alt((): Expression => $.subrule(0, names.literal)),
    altIf(isConstructor('ARRAY', t.LeftBracket), (): Expression => $.subrule(0, array)),
    altIf(isConstructor('MAP', t.LeftParen), (): Expression => $.subrule(0, map)),
    altIf(isConstructor('STRUCT', t.LeftParen), (): Expression => $.subrule(0, struct)),
    alt((): Expression => $.subrule(0, named)),
    alt((): Expression => $.subrule(0, caseRule)),
    alt((): Expression => $.subrule(0, cast)),
    alt((): Expression => $.subrule(0, typed)),
    alt((): Expression => {
      $.consume(0, t.LeftParen);
      const node = $.subrule(0, rules.expression);
      $.consume(0, t.RightParen);
      return node;
    }),
  ];
  return $.RULE('primary', (): Expression => $.or(0, alternatives));
}

/** `name(…)`, `source.name`, `name`, or a literal with a type's name before it. */
function namedRule($: Dsl, { names, rules }: Needs): Rule<Expression> {
  const { identifier } = names;
  const argument = argumentBody($, names, rules);
  type Build = (start: number, name: Identifier) => Expression;
  const call =
    (items: readonly Argument[], star: boolean): Build =>
    (start, name) => ({ kind: 'call', name, arguments: items, star, span: $.spanFrom(start) });

  const suffixes = [
    altIf(
      () => isAhead($, 2, t.Asterisk),
      (): Build => {
        $.consume(0, t.LeftParen);
        $.consume(0, t.Asterisk);
        $.consume(0, t.RightParen);
        return call([], true);
      },
    ),
    alt((): Build => {
      const items: Argument[] = [];
      $.ACTION(() => $.enter(1));
      $.consume(1, t.LeftParen);
      $.MANY_SEP(commaSeparated(() => void items.push(argument())));
      $.consume(1, t.RightParen);
      $.ACTION(() => $.leave(1));
      return call(items, false);
    }),
    alt((): Build => {
      $.consume(0, t.Dot);
      const name = $.subrule(1, identifier);
      return (start, source) => ({ kind: 'column', source, name, span: $.spanFrom(start) });
    }),
    alt((): Build => {
      $.subrule(0, names.string);
      return (start, name) => refuseTypedLiteral($, start, name);
    }),
    alt((): Build => (_, name) => ({ kind: 'column', source: null, name, span: name.span })),
  ];
  return $.RULE('named', (): Expression => {
    const start = $.start();
    const name = $.subrule(0, identifier);
    const build = $.or(0, suffixes);
    return $.ACTION(() => build(start, name));
  });
}

function refuseTypedLiteral($: Dsl, start: number, type: Identifier): never {
  const { line, column } = position($.sql(), start);
  throw problem(
    'parse.literal-type',
    `Failed to prepare statement: Unknown type: ${type.name}, location:Line: ${line}, Col: ${column}`,
    { hint: "Only DECIMAL '…' is a typed literal; use CAST.", span: $.spanFrom(start) },
  );
}

function typedDecimalRule($: Dsl, { names }: Needs): Rule<Expression> {
  return $.RULE('typedDecimal', (): Expression => {
    const start = $.start();
    $.consume(0, t.keyword('DECIMAL'));
    const { value } = $.subrule(0, names.string);
    return $.ACTION(() => decimalLiteral($.sql(), value, $.spanFrom(start)));
  });
}

function caseExpressionRule($: Dsl, { rules }: Needs): Rule<Expression> {
  const when = $.RULE('when', (): WhenClause => {
    $.ACTION(() => $.enter(1));
    const start = $.start();
    $.consume(0, t.keyword('WHEN'));
    const condition = $.subrule(0, rules.expression);
    $.consume(0, t.keyword('THEN'));
    const result = $.subrule(1, rules.expression);
    $.ACTION(() => $.leave(1));
    return { kind: 'when', condition, result, span: $.spanFrom(start) };
  });
  return $.RULE('case', (): Expression => {
    const start = $.start();
    const whens: WhenClause[] = [];
    $.consume(0, t.keyword('CASE'));
    const operand = $.option(0, () => $.subrule(0, rules.value)) ?? null;
    $.atLeastOne(0, () => void whens.push($.subrule(0, when)));
    const otherwise =
      $.option(1, () => {
        $.consume(0, t.keyword('ELSE'));
        return $.subrule(0, rules.expression);
      }) ?? null;
    $.consume(0, t.keyword('END'));
    return { kind: 'case', operand, whens, otherwise, span: $.spanFrom(start) };
  });
}

function castRule($: Dsl, { rules, type }: Needs): Rule<Expression> {
  return $.RULE('cast', (): Expression => {
    const start = $.start();
    $.consume(0, t.keyword('CAST'));
    $.consume(0, t.LeftParen);
    const value = $.subrule(0, rules.expression);
    $.consume(0, t.keyword('AS'));
    const target = $.subrule(0, type);
    $.consume(0, t.RightParen);
    return { kind: 'cast', value, type: target, span: $.spanFrom(start) };
  });
}

function arrayRule($: Dsl, { rules }: Needs): Rule<Expression> {
  return $.RULE('array', (): Expression => {
    $.ACTION(() => $.enter(1));
    const start = $.start();
    const elements: Expression[] = [];
    $.consume(0, t.keyword('ARRAY'));
    $.consume(0, t.LeftBracket);
    $.MANY_SEP(commaSeparated(() => void elements.push($.subrule(0, rules.expression))));
    $.consume(0, t.RightBracket);
    $.ACTION(() => $.leave(1));
    return { kind: 'array', elements, span: $.spanFrom(start) };
  });
}

function mapRule($: Dsl, { rules }: Needs): Rule<Expression> {
  const entry = $.RULE('mapEntry', (): MapEntry => {
    const start = $.start();
    const key = $.subrule(0, rules.expression);
    $.consume(0, t.Assign);
    const value = $.subrule(1, rules.expression);
    return { kind: 'mapEntry', key, value, span: $.spanFrom(start) };
  });
  return $.RULE('map', (): Expression => {
    $.ACTION(() => $.enter(1));
    const start = $.start();
    const entries: MapEntry[] = [];
    $.consume(0, t.keyword('MAP'));
    $.consume(0, t.LeftParen);
    $.MANY_SEP(commaSeparated(() => void entries.push($.subrule(0, entry))));
    $.consume(0, t.RightParen);
    $.ACTION(() => $.leave(1));
    return { kind: 'map', entries, span: $.spanFrom(start) };
  });
}

function structRule($: Dsl, { names, rules }: Needs): Rule<Expression> {
  const field = $.RULE('structField', (): StructField => {
    const start = $.start();
    const name = $.subrule(0, names.identifier);
    $.consume(0, t.Assign);
    const value = $.subrule(0, rules.expression);
    return { kind: 'structField', name, value, span: $.spanFrom(start) };
  });
  return $.RULE('struct', (): Expression => {
    $.ACTION(() => $.enter(1));
    const start = $.start();
    const fields: StructField[] = [];
    $.consume(0, t.keyword('STRUCT'));
    $.consume(0, t.LeftParen);
    $.MANY_SEP(commaSeparated(() => void fields.push($.subrule(0, field))));
    $.consume(0, t.RightParen);
    $.ACTION(() => $.leave(1));
    return { kind: 'struct', fields, span: $.spanFrom(start) };
  });
}
