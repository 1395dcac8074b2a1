/** A record of a source's topic as a row, for the test tool and others that look at single records. */
import type { TimestampMs } from '../../base/env.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import { plainKeyEnd } from '../../formats/windowed-key.ts';
import type { RecordData } from '../../log/log.ts';
import type { Row, Value } from '../../types/value.ts';

export interface DecodedRecord {
  /** Key columns, without the window of a windowed key. */
  readonly key: Row;
  /** Value columns without header columns; null for a tombstone. */
  readonly value: Row | null;
  readonly timestamp: TimestampMs;
}

/** Throws FormatError for bytes that do not fit the source. `schemas` for the formats that use a registry. */
export function decodeRecord(
  source: SourceDef,
  record: RecordData,
  schemas?: SchemaResolver,
): DecodedRecord {
  return {
    key: decodeKey(source, record.key, schemas),
    value: decodeValue(source, record.value, schemas),
    timestamp: record.timestamp,
  };
}

function decodeKey(
  source: SourceDef,
  bytes: Uint8Array | null,
  schemas: SchemaResolver | undefined,
): Row {
  const columns = source.schema.key;
  const row: Value[] = columns.map(() => null);
  if (bytes === null || columns.length === 0) return row;
  const { window } = source;
  const layout =
    window?.kind === 'SESSION'
      ? ({ kind: 'session' } as const)
      : ({ kind: 'time', sizeMs: window?.sizeMs ?? 0 } as const);
  const end = window === null ? bytes.length : plainKeyEnd(layout, 0, bytes.length);
  const needed = columns.map((_, index) => index);
  const { keyFormat: spec, topic } = source;
  const codec = formatByName(spec.format).codec({
    columns,
    needed,
    spec,
    side: 'key',
    topic,
    schemas,
  });
  codec.decode(bytes, 0, end, row);
  return row;
}

function decodeValue(
  source: SourceDef,
  bytes: Uint8Array | null,
  schemas: SchemaResolver | undefined,
): Row | null {
  if (bytes === null) return null;
  const columns = source.schema.value.filter((column) => !('header' in column));
  const row: Value[] = columns.map(() => null);
  const needed = columns.map((_, index) => index);
  const { valueFormat: spec, topic } = source;
  const codec = formatByName(spec.format).codec({
    columns,
    needed,
    spec,
    side: 'value',
    topic,
    schemas,
  });
  return codec.decode(bytes, 0, bytes.length, row) ? row : null;
}
