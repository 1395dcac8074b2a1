/** Joins (spec: semantics.md §7), every one by its table or list of rules, over plain maps and arrays. */
import type { Column, Expr, Join, TopicRecord, Value } from '../model.ts';
import { encode } from '../codec.ts';
import { internalKeyFormat } from '../schema.ts';
import type { Row } from './evaluate.ts';
import { type Change, identityOf, type Node, nullRow, partitionOfKey } from './node.ts';
import { isColumn, columnValue } from './stateless.ts';
import { streamStream } from './stream-stream.ts';

/** What happens to changes of the left and of the right side. */
export interface JoinCore {
  left(change: Change): readonly Change[];
  right(change: Change): readonly Change[];
}

export interface JoinContext {
  readonly join: Join;
  readonly left: Node;
  readonly right: Node;
  /** Bytes by which keys are ordered. */
  keyBytes(key: readonly Value[]): Uint8Array;
}

/** The joined row; null for the side without one. */
export function joinedRow(context: JoinContext, left: Row | null, right: Row | null): Row {
  const l = left ?? nullRow(context.left.columns);
  const r = right ?? nullRow(context.right.columns);
  return new Map([...l, ...r]);
}

export function joinNode(left: Node, right: Node, join: Join): Node {
  const isForeignKey =
    left.kind === 'table' &&
    right.kind === 'table' &&
    !(left.key.length === 1 && isColumn(join.left, left.key[0]!.name));
  const sides = isForeignKey ? { left, right } : copartitioned(left, right, join);
  const context: JoinContext = {
    join,
    ...sides,
    keyBytes: (key) => encode(sides.left.keyFormat, sides.left.key, key, 'key') ?? new Uint8Array(),
  };
  const core = coreOf(context, isForeignKey);
  const take = (topic: string, record: TopicRecord): readonly Change[] => [
    ...sides.left.take(topic, record).flatMap((change) => core.left(change)),
    ...sides.right.take(topic, record).flatMap((change) => core.right(change)),
  ];
  return {
    ...sides.left,
    // A FULL join is keyed by what neither side has a column for.
    key: join.type === 'FULL' ? [{ name: 'ROWKEY', type: join.left.type }] : sides.left.key,
    kind: left.kind,
    columns: [...left.columns, ...right.columns],
    isPartitioned: true,
    exchanges: sides.left.exchanges || sides.right.exchanges,
    take,
  };
}

function coreOf(context: JoinContext, isForeignKey: boolean): JoinCore {
  if (isForeignKey) return foreignKey(context);
  if (context.left.kind === 'table') return tableTable(context);
  return context.right.kind === 'table' ? streamTable(context) : streamStream(context);
}

/** Both sides keyed by their join expressions, in the partitions of one key format. */
function copartitioned(
  left: Node,
  right: Node,
  join: Join,
): { readonly left: Node; readonly right: Node } {
  const l = keyedBy(left, join.left);
  const r = keyedBy(right, join.right);
  const differ = l.keyFormat !== r.keyFormat;
  if (l.isPartitioned && r.isPartitioned && !differ) return { left: l, right: r };
  const isRightMoved = !r.isPartitioned || (differ && l.isPartitioned && r.kind === 'stream');
  const common = l.isPartitioned || isRightMoved ? l : r;
  return { left: moved(l, common), right: moved(r, common) };
}

function keyedBy(node: Node, expr: Expr): Node {
  if (node.key.length === 1 && isColumn(expr, node.key[0]!.name)) return node;
  const key: Column[] = [{ name: 'JOIN_KEY', type: expr.type }];
  return {
    ...node,
    key,
    keyFormat: internalKeyFormat(node.keyFormat, key),
    isPartitioned: false,
    take: (topic, record) =>
      node.take(topic, record).map((change) => ({
        ...change,
        key: change.row === null ? null : [columnValue(expr, change.row)],
      })),
  };
}

function moved(node: Node, like: Node): Node {
  const { keyFormat, partitions } = like;
  const partition = (change: Change): number =>
    change.key === null || change.key.includes(null)
      ? change.partition
      : partitionOfKey(change.key, node.key, keyFormat, partitions);
  return {
    ...node,
    keyFormat,
    partitions,
    isPartitioned: true,
    exchanges: true,
    take: (topic, record) =>
      node.take(topic, record).map((change) => ({ ...change, partition: partition(change) })),
  };
}

function streamTable(context: JoinContext): JoinCore {
  const rows = new Map<string, Row>();
  return {
    left(change) {
      const { key, row } = change;
      if (key === null || row === null || key.includes(null)) return [];
      const found = rows.get(identityOf(key)) ?? null;
      if (found === null && context.join.type === 'INNER') return [];
      return [{ ...change, row: joinedRow(context, row, found) }];
    },
    right({ key, row }) {
      if (row === null) rows.delete(identityOf(key!));
      else rows.set(identityOf(key!), row);
      return [];
    },
  };
}

interface Stored {
  readonly row: Row;
  readonly timestamp: number;
}

/** The table of §7.5, line by line. */
function tableTable(context: JoinContext): JoinCore {
  const { type } = context.join;
  const lefts = new Map<string, Stored>();
  const rights = new Map<string, Stored>();
  const last = new Map<string, Row>();
  const isLeftKept = type === 'LEFT' || type === 'FULL';
  const isRightKept = type === 'RIGHT' || type === 'FULL';
  const emit = (change: Change, row: Row | null, timestamp: number): Change[] => {
    const identity = identityOf(change.key!);
    const before = last.get(identity) ?? null;
    if (row === null) last.delete(identity);
    else last.set(identity, row);
    return [{ ...change, row, before, timestamp }];
  };
  const side =
    (own: Map<string, Stored>, other: Map<string, Stored>, isLeft: boolean) =>
    (change: Change): readonly Change[] => {
      const identity = identityOf(change.key!);
      const existed = own.has(identity);
      const partner = other.get(identity);
      const timestamp = Math.max(change.timestamp, partner?.timestamp ?? 0);
      const joined = (mine: Row | null, theirs: Row | null): Row =>
        isLeft ? joinedRow(context, mine, theirs) : joinedRow(context, theirs, mine);
      const isOwnKept = isLeft ? isLeftKept : isRightKept;
      const isOtherKept = isLeft ? isRightKept : isLeftKept;
      if (change.row !== null) {
        own.set(identity, { row: change.row, timestamp: change.timestamp });
        if (partner !== undefined) return emit(change, joined(change.row, partner.row), timestamp);
        return isOwnKept ? emit(change, joined(change.row, null), timestamp) : [];
      }
      own.delete(identity);
      if (!existed) return [];
      if (partner === undefined) return isOwnKept ? emit(change, null, timestamp) : [];
      return emit(change, isOtherKept ? joined(null, partner.row) : null, timestamp);
    };
  return { left: side(lefts, rights, true), right: side(rights, lefts, false) };
}

interface LeftRow extends Stored {
  readonly key: readonly Value[];
  readonly partition: number;
  readonly foreignKey: Value;
}

/** §7.6. */
function foreignKey(context: JoinContext): JoinCore {
  const isLeft = context.join.type === 'LEFT';
  const lefts = new Map<string, LeftRow>();
  const rights = new Map<string, Stored>();
  const last = new Map<string, Row>();
  const emit = (change: Omit<Change, 'before'>): Change => {
    const identity = identityOf(change.key!);
    const before = last.get(identity) ?? null;
    if (change.row === null) last.delete(identity);
    else last.set(identity, change.row);
    return { ...change, before };
  };
  return {
    left(change) {
      const { key, row, timestamp, partition } = change;
      const identity = identityOf(key!);
      const old = lefts.get(identity);
      if (row === null) {
        lefts.delete(identity);
        const isGone = old !== undefined && (isLeft || old.foreignKey !== null);
        return isGone ? [emit({ ...change, row: null })] : [];
      }
      const reference = columnValue(context.join.left, row);
      lefts.set(identity, { key: key!, row, timestamp, partition, foreignKey: reference });
      const right = reference === null ? undefined : rights.get(identityOf([reference]));
      if (right !== undefined) {
        const time = Math.max(timestamp, right.timestamp);
        return [emit({ ...change, row: joinedRow(context, row, right.row), timestamp: time })];
      }
      if (isLeft) return [emit({ ...change, row: joinedRow(context, row, null) })];
      if (reference === null) return [];
      const hadReference = old !== undefined && old.foreignKey !== null;
      return hadReference ? [emit({ ...change, row: null })] : [];
    },
    right({ key, row, timestamp }) {
      const identity = identityOf(key!);
      if (row === null) rights.delete(identity);
      else rights.set(identity, { row, timestamp });
      return [...lefts.values()]
        .filter((left) => left.foreignKey !== null && identityOf([left.foreignKey]) === identity)
        .sort((a, b) => Buffer.compare(context.keyBytes(a.key), context.keyBytes(b.key)))
        .map((left) => {
          const padded = isLeft ? joinedRow(context, left.row, null) : null;
          return emit({
            key: left.key,
            window: null,
            row: row === null ? padded : joinedRow(context, left.row, row),
            timestamp: row === null ? timestamp : Math.max(timestamp, left.timestamp),
            partition: left.partition,
          });
        });
    },
  };
}
