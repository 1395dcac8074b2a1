/**
 * Joins, left-deep in textual order (spec: semantics.md §7).
 *
 * Each side is keyed by the join expression, or re-keyed by it below the join. The joined row holds left's then right's columns;
 * its key is not among them under a name of its own but stands for all columns known to equal it (`keyTexts`), of which the SELECT
 * chooses one (`viable`); where there is none, as in FULL joins, it gets the name ROWKEY.
 */
import type * as ast from '../../../grammar/ast.ts';
import { durationMs } from '../../../grammar/duration.ts';
import type { NamedExpression } from '../../plan/expression.ts';
import type { JoinKind, JoinWithin, LogicalPlan } from '../../plan/logical.ts';
import { bindExpression } from '../expression/bind.ts';
import { type BindEnvironment, printQualified, printResolved } from '../expression/environment.ts';
import { resolveColumn, type Scope, type ScopeColumn, storedName } from '../expression/scope.ts';
import type { QueryContext } from './analyzed.ts';
import {
  checkKeyTypesMatch,
  checkPartitions,
  checkWindows,
  checkWithin,
  type JoinAttempt,
  joinKind,
  leftText,
  rightText,
} from './join-checks.ts';
import { joinCriteria } from './join-criteria.ts';
import { type JoinSide, sourceSide } from './join-side.ts';
import { rowKeyName } from './names.ts';
import { checkKeyTypes, windowedRepartition } from './partition-by.ts';
import { keyColumn, type ReadSource, type Relation, referenceTo, starOf } from './relation.ts';

export interface JoinOptions {
  readonly context: QueryContext;
  /** Without scope and clause. */
  readonly environment: BindEnvironment;
  /** The query names ROWTIME. */
  readonly rowtime: boolean;
}

/** Joins all sources of the query. */
export function joinRelation(
  query: ast.Query,
  sources: readonly ReadSource[],
  options: JoinOptions,
): Relation {
  const sides = sources.map((read) =>
    sourceSide(read, {
      rowtime: options.rowtime,
      partitions: options.context.partitions(read.def.topic),
    }),
  );
  const all: Scope = {
    columns: sides.flatMap(({ scope }) => scope.columns),
    sources: sides.flatMap(({ scope }) => scope.sources),
    joined: true,
  };
  const synthetic = rowKeyName(all.columns.map(({ name }) => name));
  const environment: BindEnvironment = { ...options.environment, scope: all, clause: 'JOIN ON' };
  const criteria = query.from.joins.map((join, index) =>
    joinCriteria(
      join,
      {
        joined: sources.slice(0, index + 1).map(({ alias }) => alias),
        added: sources[index + 1]!.alias,
      },
      environment,
    ),
  );
  let left: JoinSide = sides[0]!;
  let kind: JoinKind = 'stream-stream';
  for (const [index, join] of query.from.joins.entries()) {
    const attempt: JoinAttempt = {
      join,
      criteria: criteria[index]!,
      left,
      right: sides[index + 1]!,
      added: sources[index + 1]!.alias,
    };
    kind = joinKind(attempt);
    left = joinSides(attempt, kind, { ...options, synthetic });
  }
  return joinedRelation(left, kind, synthetic);
}

function joinSides(
  attempt: JoinAttempt,
  kind: JoinKind,
  options: JoinOptions & { readonly synthetic: string },
): JoinSide {
  const { join, criteria } = attempt;
  const bindOn = (node: ast.Expression, { scope }: JoinSide): NamedExpression => {
    const environment: BindEnvironment = { ...options.environment, scope, clause: 'JOIN ON' };
    const name =
      node.kind === 'column'
        ? storedName(resolveColumn(scope, node, environment), scope)
        : options.synthetic;
    return {
      name,
      expression: bindExpression(node, environment),
      text: printResolved(node, scope),
    };
  };
  const onLeft = bindOn(criteria.left, attempt.left);
  const onRight = bindOn(criteria.right, attempt.right);
  checkKeyTypesMatch(attempt, [onLeft.expression.type, onRight.expression.type]);
  checkWindows(attempt);
  checkWithin(kind, join);
  if (kind === 'foreign-key') return foreignKeyJoin(attempt, onLeft);
  checkKeyTypes([onLeft]);
  const rekeys = sidesToRekey(attempt);
  const left = rekeys.left ? rekey(attempt.left, onLeft) : attempt.left;
  const right = rekeys.right ? rekey(attempt.right, onRight) : attempt.right;
  if (!rekeys.moves) checkPartitions(attempt);
  const viable = viableColumns(attempt, options.environment);
  const name =
    viable[0] === undefined ? options.synthetic : storedName(viable[0], joinedScope(left, right));
  const keyTexts = new Set([
    leftText(attempt),
    rightText(attempt),
    ...(left.keyTexts.has(leftText(attempt)) ? left.keyTexts : []),
  ]);
  const plan: LogicalPlan = {
    kind: 'join',
    key: [{ name, type: onLeft.expression.type! }],
    value: [...left.plan.value, ...right.plan.value],
    collection: kind === 'table-table' ? 'table' : 'stream',
    window: left.plan.window,
    join: kind,
    type: join.type,
    left: left.plan,
    right: right.plan,
    within: within(join),
    foreignKey: null,
  };
  return {
    plan,
    scope: joinedScope(left, right),
    keyTexts,
    viable,
    source: left.source,
    partitions: rekeys.left && !rekeys.right ? right.partitions : left.partitions,
    isJoin: true,
  };
}

function foreignKeyJoin({ left, right, join }: JoinAttempt, onLeft: NamedExpression): JoinSide {
  const plan: LogicalPlan = {
    kind: 'join',
    key: left.plan.key,
    value: [...left.plan.value, ...right.plan.value],
    collection: 'table',
    window: null,
    join: 'foreign-key',
    type: join.type,
    left: left.plan,
    right: right.plan,
    within: null,
    foreignKey: onLeft.expression,
  };
  return {
    plan,
    scope: joinedScope(left, right),
    keyTexts: left.keyTexts,
    viable: left.scope.columns.filter(({ role }) => role === 'key'),
    source: left.source,
    partitions: left.partitions,
    isJoin: true,
  };
}

interface Rekeys {
  readonly left: boolean;
  readonly right: boolean;
  /** Rows meet in partitions of their own, so those of the sources need not match. */
  readonly moves: boolean;
}

/**
 * A side is re-keyed when its key is another, and a stream also when its key format depends on a registered schema: equal keys
 * may then have different bytes. Where only the key formats differ, lowering moves one side.
 */
function sidesToRekey(attempt: JoinAttempt): Rekeys {
  const { left, right } = attempt;
  const forcedLeft = !left.keyTexts.has(leftText(attempt));
  const forcedRight = !right.keyTexts.has(rightText(attempt));
  const { window } = left.plan;
  if (window !== null) {
    const differs =
      window.sizeMs !== right.plan.window?.sizeMs &&
      !REGISTRY_FORMATS.includes(left.source.keyFormat.format);
    if (forcedLeft || forcedRight || differs) throw windowedRepartition();
    return { left: false, right: false, moves: false };
  }
  const isRegistered = ({ plan, source }: JoinSide): boolean =>
    plan.collection === 'stream' && REGISTRY_FORMATS.includes(source.keyFormat.format);
  const moveLeft = forcedLeft || (!left.isJoin && isRegistered(left));
  const moveRight = forcedRight || isRegistered(right);
  const differ = left.source.keyFormat.format !== right.source.keyFormat.format;
  return { left: moveLeft, right: moveRight, moves: moveLeft || moveRight || differ };
}

const REGISTRY_FORMATS: readonly string[] = ['AVRO', 'PROTOBUF', 'JSON_SR'];

function rekey(side: JoinSide, by: NamedExpression): JoinSide {
  const { plan } = side;
  const rekeyed: LogicalPlan = {
    kind: 'rekey',
    key: [{ name: by.name, type: by.expression.type! }],
    value: plan.value,
    collection: plan.collection,
    window: plan.window,
    input: plan,
    by: [by],
  };
  return { ...side, plan: rekeyed };
}

function viableColumns(attempt: JoinAttempt, environment: BindEnvironment): readonly ScopeColumn[] {
  const { join, criteria, left, right } = attempt;
  if (join.type === 'FULL') return [];
  const inherited = left.keyTexts.has(leftText(attempt)) ? left.viable : [];
  const scope = joinedScope(left, right);
  const named = [criteria.left, criteria.right].flatMap((node) =>
    node.kind === 'column'
      ? [resolveColumn(scope, node, { clause: 'JOIN ON', text: environment.text })]
      : [],
  );
  const viable = new Set([
    ...inherited.map((column) => storedName(column, scope)),
    ...named.map((column) => storedName(column, scope)),
  ]);
  return scope.columns.filter((column) => viable.has(storedName(column, scope)));
}

function joinedScope(left: JoinSide, right: JoinSide): Scope {
  const shift = left.plan.value.length;
  const shifted = right.scope.columns.map((column): ScopeColumn => {
    const { expression } = column;
    if (expression.kind !== 'column') return column;
    const index = expression.index + shift;
    return { ...column, expression: { ...expression, index } };
  });
  return {
    columns: [...left.scope.columns, ...shifted],
    sources: [...left.scope.sources, ...right.scope.sources],
    joined: true,
  };
}

function within({ within: clause }: ast.Join): JoinWithin | null {
  if (clause === null) return null;
  return {
    beforeMs: durationMs(clause.before),
    afterMs: durationMs(clause.after),
    graceMs: clause.grace === null ? null : durationMs(clause.grace),
  };
}

function joinedRelation(side: JoinSide, kind: JoinKind, synthetic: string): Relation {
  const { plan, scope } = side;
  const star = starOf(scope.columns, (column) => storedName(column, scope));
  const text = (column: ScopeColumn): string => printQualified(referenceTo(column), scope);
  if (kind === 'foreign-key') {
    const keys = plan.key.map((field, index) => ({
      field,
      expression: keyColumn(index, field),
      choices: [side.viable[index]!],
      texts: [text(side.viable[index]!)],
    }));
    return { plan, scope, keys, keyKind: 'foreign-key', known: [], star };
  }
  const [field] = plan.key;
  const expression = keyColumn(0, field!);
  if (side.viable.length > 0) {
    const key = {
      field: field!,
      expression,
      choices: side.viable,
      texts: side.viable.map(text),
    };
    return { plan, scope, keys: [key], keyKind: 'join', known: [], star };
  }
  const column: ScopeColumn = { source: null, name: synthetic, role: 'key', expression };
  const key = { field: field!, expression, choices: [column], texts: [synthetic] };
  return {
    plan,
    scope: { ...scope, columns: [column, ...scope.columns] },
    keys: [key],
    keyKind: 'synthetic',
    known: [],
    star: [{ source: null, name: synthetic, role: 'key', ast: referenceTo(column) }, ...star],
  };
}
