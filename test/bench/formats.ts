/**
 * How fast the JSON format decodes and encodes, beside JSON.parse and JSON.stringify on the same documents in the same run.
 * Every round takes all contestants in turn; the figures are of the fastest round, in records a second, which
 * neighbours on the machine disturb least.
 */
import { byteWriter } from '../../src/formats/byte-writer.ts';
import type { ByteWriter, Codec } from '../../src/formats/format.ts';
import { formatByName } from '../../src/formats/table.ts';
import type { Field } from '../../src/types/type.ts';
import type { Value } from '../../src/types/value.ts';
import { benchRegistryFormats } from './registry-formats.ts';

/** Records a second of each contestant on one kind of document. */
export interface FormatFigures {
  readonly documents: string;
  readonly bytesPerDocument: number;
  readonly columns: number;
  readonly jsonParse: number;
  readonly decodeAll: number;
  /** A quarter of the columns, at least one, the rest validated. */
  readonly decodeQuarter: number;
  readonly jsonStringify: number;
  readonly encode: number;
  /** JSON.parse and JSON.stringify. */
  readonly naivePassThrough: number;
  /** Decode and encode in one function, texts and BIGINTs copied as bytes. */
  readonly passThrough: number;
}

interface Workload {
  readonly name: string;
  readonly columns: readonly Field[];
  readonly document: (index: number) => Record<string, unknown>;
}

type Name = 'INTEGER' | 'BIGINT' | 'DOUBLE' | 'STRING' | 'BOOLEAN' | 'TIMESTAMP';
function column(name: string, kind: Name): Field {
  return { name, type: { kind } };
}

const REGIONS = ['EU', 'US', 'APAC', 'LATAM'];
const CITIES = ['Berlin', 'Zürich', 'São Paulo', 'New York', 'Kraków', 'Tokyo'];

/** Five columns and about 113 bytes, as in the design's prototypes. */
const orders: Workload = {
  name: 'orders',
  columns: [
    column('ORDER_ID', 'BIGINT'),
    column('CUSTOMER', 'STRING'),
    column('REGION', 'STRING'),
    column('AMOUNT', 'DOUBLE'),
    column('ORDERED_AT', 'TIMESTAMP'),
  ],
  document: (i) => ({
    order_id: 1_000_000 + i * 7,
    customer: `customer-${(i * 7919) % 100_000}`,
    region: REGIONS[i % 4],
    amount: ((i * 7907) % 100_000) / 100,
    ordered_at: 1_700_000_000_000 + i * 13,
  }),
};

/** Sixteen columns of many types, with nested values and text outside ASCII. */
const events: Workload = {
  name: 'events',
  columns: [
    ...Array.from({ length: 4 }, (_, i) => column(`TEXT_${i}`, 'STRING')),
    ...Array.from({ length: 4 }, (_, i) => column(`COUNT_${i}`, 'INTEGER')),
    ...Array.from({ length: 3 }, (_, i) => column(`MEASURE_${i}`, 'DOUBLE')),
    column('OK', 'BOOLEAN'),
    column('SEQUENCE', 'BIGINT'),
    column('CITY', 'STRING'),
    { name: 'TAGS', type: { kind: 'ARRAY', element: { kind: 'STRING' } } },
    {
      name: 'POSITION',
      type: { kind: 'STRUCT', fields: [column('LAT', 'DOUBLE'), column('LON', 'DOUBLE')] },
    },
  ],
  document: (i) => ({
    TEXT_0: `some text ${i}`,
    TEXT_1: 'constant',
    TEXT_2: `a longer text that says "${i}" in quotes`,
    TEXT_3: 'x'.repeat(i % 60),
    COUNT_0: i,
    COUNT_1: -i,
    COUNT_2: i % 10,
    COUNT_3: i * 1000,
    MEASURE_0: i / 10,
    MEASURE_1: Math.sin(i),
    MEASURE_2: i * 1e6,
    OK: i % 2 === 0,
    SEQUENCE: i * 1_000_003,
    CITY: CITIES[i % 6],
    TAGS: ['a', `tag-${i % 50}`],
    POSITION: { LAT: ((i * 37) % 18_000) / 100 - 90, LON: ((i * 91) % 36_000) / 100 - 180 },
  }),
};

const COUNT = 2000;
const ROUNDS = 40;
const WARM_UP_ROUNDS = 10;

interface Batch {
  readonly bytes: Uint8Array;
  readonly buffer: Buffer;
  /** `COUNT + 1` positions. */
  readonly positions: Int32Array;
  readonly documents: readonly unknown[];
}

function batchOf(workload: Workload): Batch {
  const documents = Array.from({ length: COUNT }, (_, i) => workload.document(i));
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

/** Runs all contestants in turn, round after round, and gives each one's best rate. */
function race(contestants: readonly (() => void)[]): readonly number[] {
  const times: number[][] = contestants.map(() => []);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    contestants.forEach((run, i) => {
      const from = process.hrtime.bigint();
      run();
      if (round >= 0) times[i]!.push(Number(process.hrtime.bigint() - from));
    });
  }
  return times.map((list) => Math.round((COUNT * 1e9) / Math.min(...list)));
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

function measure(workload: Workload): FormatFigures {
  const { columns } = workload;
  const { bytes, buffer, positions, documents } = batchOf(workload);
  const all = columns.map((_, i) => i);
  const quarter = all.filter((i) => i % 4 === 1);
  const decoding = (codec: Codec) => {
    const row: Value[] = columns.map(() => null);
    return () => {
      for (let i = 0; i < COUNT; i++) codec.decode(bytes, positions[i]!, positions[i + 1]!, row);
    };
  };
  const everything = codecFor(columns, all);
  const rows = documents.map((_, i) => {
    const row: Value[] = columns.map(() => null);
    everything.decode(bytes, positions[i]!, positions[i + 1]!, row);
    return row;
  });
  const out = byteWriter(2 * buffer.length);
  const target = Buffer.alloc(2 * buffer.length);
  let parsed: unknown;
  const passThrough = passThroughFunction(everything, columns.length);
  const rates = race([
    () => {
      for (let i = 0; i < COUNT; i++)
        parsed = JSON.parse(buffer.toString('utf8', positions[i], positions[i + 1]));
    },
    decoding(everything),
    decoding(codecFor(columns, quarter)),
    () => {
      let length = 0;
      for (let i = 0; i < COUNT; i++) length += target.write(JSON.stringify(documents[i]), length);
    },
    () => {
      out.length = 0;
      for (let i = 0; i < COUNT; i++) everything.encode(rows[i]!, out);
    },
    () => {
      let length = 0;
      for (let i = 0; i < COUNT; i++) {
        const document = JSON.parse(buffer.toString('utf8', positions[i], positions[i + 1]));
        length += target.write(JSON.stringify(document), length);
      }
    },
    () => {
      out.length = 0;
      for (let i = 0; i < COUNT; i++) passThrough(bytes, positions[i]!, positions[i + 1]!, out);
    },
  ]);
  if (parsed === undefined) throw new Error('nothing was parsed');
  return {
    documents: workload.name,
    bytesPerDocument: Math.round(buffer.length / COUNT),
    columns: columns.length,
    jsonParse: rates[0]!,
    decodeAll: rates[1]!,
    decodeQuarter: rates[2]!,
    jsonStringify: rates[3]!,
    encode: rates[4]!,
    naivePassThrough: rates[5]!,
    passThrough: rates[6]!,
  };
}

/** Measures all kinds of documents; takes a few seconds. */
export function benchFormats(): readonly FormatFigures[] {
  return [orders, events].map(measure);
}

if (import.meta.main) {
  console.log(JSON.stringify({ json: benchFormats(), registry: benchRegistryFormats() }, null, 1));
}
