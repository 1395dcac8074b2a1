/** GROUP BY, over streams, tables and windows (spec: semantics.md §5, §6). Every group keeps its whole history. */
import { encode } from '../codec.ts';
import type { Column, Expr, Query, TopicRecord, Value, Window } from '../model.ts';
import { exprsOf, visitExpr } from '../model.ts';
import { printExpr } from '../print.ts';
import { internalKeyFormat } from '../schema.ts';
import { type AggregateExpr, aggregate, type Contribution, withdrawn } from './aggregates.ts';
import { evaluate, type Row } from './evaluate.ts';
import { type Change, identityOf, type Node, partitionOfKey } from './node.ts';
import { EvaluationError } from './numbers.ts';
import { isColumn, columnValue } from './stateless.ts';

const DAY_MS = 86_400_000;

interface Group {
  readonly key: readonly Value[];
  window: TopicRecord['window'];
  /** Per aggregate. */
  histories: (readonly Contribution[])[];
  timestamp: number;
  last: Row | null;
}

/** A row of a group: the grouping key and each aggregate's arguments. */
interface Grouped {
  readonly key: readonly Value[];
  readonly args: readonly (readonly Value[])[];
}

function aggregatesOf(query: Query): AggregateExpr[] {
  const found = new Map<string, AggregateExpr>();
  for (const expr of exprsOf(query)) {
    visitExpr(expr, (part) => {
      if (part.kind === 'aggregate') found.set(printExpr(part), part);
    });
  }
  return [...found.values()];
}

/** Their names stand in keys of several columns, whose bytes decide the partition. */
function groupingColumns(by: readonly Expr[]): Column[] {
  let generated = 0;
  return by.map((expr) => ({
    name: expr.kind === 'column' ? expr.name.replace('.', '_') : `KSQL_COL_${generated++}`,
    type: expr.type,
  }));
}

export function aggregateNode(input: Node, query: Query): Node {
  const by = query.groupBy as readonly Expr[];
  const calls = aggregatesOf(query);
  const key = groupingColumns(by);
  const isInPlace =
    input.isPartitioned &&
    by.length === input.key.length &&
    by.every((expr, at) => isColumn(expr, input.key[at]!.name));
  const keyFormat = internalKeyFormat(input.keyFormat, key);
  let sequence = 0;
  const grouped = (row: Row | null): Grouped | null => {
    if (row === null) return null;
    const values: Value[] = [];
    for (const expr of by) {
      try {
        values.push(evaluate(expr, row));
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        return null;
      }
    }
    if (values.includes(null)) return null;
    return { key: values, args: calls.map(({ args }) => args.map((arg) => columnValue(arg, row))) };
  };
  const rowOf = (group: Group): Row => {
    const row = new Map<string, Value>();
    for (const [at, expr] of by.entries()) row.set(printExpr(expr), group.key[at]!);
    for (const [at, call] of calls.entries()) {
      row.set(printExpr(call), aggregate(call, group.histories[at]!));
    }
    if (group.window !== null) {
      row.set('WINDOWSTART', BigInt(group.window.start));
      row.set('WINDOWEND', BigInt(group.window.end));
    }
    return row;
  };
  const context: Context = {
    fresh: (groupKey, window, timestamp) => ({
      key: groupKey,
      window,
      histories: calls.map(() => []),
      timestamp,
      last: null,
    }),
    add(group, { args }) {
      const place = sequence++;
      group.histories = group.histories.map((history, at) => [
        ...history,
        { args: args[at]!, sequence: place },
      ]);
    },
    undo(group, { args }) {
      group.histories = group.histories.map((history, at) => withdrawn(history, args[at]!));
    },
    emit(group, partition, timestamp) {
      const before = group.last;
      group.last = rowOf(group);
      return {
        key: group.key,
        window: group.window,
        row: group.last,
        before,
        timestamp,
        partition,
      };
    },
    keyBytes: (group) => encode(keyFormat, key, group.key, 'key')!,
    final: query.final,
  };
  const step = stepOf(query.window, input.kind, context);
  const apply = (change: Change): readonly Change[] => {
    const after = grouped(change.row);
    const before = input.kind === 'table' ? grouped(change.before) : null;
    const partition = (of: Grouped): number =>
      isInPlace ? change.partition : partitionOfKey(of.key, key, keyFormat, input.partitions);
    return step({ after, before, timestamp: change.timestamp, partition });
  };
  return {
    ...input,
    kind: 'table',
    key,
    columns: [],
    keyFormat,
    isPartitioned: true,
    exchanges: input.exchanges || !isInPlace,
    take: (topic, record) => input.take(topic, record).flatMap(apply),
  };
}

interface Context {
  fresh(key: readonly Value[], window: TopicRecord['window'], timestamp: number): Group;
  add(group: Group, row: Grouped): void;
  undo(group: Group, row: Grouped): void;
  emit(group: Group, partition: number, timestamp: number): Change;
  keyBytes(group: Group): Uint8Array;
  readonly final: boolean;
}

interface GroupedChange {
  readonly after: Grouped | null;
  readonly before: Grouped | null;
  readonly timestamp: number;
  readonly partition: (of: Grouped) => number;
}
type Step = (change: GroupedChange) => readonly Change[];

function stepOf(window: Window | null, kind: Node['kind'], context: Context): Step {
  if (window === null) return plainStep(kind, context);
  return window.kind === 'time' ? timeStep(window, context) : sessionStep(window, context);
}

function plainStep(kind: Node['kind'], context: Context): Step {
  const groups = new Map<string, Group>();
  return ({ after, before, timestamp, partition }) => {
    const update = (of: Grouped, change: (group: Group) => void): Change => {
      const identity = identityOf(of.key);
      const group = groups.get(identity) ?? context.fresh(of.key, null, timestamp);
      groups.set(identity, group);
      change(group);
      group.timestamp = Math.max(group.timestamp, timestamp);
      return context.emit(group, partition(of), group.timestamp);
    };
    if (kind === 'stream' || before === null) {
      return after === null ? [] : [update(after, (group) => context.add(group, after))];
    }
    if (after === null) return [update(before, (group) => context.undo(group, before))];
    if (identityOf(before.key) === identityOf(after.key)) {
      return [
        update(after, (group) => {
          context.undo(group, before);
          context.add(group, after);
        }),
      ];
    }
    return [
      update(before, (group) => context.undo(group, before)),
      update(after, (group) => context.add(group, after)),
    ];
  };
}

/** Sorted by `place`, then by the bytes of the key. */
function inOrder(
  groups: readonly Group[],
  place: (group: Group) => number,
  context: Context,
): Group[] {
  return groups.toSorted(
    (a, b) => place(a) - place(b) || Buffer.compare(context.keyBytes(a), context.keyBytes(b)),
  );
}

function timeStep(window: Window & { kind: 'time' }, context: Context): Step {
  const { sizeMs, advanceMs } = window;
  const graceMs = window.graceMs ?? (context.final ? 0 : Math.max(DAY_MS - sizeMs, 0));
  const retentionMs = window.retentionMs ?? sizeMs + graceMs;
  const partitions = new Map<number, TimePartition>();
  return ({ after, timestamp, partition }) => {
    if (after === null) return [];
    const target = partition(after);
    let state = partitions.get(target);
    if (state === undefined) {
      state = { streamTime: -1, lastStart: -1, emittedTime: -1, groups: new Map() };
      partitions.set(target, state);
    }
    state.streamTime = Math.max(state.streamTime, timestamp);
    const changes: Change[] = [];
    for (let start = 0; start <= timestamp; start += advanceMs) {
      const end = start + sizeMs;
      if (end <= timestamp || end <= state.streamTime - graceMs) continue;
      state.lastStart = Math.max(state.lastStart, start);
      const identity = `${start} ${identityOf(after.key)}`;
      const group =
        state.groups.get(identity) ?? context.fresh(after.key, { start, end }, timestamp);
      state.groups.set(identity, group);
      context.add(group, after);
      group.timestamp = Math.max(group.timestamp, timestamp);
      if (!context.final) changes.push(context.emit(group, target, group.timestamp));
    }
    return context.final
      ? closedWindows(state, { graceMs, retentionMs, target }, context)
      : changes;
  };
}

interface TimePartition {
  streamTime: number;
  /** Start of the latest window ever written. */
  lastStart: number;
  /** Stream time at the last emission. */
  emittedTime: number;
  readonly groups: Map<string, Group>;
}

function closedWindows(
  state: TimePartition,
  of: { readonly graceMs: number; readonly retentionMs: number; readonly target: number },
  context: Context,
): Change[] {
  if (state.streamTime <= state.emittedTime) return [];
  const closed = [...state.groups.values()].filter(({ window }) => {
    const closes = window!.end + of.graceMs;
    return closes <= state.streamTime && closes > state.emittedTime;
  });
  state.emittedTime = state.streamTime;
  const alive = closed.filter(({ window }) => window!.start >= state.lastStart - of.retentionMs);
  return inOrder(alive, (group) => group.window!.start, context).map((group) => ({
    ...context.emit(group, of.target, group.timestamp),
    before: null,
  }));
}

function sessionStep(window: Window & { kind: 'session' }, context: Context): Step {
  const { gapMs } = window;
  const graceMs = window.graceMs ?? (context.final ? 0 : Math.max(DAY_MS - gapMs, 0));
  const partitions = new Map<number, { streamTime: number; sessions: Group[] }>();
  return ({ after, timestamp, partition }) => {
    if (after === null) return [];
    const target = partition(after);
    const state = partitions.get(target) ?? { streamTime: -1, sessions: [] };
    partitions.set(target, state);
    state.streamTime = Math.max(state.streamTime, timestamp);
    const closeTime = state.streamTime - graceMs - gapMs;
    const changes = addToSession(
      state.sessions,
      { after, timestamp, gapMs, closeTime, target },
      context,
    );
    const closed = state.sessions.filter((session) => session.window!.end < closeTime);
    // What is closed has also outlived its retention.
    state.sessions = state.sessions.filter((session) => session.window!.end >= closeTime);
    if (!context.final) return changes;
    return inOrder(closed, (session) => session.window!.end, context).map((session) => ({
      ...context.emit(session, target, session.window!.end),
      before: null,
    }));
  };
}

function addToSession(
  sessions: Group[],
  row: {
    readonly after: Grouped;
    readonly timestamp: number;
    readonly gapMs: number;
    readonly closeTime: number;
    readonly target: number;
  },
  context: Context,
): Change[] {
  const { after, timestamp, gapMs, target } = row;
  const found = sessions
    .filter(
      ({ key, window }) =>
        identityOf(key) === identityOf(after.key) &&
        window!.start <= timestamp + gapMs &&
        window!.end >= timestamp - gapMs,
    )
    .sort((a, b) => a.window!.start - b.window!.start);
  const start = Math.min(timestamp, ...found.map(({ window }) => window!.start));
  const end = Math.max(timestamp, ...found.map(({ window }) => window!.end));
  if (end < row.closeTime) return [];
  const [only] = found;
  if (found.length === 1 && only!.window!.start === start && only!.window!.end === end) {
    context.add(only!, after);
    return [context.emit(only!, target, end)];
  }
  const removed = found.map(
    (session): Change => ({
      key: session.key,
      window: session.window,
      row: null,
      before: session.last,
      timestamp: session.window!.end,
      partition: target,
    }),
  );
  const merged = context.fresh(after.key, { start, end }, end);
  merged.histories = merged.histories.map((_, at) =>
    found.flatMap((session) => session.histories[at]!),
  );
  context.add(merged, after);
  for (const session of found) sessions.splice(sessions.indexOf(session), 1);
  sessions.push(merged);
  return [...removed, context.emit(merged, target, end)];
}
