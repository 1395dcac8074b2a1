/** ASSERT for servers (spec §13) and for the test tool (spec §15). */
import type { Duration, Literal } from '../ast.ts';
import { alt, type Dsl, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { StatementBody } from './body.ts';
import type { DefinitionRules } from './create.ts';
import type { ManagementRules } from './manage.ts';
import type { NameRules } from './names.ts';

export interface AssertionNeeds {
  readonly names: NameRules;
  readonly definitions: DefinitionRules;
  readonly management: ManagementRules;
}
export interface AssertionRules {
  readonly assertion: Rule<StatementBody>;
  /** What only the test tool accepts. */
  readonly testAssertion: Rule<StatementBody>;
  readonly runScript: Rule<StatementBody>;
}

export function assertionRules($: Dsl, needs: AssertionNeeds): AssertionRules {
  const runScript = $.RULE('runScript', (): StatementBody => {
    $.consume(0, t.keyword('RUN'));
    $.consume(0, t.keyword('SCRIPT'));
    return { kind: 'runScript', path: $.subrule(0, needs.names.string).value };
  });
  return {
    assertion: assertionRule($, needs),
    testAssertion: testAssertionRule($, needs),
    runScript,
  };
}

function assertionRule($: Dsl, { names, definitions }: AssertionNeeds): Rule<StatementBody> {
  const timeout = $.RULE('timeout', (): Duration => {
    $.consume(0, t.keyword('TIMEOUT'));
    return $.subrule(0, names.duration);
  });
  return $.RULE('assertion', (): StatementBody => {
    $.consume(0, t.keyword('ASSERT'));
    const notExists =
      $.option(0, () => {
        $.consume(0, t.keyword('NOT'));
        $.consume(0, t.keyword('EXISTS'));
        return true;
      }) ?? false;
    return $.or(0, [
      alt((): StatementBody => {
        $.consume(0, t.keyword('TOPIC'));
        const topic = $.subrule(0, names.exactName);
        const properties = $.option(1, () => $.subrule(0, definitions.withProperties)) ?? [];
        const limit = $.option(2, () => $.subrule(0, timeout)) ?? null;
        return { kind: 'assertTopic', notExists, topic, properties, timeout: limit };
      }),
      alt((): StatementBody => {
        $.consume(0, t.keyword('SCHEMA'));
        const subject: string | undefined = $.option(3, () => {
          $.consume(0, t.keyword('SUBJECT'));
          return $.subrule(1, names.exactName);
        });
        const id: Literal | undefined = $.option(4, () => {
          $.consume(0, t.keyword('ID'));
          return $.subrule(0, names.literal);
        });
        const limit = $.option(5, () => $.subrule(1, timeout)) ?? null;
        return {
          kind: 'assertSchema',
          notExists,
          subject: subject ?? null,
          id: id ?? null,
          timeout: limit,
        };
      }),
    ]);
  });
}

function testAssertionRule(
  $: Dsl,
  { names, definitions, management: { columns, values } }: AssertionNeeds,
): Rule<StatementBody> {
  const { sourceType, elements, withProperties } = definitions;
  return $.RULE('testAssertion', (): StatementBody => {
    $.consume(0, t.keyword('ASSERT'));
    return $.or(0, [
      alt((): StatementBody => {
        $.consume(0, t.keyword('VALUES'));
        const source = $.subrule(0, names.identifier);
        const listed = $.option(0, () => $.subrule(0, columns)) ?? null;
        $.consume(1, t.keyword('VALUES'));
        const expected = $.subrule(0, values);
        return { kind: 'assertValues', source, columns: listed, values: expected };
      }),
      alt((): StatementBody => {
        $.consume(0, t.keyword('NULL'));
        $.consume(2, t.keyword('VALUES'));
        const source = $.subrule(1, names.identifier);
        const listed = $.option(1, () => $.subrule(1, columns)) ?? null;
        $.consume(0, t.keyword('KEY'));
        const expected = $.subrule(1, values);
        return { kind: 'assertNullValues', source, columns: listed, values: expected };
      }),
      alt((): StatementBody => {
        const type = $.subrule(0, sourceType);
        const name = $.subrule(2, names.identifier);
        const declared = $.option(2, () => $.subrule(0, elements)) ?? [];
        const properties = $.option(3, () => $.subrule(0, withProperties)) ?? [];
        return { kind: 'assertSource', sourceType: type, name, elements: declared, properties };
      }),
    ]);
  });
}
