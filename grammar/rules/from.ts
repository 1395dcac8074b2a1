/** FROM and its joins (spec §9). */
import type {
  AliasedSource,
  Expression,
  FromClause,
  Identifier,
  Join,
  WithinClause,
} from '../ast.ts';
import { alt, type Dsl, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { NameRules } from './names.ts';

export function fromRule(
  $: Dsl,
  names: NameRules,
  {
    expression,
    alias,
  }: { readonly expression: Rule<Expression>; readonly alias: Rule<Identifier | null> },
): Rule<FromClause> {
  const source = sourceRule($, names, alias);
  const within = withinRule($, names);
  const joinType = joinTypeRule($);

  const join = $.RULE('join', (): Join => {
    const start = $.start();
    const type = $.subrule(0, joinType);
    $.consume(0, t.keyword('JOIN'));
    const joined = $.subrule(0, source);
    const window = $.option(0, () => $.subrule(0, within)) ?? null;
    $.consume(0, t.keyword('ON'));
    const on = $.subrule(0, expression);
    return { kind: 'join', type, source: joined, within: window, on, span: $.spanFrom(start) };
  });

  return $.RULE('from', (): FromClause => {
    const start = $.start();
    const joins: Join[] = [];
    const first = $.subrule(0, source);
    $.many(0, () => void joins.push($.subrule(0, join)));
    return { kind: 'from', source: first, joins, span: $.spanFrom(start) };
  });
}

function sourceRule(
  $: Dsl,
  { identifier }: NameRules,
  alias: Rule<Identifier | null>,
): Rule<AliasedSource> {
  return $.RULE('source', (): AliasedSource => {
    const start = $.start();
    const name = $.subrule(0, identifier);
    const other = $.subrule(0, alias);
    return { kind: 'source', name, alias: other, span: $.spanFrom(start) };
  });
}

function joinTypeRule($: Dsl): Rule<Join['type']> {
  const outer = (use: number, type: 'LEFT' | 'RIGHT' | 'FULL') => (): Join['type'] => {
    $.consume(0, t.keyword(type));
    $.option(use, () => $.consume(use, t.keyword('OUTER')));
    return type;
  };
  const alternatives = [
    alt(outer(1, 'LEFT')),
    alt(outer(2, 'RIGHT')),
    alt(outer(3, 'FULL')),
    alt((): Join['type'] => {
      $.option(4, () => $.consume(0, t.keyword('INNER')));
      return 'INNER';
    }),
  ];
  return $.RULE('joinType', (): Join['type'] => $.or(0, alternatives));
}

type Bounds = Pick<WithinClause, 'before' | 'after'>;

function withinRule($: Dsl, { duration }: NameRules): Rule<WithinClause> {
  return $.RULE('within', (): WithinClause => {
    const start = $.start();
    $.consume(0, t.keyword('WITHIN'));
    const bounds = $.or(0, [
      alt((): Bounds => {
        const both = $.subrule(0, duration);
        return { before: both, after: both };
      }),
      alt((): Bounds => {
        $.consume(0, t.LeftParen);
        const before = $.subrule(1, duration);
        $.consume(0, t.Comma);
        const after = $.subrule(2, duration);
        $.consume(0, t.RightParen);
        return { before, after };
      }),
    ]);
    const grace =
      $.option(0, () => {
        $.consume(0, t.keyword('GRACE'));
        $.consume(0, t.keyword('PERIOD'));
        return $.subrule(3, duration);
      }) ?? null;
    return { kind: 'within', ...bounds, grace, span: $.spanFrom(start) };
  });
}
