/** What is fuzzed: a codec of some format for random columns, with payloads that it wrote itself. */
import type { Field, SqlType } from '../../src/types/type.ts';
import type { Row } from '../../src/types/value.ts';
import { byteWriter, writtenBytes } from '../../src/formats/byte-writer.ts';
import {
  type Codec,
  type FormatDef,
  FormatError,
  type FormatProperties,
  type FormatSpec,
} from '../../src/formats/format.ts';
import { FRAME_BYTES } from '../../src/formats/schema.ts';
import { TestSchemas } from '../../src/formats/test-schemas.test-helper.ts';
import type { Random } from '../expressions/random.ts';
import { nullable, PRIMITIVES, randomType } from '../expressions/values.ts';

export interface Subject {
  readonly format: FormatDef;
  readonly columns: readonly Field[];
  readonly needed: readonly number[];
  readonly codec: Codec;
  /** Decodes and encodes all columns. */
  readonly whole: Codec;
  readonly payloads: readonly Uint8Array[];
  /** Bytes at the front that say how the rest is read. */
  readonly frameBytes: number;
  /** Ids of schemas that payloads may name. */
  readonly schemaIds: number;
}

const PAYLOADS = 6;
const OTHER_SCHEMAS = 3;

/** Null when the format does not take what chance chose. */
export function randomSubject(random: Random, format: FormatDef): Subject | null {
  const columns = randomColumns(random, format);
  const side = random.oneIn(3) ? 'key' : 'value';
  const spec: FormatSpec = {
    format: format.name,
    properties: randomProperties(random, format),
    features:
      columns.length === 1 && format.wrapping.length > 1
        ? [random.oneIn(2) ? 'WRAP_SINGLES' : 'UNWRAP_SINGLES']
        : [],
  };
  if (format.check(columns, side) !== null) return null;
  const schemas = new TestSchemas();
  const use = format.schemas;
  if (use !== undefined) {
    const { type, text } = use.derive(columns, side, spec);
    schemas.add(`t-${side}`, type, text);
    for (let left = OTHER_SCHEMAS; left > 0; left--) {
      const others = [
        ...columns.slice(0, random.below(columns.length + 1)),
        ...randomColumns(random, format),
      ];
      const distinct = others.filter(
        (field, index) => others.findIndex(({ name }) => name === field.name) === index,
      );
      if (format.check(distinct, side) !== null) continue;
      schemas.add('other-value', type, use.derive(distinct, side, spec).text);
    }
  }
  const all = columns.map((_, index) => index);
  const request = { columns, spec, side, topic: 't', schemas } as const;
  const needed = all.filter(() => !random.oneIn(4));
  const whole = format.codec({ ...request, needed: all });
  return {
    format,
    columns,
    needed,
    codec: format.codec({ ...request, needed }),
    whole,
    payloads: randomPayloads(random, columns, whole),
    frameBytes: format.registry && format.name !== 'PROTOBUF_NOSR' ? FRAME_BYTES : 0,
    schemaIds: 1 + OTHER_SCHEMAS,
  };
}

const NAMES = ['A', 'B', 'ID', 'NAME', 'ORDER_ID', 'C', 'D', 'E'];

function randomColumns(random: Random, format: FormatDef): readonly Field[] {
  const count = format.name === 'KAFKA' ? 1 : random.oneIn(4) ? 1 : 1 + random.below(6);
  const flat = format.name === 'KAFKA' || format.name === 'DELIMITED';
  return NAMES.slice(0, count).map((name) => ({ name, type: columnType(random, flat) }));
}

function columnType(random: Random, flat: boolean): SqlType {
  return flat ? random.pick(PRIMITIVES) : randomType(random, 3);
}

function randomProperties(random: Random, format: FormatDef): FormatProperties {
  if (format.properties.includes('delimiter') && random.oneIn(2))
    return { delimiter: random.pick([';', '|', 'TAB', 'SPACE', 'a', '€']) };
  if (format.properties.includes('nullableRepresentation') && random.oneIn(2))
    return { nullableRepresentation: random.pick(['OPTIONAL', 'WRAPPER'] as const) };
  return {};
}

function randomPayloads(
  random: Random,
  columns: readonly Field[],
  codec: Codec,
): readonly Uint8Array[] {
  const payloads: Uint8Array[] = [Uint8Array.of()];
  const out = byteWriter();
  for (let left = PAYLOADS; left > 0; left--) {
    const row: Row = columns.map(({ type }) => nullable(random, type));
    out.length = 0;
    try {
      if (codec.encode(row, out)) payloads.push(writtenBytes(out));
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
    }
  }
  return payloads;
}
