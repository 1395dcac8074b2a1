/** Random syntax trees, for properties. Spans and texts are empty: compare by `meaning`. */
import fc, { type Arbitrary } from 'fast-check';
import type {
  Argument,
  CaseExpression,
  Duration,
  Expression,
  Identifier,
  Join,
  Literal,
  Property,
  Query,
  SelectItem,
  Statement,
  TableElement,
  Type,
  WhenClause,
  Window,
} from './ast.ts';
import { keywords } from './tokens.ts';

const span = { start: 0, end: 0 };
const base = { span: fc.constant(span) };
const node = <K extends string, T>(
  kind: K,
  fields: { [P in keyof T]: Arbitrary<T[P]> },
): Arbitrary<T & { kind: K; span: typeof span }> =>
  fc.record({ kind: fc.constant(kind), ...base, ...fields }) as unknown as Arbitrary<
    T & { kind: K; span: typeof span }
  >;

const word = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('A', 'B', 'FOO', '_X1', 'N@1', 'TOTAL') },
  { weight: 2, arbitrary: fc.constantFrom(...keywords.keys()) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('lower', '1A', 'a b', '`', '"', "it's", 'ünï', '', '-- x'),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
);
const identifier: Arbitrary<Identifier> = word.map((name) => ({
  kind: 'identifier',
  name,
  quoted: false,
  span,
}));

/** What a stream or table may be called. */
const sourceName = identifier.filter(({ name }) => /^[A-Za-z0-9_-]+$/.test(name));

const digits = fc.stringMatching(/^[0-9]{1,12}$/);
const whole = digits.map((text) => text.replace(/^0+(?=.)/, ''));
const decimalText = fc
  .tuple(fc.boolean(), whole, fc.option(digits, { nil: '' }))
  .map(([isNegative, left, right]) => {
    const isZero = /^0*$/.test(left + right);
    return `${isNegative && !isZero ? '-' : ''}${left}${right === '' ? '' : `.${right}`}`;
  });
const literal: Arbitrary<Literal> = fc.oneof(
  node('null', {}),
  node('boolean', { value: fc.boolean() }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(integer),
  fc.integer().map((value) => integer(BigInt(value))),
  node('decimal', { text: decimalText }),
  node('double', { value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  node('string', { value: fc.string() }),
);
function integer(value: bigint): Literal {
  const type = value >= -(2n ** 31n) && value < 2n ** 31n ? 'INTEGER' : 'BIGINT';
  return { kind: 'integer', value, type, span };
}

const unit = fc.constantFrom('DAYS', 'HOURS', 'MINUTES', 'SECONDS', 'MILLISECONDS');
const duration = node('duration', { amount: fc.nat(1_000_000), unit }) as Arbitrary<Duration>;
const optional = <T>(arbitrary: Arbitrary<T>): Arbitrary<T | null> =>
  fc.option(arbitrary, { nil: null });

const BUILT_IN = /^(BOOLEAN|INT|INTEGER|BIGINT|DOUBLE|STRING|VARCHAR|BYTES|DATE|TIME|TIMESTAMP)$/i;
export const type: Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    node('primitiveType', {
      name: fc.constantFrom(
        ...(['BOOLEAN', 'INTEGER', 'BIGINT', 'DOUBLE', 'STRING'] as const),
        ...(['BYTES', 'DATE', 'TIME', 'TIMESTAMP'] as const),
      ),
    }),
    node('decimalType', { precision: fc.nat(50), scale: fc.integer({ min: -5, max: 50 }) }),
    node('customType', { name: identifier.filter(({ name }) => !BUILT_IN.test(name)) }),
    node('arrayType', { element: tie('type') }),
    node('mapType', { key: tie('type'), value: tie('type') }),
    node('structType', {
      fields: fc.array(node('structTypeField', { name: identifier, type: tie('type') }), {
        maxLength: 3,
      }),
    }),
  ),
})).type;

interface Tied {
  expression: Expression;
  argument: Argument;
  when: WhenClause;
}
const few = { maxLength: 3 };
const some = { minLength: 1, maxLength: 3 };
export const expression: Arbitrary<Expression> = fc.letrec<Tied>((tie) => {
  const any = tie('expression');
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      literal,
      node('column', { source: optional(identifier), name: identifier }),
      node('dereference', { base: any, field: identifier }),
      node('subscript', { base: any, index: any }),
      node('call', {
        name: identifier,
        arguments: fc.array(tie('argument'), few),
        star: fc.constant(false),
      }),
      node('call', { name: identifier, arguments: fc.constant([]), star: fc.constant(true) }),
      node('case', {
        operand: optional(any),
        whens: fc.array(tie('when'), some),
        otherwise: optional(any),
      }) as Arbitrary<CaseExpression>,
      node('cast', { value: any, type }),
      node('array', { elements: fc.array(any, few) }),
      node('map', { entries: fc.array(node('mapEntry', { key: any, value: any }), few) }),
      node('struct', {
        fields: fc.array(node('structField', { name: identifier, value: any }), few),
      }),
      node('unary', { operator: fc.constantFrom('+' as const, '-' as const), value: any }),
      node('arithmetic', {
        operator: fc.constantFrom(...(['+', '-', '*', '/', '%'] as const)),
        left: any,
        right: any,
      }),
      node('comparison', {
        operator: fc.constantFrom(
          ...(['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM'] as const),
        ),
        left: any,
        right: any,
      }),
      node('logical', {
        operator: fc.constantFrom('AND' as const, 'OR' as const),
        left: any,
        right: any,
      }),
      node('not', { value: any }),
      node('between', { value: any, lower: any, upper: any }),
      node('in', { value: any, items: fc.array(any, some) }),
      node('like', { value: any, pattern: any, escape: optional(fc.string()) }),
      node('isNull', { value: any, negated: fc.boolean() }),
    ) as Arbitrary<Expression>,
    argument: fc.oneof(
      { weight: 4, arbitrary: any },
      { weight: 1, arbitrary: node('intervalUnit', { unit }) },
      {
        weight: 1,
        arbitrary: node('lambda', { parameters: fc.array(identifier, some), body: any }),
      },
    ) as Arbitrary<Argument>,
    when: node('when', { condition: any, result: any }) as Arbitrary<WhenClause>,
  };
}).expression;

const selectItem = fc.oneof(
  node('selectExpression', { expression, alias: optional(identifier) }),
  node('selectAll', { source: optional(identifier) }),
  node('selectStructAll', { base: expression }),
) as Arbitrary<SelectItem>;
const source = node('source', { name: identifier, alias: optional(identifier) });
const join = node('join', {
  type: fc.constantFrom(...(['INNER', 'LEFT', 'RIGHT', 'FULL'] as const)),
  source,
  within: optional(
    node('within', { before: duration, after: duration, grace: optional(duration) }),
  ),
  on: expression,
}) as Arbitrary<Join>;
const kept = { retention: optional(duration), grace: optional(duration) };
const window = fc.oneof(
  node('tumbling', { size: duration, ...kept }),
  node('hopping', { size: duration, advance: duration, ...kept }),
  node('session', { gap: duration, ...kept }),
) as Arbitrary<Window>;
const by = optional(node('by', { items: fc.array(expression, few) }));
const start = fc.oneof(node('snapshot', {}), node('after', { token: fc.string() }));
const emit = fc.oneof(
  fc.constantFrom({ emit: null }, { emit: 'CHANGES' as const }, { emit: 'FINAL' as const }),
  start.map((from) => ({ emit: 'CHANGES' as const, start: from })),
);
const query = node('query', {
  select: fc.array(selectItem, some),
  from: node('from', { source, joins: fc.array(join, { maxLength: 2 }) }),
  window: optional(window),
  where: optional(expression),
  groupBy: by,
  partitionBy: by,
  having: optional(expression),
  emit,
  limit: optional(fc.maxSafeNat()),
}).map(({ emit: clause, ...rest }) => ({ ...rest, ...clause })) as Arbitrary<Query>;

const property = (name: Arbitrary<string>) =>
  node('property', { name, value: literal }) as Arbitrary<Property>;
const properties = fc.array(property(word.map((name) => name.toUpperCase())), few);
const constraint = optional(
  fc.oneof(
    node('key', {}),
    node('primaryKey', {}),
    node('headers', {}),
    node('header', { key: fc.string().map((key) => key.trim()) }),
  ),
);
const elements = fc.array(
  node('element', { name: identifier, type, constraint }) as Arbitrary<TableElement>,
  few,
);
const columns = optional(fc.array(identifier, some));
const values = fc.array(expression, few);
const sourceType = fc.constantFrom('STREAM' as const, 'TABLE' as const);
const flag = fc.boolean();
const text = fc.string();
const text_ = { text: fc.constant('') };
const statement_ = <K extends string, T>(
  kind: K,
  fields: { [P in keyof T]: Arbitrary<T[P]> },
): Arbitrary<Statement> => node(kind, { ...fields, ...text_ }) as unknown as Arbitrary<Statement>;
const variable = fc.constantFrom('x', 'Name', 'topic1', 'format');

const simple: readonly Arbitrary<Statement>[] = [
  statement_('createSource', {
    sourceType,
    orReplace: flag,
    readOnly: flag,
    ifNotExists: flag,
    name: sourceName,
    elements,
    properties,
  }),
  statement_('createSourceAs', {
    sourceType,
    orReplace: flag,
    ifNotExists: flag,
    name: sourceName,
    properties,
    query,
  }),
  statement_('insertInto', { target: identifier, properties, query }),
  statement_('insertValues', { target: identifier, columns, values }),
  statement_('select', { query }),
  statement_('dropSource', { sourceType, ifExists: flag, name: identifier, deleteTopic: flag }),
  ...(['terminate', 'pause', 'resume'] as const).map((kind) =>
    statement_(kind, { queryId: optional(identifier) }),
  ),
  statement_('alterSource', {
    sourceType,
    name: identifier,
    columns: fc.array(node('addedColumn', { name: identifier, type }), some),
  }),
  statement_('alterSystem', { property: text, value: text }),
  statement_('createType', { ifNotExists: flag, name: identifier, type }),
  statement_('dropType', { ifExists: flag, name: identifier }),
  ...(
    ['showStreams', 'showTables', 'showQueries', 'describeStreams', 'describeTables'] as const
  ).map((kind) => statement_(kind, { extended: flag })),
  statement_('showTopics', { all: flag, extended: flag }),
  ...(
    [
      'showProperties',
      'showFunctions',
      'showTypes',
      'showVariables',
      'showConnectorPlugins',
    ] as const
  ).map((kind) => statement_(kind, {})),
  statement_('showConnectors', { scope: fc.constantFrom('SOURCE', 'SINK', null) }),
  statement_('describeSource', { name: identifier, extended: flag }),
  statement_('describeFunction', { name: identifier }),
  statement_('describeConnector', { name: identifier }),
  statement_('explainQuery', { queryId: identifier }),
  statement_('print', {
    topic: text,
    fromBeginning: flag,
    interval: optional(fc.nat()),
    limit: optional(fc.nat()),
  }),
  statement_('set', { property: text, value: text }),
  statement_('unset', { property: text }),
  statement_('define', { name: variable, value: text }),
  statement_('undefine', { name: variable }),
  statement_('assertTopic', {
    notExists: flag,
    topic: text,
    properties,
    timeout: optional(duration),
  }),
  statement_('assertSchema', {
    notExists: flag,
    subject: optional(text),
    id: optional(literal),
    timeout: optional(duration),
  }),
  statement_('createConnector', {
    connectorType: fc.constantFrom('SOURCE', 'SINK'),
    ifNotExists: flag,
    name: identifier,
    properties: fc.array(property(text), some),
  }),
  statement_('dropConnector', { ifExists: flag, name: identifier }),
];
const testOnly: readonly Arbitrary<Statement>[] = [
  statement_('assertValues', { source: identifier, columns, values }),
  statement_('assertNullValues', { source: identifier, columns, values }),
  statement_('assertSource', { sourceType, name: identifier, elements, properties }),
  statement_('runScript', { path: text }),
];
/** Of every kind, the test tool's included. */
export const statement: Arbitrary<Statement> = fc.oneof(
  ...simple,
  ...testOnly,
  statement_('explainStatement', { statement: fc.oneof(...simple) }),
);
