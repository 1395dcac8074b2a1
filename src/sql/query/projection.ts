/**
 * The SELECT of a query that does not aggregate, and what all persistent queries check about their columns (spec: semantics.md
 * §2, §2.1): every key column stands in it exactly once and by itself, at least one value column, no name twice.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { NamedExpression } from '../../plan/expression.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import { formatType } from '../../types/format-type.ts';
import type { Field } from '../../types/type.ts';
import { bindExpression } from '../expression/bind.ts';
import { untypedNull } from '../expression/containers.ts';
import { type BindEnvironment, printResolved } from '../expression/environment.ts';
import { type Scope, storedName } from '../expression/scope.ts';
import type { PersistentTarget, SelectColumn } from './analyzed.ts';
import { checkKeysPresent, checkKeysOnce } from './key-rules.ts';
import {
  isPseudoColumn,
  type KeyColumn,
  keyColumn,
  type Relation,
  referenceTo,
  WINDOW_BOUNDS,
} from './relation.ts';

/** A bound select item; `key` is the key column that it is by itself, or null. */
export interface BoundColumn extends NamedExpression {
  readonly key: number | null;
  readonly ast: ast.Expression;
}

/** Binds the items; those that stand for a key column alone are marked. */
export function bindColumns(
  columns: readonly SelectColumn[],
  relation: Relation,
  environment: BindEnvironment,
): readonly BoundColumn[] {
  return columns.map(({ name, expression }) => {
    const bound = bindExpression(expression, environment);
    if (bound.type === null) throw untypedNull(expression);
    const text = printResolved(expression, relation.scope);
    const key = relation.keys.findIndex((column) =>
      standsFor(bound, expression, column, relation.scope),
    );
    if (key < 0) return { name, expression: bound, text, key: null, ast: expression };
    return { name, expression: relation.keys[key]!.expression, text, key, ast: expression };
  });
}

function standsFor(
  bound: NamedExpression['expression'],
  node: ast.Expression,
  key: KeyColumn,
  scope: Scope,
): boolean {
  const own = key.expression;
  if (bound.kind === 'column' && own.kind === 'column' && bound.side === 'key')
    return bound.index === own.index;
  if (node.kind !== 'column') return false;
  const [choice] = key.choices;
  if (choice === undefined) return false;
  return printResolved(node, scope) === printResolved(referenceTo(choice), scope);
}

/** Of several columns that may stand for a key, the first that is selected as it is; the first of all if none is. */
export function chooseKeys(relation: Relation, columns: readonly SelectColumn[]): Relation {
  const selected = new Set(
    columns
      .filter(({ expression }) => expression.kind === 'column')
      .map(({ expression }) => printResolved(expression, relation.scope)),
  );
  const keys = relation.keys.map((key): KeyColumn => {
    const chosen = key.choices.find((choice) =>
      selected.has(printResolved(referenceTo(choice), relation.scope)),
    );
    const first = chosen ?? key.choices[0];
    if (first === undefined) return key;
    return {
      ...key,
      choices: [first],
      field: { ...key.field, name: storedName(first, relation.scope) },
    };
  });
  return { ...relation, keys };
}

/** A column of the system can only be kept under a name of its own. */
export function checkReservedNames(columns: readonly SelectColumn[]): void {
  for (const { name, expression, star } of columns) {
    if (star || expression.kind !== 'column') continue;
    if (!isPseudoColumn(name) && !WINDOW_BOUNDS.includes(name)) continue;
    throw problem(
      'analyze.reserved-name',
      `Reserved column name in select: \`${name}\`. Please remove or alias the column.`,
      { span: expression.span },
    );
  }
}

/** The final project of a persistent query, its key columns in the order of the relation's. */
export function projectPersistent(
  relation: Relation,
  columns: readonly BoundColumn[],
  target: PersistentTarget,
): LogicalPlan {
  checkKeysPresent(relation, columns, target);
  checkKeysOnce(relation, columns);
  const key = relation.keys.map(
    ({ field }, index): Field => ({
      name: columns.find((column) => column.key === index)?.name ?? field.name,
      type: field.type,
    }),
  );
  const values = columns.filter((column) => column.key === null);
  checkValueColumns(key, values);
  const { plan } = relation;
  return {
    kind: 'project',
    key,
    value: values.map(({ name, expression }) => ({ name, type: expression.type! })),
    collection: plan.collection,
    window: plan.window,
    input: plan,
    columns: values.map(({ name, expression, text }) => ({ name, expression, text })),
  };
}

/**
 * The key columns in the order in which they are selected, as `ksql.new.query.planner.enabled` has it: rows stay where they are
 * and get a new key.
 */
export function keysAsSelected(plan: LogicalPlan, columns: readonly BoundColumn[]): LogicalPlan {
  const order = columns.flatMap(({ key }) => (key === null ? [] : [key]));
  if (plan.collection === 'table' || order.every((key, index) => key === index)) return plan;
  const by = order.map((index): NamedExpression => {
    const field = plan.key[index]!;
    return { name: field.name, expression: keyColumn(index, field), text: field.name };
  });
  const { value, collection, window } = plan;
  const key = order.map((index) => plan.key[index]!);
  return { kind: 'rekey', key, value, collection, window, input: plan, by };
}

function checkValueColumns(key: readonly Field[], values: readonly BoundColumn[]): void {
  if (values.length === 0)
    throw problem('analyze.no-value-columns', 'The projection contains no value columns.');
  const clashing = values.filter(({ name }) => key.some((field) => field.name === name));
  if (clashing.length > 0)
    throw problem(
      'analyze.duplicate-column',
      `Value columns clash with key columns: ${clashing.map(({ name }) => `\`${name}\``).join(', ')}`,
    );
  const twice = values.find(
    ({ name }, index) => values.findIndex((other) => other.name === name) < index,
  );
  if (twice !== undefined)
    throw problem(
      'analyze.duplicate-column',
      `Duplicate value columns found in schema: \`${twice.name}\` ${formatType(twice.expression.type!)}`,
      { span: twice.ast.span },
    );
}
