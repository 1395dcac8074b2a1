/** Windows, by hand from spec semantics.md §6. */
import { expect, test } from 'vitest';
import type { WindowSpec } from '../plan/logical.ts';
import {
  countAndSum,
  field,
  INTEGER,
  key,
  named,
  scan,
  sink,
  source,
} from '../plan/build.test-helper.ts';
import { textOf } from '../base/bytes.ts';
import { decodeWindow, plainKeyEnd } from '../formats/windowed-key.ts';
import { decodeRecords } from '../log/record-cursor.ts';
import { Bench } from './scenario.test-helper.ts';

const clicks = source('CLICKS', 'stream', { value: [field('V', INTEGER)] });

function bench(spec: WindowSpec, final = false): Bench {
  const input = scan(clicks);
  const plan = sink(countAndSum(input, [named('ID', key(input, 0))], { sum: 0, spec, final }));
  return new Bench({ sources: [clicks], plan });
}

function click(id: string, timestamp: number, amount = 1) {
  return { topic: 'clicks', key: id, value: `{"V":${amount}}`, timestamp };
}

/** `key[start,end] value@timestamp` of what was written. */
function windows(of: Bench, session = false): readonly string[] {
  return of.appends.flatMap(({ batch }) => decode(batch, session));
}

function decode(batch: Uint8Array, session: boolean): readonly string[] {
  return decodeRecords({ bytes: batch }).map(({ key: bytes, value, timestamp }) => {
    const layout = session
      ? ({ kind: 'session' } as const)
      : ({ kind: 'time', sizeMs: 0 } as const);
    const end = plainKeyEnd(layout, 0, bytes!.length);
    const { startMs, endMs } = decodeWindow(layout, bytes!, 0, bytes!.length);
    const bounds = session ? `${startMs},${endMs}` : `${startMs}`;
    const text = value === null ? 'null' : textOf(value);
    return `${textOf(bytes!, 0, end)}[${bounds}] ${text}@${timestamp}`;
  });
}

test('a row counts in every hopping window that contains it, from the earliest on', () => {
  const of = bench({ kind: 'HOPPING', sizeMs: 10, advanceMs: 4, graceMs: 100, retentionMs: 110 });
  of.append(click('a', 3), click('a', 9, 2));
  expect(windows(of.run())).toEqual([
    'a[0] {"N":1,"S":1}@3',
    'a[0] {"N":2,"S":3}@9',
    'a[4] {"N":1,"S":2}@9',
    'a[8] {"N":1,"S":2}@9',
  ]);
});

test('a row is dropped from the windows that ended grace before stream time, not from the others', () => {
  const of = bench({ kind: 'HOPPING', sizeMs: 10, advanceMs: 5, graceMs: 2, retentionMs: 12 });
  of.append(click('a', 12), click('b', 9), click('b', 4));
  expect(windows(of.run())).toEqual([
    'a[5] {"N":1,"S":1}@12',
    'a[10] {"N":1,"S":1}@12',
    'b[5] {"N":1,"S":1}@9',
  ]);
});

test('stream time is that of all keys of a partition', () => {
  const of = bench({ kind: 'TUMBLING', sizeMs: 10, advanceMs: 10, graceMs: 0, retentionMs: 10 });
  of.append(click('a', 10), click('b', 9));
  expect(windows(of.run())).toEqual(['a[10] {"N":1,"S":1}@10']);
});

test('windows disappear from pull queries when a later one expires them', () => {
  const of = bench({ kind: 'TUMBLING', sizeMs: 10, advanceMs: 10, graceMs: 0, retentionMs: 20 });
  of.append(click('a', 1), click('a', 11), click('a', 21));
  of.run();
  const starts = () => [...of.task.lookup(['a'], null)].map((row) => row.key[1]);
  expect(starts()).toEqual([0, 10, 20]);
  of.append(click('b', 31));
  of.run();
  expect(starts()).toEqual([10, 20]);
  of.restart();
  expect(starts()).toEqual([10, 20]);
  const range = { startMin: 15, startMax: 99, endMin: 0, endMax: 99 };
  expect([...of.task.lookup(['a'], range)].map((row) => row.key)).toEqual([['a', 20, 30]]);
});

test('EMIT FINAL gives a window once, when stream time has passed its end and grace', () => {
  const of = bench(
    { kind: 'TUMBLING', sizeMs: 10, advanceMs: 10, graceMs: 5, retentionMs: 100 },
    true,
  );
  of.append(click('b', 1), click('a', 2), click('b', 11), click('a', 14), click('a', 3));
  of.append(click('c', 15), click('a', 4), click('a', 27));
  expect(windows(of.run())).toEqual([
    'a[0] {"N":2,"S":2}@3',
    'b[0] {"N":1,"S":1}@1',
    'a[10] {"N":1,"S":1}@14',
    'b[10] {"N":1,"S":1}@11',
    'c[10] {"N":1,"S":1}@15',
  ]);
});

test('EMIT FINAL loses a window that retention drops before it is emitted', () => {
  const spec = { kind: 'TUMBLING', sizeMs: 2, advanceMs: 2, graceMs: 1, retentionMs: 3 } as const;
  const of = bench(spec, true);
  of.append(click('a', 0), click('a', 1), click('a', 2), click('a', 5));
  expect(windows(of.run())).toEqual(['a[2] {"N":1,"S":1}@2']);
});

const session: WindowSpec = {
  kind: 'SESSION',
  sizeMs: 5,
  advanceMs: 5,
  graceMs: 10,
  retentionMs: 15,
};

test('a session grows by tombstone and new row, and takes rows within its bounds in place', () => {
  const of = bench(session);
  of.append(click('a', 10), click('a', 14), click('a', 12), click('a', 9));
  expect(windows(of.run(), true)).toEqual([
    'a[10,10] {"N":1,"S":1}@10',
    'a[10,10] null@10',
    'a[10,14] {"N":2,"S":2}@14',
    'a[10,14] {"N":3,"S":3}@14',
    'a[10,14] null@14',
    'a[9,14] {"N":4,"S":4}@14',
  ]);
});

test('a row between two sessions joins them', () => {
  const of = bench(session);
  of.append(click('a', 0), click('a', 10, 2), click('a', 5, 4));
  expect(windows(of.run(), true)).toEqual([
    'a[0,0] {"N":1,"S":1}@0',
    'a[10,10] {"N":1,"S":2}@10',
    'a[0,0] null@0',
    'a[10,10] null@10',
    'a[0,10] {"N":3,"S":7}@10',
  ]);
});

test('a session row is dropped when the session it makes ended before stream time less grace and gap', () => {
  const of = bench(session);
  of.append(click('a', 30), click('b', 15), click('b', 14), click('c', 14));
  expect(windows(of.run(), true)).toEqual([
    'a[30,30] {"N":1,"S":1}@30',
    'b[15,15] {"N":1,"S":1}@15',
    'b[15,15] null@15',
    'b[14,15] {"N":2,"S":2}@15',
  ]);
});

test('EMIT FINAL gives a session once its gap and grace are over, by end and then key', () => {
  const of = bench({ ...session, graceMs: 1, retentionMs: 6 }, true);
  of.append(click('b', 0), click('a', 0), click('a', 3), click('a', 9), click('a', 30));
  expect(windows(of.run(), true)).toEqual([
    'b[0,0] {"N":1,"S":1}@0',
    'a[0,3] {"N":2,"S":2}@3',
    'a[9,9] {"N":1,"S":1}@9',
  ]);
});
