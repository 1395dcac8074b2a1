/**
 * CREATE OR REPLACE … AS SELECT keeps the query's id and state: the new plan must be one that can go on from the old one's
 * state (spec: semantics.md §11). Steps are compared pairwise in order, after filters and projections are left out, which may
 * come and go.
 */
import type { Json } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import { queriesWriting } from '../../catalog/dependencies.ts';
import type { Step } from '../../plan/physical.ts';
import { quoteAlways } from '../../types/format-type.ts';
import type { PrepareContext } from './statement.ts';

/** The new definition with the backlog of the old; throws `query.upgrade` where the state could not be kept. */
export function upgradedQuery(
  replaced: SourceDef,
  query: QueryDef,
  context: PrepareContext,
): QueryDef {
  const writers = queriesWriting(context.catalog, replaced.name);
  if (writers.length > 1) {
    const ids = writers.map(({ id }) => id).join(', ');
    throw problem(
      'query.upgrade',
      `REPLACE for sink \`${replaced.name}\` is not supported because there are multiple queries writing into it: [${ids}]`,
    );
  }
  const old = replaced.query === null ? undefined : context.catalog.queries.get(replaced.query);
  if (old === undefined) return query;
  comparePlans(old, query);
  return { ...query, backlog: old.backlog, state: old.state };
}

function comparePlans(old: QueryDef, query: QueryDef): void {
  const before = old.plan.steps.filter((step) => !comesAndGoes(step));
  const after = query.plan.steps.filter((step) => !comesAndGoes(step));
  const unsupported = before.find((step) => unsupportedName(step) !== null);
  for (const [index, step] of before.entries()) {
    const other = after[index];
    const name = other === undefined ? 'nothing' : stepName(other);
    // The name says more than the operator: with a window or without, over a stream or a table, which join.
    if (name !== stepName(step)) {
      throw refused(`Plan type ${stepName(step)} must be the same as ${name}.`);
    }
  }
  if (after.length > before.length) {
    const extra = after[before.length];
    throw refused(`Plan type ${extra === undefined ? '' : stepName(extra)} was added.`);
  }
  if (unsupported !== undefined) {
    throw problem(
      'query.upgrade',
      `Upgrades not yet supported for ${unsupportedName(unsupported)}`,
    );
  }
  for (const [index, step] of before.entries()) {
    if (step.op === 'aggregate@1') compareColumns(step, old, query);
    compareArgs(step, after[index] ?? step);
  }
}

/** Filters and projections have no state; an exchange belongs to what follows it; what is kept for pull queries is rebuilt. */
function comesAndGoes(step: Step): boolean {
  return ['filter@1', 'project@1', 'exchange@1', 'materialize@1'].includes(step.op);
}

/** The columns that an aggregation reads: ksqlDB keeps them in its state. */
function compareColumns(step: Step, old: QueryDef, query: QueryDef): void {
  const [a, b] = [old, query].map(
    ({ requiredColumns }) =>
      `[${(requiredColumns ?? []).map((name) => quoteAlways(name)).join(', ')}]`,
  );
  if (a === b) return;
  throw refused(
    `Plan step of type ${stepName(step)} must have matching columns not part of aggregate. Values differ: ${a} vs. ${b}`,
  );
}

function compareArgs(before: Step, after: Step): void {
  for (const [name, property] of comparedArgs(before)) {
    const [a, b] = [argument(before, name), argument(after, name)];
    if (JSON.stringify(a) === JSON.stringify(b)) continue;
    throw refused(
      `Plan step of type ${stepName(before)} must have matching ${property}. Values differ: ${shown(a)} vs. ${shown(b)}`,
    );
  }
}

/** Arguments that must be equal, and how messages call them. */
function comparedArgs(step: Step): readonly (readonly [name: string, property: string])[] {
  switch (step.op) {
    case 'source@1':
      return [
        ['topic', 'topicName'],
        ['keyFormat', 'formats'],
        ['valueFormat', 'formats'],
        ['window', 'windowInfo'],
        ['timestamp', 'timestampColumn'],
      ];
    case 'rekey@1':
    case 'group@1':
      return [['by', step.op === 'group@1' ? 'groupByExpressions' : 'keyExpressions']];
    case 'sink@1':
      return [
        ['topic', 'topicName'],
        ['keyFormat', 'formats'],
        ['valueFormat', 'formats'],
        ['timestamp', 'timestampColumn'],
      ];
    case 'aggregate@1':
      return [['calls', 'aggregationFunctions']];
    default:
      return [];
  }
}

function argument(step: Step, name: string): Json {
  const { args } = step;
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return null;
  const value = (args as { readonly [key: string]: Json })[name] ?? null;
  if (!Array.isArray(value)) return value;
  if (name === 'by') return (value as readonly { readonly text: string }[]).map(({ text }) => text);
  if (name === 'calls') return value.map(withoutName);
  return value;
}

/** What a column is called does not matter to the state. */
function withoutName(call: Json): Json {
  return { ...(call as { readonly [key: string]: Json }), name: '' };
}

function shown(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isTable(step: Step): boolean {
  return argument(step, 'collection') === 'table';
}

/** ksqlDB's name of a step. */
function stepName(step: Step): string {
  const side = isTable(step) ? 'Table' : 'Stream';
  switch (step.op) {
    case 'source@1':
      return `${argument(step, 'window') === null ? '' : 'Windowed'}${side}Source`;
    case 'rekey@1':
      return 'StreamSelectKey';
    case 'group@1':
      return `${side}GroupBy`;
    case 'aggregate@1':
      return argument(step, 'spec') === null ? `${side}Aggregate` : 'StreamWindowedAggregate';
    case 'flatten@1':
      return 'StreamFlatMap';
    case 'join@1':
      return joinName(step);
    case 'sink@1':
      return `${side}Sink`;
    default:
      return step.op;
  }
}

function joinName(step: Step): string {
  switch (argument(step, 'join')) {
    case 'stream-stream':
      return 'StreamStreamJoin';
    case 'stream-table':
      return 'StreamTableJoin';
    case 'foreign-key':
      return 'ForeignKeyTableTableJoin';
    default:
      return 'TableTableJoin';
  }
}

/** The name of a step that no upgrade is possible with, or null. */
function unsupportedName(step: Step): string | null {
  const name = stepName(step);
  const isPossible =
    ['source@1', 'rekey@1', 'sink@1'].includes(step.op) ||
    name === 'StreamGroupBy' ||
    name === 'StreamAggregate';
  return isPossible ? null : name;
}

function refused(reason: string): Error {
  return problem('query.upgrade', `Query is not upgradeable. ${reason}`);
}
