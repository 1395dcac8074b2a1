/** Records, commits and contents of a log in short notation, for tests of logs. */
import { bytesOf, textOf } from '../../src/base/bytes.ts';
import type {
  Append,
  Commit,
  Header,
  Log,
  LogicalTimes,
  Owner,
  RecordBatch,
  StateChange,
  TopicPartition,
  TopicSpec,
} from '../../src/log/log.ts';
import { encodeRecords } from '../../src/log/record-batch-writer.ts';
import { decodeRecords } from '../../src/log/record-cursor.ts';

export const T0: TopicPartition = { topic: 't', partition: 0 };
export const T1: TopicPartition = { topic: 't', partition: 1 };

export function topic(name: string, rest: Partial<TopicSpec> = {}): TopicSpec {
  return { name, partitions: 2, cleanup: 'delete', retentionMs: null, ...rest };
}

/** Records written `key=value@timestamp`; an empty key is null, a value of `-` is null. */
export function append(
  to: TopicPartition,
  records: string,
  times: LogicalTimes | null = null,
): Append {
  const data = records.split(' ').map((record) => {
    const [, key, value, timestamp] = /^(.*)=(.*)@(-?\d+)$/.exec(record)!;
    return {
      key: key === '' ? null : bytesOf(key!),
      value: value === '-' ? null : bytesOf(value!),
      timestamp: Number(timestamp),
      headers: [] as readonly Header[],
    };
  });
  const { bytes, recordCount, maxTimestamp } = encodeRecords(data);
  return { to, batch: bytes, recordCount, maxTimestamp, times };
}

export function produce(...appends: readonly Append[]): Commit {
  return { owner: null, appends, offsets: [], state: [] };
}

export function change(store: string, key: string, value: string | null): StateChange {
  return { store, key: bytesOf(key), value: value === null ? null : bytesOf(value) };
}

/** The notation of `append`, with the offset in front: `0:key=value@timestamp`. */
export function show(batches: readonly RecordBatch[]): string {
  return batches
    .flatMap((batch) => decodeRecords(batch))
    .map(({ offset, key, value, timestamp }) => {
      const text = value === null ? '-' : textOf(value);
      return `${offset}:${key === null ? '' : textOf(key)}=${text}@${timestamp}`;
    })
    .join(' ');
}

export async function readAll(log: Log, from: TopicPartition): Promise<string> {
  return show(await log.read(from, 0, Number.POSITIVE_INFINITY));
}

/** Owner's stores as sorted `store/key=value`. */
export async function openState(
  log: Log,
  ownerId: string,
): Promise<{ owner: Owner; state: string }> {
  const { epoch, stores } = await log.open(ownerId);
  const entries: string[] = [];
  for (const [store, live] of stores) {
    for (const [key, value] of live) entries.push(`${store}/${textOf(key)}=${textOf(value)}`);
  }
  return { owner: { id: ownerId, epoch }, state: entries.sort().join(' ') };
}
