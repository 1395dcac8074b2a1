/**
 * `node test/bench/formats.ts`: how fast the formats decode and encode, each beside what everybody takes for it, in the same run.
 *
 * Every round takes all contestants in turn, so that neighbours on the machine disturb all alike. A ratio is the median over the
 * rounds of the ratio within each; a time is that of the fastest round, in nanoseconds a record.
 */
import { byteWriter } from '../../src/formats/byte-writer.ts';
import type { ByteWriter, Codec } from '../../src/formats/format.ts';
import { formatByName } from '../../src/formats/table.ts';
import type { Field } from '../../src/types/type.ts';
import type { Row, Value } from '../../src/types/value.ts';
import { DOCUMENT_SHAPES, type DocumentShape } from './json-documents.ts';
import { benchRegistryFormats } from './registry-formats.ts';
import { median } from './rounds.ts';

const COUNT = 2000;
const ROUNDS = 60;
const WARM_UP_ROUNDS = 15;

interface Batch {
  readonly bytes: Uint8Array;
  readonly buffer: Buffer;
  /** `COUNT + 1` positions. */
  readonly positions: Int32Array;
  readonly documents: readonly unknown[];
}

function batchOf(shape: DocumentShape): Batch {
  const documents = Array.from({ length: COUNT }, (_, i) => shape.document(i));
  const payloads = documents.map((document) => Buffer.from(JSON.stringify(document)));
  const buffer = Buffer.concat(payloads);
  const positions = new Int32Array(COUNT + 1);
  payloads.forEach((payload, i) => {
    positions[i + 1] = positions[i]! + payload.length;
  });
  const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
  return { bytes, buffer, positions, documents };
}

function codecFor(columns: readonly Field[], needed: readonly number[]): Codec {
  return formatByName('JSON').codec({
    columns,
    needed,
    spec: { format: 'JSON', properties: {}, features: [] },
    side: 'value',
    topic: 'bench',
  });
}

/** What one of the two takes by what the other takes, and both in nanoseconds a record. */
interface Comparison {
  readonly ratio: number;
  readonly ours: number;
  readonly naive: number;
}

/** Runs all in turn, round after round; nanoseconds of each round, per contestant. */
function race(contestants: readonly (() => void)[]): readonly (readonly number[])[] {
  const times: number[][] = contestants.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    contestants.forEach((run, i) => {
      const from = process.hrtime.bigint();
      run();
      if (round >= 0) times[i]!.push(Number(process.hrtime.bigint() - from));
    });
  }
  return times;
}

function compare(ours: readonly number[], naive: readonly number[]): Comparison {
  return {
    ratio: median(ours.map((time, round) => naive[round]! / time)),
    ours: Math.min(...ours) / COUNT,
    naive: Math.min(...naive) / COUNT,
  };
}

type PassThrough = (bytes: Uint8Array, start: number, end: number, out: ByteWriter) => void;

/** All columns from JSON to JSON, fused as a stage fuses them. */
function passThroughFunction(codec: Codec, columnCount: number): PassThrough {
  const { constants, decode, encode } = codec.source!;
  const slots = Array.from({ length: columnCount }, (_, i) => `s${i}`);
  const ranges = slots.map((slot) => ({ start: `${slot}_start`, end: `${slot}_end` }));
  const variables = slots.flatMap((slot, i) => [slot, ranges[i]!.start, ranges[i]!.end]);
  const text = `return (bytes, start, end, out) => {
let ${variables.join(', ')};
${decode(slots, 'k', undefined, ranges)}
${encode(slots, 'k', undefined, ranges)}
};`;
  return new Function('k', text)(constants);
}

function rowsOf(codec: Codec, { bytes, positions }: Batch, columnCount: number): readonly Row[] {
  return Array.from({ length: COUNT }, (_, i) => {
    const row: Value[] = new Array<Value>(columnCount).fill(null);
    codec.decode(bytes, positions[i]!, positions[i + 1]!, row);
    return row;
  });
}

/** The naive ways: whole documents to objects and back. */
function naiveWays({ buffer, positions, documents }: Batch): readonly (() => void)[] {
  const target = Buffer.alloc(2 * buffer.length);
  const parse = (i: number): unknown =>
    JSON.parse(buffer.toString('utf8', positions[i], positions[i + 1]));
  return [
    () => {
      for (let i = 0; i < COUNT; i++) parse(i);
    },
    () => {
      let length = 0;
      for (let i = 0; i < COUNT; i++) length += target.write(JSON.stringify(documents[i]), length);
    },
    () => {
      let length = 0;
      for (let i = 0; i < COUNT; i++) length += target.write(JSON.stringify(parse(i)), length);
    },
  ];
}

function ourWays({ columns }: DocumentShape, batch: Batch): readonly (() => void)[] {
  const { bytes, buffer, positions } = batch;
  const all = columns.map((_, i) => i);
  const everything = codecFor(columns, all);
  const rows = rowsOf(everything, batch, columns.length);
  const out = byteWriter(2 * buffer.length);
  const passThrough = passThroughFunction(everything, columns.length);
  const decoding = (codec: Codec) => () => {
    for (let i = 0; i < COUNT; i++) {
      // A new row for each record, as a source has it: storing new values in an old row costs more.
      const row: Value[] = [];
      for (let at = 0; at < columns.length; at++) row.push(null);
      codec.decode(bytes, positions[i]!, positions[i + 1]!, row);
    }
  };
  return [
    decoding(everything),
    decoding(
      codecFor(
        columns,
        all.filter((i) => i % 4 === 1),
      ),
    ),
    () => {
      out.length = 0;
      for (let i = 0; i < COUNT; i++) everything.encode(rows[i]!, out);
    },
    () => {
      out.length = 0;
      for (let i = 0; i < COUNT; i++) passThrough(bytes, positions[i]!, positions[i + 1]!, out);
    },
  ];
}

/** One line: decode all, decode a quarter of the columns (the rest validated), encode, JSON to JSON. */
function measureShape(shape: DocumentShape): string {
  const batch = batchOf(shape);
  const [parse, stringify, naiveThrough, all, quarter, encode, through] = race([
    ...naiveWays(batch),
    ...ourWays(shape, batch),
  ]) as readonly (readonly number[])[] as readonly [
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
    readonly number[],
  ];
  const cells = [
    compare(all, parse),
    compare(quarter, parse),
    compare(encode, stringify),
    compare(through, naiveThrough),
  ];
  const size = `${Math.round(batch.buffer.length / COUNT)} B, ${shape.columns.length} columns`;
  return `${shape.name.padEnd(14)}${size.padEnd(20)}${cells.map(cellText).join('')}`;
}

function cellText({ ratio, ours, naive }: Comparison): string {
  const times = `(${ours.toFixed(0)} : ${naive.toFixed(0)})`;
  return `${ratio.toFixed(2).padStart(6)} ${times.padEnd(16)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const HEADINGS = ['decode all', 'decode a quarter', 'encode', 'JSON to JSON'];

const [only] = process.argv.slice(2);
print('JSON, times JSON.parse and JSON.stringify (nanoseconds a record, ours : theirs)');
print(`${''.padEnd(34)}${HEADINGS.map((heading) => `  ${heading.padEnd(21)}`).join('')}`);
for (const shape of DOCUMENT_SHAPES) {
  if (only === undefined || shape.name === only) print(measureShape(shape));
}
if (only === undefined) {
  print('\nregistered formats, times the library that everybody takes');
  for (const figures of benchRegistryFormats()) print(JSON.stringify(figures));
}
