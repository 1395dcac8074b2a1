/**
 * Mutated records over all formats. Of every record one of these is true: it decodes to values of the columns' types, or it is
 * refused with a FormatError. And besides:
 *
 * - decoding reads nothing outside of the payload: other bytes around it change nothing;
 * - what was decoded takes memory in proportion to the payload, whatever lengths the payload claims;
 * - what was decoded can be encoded (or is refused with a FormatError), and then decodes to the same; where a format has no NULL
 *   for some type (PROTOBUF, DELIMITED), to what then stays the same;
 * - decoding some of the columns gives what decoding all of them gives there;
 * - nothing takes longer than `HANG_MS`.
 */
import { performance } from 'node:perf_hooks';
import { byteWriter, writtenBytes } from '../../src/formats/byte-writer.ts';
import { type Codec, type FormatDef, FormatError } from '../../src/formats/format.ts';
import { formats } from '../../src/formats/table.ts';
import { valueCheck } from '../../src/functions/user/value-check.ts';
import { valuesEqual } from '../../src/types/compare.ts';
import type { Row, Value } from '../../src/types/value.ts';
import { Random } from '../expressions/random.ts';
import { mutate } from './mutate.ts';
import { randomSubject, type Subject } from './subject.ts';

/** Well above what a busy machine adds. */
const HANG_MS = 3_000;
const RECORDS_PER_SUBJECT = 400;
/** Values (elements, characters, bytes) per byte of payload, and as many for free: columns that a payload leaves out. */
const WEIGHT_PER_BYTE = 16;
const WEIGHT_FREE = 4_096;

export interface FuzzFailure {
  readonly seed: number;
  readonly format: string;
  readonly what: string;
  readonly columns: string;
  readonly payload: string;
}

export interface FuzzCount {
  decoded: number;
  empty: number;
  refused: number;
  slowestMs: number;
}

export interface FuzzResult {
  readonly records: number;
  readonly byFormat: ReadonlyMap<string, FuzzCount>;
  readonly failures: readonly FuzzFailure[];
  readonly rssBytesMax: number;
}

export interface FuzzOptions {
  readonly records: number;
  readonly seed: number;
  readonly formats?: readonly string[];
  readonly onProgress?: (records: number) => void;
}

const FAILURES_MAX = 20;

/** Each subject has a seed of its own: `seed`, `seed + 1`, and so on. */
export function fuzzFormats(options: FuzzOptions): FuzzResult {
  const chosen = formats.filter(
    ({ name }) => name !== 'NONE' && (options.formats?.includes(name) ?? true),
  );
  const byFormat = new Map<string, FuzzCount>();
  const failures: FuzzFailure[] = [];
  let records = 0;
  let rssBytesMax = 0;
  for (let seed = options.seed; records < options.records; seed++) {
    const format = chosen[seed % chosen.length]!;
    records += new Fuzz(seed, format, countOf(byFormat, format.name), failures).run();
    if (seed % 64 === 0) rssBytesMax = Math.max(rssBytesMax, process.memoryUsage.rss());
    options.onProgress?.(records);
    if (failures.length >= FAILURES_MAX) break;
  }
  return { records, byFormat, failures, rssBytesMax };
}

function countOf(counts: Map<string, FuzzCount>, format: string): FuzzCount {
  const known = counts.get(format);
  if (known !== undefined) return known;
  const count: FuzzCount = { decoded: 0, empty: 0, refused: 0, slowestMs: 0 };
  counts.set(format, count);
  return count;
}

class Fuzz {
  readonly #seed: number;
  readonly #format: FormatDef;
  readonly #count: FuzzCount;
  readonly #failures: FuzzFailure[];
  readonly #random: Random;

  constructor(seed: number, format: FormatDef, count: FuzzCount, failures: FuzzFailure[]) {
    this.#seed = seed;
    this.#format = format;
    this.#count = count;
    this.#failures = failures;
    this.#random = new Random(seed * 104_729);
  }

  /** How many records were tried. */
  run(): number {
    const random = this.#random;
    let subject: Subject | null = null;
    try {
      subject = randomSubject(random, this.#format);
    } catch (error) {
      this.#fail(`making a codec threw ${stackOf(error)}`, null, Uint8Array.of());
    }
    if (subject === null) return 0;
    const checks = subject.columns.map(({ type }) => valueCheck(type));
    for (let left = RECORDS_PER_SUBJECT; left > 0; left--) {
      const payload = this.#record(subject);
      const started = performance.now();
      try {
        this.#try(subject, payload, checks);
      } catch (error) {
        this.#fail(stackOf(error), subject, payload);
      }
      const ms = performance.now() - started;
      if (ms > this.#count.slowestMs) this.#count.slowestMs = ms;
      if (ms > HANG_MS) this.#fail(`took ${Math.round(ms)} ms`, subject, payload);
      if (this.#failures.length >= FAILURES_MAX) break;
    }
    return RECORDS_PER_SUBJECT;
  }

  #record(subject: Subject): Uint8Array {
    const random = this.#random;
    const payload = random.pick(subject.payloads);
    if (random.oneIn(50)) return payload;
    const fixed = random.oneIn(30) ? 0 : subject.frameBytes;
    const mutated = mutate(random, payload, random.pick(subject.payloads), fixed);
    if (subject.frameBytes > 0 && mutated.length >= subject.frameBytes && random.oneIn(6))
      mutated[subject.frameBytes - 1] = 1 + random.below(subject.schemaIds);
    return mutated;
  }

  #try(
    subject: Subject,
    payload: Uint8Array,
    checks: readonly ((value: unknown) => Value)[],
  ): void {
    const random = this.#random;
    const row = decode(subject.codec, payload, subject.columns.length);
    if (row === 'refused') this.#count.refused++;
    else if (row === null) this.#count.empty++;
    else {
      this.#count.decoded++;
      for (const index of subject.needed) checks[index]!(row[index]);
      const limit = WEIGHT_FREE + WEIGHT_PER_BYTE * payload.length;
      if (weightOf(row) > limit)
        throw new Error(`a row of weight ${weightOf(row)}, limit ${limit}`);
    }
    if (random.oneIn(4)) this.#tryAmong(subject, payload, row);
    if (random.oneIn(4)) this.#tryWhole(subject, payload, row);
  }

  /** The same payload between other bytes. */
  #tryAmong(subject: Subject, payload: Uint8Array, expected: Decoded): void {
    const random = this.#random;
    const filler = random.pick([0, 0x22, 0x2c, 0x7d, 0x80, 0xff, 0x31]);
    const before = random.below(9);
    const bytes = new Uint8Array(before + payload.length + random.below(9)).fill(filler);
    bytes.set(payload, before);
    const { length } = subject.columns;
    const row = decode(subject.codec, bytes, length, before, before + payload.length);
    if (!isSame(subject, row, expected))
      throw new Error(`other bytes around it change the result: ${show(row)}, ${show(expected)}`);
  }

  /** All columns, and there and back again. */
  #tryWhole(subject: Subject, payload: Uint8Array, expected: Decoded): void {
    const { whole, columns, needed } = subject;
    const row = decode(whole, payload, columns.length);
    if (typeof row === 'string' || row === null) {
      // What is wrong may stand in a column that was not needed.
      if ((row === null) !== (expected === null))
        throw new Error(`null row or not: ${show(expected)}`);
      return;
    }
    if (expected === 'refused' || expected === null)
      throw new Error(`all columns decode and some do not: ${show(row)}`);
    for (const index of needed) {
      if (!sameValue(subject, index, row[index]!, expected[index]!))
        throw new Error(`some columns decode differently: ${show(row)}, ${show(expected)}`);
    }
    const once = again(whole, row);
    if (once === null || once === 'refused') return;
    const all = { ...subject, needed: columns.map((_, index) => index) };
    const twice = again(whole, once);
    const isExact = EXACT.has(this.#format.name);
    if (isExact && !isSame(all, once, row))
      throw new Error(`encoded and decoded again: ${show(once)}, ${show(row)}`);
    if (!isSame(all, twice, once))
      throw new Error(`encoded and decoded twice: ${show(twice)}, ${show(once)}`);
  }

  /** Each kind of failure once. */
  #fail(what: string, subject: Subject | null, payload: Uint8Array): void {
    const kind = (text: string): string =>
      text.split('\n', 1)[0]!.replaceAll(/\d+/g, '#').slice(0, 80);
    const isKnown = this.#failures.some(
      (failure) => failure.format === this.#format.name && kind(failure.what) === kind(what),
    );
    if (isKnown) return;
    this.#failures.push({
      seed: this.#seed,
      format: this.#format.name,
      what,
      columns: JSON.stringify(subject?.columns ?? null),
      payload: Buffer.from(payload).toString('hex'),
    });
  }
}

type Decoded = Row | null | 'refused';

/** Formats in which every value has a text of its own. */
const EXACT: ReadonlySet<string> = new Set(['JSON', 'JSON_SR', 'AVRO']);

/** Encoded and decoded; `refused` where there is no encoding. */
function again(codec: Codec, row: Row): Decoded {
  const out = byteWriter();
  try {
    if (!codec.encode(row, out)) return null;
  } catch (error) {
    if (error instanceof FormatError) return 'refused';
    throw error;
  }
  const decoded = decode(codec, writtenBytes(out), row.length);
  if (decoded === 'refused') throw new Error(`what was encoded does not decode: ${show(row)}`);
  return decoded;
}

function decode(
  codec: Codec,
  bytes: Uint8Array,
  width: number,
  start = 0,
  end: number = bytes.length,
): Decoded {
  const into: Value[] = Array.from({ length: width }, () => null);
  try {
    return codec.decode(bytes, start, end, into) ? into : null;
  } catch (error) {
    if (error instanceof FormatError) return 'refused';
    throw error;
  }
}

function isSame(subject: Subject, a: Decoded, b: Decoded): boolean {
  if (a === null || b === null || a === 'refused' || b === 'refused') return a === b;
  return subject.needed.every((index) => sameValue(subject, index, a[index]!, b[index]!));
}

function sameValue({ columns }: Subject, index: number, a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : valuesEqual(columns[index]!.type, a, b);
}

/** Elements, characters and bytes. */
function weightOf(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (value instanceof Uint8Array) return value.length;
  let weight = 1;
  if (value instanceof Map) {
    for (const [key, item] of value) weight += weightOf(key) + weightOf(item);
  } else if (Array.isArray(value)) {
    for (const item of value as readonly Value[]) weight += weightOf(item);
  }
  return weight;
}

function show(row: Decoded): string {
  const text = JSON.stringify(row, (_, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
  });
  return text.slice(0, 300);
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
