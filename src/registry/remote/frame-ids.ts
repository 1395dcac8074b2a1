/** Schema ids that the records of a batch name. */
import { frameId, FRAME_BYTES } from '../../formats/schema.ts';
import type { RecordBatch } from '../../log/log.ts';
import { RecordCursor } from '../../log/record-cursor.ts';

/** Which sides of a topic's records begin with a schema id. */
export interface FramedSides {
  readonly key: boolean;
  readonly value: boolean;
}

/** Adds the ids to `into`. Payloads that are no frames are passed over. Throws `log.corrupt-record`. */
export function frameIds(batch: RecordBatch, sides: FramedSides, into: Set<number>): void {
  const cursor = new RecordCursor().reset(batch.bytes);
  while (cursor.next()) {
    if (sides.key) addId(cursor.bytes, cursor.keyStart, cursor.keyEnd, into);
    if (sides.value) addId(cursor.bytes, cursor.valueStart, cursor.valueEnd, into);
  }
}

function addId(bytes: Uint8Array, start: number, end: number, into: Set<number>): void {
  if (start < 0 || end - start < FRAME_BYTES || bytes[start] !== 0) return;
  into.add(frameId(bytes, start, end));
}
