/**
 * Lines of PRINT (spec: api.md §10). Nobody says what a topic's bytes are, so the printer holds a list of candidates for keys
 * and one for values; a record that does not fit a candidate removes it, and the first that remains renders. The formats are
 * announced before the first record and again whenever a list narrows.
 */
import { getInt32, getInt64, textOf } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import type { LogRecord } from '../../log/log.ts';
import type { FramedSides } from '../../registry/remote/frame-ids.ts';
import { javaDoubleText } from '../../types/java-text.ts';
import { schemaCandidates } from '../schemas/schema-candidates.ts';

interface Candidate {
  readonly name: string;
  /** The text of the bytes, or null if they are not of this format. */
  readonly render: (bytes: Bytes) => string | null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function strictText(bytes: Bytes): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

function jsonText(bytes: Bytes): string | null {
  const text = strictText(bytes);
  if (text === null || !/^\s*[{[]/.test(text)) return null;
  try {
    JSON.parse(text);
    return text;
  } catch {
    return null;
  }
}

function view(bytes: Bytes): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const plainCandidates: readonly Candidate[] = [
  { name: 'JSON', render: jsonText },
  {
    name: 'KAFKA_INT',
    render: (bytes) => (bytes.length === 4 ? String(getInt32(bytes, 0)) : null),
  },
  {
    name: 'KAFKA_BIGINT',
    render: (bytes) => (bytes.length === 8 ? String(view(bytes).getBigInt64(0)) : null),
  },
  {
    name: 'KAFKA_DOUBLE',
    render: (bytes) => (bytes.length === 8 ? javaDoubleText(view(bytes).getFloat64(0)) : null),
  },
  { name: 'KAFKA_STRING', render: strictText },
];
const anyBytes: Candidate = {
  name: 'UNRECOGNISED_BYTES',
  render: (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
};

/** Window bounds that no clock has shown yet are taken for other data. */
const windowMsMax = 4_102_444_800_000;

function windowMs(bytes: Bytes, at: number): number | null {
  const value = at < 0 ? -1 : getInt64(bytes, at);
  return value >= 0 && value < windowMsMax ? value : null;
}

function sessionKey(inner: Candidate): Candidate {
  return {
    name: `SESSION(${inner.name})`,
    render(bytes) {
      const end = windowMs(bytes, bytes.length - 16);
      const start = windowMs(bytes, bytes.length - 8);
      if (end === null || start === null || start > end) return null;
      const key = inner.render(bytes.subarray(0, bytes.length - 16));
      return key === null ? null : `[${key}@${start}/${end}]`;
    },
  };
}

function timeKey(kind: string, inner: Candidate): Candidate {
  return {
    name: `${kind}(${inner.name})`,
    render(bytes) {
      const start = windowMs(bytes, bytes.length - 8);
      if (start === null || bytes.length === 8) return null;
      const key = inner.render(bytes.subarray(0, bytes.length - 8));
      return key === null ? null : `[${key}@${start}/-]`;
    },
  };
}

/** In ksqlDB's order: AVRO, PROTOBUF, JSON, JSON_SR, the rest. */
function candidatesOf(schemas: SchemaResolver | undefined): readonly Candidate[] {
  const [avro, protobuf, jsonSr] = schemas === undefined ? [] : schemaCandidates(schemas);
  const [json, ...others] = plainCandidates;
  return [avro, protobuf, json, jsonSr, ...others].filter((candidate) => candidate !== undefined);
}

function keyCandidatesOf(plain: readonly Candidate[]): readonly Candidate[] {
  return [
    ...plain.flatMap((inner) => [
      sessionKey(inner),
      timeKey('HOPPING', inner),
      timeKey('TUMBLING', inner),
    ]),
    ...plain,
    anyBytes,
  ];
}

class Detector {
  readonly #what: string;
  #candidates: readonly Candidate[];
  #seen = false;

  constructor(what: string, candidates: readonly Candidate[]) {
    this.#what = what;
    this.#candidates = candidates;
  }

  /** Takes the bytes into account; returns their text and whether the list has narrowed. */
  render(bytes: Bytes | null): { readonly text: string; readonly narrowed: boolean } {
    if (bytes === null) return { text: '<null>', narrowed: false };
    const before = this.#seen ? this.#candidates.length : -1;
    this.#candidates = this.#candidates.filter((candidate) => candidate.render(bytes) !== null);
    this.#seen = true;
    return {
      text: this.#candidates[0]?.render(bytes) ?? textOf(bytes),
      narrowed: this.#candidates.length !== before,
    };
  }

  /** May the bytes still name schemas? */
  get isFramed(): boolean {
    return this.#candidates.some(({ name }) => framed.test(name));
  }

  announcement(): string {
    if (!this.#seen) return `${this.#what} format: ¯\\_(ツ)_/¯ - no data processed`;
    const names = this.#candidates
      .filter((candidate) => candidate !== anyBytes)
      .map((candidate) => candidate.name);
    return `${this.#what} format: ${names.length > 0 ? names.join(' or ') : anyBytes.name}`;
  }
}

/** Formats whose bytes name a schema, by themselves or in a windowed key. */
const framed = /\b(AVRO|PROTOBUF|JSON_SR)\b/;

export class RecordPrinter {
  readonly #keys: Detector;
  readonly #values: Detector;
  #first = true;

  /** `schemas` tells records of the formats that use a registry; without it they are bytes. */
  constructor(schemas?: SchemaResolver) {
    const plain = candidatesOf(schemas);
    this.#keys = new Detector('Key', keyCandidatesOf(plain));
    this.#values = new Detector('Value', [...plain, anyBytes]);
  }

  /** Which sides may name schemas, as far as records have shown. */
  get framedSides(): FramedSides {
    return { key: this.#keys.isFramed, value: this.#values.isFramed };
  }

  /** The record's line, after the lines that say what it is taken for when that has changed. */
  lines(record: LogRecord, partition: number): string[] {
    const key = this.#keys.render(record.key);
    const value = this.#values.render(record.value);
    const lines: string[] = [];
    if (this.#first || key.narrowed) lines.push(this.#keys.announcement());
    if (this.#first || value.narrowed) lines.push(this.#values.announcement());
    this.#first = false;
    lines.push(
      `rowtime: ${timeOf(record.timestamp)}, key: ${key.text}, value: ${value.text}, partition: ${partition}`,
    );
    return lines;
  }
}

function timeOf(timestamp: number): string {
  if (timestamp < 0) return 'N/A';
  return `${new Date(timestamp).toISOString().replaceAll('-', '/').replace('T', ' ').replace('Z', ' Z')}`;
}
