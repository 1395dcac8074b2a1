import { expect, test } from 'vitest';
import { bytesOf } from '../base/bytes.ts';
import { partitionFor } from '../base/hash.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import { batchBytesMax } from './limits.ts';
import type { RecordContext } from './task.ts';
import { TopicOutput } from './topic-output.ts';

const record: RecordContext = {
  topic: 't',
  partition: 5,
  offset: 0,
  time: 3,
  headers: [],
  appendedMs: 0,
  cursor: null,
};

test('a batch is cut when it has grown to its limit, and nothing is lost or reordered', () => {
  const output = new TopicOutput('out', 1, record);
  const value = new Uint8Array(100_000).fill(7);
  for (let index = 0; index < 25; index++) {
    output.append(null, 0, 0, 0, value, value.length, index);
  }
  const appends = output.take();
  expect(appends.map(({ recordCount, times }) => [recordCount, times])).toEqual([
    [11, [[3, 11]]],
    [11, [[3, 11]]],
    [3, [[3, 3]]],
  ]);
  for (const { batch } of appends) expect(batch.length).toBeLessThan(batchBytesMax + 200_000);
  const timestamps = appends.flatMap(({ batch }) =>
    decodeRecords({ bytes: batch }).map(({ timestamp }) => timestamp),
  );
  expect(timestamps).toEqual(Array.from({ length: 25 }, (_, index) => index));
});

test('the base of a key decides its partition; without key the record stays in the one it came from', () => {
  const output = new TopicOutput('out', 3, record);
  const key = bytesOf('xkey+window');
  output.append(key, 1, 4, 11, null, 0, 0);
  output.append(null, 0, 0, 0, null, 0, 0);
  const appends = output.take();
  const partitions = new Set([partitionFor(bytesOf('key'), 3), 2]);
  expect(new Set(appends.map(({ to }) => to.partition))).toEqual(partitions);
  const keys = appends.flatMap(({ batch }) => decodeRecords({ bytes: batch }).map((of) => of.key));
  expect(keys.map((bytes) => (bytes === null ? null : Buffer.from(bytes).toString()))).toContain(
    'key+window',
  );
});

test('logical times are run-length coded', () => {
  const context = { ...record };
  const output = new TopicOutput('out', 1, context);
  for (const time of [1, 1, 4, 4, 4, 9]) {
    context.time = time;
    output.append(null, 0, 0, 0, null, 0, 0);
  }
  expect(output.take()[0]?.times).toEqual([
    [1, 2],
    [4, 3],
    [9, 1],
  ]);
});
