/** INSERT, TERMINATE, PAUSE, RESUME, settings and variables (spec §7, §8, §10, §12). */
import type { Expression, Identifier, Property, Query } from '../ast.ts';
import { alt, commaSeparated, type Dsl, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { StatementBody } from './body.ts';
import type { NameRules } from './names.ts';

export interface ManagementNeeds {
  readonly names: NameRules;
  readonly value: Rule<Expression>;
  readonly query: Rule<Query>;
  readonly withProperties: Rule<readonly Property[]>;
}
export interface ManagementRules {
  readonly insert: Rule<StatementBody>;
  readonly terminate: Rule<StatementBody>;
  readonly pause: Rule<StatementBody>;
  readonly resume: Rule<StatementBody>;
  readonly set: Rule<StatementBody>;
  readonly unset: Rule<StatementBody>;
  readonly define: Rule<StatementBody>;
  readonly undefine: Rule<StatementBody>;
  /** `(name, …)`. */
  readonly columns: Rule<readonly Identifier[]>;
  /** `(value, …)`, perhaps none. */
  readonly values: Rule<readonly Expression[]>;
}

export function managementRules($: Dsl, needs: ManagementNeeds): ManagementRules {
  const { names } = needs;
  const columns = $.RULE('columns', (): readonly Identifier[] => {
    const found: Identifier[] = [];
    $.consume(0, t.LeftParen);
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void found.push($.subrule(0, names.identifier))));
    $.consume(0, t.RightParen);
    return found;
  });
  const values = $.RULE('values', (): readonly Expression[] => {
    const found: Expression[] = [];
    $.consume(0, t.LeftParen);
    $.MANY_SEP(commaSeparated(() => void found.push($.subrule(0, needs.value))));
    $.consume(0, t.RightParen);
    return found;
  });
  const queryId = queryIdRule($, names);
  const ofQuery = (name: string, word: string, kind: 'terminate' | 'pause' | 'resume') =>
    $.RULE(name, (): StatementBody => {
      $.consume(0, t.keyword(word));
      return { kind, queryId: $.subrule(0, queryId) };
    });
  return {
    insert: insertRule($, needs, { columns, values }),
    terminate: ofQuery('terminate', 'TERMINATE', 'terminate'),
    pause: ofQuery('pause', 'PAUSE', 'pause'),
    resume: ofQuery('resume', 'RESUME', 'resume'),
    ...settingRules($, names),
    columns,
    values,
  };
}

function queryIdRule($: Dsl, { identifier }: NameRules): Rule<Identifier | null> {
  return $.RULE('queryId', (): Identifier | null => {
    return $.or(0, [
      alt((): Identifier | null => {
        $.consume(0, t.keyword('ALL'));
        return null;
      }),
      alt((): Identifier | null => $.subrule(0, identifier)),
    ]);
  });
}

function insertRule(
  $: Dsl,
  { names, query, withProperties }: ManagementNeeds,
  { columns, values }: Pick<ManagementRules, 'columns' | 'values'>,
): Rule<StatementBody> {
  return $.RULE('insert', (): StatementBody => {
    $.consume(0, t.keyword('INSERT'));
    $.consume(0, t.keyword('INTO'));
    const target = $.subrule(0, names.identifier);
    return $.or(0, [
      alt((): StatementBody => {
        const properties = $.option(0, () => $.subrule(0, withProperties)) ?? [];
        return { kind: 'insertInto', target, properties, query: $.subrule(0, query) };
      }),
      alt((): StatementBody => {
        const listed = $.option(1, () => $.subrule(0, columns)) ?? null;
        $.consume(0, t.keyword('VALUES'));
        return { kind: 'insertValues', target, columns: listed, values: $.subrule(0, values) };
      }),
    ]);
  });
}

function settingRules(
  $: Dsl,
  { string }: NameRules,
): Pick<ManagementRules, 'set' | 'unset' | 'define' | 'undefine'> {
  const set = $.RULE('set', (): StatementBody => {
    $.consume(0, t.keyword('SET'));
    const property = $.subrule(0, string);
    $.consume(0, t.Equal);
    const value = $.subrule(1, string);
    return { kind: 'set', property: property.value, value: value.value };
  });
  const unset = $.RULE('unset', (): StatementBody => {
    $.consume(0, t.keyword('UNSET'));
    return { kind: 'unset', property: $.subrule(0, string).value };
  });
  const define = $.RULE('define', (): StatementBody => {
    $.consume(0, t.keyword('DEFINE'));
    const name = $.consume(0, t.UnquotedIdentifier).image;
    $.consume(0, t.Equal);
    return { kind: 'define', name, value: $.subrule(0, string).value };
  });
  const undefine = $.RULE('undefine', (): StatementBody => {
    $.consume(0, t.keyword('UNDEFINE'));
    return { kind: 'undefine', name: $.consume(0, t.UnquotedIdentifier).image };
  });
  return { set, unset, define, undefine };
}

/** Whether the second token ends the statement: what tells `EXPLAIN id` from `EXPLAIN statement`. */
export function isLastAhead($: Dsl): boolean {
  return isAhead($, 2, t.Semicolon) || $.LA(2).tokenType.name === 'EOF';
}
