import { expect, test } from 'vitest';
import type { LogicalTimes, RecordBatch } from '../log/log.ts';
import { encodeRecords } from '../log/record-batch-writer.ts';
import { Merge, PartitionQueue } from './merge.ts';

/** A batch of records with these timestamps. */
function batch(
  baseOffset: number,
  timestamps: readonly number[],
  times: LogicalTimes,
): RecordBatch {
  const records = timestamps.map((timestamp) => ({
    key: null,
    value: null,
    timestamp,
    headers: [],
  }));
  const { recordCount, maxTimestamp, bytes } = encodeRecords(records);
  return {
    baseOffset,
    lastOffset: baseOffset + timestamps.length - 1,
    recordCount,
    maxTimestamp,
    times,
    appendedMs: 0,
    bytes,
  };
}

function queue(input: number, partition: number, backlogEnd = 0, position = 0): PartitionQueue {
  const topic = `t${input}`;
  return new PartitionQueue({ input, topic, partition, position, backlogEnd, timestampOf: null });
}

/** Takes everything that can be taken: `input.partition@offset`. */
function drain(merge: Merge, upTo: number = Number.POSITIVE_INFINITY): readonly string[] {
  const order: string[] = [];
  for (let next = merge.next(upTo); next !== null; next = merge.next(upTo)) {
    do {
      order.push(`${next.input}.${next.partition}@${next.offset}`);
      next.consume();
    } while (merge.isStillNext(next));
  }
  return order;
}

test('records are taken by logical time, then input, then partition', () => {
  const a = queue(0, 0);
  const b = queue(0, 1);
  const c = queue(1, 0);
  const merge = new Merge([a, b, c], { byTimestamp: true });
  a.offer(
    batch(
      0,
      [9, 9, 9],
      [
        [1, 1],
        [4, 2],
      ],
    ),
  );
  b.offer(
    batch(
      0,
      [5, 5],
      [
        [1, 1],
        [3, 1],
      ],
    ),
  );
  c.offer(
    batch(
      0,
      [1, 1],
      [
        [1, 1],
        [2, 1],
      ],
    ),
  );
  expect(drain(merge)).toEqual(['0.0@0', '0.1@0', '1.0@0', '1.0@1', '0.1@1', '0.0@1', '0.0@2']);
});

test('the backlog is taken by timestamp, and before everything else', () => {
  const a = queue(0, 0, 2);
  const b = queue(1, 0, 2);
  const merge = new Merge([a, b], { byTimestamp: true });
  a.offer(batch(0, [10, 30, 1], [[1, 3]]));
  b.offer(batch(0, [20, 40, 1], [[2, 3]]));
  expect(drain(merge)).toEqual(['0.0@0', '1.0@0', '0.0@1', '1.0@1', '0.0@2', '1.0@2']);
});

test('equal timestamps of the backlog are taken by logical time, then input', () => {
  const a = queue(0, 0, 2);
  const b = queue(1, 0, 2);
  const merge = new Merge([a, b], { byTimestamp: true });
  a.offer(
    batch(
      0,
      [7, 7],
      [
        [3, 1],
        [5, 1],
      ],
    ),
  );
  b.offer(
    batch(
      0,
      [7, 7],
      [
        [3, 1],
        [4, 1],
      ],
    ),
  );
  expect(drain(merge)).toEqual(['0.0@0', '1.0@0', '1.0@1', '0.0@1']);
});

test('the backlog waits for a partition with nothing buffered and more to come', () => {
  const a = queue(0, 0, 1);
  const b = queue(1, 0, 1);
  const merge = new Merge([a, b], { byTimestamp: true });
  a.offer(batch(0, [1], [[1, 1]]));
  expect(drain(merge)).toEqual([]);
  expect(merge.starved).toBe(b);
  b.offer(batch(0, [0], [[2, 1]]));
  expect(drain(merge)).toEqual(['1.0@0', '0.0@0']);
  expect(merge.starved).toBeNull();
});

test('the backlog does not wait for what is no longer there', () => {
  const a = queue(0, 0, 1);
  const b = queue(1, 0, 7);
  const merge = new Merge([a, b], { byTimestamp: true });
  a.offer(batch(0, [1], [[1, 1]]));
  b.offer(batch(0, [0], [[2, 1]]));
  expect(drain(merge)).toEqual(['1.0@0']);
  b.skip(7);
  expect(drain(merge)).toEqual(['0.0@0']);
  expect([b.position, b.buffered]).toEqual([7, 0]);
});

test('records above the time asked for wait', () => {
  const a = queue(0, 0);
  const merge = new Merge([a], { byTimestamp: false });
  a.offer(
    batch(
      0,
      [0, 0, 0],
      [
        [1, 1],
        [2, 1],
        [3, 1],
      ],
    ),
  );
  expect(drain(merge, 2)).toEqual(['0.0@0', '0.0@1']);
  expect(drain(merge, 3)).toEqual(['0.0@2']);
});

test('records below the position are passed over, and a batch is not taken twice', () => {
  const a = queue(0, 0, 0, 2);
  const merge = new Merge([a], { byTimestamp: false });
  const both = batch(
    0,
    [0, 0, 0],
    [
      [1, 2],
      [2, 1],
    ],
  );
  a.offer(both);
  a.offer(both);
  expect(a.wanted).toBe(3);
  expect(drain(merge)).toEqual(['0.0@2']);
  expect(a.time).toBe(2);
});
