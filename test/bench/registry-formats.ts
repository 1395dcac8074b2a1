/**
 * The formats whose schemas are registered, beside the library that everybody takes for them, on the same rows in the same run:
 * avsc, protobufjs, and JSON.parse and JSON.stringify for JSON_SR. The libraries get payloads without their frames, and give
 * buffers and objects where ours fills rows and writes behind one another, as each is made to be used.
 */
import avro from 'avsc';
import protobuf from 'protobufjs';
import { byteWriter } from '../../src/formats/byte-writer.ts';
import type { Codec } from '../../src/formats/format.ts';
import { formatByName } from '../../src/formats/table.ts';
import { TestSchemas } from '../../src/formats/test-schemas.test-helper.ts';
import type { Field } from '../../src/types/type.ts';
import type { Row, Value } from '../../src/types/value.ts';

/** Records a second, and ours by the library's. */
export interface RegistryFormatFigures {
  readonly format: string;
  readonly library: string;
  readonly bytesPerRecord: number;
  readonly decode: number;
  /** One column of five. */
  readonly decodeOne: number;
  readonly libraryDecode: number;
  readonly decodeRatio: number;
  readonly encode: number;
  readonly libraryEncode: number;
  readonly encodeRatio: number;
}

/** What a library does with payloads without frames. */
interface Library {
  readonly name: string;
  /** Bytes of the frame in front of its payloads. */
  readonly frame: number;
  readonly decode: (payload: Buffer) => object;
  readonly encode: (value: object) => Uint8Array;
}

const columns: readonly Field[] = [
  { name: 'ORDER_ID', type: { kind: 'INTEGER' } },
  { name: 'CUSTOMER', type: { kind: 'STRING' } },
  { name: 'REGION', type: { kind: 'STRING' } },
  { name: 'AMOUNT', type: { kind: 'DOUBLE' } },
  { name: 'ORDERED_AT', type: { kind: 'BIGINT' } },
];
const REGIONS = ['EU', 'US', 'APAC', 'LATAM'];
const COUNT = 2_000;
const ROUNDS = 40;
const WARM_UP_ROUNDS = 10;

function libraryFor(format: string, text: string): Library {
  switch (format) {
    case 'AVRO': {
      const type = avro.Type.forSchema(JSON.parse(text) as avro.Schema);
      return {
        name: 'avsc',
        frame: 5,
        decode: (payload) => type.fromBuffer(payload) as object,
        encode: (value) => type.toBuffer(value),
      };
    }
    case 'PROTOBUF': {
      const { root } = protobuf.parse(text, { keepCase: true });
      const type = root.lookupType('ConnectDefault1');
      return {
        name: 'protobufjs',
        frame: 6,
        decode: (payload) => type.decode(payload),
        encode: (value) => type.encode(value).finish(),
      };
    }
    default:
      return {
        name: 'JSON.parse and JSON.stringify',
        frame: 5,
        decode: (payload) => JSON.parse(payload.toString('utf8')) as object,
        encode: (value) => Buffer.from(JSON.stringify(value)),
      };
  }
}

/** The BIGINTs as the JSON format reads them. */
function rowsOf(): readonly Row[] {
  const codec = formatByName('JSON').codec({
    columns,
    needed: columns.map((_, index) => index),
    spec: { format: 'JSON', properties: {}, features: [] },
    side: 'value',
    topic: 'bench',
  });
  return Array.from({ length: COUNT }, (_, i) => {
    const document = {
      ORDER_ID: 1_000_000 + i * 7,
      CUSTOMER: `customer-${(i * 7919) % 100_000}`,
      REGION: REGIONS[i % 4],
      AMOUNT: ((i * 7907) % 100_000) / 100,
      ORDERED_AT: 1_700_000_000_000 + i * 13,
    };
    const bytes = Buffer.from(JSON.stringify(document));
    const row: Value[] = columns.map(() => null);
    codec.decode(bytes, 0, bytes.length, row);
    return row;
  });
}

/** Runs all in turn, round after round; each one's best rate in records a second. */
function race(contestants: readonly (() => void)[]): readonly number[] {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [at, run] of contestants.entries()) {
      const from = process.hrtime.bigint();
      run();
      const took = Number(process.hrtime.bigint() - from);
      if (round >= 0) best[at] = Math.min(best[at]!, took);
    }
  }
  return best.map((time) => Math.round((COUNT * 1e9) / time));
}

function measure(format: string): RegistryFormatFigures {
  const def = formatByName(format);
  const spec = { format, properties: {}, features: [] };
  const derived = def.schemas!.derive(columns, 'value', spec);
  const schemas = new TestSchemas();
  schemas.add('bench-value', derived.type, derived.text);
  const codecFor = (needed: readonly number[]): Codec =>
    def.codec({ columns, needed, spec, side: 'value', topic: 'bench', schemas });
  const codec = codecFor(columns.map((_, index) => index));
  const rows = rowsOf();
  const out = byteWriter(1 << 20);
  const positions = [0];
  for (const row of rows) {
    codec.encode(row, out);
    positions.push(out.length);
  }
  const bytes = out.bytes.slice(0, out.length);
  const library = libraryFor(format, derived.text);
  const payloads = rows.map((_, i) =>
    Buffer.from(bytes.subarray(positions[i]! + library.frame, positions[i + 1]!)),
  );
  const objects = payloads.map(library.decode);
  const decoding = (one: Codec) => {
    const into: Value[] = columns.map(() => null);
    return () => {
      for (let i = 0; i < COUNT; i++) one.decode(bytes, positions[i]!, positions[i + 1]!, into);
    };
  };
  let seen = 0;
  const rates = race([
    decoding(codec),
    decoding(codecFor([3])),
    () => {
      for (let i = 0; i < COUNT; i++) seen += library.decode(payloads[i]!) === null ? 0 : 1;
    },
    () => {
      out.length = 0;
      for (let i = 0; i < COUNT; i++) codec.encode(rows[i]!, out);
    },
    () => {
      for (let i = 0; i < COUNT; i++) seen += library.encode(objects[i]!).length;
    },
  ]);
  if (seen === 0) throw new Error('nothing was read');
  const [decode, decodeOne, libraryDecode, encode, libraryEncode] = rates as [
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    format,
    library: library.name,
    bytesPerRecord: Math.round(bytes.length / COUNT),
    decode,
    decodeOne,
    libraryDecode,
    decodeRatio: Number((decode / libraryDecode).toFixed(2)),
    encode,
    libraryEncode,
    encodeRatio: Number((encode / libraryEncode).toFixed(2)),
  };
}

/** Measures all three; takes a few seconds. */
export function benchRegistryFormats(): readonly RegistryFormatFigures[] {
  return ['AVRO', 'PROTOBUF', 'JSON_SR'].map(measure);
}
