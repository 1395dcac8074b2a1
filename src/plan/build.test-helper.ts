/** Short ways to write plans in tests. */
import type { FormatSpec } from '../formats/format.ts';
import type { Field, SqlType } from '../types/type.ts';
import type { ComparisonOperator, Expression, NamedExpression } from './expression.ts';
import type { LogicalPlan, WindowedKey } from './logical.ts';
import type { ScanSource } from './lower.ts';

export const INTEGER: SqlType = { kind: 'INTEGER' };
export const BIGINT: SqlType = { kind: 'BIGINT' };
export const DOUBLE: SqlType = { kind: 'DOUBLE' };
export const STRING: SqlType = { kind: 'STRING' };
export const BOOLEAN: SqlType = { kind: 'BOOLEAN' };

export const kafka: FormatSpec = { format: 'KAFKA', properties: {}, features: [] };
export const json: FormatSpec = { format: 'JSON', properties: {}, features: [] };

/** `A INTEGER, B STRING`; `key` are the columns of the key, in KAFKA format. */
export function source(
  name: string,
  collection: 'stream' | 'table',
  columns: { readonly key?: readonly Field[]; readonly value: readonly Field[] },
): ScanSource {
  return {
    name,
    collection,
    schema: { key: columns.key ?? [field('ID', STRING)], value: columns.value },
    topic: name.toLowerCase(),
    keyFormat: kafka,
    valueFormat: json,
    window: null,
    timestamp: null,
  };
}

export function field(name: string, type: SqlType): Field {
  return { name, type };
}

export function scan(of: ScanSource): LogicalPlan {
  return {
    kind: 'scan',
    source: of.name,
    alias: of.name,
    pseudo: [],
    key: of.schema.key,
    value: of.schema.value,
    collection: of.collection,
    window: of.window,
  };
}

export function value(node: LogicalPlan, index: number): Expression {
  const { name, type } = node.value[index]!;
  return { kind: 'column', type, side: 'value', index, name };
}

export function key(node: LogicalPlan, index: number): Expression {
  const { name, type } = node.key[index]!;
  return { kind: 'column', type, side: 'key', index, name };
}

export function literal(of: number | string | boolean, type?: SqlType): Expression {
  const inferred = typeof of === 'number' ? INTEGER : typeof of === 'string' ? STRING : BOOLEAN;
  return { kind: 'literal', type: type ?? inferred, value: of };
}

export function compare(left: Expression, op: ComparisonOperator, right: Expression): Expression {
  return { kind: 'comparison', type: BOOLEAN, op, left, right };
}

export function filter(input: LogicalPlan, predicate: Expression): LogicalPlan {
  const { key: keys, value: values, collection, window } = input;
  return {
    kind: 'filter',
    input,
    predicate,
    text: 'P',
    key: keys,
    value: values,
    collection,
    window,
  };
}

export function named(name: string, expression: Expression): NamedExpression {
  return { name, expression, text: name };
}

export function project(input: LogicalPlan, columns: readonly NamedExpression[]): LogicalPlan {
  return {
    kind: 'project',
    input,
    columns,
    key: input.key,
    value: columns.map(({ name, expression }) => field(name, expression.type!)),
    collection: input.collection,
    window: input.window,
  };
}

export function rekey(input: LogicalPlan, by: readonly NamedExpression[]): LogicalPlan {
  return {
    kind: 'rekey',
    input,
    by,
    key: by.map(({ name, expression }) => field(name, expression.type!)),
    value: input.value,
    collection: 'stream',
    window: null,
  };
}

export function sink(input: LogicalPlan, formats: { readonly key?: FormatSpec } = {}): LogicalPlan {
  const { key: keys, value: values, collection, window } = input;
  return {
    kind: 'sink',
    input,
    source: 'OUT',
    topic: 'out',
    keyFormat: formats.key ?? kafka,
    valueFormat: json,
    timestamp: null,
    key: keys,
    value: values,
    collection,
    window,
  };
}

type Aggregate = Extract<LogicalPlan, { kind: 'aggregate' }>;

/** COUNT(*) as N and SUM of an INTEGER value column as S. */
export function countAndSum(
  input: LogicalPlan,
  by: readonly NamedExpression[],
  rest: {
    readonly sum: number;
    readonly spec?: Aggregate['spec'];
    readonly final?: boolean;
  },
): Aggregate {
  const spec = rest.spec ?? null;
  const windowed: WindowedKey | null =
    spec === null
      ? null
      : { kind: spec.kind, sizeMs: spec.kind === 'SESSION' ? null : spec.sizeMs };
  return {
    kind: 'aggregate',
    input,
    by,
    calls: [
      {
        name: 'N',
        fn: 'COUNT',
        signature: '(T value) -> BIGINT',
        args: [{ kind: 'rowtime', type: BIGINT }],
        inits: [],
        type: BIGINT,
      },
      {
        name: 'S',
        fn: 'SUM',
        signature: '(INTEGER value) -> INTEGER',
        args: [value(input, rest.sum)],
        inits: [],
        type: INTEGER,
      },
    ],
    spec,
    final: rest.final ?? false,
    key: by.map(({ name, expression }) => field(name, expression.type!)),
    value: [field('N', BIGINT), field('S', INTEGER)],
    collection: 'table',
    window: windowed,
  };
}

type Join = Extract<LogicalPlan, { kind: 'join' }>;

/** A join of inputs that are keyed by the join key. */
export function join(
  left: LogicalPlan,
  right: LogicalPlan,
  rest: Pick<Join, 'join' | 'type'> & Partial<Pick<Join, 'within' | 'foreignKey'>>,
): Join {
  return {
    kind: 'join',
    join: rest.join,
    type: rest.type,
    left,
    right,
    within: rest.within ?? null,
    foreignKey: rest.foreignKey ?? null,
    key: left.key,
    value: [...left.value, ...right.value],
    collection: rest.join === 'stream-stream' || rest.join === 'stream-table' ? 'stream' : 'table',
    window: left.window,
  };
}
