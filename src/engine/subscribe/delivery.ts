/** What leaves a subscription in one piece, and how changes become it. Deliveries are shared by all whom they concern. */
import { frameRowsMax } from './limits.ts';

/** A row that is there now, or is there no more. Texts are made when they are first asked for. */
export interface Change {
  /** The same for all changes of one row. */
  readonly key: string;
  /** As it leaves: the columns of the row, or of its key where it is gone. */
  readonly text: string;
  readonly isDelete: boolean;
}

export interface Delivery {
  /** Frames, or rows where the subscriber speaks ksqlDB's routes. */
  readonly texts: readonly string[];
  /** Indexes of tombstones among the texts, of rows only. */
  readonly tombstones: readonly number[] | null;
  /** Everything before this position has been sent once this is; null: more of the same belongs to it. */
  readonly position: string | null;
  readonly bytes: number;
}

/** `frames`: the frames of /leat/v1/subscribe; `rows`: rows and tombstones, for ksqlDB's routes. */
export type DeliveryForm = 'frames' | 'rows';

/** Changes in order, as one delivery. */
export function deliveryOf(
  changes: readonly Change[],
  form: DeliveryForm,
  position: string | null,
): Delivery {
  if (form === 'frames') return sized(changeFrames(changes), null, position);
  const tombstones = changes.flatMap(({ isDelete }, at) => (isDelete ? [at] : []));
  const texts = changes.map(({ text }) => text);
  return sized(texts, tombstones.length > 0 ? tombstones : null, position);
}

/** The rows of a snapshot. */
export function snapshotDelivery(rows: readonly string[], form: DeliveryForm): Delivery {
  return sized(form === 'rows' ? rows : rowFrames('snapshot', rows), null, null);
}

/** Records of a stream. */
export function insertDelivery(
  rows: readonly string[],
  form: DeliveryForm,
  position: string,
): Delivery {
  return sized(form === 'rows' ? rows : rowFrames('insert', rows), null, position);
}

/** Nothing but a position. */
export function tickDelivery(position: string): Delivery {
  return sized([], null, position);
}

function sized(
  texts: readonly string[],
  tombstones: readonly number[] | null,
  position: string | null,
): Delivery {
  let bytes = position === null ? 0 : position.length + 64;
  for (const text of texts) bytes += text.length;
  return { texts, tombstones, position, bytes };
}

/** Runs of upserts and of deletes, in order. */
function changeFrames(changes: readonly Change[]): readonly string[] {
  const frames: string[] = [];
  for (let from = 0; from < changes.length; ) {
    const { isDelete } = changes[from]!;
    let to = from;
    while (to < changes.length && changes[to]!.isDelete === isDelete) to++;
    const texts = changes.slice(from, to).map(({ text }) => text);
    frames.push(...rowFrames(isDelete ? 'delete' : 'upsert', texts));
    from = to;
  }
  return frames;
}

function rowFrames(
  type: 'snapshot' | 'upsert' | 'delete' | 'insert',
  texts: readonly string[],
): readonly string[] {
  const frames: string[] = [];
  const field = type === 'delete' ? 'keys' : 'rows';
  for (let at = 0; at < texts.length; at += frameRowsMax)
    frames.push(`{"type":"${type}","${field}":[${texts.slice(at, at + frameRowsMax).join(',')}]}`);
  return frames;
}
