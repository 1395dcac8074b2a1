/**
 * Stream-stream join (spec: semantics.md §7.3). Each side keeps its rows for before + after + grace behind the highest timestamp
 * it has seen. A row first joins its side's buffer, unless it is too old, then meets the other side's rows of its key in
 * ascending time: a left row at t those in [t − before, t + after], a right row at t those in [t − after, t + before].
 *
 * Outer rows without partner: with GRACE PERIOD they wait until stream time (over both sides) has passed the end of their window
 * and grace, and leave before the results of the record that moved it, in the order of Kafka's store: timestamp, right before
 * left, key bytes. A row that comes when its window has already ended leaves at once. Without GRACE PERIOD they leave at once
 * and later partners are joined in addition.
 *
 * A row that would meet more partners than one record may (`join.matches`) is reported and left out as if it had not come.
 */
import { compareBytes } from '../../base/bytes.ts';
import type { JoinArgs } from '../../plan/steps.ts';
import { assert } from '../../base/assert.ts';
import { limitText } from '../../base/limits.ts';
import type { Row } from '../../types/value.ts';
import { keyBytes } from '../aggregate/key-order.ts';
import type { InstanceContext, Push, StepContext } from '../operators/operator.ts';
import { type BufferedRow, JoinBuffer } from '../state/join-buffer.ts';
import { NumberStore } from '../state/number-store.ts';
import { storedKeyTypes } from '../state/table-store.ts';
import { hasNull, nulls } from './rows.ts';

const DAY_MS = 86_400_000;

interface Side {
  readonly name: 'left' | 'right';
  readonly buffer: JoinBuffer;
  readonly isOuter: boolean;
  /** How far back and forth of a row its partners may be. */
  readonly backMs: number;
  readonly forthMs: number;
  /** Highest timestamp seen on this side. */
  observed: number;
  readonly join: (own: Row, other: Row | null) => Row;
}

export function streamStreamJoin(
  args: JoinArgs,
  instance: InstanceContext,
  context: StepContext,
): readonly Push[] {
  const { within } = args;
  assert(within !== null, 'a stream-stream join to have a window');
  const { beforeMs, afterMs } = within;
  const graceMs = within.graceMs ?? Math.max(DAY_MS - (beforeMs + afterMs), 0);
  const times = instance.open(new NumberStore(instance.storeName('time')));
  const noLeft = nulls(args.left);
  const noRight = nulls(args.right);
  const side = (name: 'left' | 'right'): Side => {
    const isLeft = name === 'left';
    const fields = isLeft ? args.left : args.right;
    return {
      name,
      buffer: instance.open(
        new JoinBuffer(
          instance.storeName(name),
          storedKeyTypes(args.key, args.window !== null),
          fields.map((field) => field.type),
        ),
      ),
      isOuter: args.type === 'FULL' || args.type === (isLeft ? 'LEFT' : 'RIGHT'),
      backMs: isLeft ? beforeMs : afterMs,
      forthMs: isLeft ? afterMs : beforeMs,
      observed: times.get(name, -1),
      join: isLeft
        ? (own, other) => own.concat(other ?? noRight)
        : (own, other) => (other ?? noLeft).concat(own),
    };
  };
  const left = side('left');
  const right = side('right');
  const shared: Shared = {
    args,
    instance,
    context,
    times,
    graceMs,
    isEager: within.graceMs === null,
    retentionMs: beforeMs + afterMs + graceMs,
    sides: [left, right],
    streamTime: Math.max(left.observed, right.observed),
  };
  const sized = sizedKey(args.window);
  return [sideInput(left, right, shared, sized), sideInput(right, left, shared, sized)];
}

/**
 * Windows meet by their start, which is all that a time-windowed key on a topic says; their end is that of the result's windows,
 * whose size is the left side's.
 */
function sizedKey(window: JoinArgs['window']): (key: Row) => Row {
  const sizeMs = window?.sizeMs ?? null;
  if (sizeMs === null) return (key) => key;
  return (key) => {
    const endMs = (key[key.length - 2] as number) + sizeMs;
    return key[key.length - 1] === endMs ? key : key.with(-1, endMs);
  };
}

interface Shared {
  readonly args: JoinArgs;
  readonly instance: InstanceContext;
  readonly context: StepContext;
  readonly times: NumberStore;
  readonly graceMs: number;
  readonly isEager: boolean;
  readonly retentionMs: number;
  readonly sides: readonly [Side, Side];
  streamTime: number;
}

function sideInput(own: Side, other: Side, shared: Shared, sized: (key: Row) => Row): Push {
  const { emit } = shared.instance;
  const { joinMatches } = shared.context.limits;
  const release = releasePending(shared);
  return (given, after, _before, timestamp) => {
    if (given === null || after === null || hasNull(given)) return;
    const key = sized(given);
    observe(own, shared, timestamp);
    if (!shared.isEager) release();
    const partners = other.buffer.find(
      own.buffer.identity(key),
      // Rows that still wait for a partner stay in the buffer longer than they can be met.
      Math.max(timestamp - own.backMs, other.observed - shared.retentionMs + 1),
      timestamp + own.forthMs,
    );
    if (partners.length > joinMatches.value) {
      shared.context.report(1, limitText(joinMatches, 'matches of one record', partners.length));
      return;
    }
    const isKept = timestamp > own.observed - shared.retentionMs;
    const buffered = isKept ? own.buffer.add(key, after, timestamp) : null;
    for (const partner of partners) {
      other.buffer.setPending(partner, false);
      emit(key, own.join(after, partner.row), null, Math.max(timestamp, partner.timestamp));
    }
    if (partners.length === 0 && own.isOuter) {
      const isOver = timestamp + own.forthMs < shared.streamTime;
      if (shared.isEager || isOver || buffered === null) {
        emit(key, own.join(after, null), null, timestamp);
      } else {
        own.buffer.setPending(buffered, true);
      }
    }
    own.buffer.expire(own.observed - shared.retentionMs);
  };
}

function observe(own: Side, shared: Shared, timestamp: number): void {
  if (timestamp <= own.observed) return;
  own.observed = timestamp;
  shared.times.set(own.name, timestamp);
  shared.streamTime = Math.max(shared.streamTime, timestamp);
}

/** Emits the outer rows whose time is over. */
function releasePending(shared: Shared): () => void {
  const { emit } = shared.instance;
  const bytesOf = keyBytes(shared.args.key, shared.args.keyFormat);
  return () => {
    const due: { readonly side: Side; readonly row: BufferedRow }[] = [];
    for (const side of shared.sides) {
      if (!side.isOuter) continue;
      const end = shared.streamTime - side.forthMs - shared.graceMs;
      for (const row of side.buffer.takePending(end)) due.push({ side, row });
    }
    if (due.length === 0) return;
    due.sort(
      (a, b) =>
        a.row.timestamp - b.row.timestamp ||
        (a.side.name === b.side.name ? 0 : a.side.name === 'right' ? -1 : 1) ||
        compareBytes(bytesOf(a.row.key), bytesOf(b.row.key)) ||
        a.row.sequence - b.row.sequence,
    );
    for (const { side, row } of due) {
      emit(row.key, side.join(row.row, null), null, row.timestamp);
    }
  };
}
