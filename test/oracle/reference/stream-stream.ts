/** Stream-stream join (spec: semantics.md §7.3). Per partition, both sides' rows in arrays. */
import type { Change } from './node.ts';
import { identityOf } from './node.ts';
import { type JoinContext, type JoinCore, joinedRow } from './join.ts';

const DAY_MS = 86_400_000;

interface Buffered {
  readonly change: Change;
  readonly arrival: number;
  isPending: boolean;
}
interface Side {
  rows: Buffered[];
  observed: number;
}
interface Partition {
  readonly left: Side;
  readonly right: Side;
}

export function streamStream(context: JoinContext): JoinCore {
  const { type, within } = context.join;
  const { beforeMs, afterMs } = within!;
  const isEager = within!.graceMs === null;
  const graceMs = within!.graceMs ?? Math.max(DAY_MS - beforeMs - afterMs, 0);
  const kept = beforeMs + afterMs + graceMs;
  const partitions = new Map<number, Partition>();
  let arrivals = 0;
  const join = (own: 'left' | 'right', mine: Change, theirs: Change | null): Change => {
    const left = own === 'left' ? mine : theirs;
    const right = own === 'left' ? theirs : mine;
    return {
      ...mine,
      row: joinedRow(context, left?.row ?? null, right?.row ?? null),
      timestamp: Math.max(mine.timestamp, theirs?.timestamp ?? 0),
    };
  };
  const isOuter = (own: 'left' | 'right'): boolean =>
    type === 'FULL' || type === (own === 'left' ? 'LEFT' : 'RIGHT');
  const forth = { left: afterMs, right: beforeMs };
  const back = { left: beforeMs, right: afterMs };

  const released = (partition: Partition, streamTime: number): Change[] => {
    const due = (['right', 'left'] as const).flatMap((side) =>
      partition[side].rows
        .filter((row) => row.isPending && streamTime > row.change.timestamp + forth[side] + graceMs)
        .map((row) => ({ side, row })),
    );
    // As in Kafka's store: by time, right before left, key, arrival.
    due.sort(
      (a, b) =>
        a.row.change.timestamp - b.row.change.timestamp ||
        (a.side === b.side ? 0 : a.side === 'right' ? -1 : 1) ||
        Buffer.compare(context.keyBytes(a.row.change.key!), context.keyBytes(b.row.change.key!)) ||
        a.row.arrival - b.row.arrival,
    );
    return due.map(({ side, row }) => {
      row.isPending = false;
      return join(side, row.change, null);
    });
  };

  const input =
    (own: 'left' | 'right') =>
    (change: Change): readonly Change[] => {
      const { key, row, timestamp } = change;
      if (key === null || row === null || key.includes(null)) return [];
      let partition = partitions.get(change.partition);
      if (partition === undefined) {
        partition = { left: { rows: [], observed: -1 }, right: { rows: [], observed: -1 } };
        partitions.set(change.partition, partition);
      }
      const mine = partition[own];
      const others = partition[own === 'left' ? 'right' : 'left'];
      mine.observed = Math.max(mine.observed, timestamp);
      const streamTime = Math.max(mine.observed, others.observed);
      const result = isEager ? [] : released(partition, streamTime);
      const buffered: Buffered = { change, arrival: arrivals++, isPending: false };
      const isKept = timestamp > mine.observed - kept;
      if (isKept) mine.rows.push(buffered);
      const partners = others.rows
        .filter(
          ({ change: other }) =>
            identityOf(other.key!) === identityOf(key) &&
            other.timestamp > others.observed - kept &&
            other.timestamp >= timestamp - back[own] &&
            other.timestamp <= timestamp + forth[own],
        )
        .sort((a, b) => a.change.timestamp - b.change.timestamp || a.arrival - b.arrival);
      for (const partner of partners) {
        partner.isPending = false;
        result.push(join(own, change, partner.change));
      }
      if (partners.length === 0 && isOuter(own)) {
        const isOver = timestamp + forth[own] < streamTime;
        if (isEager || isOver || !isKept) result.push(join(own, change, null));
        else buffered.isPending = true;
      }
      // What waits for its time stays, though no partner finds it any more.
      mine.rows = mine.rows.filter(
        (one) => one.isPending || one.change.timestamp > mine.observed - kept,
      );
      return result;
    };
  return { left: input('left'), right: input('right') };
}
