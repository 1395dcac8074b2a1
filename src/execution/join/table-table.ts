/**
 * Table-table join on primary keys (spec: semantics.md §7.5). Each side's rows are kept, per partition. A change of one side
 * is joined with the other side's current row:
 *
 * | | other side present | other side absent |
 * |---|---|---|
 * | upsert | joined row | own row padded, if this side is outer |
 * | delete of a row that was there | tombstone; other side's row padded, if that side is outer | tombstone, if this side is outer |
 *
 * A delete of what was not there emits nothing. The timestamp is the later of the two rows'.
 */
import type { JoinArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import type { InstanceContext, Push } from '../operators/operator.ts';
import { storedKeyTypes, TableStore } from '../state/table-store.ts';
import { nulls } from './rows.ts';

interface Side {
  readonly store: TableStore;
  /** Keeps its rows where the other side has none. */
  readonly isOuter: boolean;
}

export function tableTableJoin(args: JoinArgs, instance: InstanceContext): readonly Push[] {
  const open = (name: string, fields: JoinArgs['left']): TableStore =>
    instance.open(
      new TableStore(
        instance.storeName(name),
        storedKeyTypes(args.key, args.window !== null),
        fields.map((field) => field.type),
      ),
    );
  const left: Side = {
    store: open('left', args.left),
    isOuter: args.type === 'LEFT' || args.type === 'FULL',
  };
  const right: Side = {
    store: open('right', args.right),
    isOuter: args.type === 'RIGHT' || args.type === 'FULL',
  };
  const noLeft = nulls(args.left);
  const noRight = nulls(args.right);
  const join = (a: Row | null, b: Row | null): Row => (a ?? noLeft).concat(b ?? noRight);
  return [
    sideInput(left, right, { join, emit: instance.emit }),
    sideInput(right, left, { join: (own, other) => join(other, own), emit: instance.emit }),
  ];
}

interface Output {
  readonly join: (own: Row | null, other: Row | null) => Row;
  readonly emit: Push;
}

function sideInput(own: Side, other: Side, { join, emit }: Output): Push {
  const result = (row: Row | null, partner: Row | null): Row | null => {
    if (row !== null && partner !== null) return join(row, partner);
    if (row !== null) return own.isOuter ? join(row, null) : null;
    return partner !== null && other.isOuter ? join(null, partner) : null;
  };
  return (key, after, _before, timestamp) => {
    if (key === null) return;
    const identity = own.store.identity(key);
    const before = own.store.get(identity)?.value ?? null;
    if (after !== null) own.store.put(identity, key, after, timestamp);
    else own.store.delete(identity);
    if (before === null && after === null) return;
    const partner = other.store.get(identity);
    const row = partner?.value ?? null;
    const next = result(after, row);
    const last = result(before, row);
    if (next === null && last === null) return;
    emit(key, next, last, Math.max(timestamp, partner?.timestamp ?? timestamp));
  };
}
