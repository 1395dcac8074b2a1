/** CREATE, DROP and ALTER (spec §5, §6, §10, §14). */
import { problem } from '../../src/base/errors.ts';
import type {
  AddedColumn,
  ColumnConstraint,
  ConnectorType,
  Identifier,
  Property,
  Query,
  SourceType,
  TableElement,
  Type,
} from '../ast.ts';
import { alt, altIf, commaSeparated, type Dsl, flag, guarded, isAhead, type Rule } from '../dsl.ts';
import { position } from '../position.ts';
import * as t from '../tokens.ts';
import type { StatementBody } from './body.ts';
import type { NameRules } from './names.ts';

export interface DefinitionNeeds {
  readonly names: NameRules;
  readonly type: Rule<Type>;
  readonly query: Rule<Query>;
}
export interface DefinitionRules {
  readonly create: Rule<StatementBody>;
  readonly drop: Rule<StatementBody>;
  readonly alter: Rule<StatementBody>;
  readonly sourceType: Rule<SourceType>;
  readonly element: Rule<TableElement>;
  /** `(name type [constraint], …)`. */
  readonly elements: Rule<readonly TableElement[]>;
  /** `WITH (…)`, names folded. */
  readonly withProperties: Rule<readonly Property[]>;
}

export function definitionRules($: Dsl, needs: DefinitionNeeds): DefinitionRules {
  const sourceType = $.RULE('sourceType', (): SourceType => {
    return $.or(0, [
      alt((): SourceType => {
        $.consume(0, t.keyword('STREAM'));
        return 'STREAM';
      }),
      alt((): SourceType => {
        $.consume(0, t.keyword('TABLE'));
        return 'TABLE';
      }),
    ]);
  });
  const withProperties = $.RULE('withProperties', (): readonly Property[] => {
    $.consume(0, t.keyword('WITH'));
    const properties = $.subrule(0, needs.names.properties);
    return $.ACTION(() =>
      properties.map((property) => ({ ...property, name: property.name.toUpperCase() })),
    );
  });
  const { element, elements } = elementRules($, needs);
  const create = createRule($, needs, { sourceType, withProperties, elements });
  const drop = dropRule($, needs, sourceType);
  const alter = alterRule($, needs, sourceType);
  return { create, drop, alter, sourceType, element, elements, withProperties };
}

type Shared = Pick<DefinitionRules, 'sourceType' | 'withProperties' | 'elements'>;

function ifNotExistsRule($: Dsl): Rule<boolean> {
  return $.RULE('ifNotExists', (): boolean => {
    return (
      $.option(
        0,
        guarded(
          () => isAhead($, 2, t.keyword('NOT')),
          () => {
            $.consume(0, t.keyword('IF'));
            $.consume(0, t.keyword('NOT'));
            $.consume(0, t.keyword('EXISTS'));
            return true;
          },
        ),
      ) ?? false
    );
  });
}

function createRule($: Dsl, needs: DefinitionNeeds, shared: Shared): Rule<StatementBody> {
  const { identifier, properties } = needs.names;
  const ifNotExists = ifNotExistsRule($);
  const source = createSourceRule($, { needs, shared, ifNotExists });
  const connectorType = $.RULE('connectorType', (): ConnectorType => {
    return $.or(0, [
      alt((): ConnectorType => {
        $.consume(0, t.keyword('SOURCE'));
        return 'SOURCE';
      }),
      alt((): ConnectorType => {
        $.consume(0, t.keyword('SINK'));
        return 'SINK';
      }),
    ]);
  });
  const connector = $.RULE('createConnector', (): StatementBody => {
    const type = $.subrule(0, connectorType);
    $.consume(0, t.keyword('CONNECTOR'));
    const isConditional = $.subrule(0, ifNotExists);
    const name = $.subrule(0, identifier);
    $.consume(0, t.keyword('WITH'));
    const entries = $.subrule(0, properties);
    return {
      kind: 'createConnector',
      connectorType: type,
      ifNotExists: isConditional,
      name,
      properties: entries,
    };
  });
  const customType = $.RULE('createType', (): StatementBody => {
    $.consume(0, t.keyword('TYPE'));
    const isConditional = $.subrule(0, ifNotExists);
    const name = $.subrule(0, identifier);
    $.consume(0, t.keyword('AS'));
    const type = $.subrule(0, needs.type);
    return { kind: 'createType', ifNotExists: isConditional, name, type };
  });

  const isConnector = () => isAhead($, 2, t.keyword('CONNECTOR'));
  return $.RULE('create', (): StatementBody => {
    $.consume(0, t.keyword('CREATE'));
    return $.or(0, [
      alt(() => $.subrule(0, customType)),
      altIf(isConnector, () => $.subrule(0, connector)),
      alt(() => $.subrule(0, source)),
    ]);
  });
}

interface Definition {
  readonly elements: readonly TableElement[];
  readonly properties: readonly Property[];
  readonly query: Query | null;
}
interface SourceHead {
  readonly sourceType: SourceType;
  readonly ifNotExists: boolean;
  readonly name: Identifier;
}

interface CreateSourceNeeds {
  readonly needs: DefinitionNeeds;
  readonly shared: Shared;
  readonly ifNotExists: Rule<boolean>;
}

function createSourceRule($: Dsl, rules: CreateSourceNeeds): Rule<StatementBody> {
  const { declared, derived, inferred } = columnRules($, rules);
  const head = $.RULE('createdSource', (): SourceHead => {
    const sourceType = $.subrule(0, rules.shared.sourceType);
    const ifNotExists = $.subrule(0, rules.ifNotExists);
    const name = $.subrule(0, rules.needs.names.identifier);
    $.ACTION(() => checkSourceName($.sql(), name));
    return { sourceType, ifNotExists, name };
  });
  const readOnlyColumns = [
    alt((): Definition => $.subrule(0, declared)),
    alt((): Definition => $.subrule(0, inferred)),
  ];
  const columns = [
    alt((): Definition => $.subrule(1, declared)),
    alt((): Definition => $.subrule(1, derived)),
  ];
  return $.RULE('createSource', (): StatementBody => {
    const replace = $.option(0, () => {
      $.consume(0, t.keyword('OR'));
      $.consume(0, t.keyword('REPLACE'));
      return true;
    });
    const orReplace = replace ?? false;
    return $.or(0, [
      alt((): StatementBody => {
        $.consume(0, t.keyword('SOURCE'));
        const source = $.subrule(0, head);
        const { elements, properties } = $.or(1, readOnlyColumns);
        return {
          kind: 'createSource',
          ...source,
          orReplace,
          readOnly: true,
          elements,
          properties,
        };
      }),
      alt((): StatementBody => {
        const source = $.subrule(1, head);
        const { elements, properties, query } = $.or(2, columns);
        return query === null
          ? { kind: 'createSource', ...source, orReplace, readOnly: false, elements, properties }
          : { kind: 'createSourceAs', ...source, orReplace, properties, query };
      }),
    ]);
  });
}

/** Names of streams and tables become parts of the names of topics and queries. */
function checkSourceName(sql: string, { name, span }: Identifier): void {
  if (/^[A-Za-z0-9_-]+$/.test(name)) return;
  const { line, column } = position(sql, span.start);
  throw problem(
    'parse.source-name',
    `Illegal argument at Line: ${line}, Col: ${column}: Source names may only contain alphanumeric values, '_' or '-'. Got: '${name}'`,
    { span },
  );
}

/** What may follow the name: columns, a query, or neither, and WITH in all cases. */
function columnRules(
  $: Dsl,
  { needs, shared: { withProperties, elements } }: CreateSourceNeeds,
): Readonly<Record<'declared' | 'derived' | 'inferred', Rule<Definition>>> {
  const declared = $.RULE('declaredColumns', (): Definition => {
    const columns = $.subrule(0, elements);
    const properties = $.option(0, () => $.subrule(0, withProperties)) ?? [];
    return { elements: columns, properties, query: null };
  });
  const derived = $.RULE('derivedColumns', (): Definition => {
    const properties = $.option(0, () => $.subrule(0, withProperties)) ?? [];
    const select = $.option(1, () => {
      $.consume(0, t.keyword('AS'));
      return $.subrule(0, needs.query);
    });
    return { elements: [], properties, query: select ?? null };
  });
  const inferred = $.RULE('inferredColumns', (): Definition => {
    const properties = $.option(0, () => $.subrule(0, withProperties)) ?? [];
    return { elements: [], properties, query: null };
  });
  return { declared, derived, inferred };
}

function elementRules(
  $: Dsl,
  { names, type }: DefinitionNeeds,
): Pick<DefinitionRules, 'element' | 'elements'> {
  const constraint = constraintRule($, names);
  const element = $.RULE('element', (): TableElement => {
    const start = $.start();
    const name = $.subrule(0, names.identifier);
    const columnType = $.subrule(0, type);
    const rule = $.option(0, () => $.subrule(0, constraint)) ?? null;
    return { kind: 'element', name, type: columnType, constraint: rule, span: $.spanFrom(start) };
  });
  const elements = $.RULE('elements', (): readonly TableElement[] => {
    const found: TableElement[] = [];
    $.consume(0, t.LeftParen);
    $.AT_LEAST_ONE_SEP(commaSeparated(() => void found.push($.subrule(0, element))));
    $.consume(0, t.RightParen);
    return found;
  });
  return { element, elements };
}

function constraintRule($: Dsl, { string }: NameRules): Rule<ColumnConstraint> {
  return $.RULE('constraint', (): ColumnConstraint => {
    const start = $.start();
    return $.or(0, [
      alt((): ColumnConstraint => {
        const isPrimary = flag($, 0, t.keyword('PRIMARY'));
        $.consume(0, t.keyword('KEY'));
        return { kind: isPrimary ? 'primaryKey' : 'key', span: $.spanFrom(start) };
      }),
      alt((): ColumnConstraint => {
        $.consume(0, t.keyword('HEADERS'));
        return { kind: 'headers', span: $.spanFrom(start) };
      }),
      alt((): ColumnConstraint => {
        $.consume(0, t.keyword('HEADER'));
        $.consume(0, t.LeftParen);
        const key = $.subrule(0, string);
        $.consume(0, t.RightParen);
        return $.ACTION(() => ({
          kind: 'header',
          key: key.value.trim(),
          span: $.spanFrom(start),
        }));
      }),
    ]);
  });
}

function dropRule(
  $: Dsl,
  { names: { identifier } }: DefinitionNeeds,
  sourceType: Rule<SourceType>,
): Rule<StatementBody> {
  const ifExists = $.RULE('ifExists', (): boolean => {
    return (
      $.option(
        0,
        guarded(
          () => isAhead($, 2, t.keyword('EXISTS')),
          () => {
            $.consume(0, t.keyword('IF'));
            $.consume(0, t.keyword('EXISTS'));
            return true;
          },
        ),
      ) ?? false
    );
  });
  return $.RULE('drop', (): StatementBody => {
    $.consume(0, t.keyword('DROP'));
    return $.or(0, [
      alt((): StatementBody => {
        const type = $.subrule(0, sourceType);
        const isConditional = $.subrule(0, ifExists);
        const name = $.subrule(0, identifier);
        const deleteTopic = $.option(0, () => {
          $.consume(0, t.keyword('DELETE'));
          $.consume(0, t.keyword('TOPIC'));
          return true;
        });
        return {
          kind: 'dropSource',
          sourceType: type,
          ifExists: isConditional,
          name,
          deleteTopic: deleteTopic ?? false,
        };
      }),
      alt((): StatementBody => {
        $.consume(0, t.keyword('TYPE'));
        const isConditional = $.subrule(1, ifExists);
        const name = $.subrule(1, identifier);
        return { kind: 'dropType', ifExists: isConditional, name };
      }),
      alt((): StatementBody => {
        $.consume(0, t.keyword('CONNECTOR'));
        const isConditional = $.subrule(2, ifExists);
        const name = $.subrule(2, identifier);
        return { kind: 'dropConnector', ifExists: isConditional, name };
      }),
    ]);
  });
}

function alterRule(
  $: Dsl,
  { names: { identifier, string }, type }: DefinitionNeeds,
  sourceType: Rule<SourceType>,
): Rule<StatementBody> {
  // `ADD COLUMN INT` adds a column called COLUMN: the word is noise only if a name and a type follow.
  const isNoise = () =>
    isAhead($, 2, t.AnyIdentifier) &&
    (isAhead($, 3, t.AnyIdentifier) || isAhead($, 3, t.keyword('DECIMAL')));
  const added = $.RULE('addedColumn', (): AddedColumn => {
    const start = $.start();
    $.consume(0, t.keyword('ADD'));
    $.option(
      0,
      guarded(isNoise, () => $.consume(0, t.keyword('COLUMN'))),
    );
    const name = $.subrule(0, identifier);
    const columnType = $.subrule(0, type);
    return { kind: 'addedColumn', name, type: columnType, span: $.spanFrom(start) };
  });
  return $.RULE('alter', (): StatementBody => {
    $.consume(0, t.keyword('ALTER'));
    return $.or(0, [
      alt((): StatementBody => {
        const columns: AddedColumn[] = [];
        const source = $.subrule(0, sourceType);
        const name = $.subrule(0, identifier);
        $.AT_LEAST_ONE_SEP(commaSeparated(() => void columns.push($.subrule(0, added))));
        return { kind: 'alterSource', sourceType: source, name, columns };
      }),
      alt((): StatementBody => {
        $.consume(0, t.keyword('SYSTEM'));
        const property = $.subrule(0, string);
        $.consume(0, t.Equal);
        const value = $.subrule(1, string);
        return { kind: 'alterSystem', property: property.value, value: value.value };
      }),
    ]);
  });
}
