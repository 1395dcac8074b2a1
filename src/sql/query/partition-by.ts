/**
 * PARTITION BY: a stream under a new key (spec: semantics.md §4.1).
 *
 * The old key columns become value columns first, because a re-keyed row keeps only its value columns; the new key is computed
 * from the row as it was, so that it survives a null value where it needs the old key alone. From then on the partitioning
 * expressions are known: wherever they stand they mean the new key columns.
 */
import type * as ast from '../../../grammar/ast.ts';
import { problem } from '../../base/errors.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import type { Field } from '../../types/type.ts';
import { bindExpression } from '../expression/bind.ts';
import {
  type BindEnvironment,
  printQualified,
  printResolved,
  qualify,
} from '../expression/environment.ts';
import { resolveColumn, type Scope, type ScopeColumn, storedName } from '../expression/scope.ts';
import { refuseMapKey } from '../source-format.ts';
import { NameGenerator } from './names.ts';
import {
  keyColumn,
  type KnownExpression,
  type Relation,
  referenceTo,
  type StarColumn,
  valueColumn,
} from './relation.ts';
import { itemName, sourceColumnNames } from './select-items.ts';

export function partitionRelation(
  relation: Relation,
  clause: ast.ByClause,
  environment: BindEnvironment,
): Relation {
  checkItems(clause, relation, environment);
  const items = clause.items.filter((item) => item.kind !== 'null');
  const by = nameItems(items, environment);
  if (isKeyAlready(by, items, relation, environment))
    return {
      ...relation,
      keyKind: 'partitioning',
      keys: relation.keys.map((key, index) => ({
        ...key,
        texts: [printQualified(items[index]!, relation.scope)],
      })),
    };
  if (relation.plan.collection === 'table') throw tableRepartition(items, relation);
  if (relation.plan.window !== null) throw windowedRepartition();
  checkKeyTypes(by);
  const input = withKeysAsValues(relation);
  const key = by.map(({ name, expression }): Field => ({ name, type: expression.type! }));
  const { value, collection, window } = input.plan;
  const plan: LogicalPlan = {
    kind: 'rekey',
    key,
    value,
    collection,
    window,
    input: input.plan,
    by,
  };
  return rekeyed(plan, items, input);
}

function checkItems(clause: ast.ByClause, relation: Relation, environment: BindEnvironment): void {
  const refuse = (message: string): Error =>
    problem('analyze.partition-by', message, { span: clause.span });
  if (clause.items.length === 0) throw refuse('PARTITION BY requires at least one expression');
  if (clause.items.length > 1 && clause.items.some((item) => item.kind === 'null'))
    throw refuse('Cannot PARTITION BY multiple columns including NULL');
  checkDistinct(clause, 'PARTITION BY', environment);
  if (relation.plan.collection === 'table' && clause.items[0]?.kind === 'null')
    throw tableRepartition(clause.items, relation);
}

/** Refuses an expression that stands in the clause twice. */
export function checkDistinct(
  clause: ast.ByClause,
  name: 'GROUP BY' | 'PARTITION BY',
  { scope }: BindEnvironment,
): void {
  const seen = new Set<string>();
  for (const item of clause.items) {
    const text = printQualified(item, scope);
    if (seen.has(text))
      throw problem('analyze.duplicate-by', `Duplicate ${name} expression: ${text}`, {
        span: item.span,
      });
    seen.add(text);
  }
}

/** The expressions with the names they give themselves. */
export function nameItems(
  items: readonly ast.Expression[],
  environment: BindEnvironment,
): readonly NamedExpression[] {
  const names = new NameGenerator(sourceColumnNames(environment.scope));
  return items.map((item) => {
    const expression = bindExpression(item, environment);
    const name =
      item.kind === 'column' && environment.scope.joined
        ? storedName(resolveColumn(environment.scope, item, environment), environment.scope)
        : itemName(item, environment, names);
    return { name, expression, text: printResolved(item, environment.scope) };
  });
}

/** Whether the rows are keyed by exactly these expressions as they are. */
export function isKeyAlready(
  by: readonly NamedExpression[],
  items: readonly ast.Expression[],
  relation: Relation,
  environment: BindEnvironment,
): boolean {
  if (by.length === 0 || by.length !== relation.keys.length) return false;
  return relation.keys.every((key, index) => {
    const { expression } = by[index]!;
    if (expression.kind === 'column' && expression.side === 'key')
      return expression.index === index;
    const [choice] = key.choices;
    return (
      choice !== undefined &&
      printResolved(items[index]!, environment.scope) ===
        printResolved(referenceTo(choice), environment.scope)
    );
  });
}

function tableRepartition(items: readonly ast.Expression[], relation: Relation): Error {
  const [item] = items;
  const [key, second] = relation.keys;
  const advice =
    second !== undefined || key === undefined || item === undefined
      ? 'If this is a join, joins on tables with multiple columns is not yet supported.'
      : `If this is a join, make sure that the criteria uses the TABLE's key column ${key.field.name} instead of ${printQualified(item, relation.scope)}`;
  return problem('analyze.repartition-table', `Cannot repartition a TABLE source. ${advice}`);
}

export function windowedRepartition(): Error {
  return problem(
    'analyze.repartition-windowed',
    'Implicit repartitioning of windowed sources is not supported. See https://github.com/confluentinc/ksql/issues/4385.',
  );
}

/** Refuses key columns that hold maps. */
export function checkKeyTypes(columns: readonly NamedExpression[]): void {
  for (const { name, expression } of columns) {
    if (expression.type !== null) refuseMapKey({ name, type: expression.type });
  }
}

/** Appends the key columns that the value lacks; the scope then refers to values alone. */
function withKeysAsValues(relation: Relation): Relation {
  const { plan, scope } = relation;
  const inKey = scope.columns.filter(
    ({ expression }) => expression.kind === 'column' && expression.side === 'key',
  );
  if (inKey.length === 0) return relation;
  const kept = plan.value.map(
    (field, index): NamedExpression => ({
      name: field.name,
      expression: valueColumn(index, field),
      text: field.name,
    }),
  );
  const copied = inKey.map(
    (column): NamedExpression => ({
      name: storedName(column, scope),
      expression: column.expression,
      text: storedName(column, scope),
    }),
  );
  const columns = [...kept, ...copied];
  const project: LogicalPlan = {
    kind: 'project',
    key: plan.key,
    value: columns.map(({ name, expression }) => ({ name, type: expression.type! })),
    collection: plan.collection,
    window: plan.window,
    input: plan,
    columns,
  };
  return {
    ...relation,
    plan: project,
    scope: { ...scope, columns: scope.columns.map((column) => moved(column, inKey, project)) },
  };
}

function moved(
  column: ScopeColumn,
  inKey: readonly ScopeColumn[],
  project: LogicalPlan,
): ScopeColumn {
  const at = inKey.indexOf(column);
  if (at < 0) return column;
  const index = project.value.length - inKey.length + at;
  return { ...column, expression: valueColumn(index, project.value[index]!) };
}

function rekeyed(plan: LogicalPlan, items: readonly ast.Expression[], input: Relation): Relation {
  const { scope } = input;
  const columns = plan.key.map((field, index): Expression => keyColumn(index, field));
  const known = items.map(
    (item, index): KnownExpression => ({
      kind: item.kind,
      text: printResolved(item, scope),
      expression: columns[index]!,
    }),
  );
  return {
    plan,
    scope,
    keys: plan.key.map((field, index) => ({
      field,
      expression: columns[index]!,
      choices: [],
      texts: [printQualified(items[index]!, scope)],
    })),
    keyKind: 'partitioning',
    known: [...input.known, ...known],
    star: partitionedStar(plan, items, input, known),
  };
}

/** New key first, then what a row's value holds in its order: values, pseudo columns of joined rows, old keys. */
function partitionedStar(
  plan: LogicalPlan,
  items: readonly ast.Expression[],
  { scope }: Relation,
  known: readonly KnownExpression[],
): readonly StarColumn[] {
  const keys = plan.key.map(
    (field, index): StarColumn => ({
      source: sourceOf(items[index]!, scope),
      name: field.name,
      role: 'key',
      ast: items[index]!,
    }),
  );
  const rest = scope.sources.flatMap((source) =>
    ROLES.flatMap((role) =>
      scope.columns.filter((column) => column.source === source && column.role === role),
    ),
  );
  const shown = rest.filter(
    (column) =>
      (scope.joined || column.role !== 'pseudo') &&
      !known.some(({ text }) => text === printResolved(referenceTo(column), scope)),
  );
  return [
    ...keys,
    ...shown.map((column) => ({
      source: column.source,
      name: storedName(column, scope),
      role: column.role,
      ast: referenceTo(column),
    })),
  ];
}

/** Where `source.*` shows a key column: with its source, or with the only one there is. */
function sourceOf(item: ast.Expression, scope: Scope): string | null {
  if (!scope.joined) return scope.sources[0] ?? null;
  const found = item.kind === 'column' ? qualify(item, scope).source : null;
  return found?.name ?? null;
}

const ROLES: readonly ScopeColumn['role'][] = ['value', 'header', 'pseudo', 'key', 'window'];
