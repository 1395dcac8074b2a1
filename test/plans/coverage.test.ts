/**
 * What is persisted is recorded: whoever adds a step, an argument, a command, a kind of expression or a type has to say so here
 * (or the types below do not fit), and then a recording has to hold it.
 */
import { expect, test } from 'vitest';
import type { Json } from '../../src/base/env.ts';
import type { Command } from '../../src/catalog/command.ts';
import { operators } from '../../src/execution/operators/table.ts';
import { formats } from '../../src/formats/table.ts';
import type { Expression } from '../../src/plan/expression.ts';
import type { JoinKind, JoinType, PseudoColumn, WindowKind } from '../../src/plan/logical.ts';
import type { StepArgs, StepOp } from '../../src/plan/steps.ts';
import type { TypeKind } from '../../src/types/type.ts';
import { recordings } from './recordings.ts';

/** What an argument looks like: a container, a text of the user's, or the value itself where it is one of a few. */
type Shape = 'null' | 'true' | 'false' | 'object' | 'list' | 'empty' | 'text' | `=${string}`;
type Stored = Exclude<StepOp, 'emit@1'>;
type Shapes<Op extends StepOp> = { readonly [Name in keyof StepArgs[Op]]-?: readonly Shape[] };

const collections: readonly Shape[] = ['=stream', '=table'];
const either: readonly Shape[] = ['false', 'true'];
const optional: readonly Shape[] = ['null', 'object'];
const list: readonly Shape[] = ['list'];
const anyList: readonly Shape[] = ['empty', 'list'];

/** Every step that is stored, with what its arguments can be. Steps of push queries (`emit@1`) are never stored. */
const steps: { readonly [Op in Stored]: Shapes<Op> } = {
  'source@1': {
    source: ['text'],
    topic: ['text'],
    collection: collections,
    keyFormat: ['object'],
    valueFormat: ['object'],
    key: anyList,
    value: anyList,
    needed: anyList,
    window: optional,
    timestamp: optional,
    pseudo: anyList,
    store: either,
  },
  'filter@1': { collection: collections, predicate: ['object'], text: ['text'], exact: either },
  // No statement puts a projection between a change and who reads the row before it.
  'project@1': { columns: list, before: ['false'] },
  'flatten@1': { calls: list },
  'rekey@1': { by: anyList },
  'group@1': { by: list, columns: list, collection: collections },
  'exchange@1': { key: list, keyFormat: ['object'], like: ['text'] },
  'aggregate@1': {
    key: list,
    calls: list,
    spec: optional,
    final: either,
    collection: collections,
    keyFormat: ['object'],
    before: either,
  },
  'join@1': {
    join: ['=foreign-key', '=stream-stream', '=stream-table', '=table-table'],
    type: ['=FULL', '=INNER', '=LEFT', '=RIGHT'],
    key: list,
    leftKey: list,
    rightKey: list,
    left: list,
    right: list,
    window: optional,
    within: optional,
    foreignKey: optional,
    keyFormat: ['object'],
  },
  // No table over a windowed source is filled by a query.
  'materialize@1': { key: list, value: list, window: ['null'], keyFormat: ['object'] },
  'sink@1': {
    source: ['text'],
    topic: ['text'],
    key: anyList,
    value: list,
    keyFormat: ['object'],
    valueFormat: ['object'],
    window: optional,
    timestamp: optional,
    collection: collections,
  },
};

const commands: Readonly<Record<Command['kind'], true>> = {
  'define-source': true,
  'drop-source': true,
  'define-type': true,
  'drop-type': true,
  'start-query': true,
  'stop-query': true,
  'pause-query': true,
  'resume-query': true,
  'set-property': true,
  'set-connector': true,
};

const expressions: Readonly<Record<Expression['kind'], true>> = {
  literal: true,
  column: true,
  rowtime: true,
  window: true,
  call: true,
  arithmetic: true,
  negate: true,
  comparison: true,
  logical: true,
  not: true,
  'is-null': true,
  in: true,
  like: true,
  case: true,
  cast: true,
  subscript: true,
  field: true,
  array: true,
  map: true,
  struct: true,
  lambda: true,
  param: true,
};

const types: Readonly<Record<TypeKind, true>> = {
  BOOLEAN: true,
  INTEGER: true,
  BIGINT: true,
  DOUBLE: true,
  STRING: true,
  BYTES: true,
  DATE: true,
  TIME: true,
  TIMESTAMP: true,
  DECIMAL: true,
  ARRAY: true,
  MAP: true,
  STRUCT: true,
};
const windows: Readonly<Record<WindowKind, true>> = {
  TUMBLING: true,
  HOPPING: true,
  SESSION: true,
};
const pseudo: Readonly<Record<PseudoColumn, true>> = {
  ROWTIME: true,
  ROWPARTITION: true,
  ROWOFFSET: true,
};
const joins: Readonly<Record<JoinKind, readonly JoinType[]>> = {
  'stream-stream': ['FULL', 'INNER', 'LEFT', 'RIGHT'],
  'stream-table': ['INNER', 'LEFT'],
  'table-table': ['FULL', 'INNER', 'LEFT', 'RIGHT'],
  'foreign-key': ['INNER', 'LEFT'],
};

type Object = { readonly [name: string]: Json };

/** Every object within the stored commands. */
const objects: readonly Object[] = recordings.flatMap(([, { phases }]) => [
  ...objectsIn(phases.map((phase) => phase.commands)),
]);
const storedSteps = objects.filter(
  (object): object is { op: string; args: Object } & Object =>
    typeof object['op'] === 'string' && object['op'].includes('@'),
);

function* objectsIn(json: Json): Iterable<Object> {
  if (typeof json !== 'object' || json === null) return;
  if (!Array.isArray(json)) yield json as Object;
  for (const part of Object.values(json)) yield* objectsIn(part);
}

function shapeOf(value: Json, isOneOfAFew: boolean): Shape {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (Array.isArray(value)) return value.length === 0 ? 'empty' : 'list';
  if (typeof value === 'string') return isOneOfAFew ? `=${value}` : 'text';
  return 'object';
}

const sorted = (values: Iterable<unknown>) => [...new Set(values)].sort();

/** Which of the table's names stand under `name` in the stored commands. */
function found(name: string, table: Readonly<Record<string, unknown>>): readonly unknown[] {
  const values = objects.map((object) => object[name]);
  return sorted(values.filter((value) => typeof value === 'string' && Object.hasOwn(table, value)));
}

test('every step there is can be stored and is recorded', () => {
  expect(sorted(Object.keys(steps))).toEqual(
    sorted(['source@1', ...Object.keys(operators)].filter((op) => op !== 'emit@1')),
  );
  expect(sorted(storedSteps.map(({ op }) => op))).toEqual(sorted(Object.keys(steps)));
});

test.each(Object.entries(steps))('%s is recorded with every argument', (op, args) => {
  const stored = storedSteps.filter((step) => step.op === op);
  const names = sorted(stored.flatMap((step) => Object.keys(step.args)));
  expect(names).toEqual(sorted(Object.keys(args)));
  const shapes = Object.entries(args).map(([name, expected]) => {
    const isOneOfAFew = expected.some((shape) => shape.startsWith('='));
    return [name, sorted(stored.map((step) => shapeOf(step.args[name]!, isOneOfAFew)))];
  });
  expect(shapes).toEqual(Object.entries(args).map(([name, expected]) => [name, sorted(expected)]));
});

test('every kind of command, expression and type is recorded', () => {
  expect(found('kind', commands)).toEqual(sorted(Object.keys(commands)));
  expect(found('kind', expressions)).toEqual(sorted(Object.keys(expressions)));
  expect(found('kind', types)).toEqual(sorted(Object.keys(types)));
});

test('every window, pseudo column and join is recorded', () => {
  expect(found('kind', windows)).toEqual(sorted(Object.keys(windows)));
  const read = objects.flatMap((object) =>
    Array.isArray(object['pseudo']) ? object['pseudo'] : [],
  );
  expect(sorted(read)).toEqual(sorted(Object.keys(pseudo)));
  const joined = storedSteps
    .filter(({ op }) => op === 'join@1')
    .map(({ args }) => `${args['join']} ${args['type']}`);
  const expected = Object.entries(joins).flatMap(([kind, kinds]) =>
    kinds.map((type) => `${kind} ${type}`),
  );
  expect(sorted(joined)).toEqual(sorted(expected));
  const bounds = storedSteps
    .map(({ args }) => args['within'])
    .filter((within) => within !== null && within !== undefined);
  const graces = bounds.map((within) => typeof (within as Object)['graceMs']);
  expect(sorted(graces)).toEqual(['number', 'object']);
});

test.each(formats.map(({ name }) => [name]))(
  '%s is read and written by a recorded query',
  (name) => {
    const used = (op: string) =>
      storedSteps
        .filter((step) => step.op === op)
        .flatMap(({ args }) => [args['keyFormat'], args['valueFormat']])
        .map((spec) => (spec as Object)['format']);
    expect([used('source@1').includes(name), used('sink@1').includes(name)]).toEqual([true, true]);
  },
);
