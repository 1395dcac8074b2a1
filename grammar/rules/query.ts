/** SELECT (spec §9). */
import type { ByClause, Expression, Identifier, Query, QueryStart, SelectItem } from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import { aliasRule } from './alias.ts';
import type { ExpressionRules } from './expression.ts';
import { fromRule } from './from.ts';
import type { NameRules } from './names.ts';
import { windowRule } from './window.ts';

export function queryRule($: Dsl, names: NameRules, expressions: ExpressionRules): Rule<Query> {
  const { expression } = expressions;
  const alias = aliasRule($, names);
  const item = selectItemRule($, names, { expression, alias });
  const from = fromRule($, names, { expression, alias });
  const window = windowRule($, names);
  const by = byRule($, expressions);
  const emit = emitRule($, names);

  return $.RULE('query', (): Query => {
    const start = $.start();
    const select: SelectItem[] = [];
    const clause = <T>(use: number, words: readonly string[], rule: Rule<T>): T | null =>
      $.option(use, () => {
        for (const word of words) $.consume(use, t.keyword(word));
        return $.subrule(use, rule);
      }) ?? null;
    $.consume(0, t.keyword('SELECT'));
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void select.push($.subrule(0, item))));
    $.consume(0, t.keyword('FROM'));
    const source = $.subrule(0, from);
    return {
      kind: 'query',
      select,
      from: source,
      window: clause(1, ['WINDOW'], window),
      where: clause(2, ['WHERE'], expression),
      groupBy: clause(3, ['GROUP', 'BY'], by),
      partitionBy: clause(4, ['PARTITION', 'BY'], by),
      having: clause(5, ['HAVING'], expression),
      ...(clause(6, [], emit) ?? { emit: null }),
      limit: clause(7, [], names.limit),
      span: $.spanFrom(start),
    };
  });
}

type Emit = Pick<Query, 'emit' | 'start'>;

/** `EMIT FINAL`, or `EMIT CHANGES` with where a subscription begins. */
function emitRule($: Dsl, { string }: NameRules): Rule<Emit> {
  const start = $.RULE('queryStart', (): QueryStart => {
    const at = $.start();
    return $.or(0, [
      alt((): QueryStart => {
        $.consume(0, t.keyword('WITH'));
        $.consume(0, t.keyword('SNAPSHOT'));
        return { kind: 'snapshot', span: $.spanFrom(at) };
      }),
      alt((): QueryStart => {
        $.consume(0, t.keyword('AFTER'));
        const token = $.subrule(0, string).value;
        return { kind: 'after', token, span: $.spanFrom(at) };
      }),
    ]);
  });
  return $.RULE('emit', (): Emit => {
    $.consume(0, t.keyword('EMIT'));
    return $.or(0, [
      alt((): Emit => {
        $.consume(0, t.keyword('CHANGES'));
        const found = $.option(0, () => $.subrule(0, start));
        return found === undefined ? { emit: 'CHANGES' } : { emit: 'CHANGES', start: found };
      }),
      alt((): Emit => {
        $.consume(0, t.keyword('FINAL'));
        return { emit: 'FINAL' };
      }),
    ]);
  });
}

function selectItemRule(
  $: Dsl,
  { identifier }: NameRules,
  {
    expression,
    alias,
  }: { readonly expression: Rule<Expression>; readonly alias: Rule<Identifier | null> },
): Rule<SelectItem> {
  const all = $.RULE('selectAll', (): SelectItem => {
    const start = $.start();
    const source =
      $.option(0, () => {
        const name = $.subrule(0, identifier);
        $.consume(0, t.Dot);
        return name;
      }) ?? null;
    $.consume(0, t.Asterisk);
    return { kind: 'selectAll', source, span: $.spanFrom(start) };
  });

  const single = $.RULE('selectExpression', (): SelectItem => {
    const start = $.start();
    const node = $.subrule(0, expression);
    return $.or(0, [
      altIf(
        () => isPrimary($, node, start),
        (): SelectItem => {
          $.consume(0, t.Arrow);
          $.consume(0, t.Asterisk);
          return { kind: 'selectStructAll', base: node, span: $.spanFrom(start) };
        },
      ),
      alt((): SelectItem => {
        const name = $.subrule(0, alias);
        const span = $.spanFrom(start);
        return { kind: 'selectExpression', expression: node, alias: name, span };
      }),
    ]);
  });

  const isAll = () =>
    isAhead($, 1, t.Asterisk) || (isAhead($, 2, t.Dot) && isAhead($, 3, t.Asterisk));
  return $.RULE(
    'selectItem',
    (): SelectItem =>
      $.or(0, [
        altIf(isAll, (): SelectItem => $.subrule(0, all)),
        alt((): SelectItem => $.subrule(0, single)),
      ]),
  );
}

/** `->*` goes with what stands right before it: `a + b->*` means nothing. */
function isPrimary($: Dsl, node: Expression, start: number): boolean {
  switch (node.kind) {
    case 'unary':
    case 'arithmetic':
    case 'comparison':
    case 'logical':
    case 'not':
    case 'between':
    case 'in':
    case 'like':
    case 'isNull':
      return isParenthesised($, start);
    default:
      return true;
  }
}

/** Whether one pair of parentheses holds all that was consumed since `start`. */
function isParenthesised($: Dsl, start: number): boolean {
  let depth = 0;
  let at = 0;
  do {
    if (isAhead($, at, t.RightParen)) depth++;
    else if (isAhead($, at, t.LeftParen)) depth--;
    at--;
  } while (depth > 0);
  return $.LA(at + 1).startOffset === start;
}

/**
 * `a, b` or `(a, b)`. Conditions need parentheses, so these may hold one; the latter form is taken only if the closing parenthesis ends the clause, as `(a + b) * c` is an expression.
 */
function byRule($: Dsl, { expression, value }: ExpressionRules): Rule<ByClause> {
  return $.RULE('by', (): ByClause => {
    const start = $.start();
    const items: Expression[] = [];
    $.or(0, [
      altIf(
        () => isListAhead($),
        () => {
          $.consume(0, t.LeftParen);
          $.MANY_SEP(commaSeparated(() => void items.push($.subrule(0, expression))));
          $.consume(0, t.RightParen);
        },
      ),
      alt(() => $.AT_LEAST_ONE_SEP(commaSeparated(() => void items.push($.subrule(1, value))))),
    ]);
    return { kind: 'by', items, span: $.spanFrom(start) };
  });
}

const CLAUSE_ENDS = [
  t.keyword('PARTITION'),
  t.keyword('HAVING'),
  t.keyword('EMIT'),
  t.keyword('LIMIT'),
  t.Semicolon,
];

function isListAhead($: Dsl): boolean {
  if (!isAhead($, 1, t.LeftParen)) return false;
  let at = 1;
  let depth = 0;
  do {
    const { tokenType } = $.LA(at);
    if (tokenType === t.LeftParen) depth++;
    else if (tokenType === t.RightParen) depth--;
    else if (tokenType === t.Semicolon || tokenType.name === 'EOF') return true;
    at++;
  } while (depth > 0);
  return $.LA(at).tokenType.name === 'EOF' || CLAUSE_ENDS.some((end) => isAhead($, at, end));
}
