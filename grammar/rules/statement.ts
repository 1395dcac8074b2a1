/** All statements, and the rules that a text can be parsed by. */
import type { Expression, Statement, TableElement, Type } from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import { type AssertionRules, assertionRules } from './assert.ts';
import type { StatementBody } from './body.ts';
import { definitionRules } from './create.ts';
import { expressionRules } from './expression.ts';
import { inspectionRules } from './inspect.ts';
import { isLastAhead, managementRules } from './manage.ts';
import { nameRules } from './names.ts';
import { queryRule } from './query.ts';
import { typeRule } from './type.ts';

export interface EntryRules {
  /** One statement and its `;`. */
  readonly singleStatement: Rule<Statement>;
  /** The same with the test tool's statements. */
  readonly singleTestStatement: Rule<Statement>;
  readonly expression: Rule<Expression>;
  readonly type: Rule<Type>;
  /** `name type [constraint], …`. */
  readonly columnList: Rule<readonly TableElement[]>;
}

export function entryRules($: Dsl): EntryRules {
  const names = nameRules($);
  const type = typeRule($, names);
  const expressions = expressionRules($, names, type);
  const { expression, value } = expressions;
  const query = queryRule($, names, expressions);
  const definitions = definitionRules($, { names, type, query });
  const { withProperties } = definitions;
  const management = managementRules($, { names, value, query, withProperties });
  const inspection = inspectionRules($, names);
  const assertions = assertionRules($, { names, definitions, management });
  const { insert, terminate, pause, resume, set, unset, define, undefine } = management;

  const select = $.RULE('select', (): StatementBody => {
    return { kind: 'select', query: $.subrule(0, query) };
  });
  const explain = $.RULE('explain', (): StatementBody => {
    $.ACTION(() => $.enter(2));
    $.consume(0, t.keyword('EXPLAIN'));
    const body = $.or(0, [
      altIf(
        () => isLastAhead($),
        (): StatementBody => {
          return { kind: 'explainQuery', queryId: $.subrule(0, names.identifier) };
        },
      ),
      alt((): StatementBody => {
        const start = $.start();
        const inner = $.subrule(0, statement);
        return $.ACTION(() => ({
          kind: 'explainStatement',
          statement: complete($, start, inner),
        }));
      }),
    ]);
    $.ACTION(() => $.leave(2));
    return body;
  });

  const alternatives = [
    select,
    definitions.create,
    insert,
    definitions.drop,
    definitions.alter,
    inspection.show,
    inspection.describe,
    inspection.print,
    explain,
    terminate,
    pause,
    resume,
    set,
    unset,
    define,
    undefine,
    assertions.assertion,
  ].map((rule) => alt((): StatementBody => $.subrule(0, rule)));
  const statement: Rule<StatementBody> = $.RULE(
    'statement',
    (): StatementBody => $.or(0, alternatives),
  );

  const columnList = $.RULE('columnList', (): readonly TableElement[] => {
    const found: TableElement[] = [];
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void found.push($.subrule(0, definitions.element))));
    return found;
  });
  return { ...singleRules($, statement, assertions), expression, type, columnList };
}

function singleRules(
  $: Dsl,
  statement: Rule<StatementBody>,
  { testAssertion, runScript }: AssertionRules,
): Pick<EntryRules, 'singleStatement' | 'singleTestStatement'> {
  const singleStatement = $.RULE('singleStatement', (): Statement => {
    const start = $.start();
    const body = $.subrule(0, statement);
    $.consume(0, t.Semicolon);
    return $.ACTION(() => complete($, start, body));
  });
  const isServers = () => ['NOT', 'TOPIC', 'SCHEMA'].some((word) => isAhead($, 2, t.keyword(word)));
  const alternatives = [
    alt((): StatementBody => $.subrule(0, runScript)),
    altIf(
      () => !isServers(),
      (): StatementBody => $.subrule(0, testAssertion),
    ),
    alt((): StatementBody => $.subrule(0, statement)),
  ];
  const singleTestStatement = $.RULE('singleTestStatement', (): Statement => {
    const start = $.start();
    const body = $.or(0, alternatives);
    $.consume(0, t.Semicolon);
    return $.ACTION(() => complete($, start, body));
  });
  return { singleStatement, singleTestStatement };
}

function complete($: Dsl, start: number, body: StatementBody): Statement {
  const span = $.spanFrom(start);
  return { ...body, span, text: $.sql().slice(span.start, span.end) };
}
