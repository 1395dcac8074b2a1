/**
 * The inputs of a join. A source is projected before it is joined: every column under the name `<ALIAS>_<COLUMN>`, the key columns
 * and what is asked of the pseudo columns as value columns too, so that the joined row holds all of them.
 */
import type { NamedExpression } from '../../plan/expression.ts';
import type { LogicalPlan } from '../../plan/logical.ts';
import type { SourceDef } from '../../catalog/command.ts';
import { printQualified } from '../expression/environment.ts';
import type { Scope, ScopeColumn } from '../expression/scope.ts';
import { storedName } from '../expression/scope.ts';
import { type ReadSource, referenceTo, scanRelation, valueColumn } from './relation.ts';

/** One input of a join: a source, or the join before. */
export interface JoinSide {
  readonly plan: LogicalPlan;
  readonly scope: Scope;
  /** Expressions, qualified, that equal the key of every row. */
  readonly keyTexts: ReadonlySet<string>;
  /** Columns that may stand for the key in the SELECT, left to right. */
  readonly viable: readonly ScopeColumn[];
  /** The left-most source: its key format and partitions are those of the side. */
  readonly source: SourceDef;
  readonly partitions: number | null;
  readonly isJoin: boolean;
}

export function sourceSide(
  read: ReadSource,
  options: { readonly rowtime: boolean; readonly partitions: number | null },
): JoinSide {
  const { plan: input, scope: plain } = scanRelation(read);
  const scope: Scope = { ...plain, joined: true };
  const columns = valueOrder(scope).filter(
    (column) => column.name !== 'ROWTIME' || column.role !== 'pseudo' || options.rowtime,
  );
  const named = columns.map((column): NamedExpression => {
    const name = storedName(column, scope);
    return { name, expression: column.expression, text: name };
  });
  const plan: LogicalPlan = {
    kind: 'project',
    key: input.key.map(({ name, type }) => ({ name: `${read.alias}_${name}`, type })),
    value: named.map(({ name, expression }) => ({ name, type: expression.type! })),
    collection: input.collection,
    window: input.window,
    input,
    columns: named,
  };
  const [key, second] = input.key;
  return {
    plan,
    scope: { ...scope, columns: scope.columns.map((column) => stored(column, columns, plan)) },
    keyTexts: new Set(key !== undefined && second === undefined ? [keyText(key.name, scope)] : []),
    viable: [],
    source: read.def,
    partitions: options.partitions,
    isJoin: false,
  };
}

function keyText(name: string, scope: Scope): string {
  const column = scope.columns.find(
    (candidate) => candidate.role === 'key' && candidate.name === name,
  );
  return printQualified(referenceTo(column!), scope);
}

/** Declared values in declaration order, pseudo columns, keys, window bounds. */
function valueOrder({ columns }: Scope): readonly ScopeColumn[] {
  const values = columns
    .filter(({ role }) => role === 'value' || role === 'header')
    .toSorted((a, b) => slot(a) - slot(b));
  const roles: readonly ScopeColumn['role'][] = ['pseudo', 'key', 'window'];
  return [...values, ...roles.flatMap((role) => columns.filter((column) => column.role === role))];
}

function slot({ expression }: ScopeColumn): number {
  return expression.kind === 'column' ? expression.index : 0;
}

function stored(
  column: ScopeColumn,
  order: readonly ScopeColumn[],
  plan: LogicalPlan,
): ScopeColumn {
  const index = order.indexOf(column);
  return index < 0 ? column : { ...column, expression: valueColumn(index, plan.value[index]!) };
}
