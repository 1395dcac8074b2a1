/** SHOW, LIST, DESCRIBE and PRINT (spec §11). */
import type { ConnectorType } from '../ast.ts';
import { alt, altIf, type Dsl, flag, isAhead, type Rule } from '../dsl.ts';
import * as t from '../tokens.ts';
import type { StatementBody } from './body.ts';
import type { NameRules } from './names.ts';

export interface InspectionRules {
  readonly show: Rule<StatementBody>;
  readonly describe: Rule<StatementBody>;
  readonly print: Rule<StatementBody>;
}

export function inspectionRules($: Dsl, names: NameRules): InspectionRules {
  return { show: showRule($), describe: describeRule($, names), print: printRule($, names) };
}

function showRule($: Dsl): Rule<StatementBody> {
  const extended = (use: number): boolean => flag($, use, t.keyword('EXTENDED'));
  const word = (name: string): void => void $.consume(0, t.keyword(name));
  const simple = (
    name: string,
    kind: 'showProperties' | 'showFunctions' | 'showTypes' | 'showVariables',
  ) =>
    alt((): StatementBody => {
      word(name);
      return { kind };
    });
  const scoped = (scope: ConnectorType) =>
    alt((): StatementBody => {
      word(scope);
      $.consume(scope === 'SOURCE' ? 1 : 2, t.keyword('CONNECTORS'));
      return { kind: 'showConnectors', scope };
    });
  const list = (name: string, use: number, kind: 'showStreams' | 'showTables' | 'showQueries') =>
    alt((): StatementBody => {
      word(name);
      return { kind, extended: extended(use) };
    });
  const alternatives = [
    list('STREAMS', 1, 'showStreams'),
    list('TABLES', 2, 'showTables'),
    list('QUERIES', 3, 'showQueries'),
    alt((): StatementBody => {
      const all = flag($, 10, t.keyword('ALL'));
      word('TOPICS');
      return { kind: 'showTopics', all, extended: extended(4) };
    }),
    simple('PROPERTIES', 'showProperties'),
    simple('FUNCTIONS', 'showFunctions'),
    simple('TYPES', 'showTypes'),
    simple('VARIABLES', 'showVariables'),
    scoped('SOURCE'),
    scoped('SINK'),
    alt((): StatementBody => {
      word('CONNECTORS');
      return { kind: 'showConnectors', scope: null };
    }),
    alt((): StatementBody => {
      word('CONNECTOR');
      word('PLUGINS');
      return { kind: 'showConnectorPlugins' };
    }),
  ];
  return $.RULE('show', (): StatementBody => {
    $.or(1, [
      alt(() => $.consume(0, t.keyword('SHOW'))),
      alt(() => $.consume(0, t.keyword('LIST'))),
    ]);
    return $.or(0, alternatives);
  });
}

function describeRule($: Dsl, { identifier }: NameRules): Rule<StatementBody> {
  const extended = (use: number): boolean => flag($, use, t.keyword('EXTENDED'));
  const alternatives = [
    alt((): StatementBody => {
      $.consume(0, t.keyword('STREAMS'));
      return { kind: 'describeStreams', extended: extended(1) };
    }),
    altIf(
      // A source of that name needs quotes.
      () => isAhead($, 1, t.keyword('TABLES')),
      (): StatementBody => {
        $.consume(0, t.keyword('TABLES'));
        return { kind: 'describeTables', extended: extended(2) };
      },
    ),
    alt((): StatementBody => {
      $.consume(0, t.keyword('CONNECTOR'));
      return { kind: 'describeConnector', name: $.subrule(0, identifier) };
    }),
    altIf(
      () => isAhead($, 2, t.AnyIdentifier),
      (): StatementBody => {
        $.consume(0, t.keyword('FUNCTION'));
        return { kind: 'describeFunction', name: $.subrule(1, identifier) };
      },
    ),
    alt((): StatementBody => {
      const name = $.subrule(2, identifier);
      return { kind: 'describeSource', name, extended: extended(3) };
    }),
  ];
  return $.RULE('describe', (): StatementBody => {
    $.consume(0, t.keyword('DESCRIBE'));
    return $.or(0, alternatives);
  });
}

function printRule($: Dsl, names: NameRules): Rule<StatementBody> {
  const interval = [
    alt(() => $.consume(0, t.keyword('INTERVAL'))),
    alt(() => $.consume(0, t.keyword('SAMPLE'))),
  ];
  return $.RULE('print', (): StatementBody => {
    $.consume(0, t.keyword('PRINT'));
    const topic = $.subrule(0, names.exactName);
    const fromBeginning = $.option(0, () => {
      $.consume(0, t.keyword('FROM'));
      $.consume(0, t.keyword('BEGINNING'));
      return true;
    });
    const every = $.option(1, () => {
      $.or(0, interval);
      return $.subrule(0, names.count);
    });
    const limit = $.option(2, () => $.subrule(1, names.limit));
    return {
      kind: 'print',
      topic,
      fromBeginning: fromBeginning ?? false,
      interval: every ?? null,
      limit: limit ?? null,
    };
  });
}
