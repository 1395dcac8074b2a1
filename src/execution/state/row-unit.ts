/** Rows of tables and windows as they leave memory: key and value as the log has them, the key behind its length. */
import { ByteReader, type ByteWriter } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { Row } from '../../types/value.ts';
import { weightOf } from './budget.ts';
import type { ChangedEntries } from './changed-entries.ts';
import type { Identity } from './identity.ts';
import type { RowCodec, TimedRowCodec } from './row-codec.ts';
import type { UnitCodec } from './spillable-map.ts';
import type { TableEntry } from './table-store.ts';

export interface RowUnitOptions {
  readonly key: RowCodec;
  readonly value: TimedRowCodec;
  /** Of a stored key. */
  readonly identity: (key: Row) => Identity;
  readonly changed: Pick<ChangedEntries<TableEntry>, 'isWatched' | 'moved'>;
}

export function rowUnit({ key, value, identity, changed }: RowUnitOptions): UnitCodec<TableEntry> {
  const unit: UnitCodec<TableEntry> = {
    keepsCopy: true,
    numbers: [],
    isHeld: (entry) => entry.isDirty,
    weight: (entry) => weightOf(entry.bytes),
    write(entry, out) {
      writeRow(key.encode(entry.key), value.encode(entry.timestamp, entry.value!), out);
    },
    read(payload) {
      const [keyBytes, valueBytes] = partsOf(payload);
      const row = value.decode(valueBytes);
      return {
        key: key.decode(keyBytes),
        value: row,
        timestamp: value.timestamp,
        isDirty: false,
        bytes: keyBytes.length + valueBytes.length,
        isUsed: false,
        place: -1,
      };
    },
    identity: (entry) => identity(entry.key),
    identityOf: (payload) => identity(key.decode(partsOf(payload)[0])),
    onEvicted: (entry) => changed.moved(entry),
    onMoved(payload) {
      if (changed.isWatched) changed.moved(unit.read(payload));
    },
  };
  return unit;
}

export function writeRow(key: Bytes, value: Bytes, out: ByteWriter): void {
  out.writeUnsignedVarint(key.length);
  out.writeBytes(key);
  out.writeBytes(value);
}

/** Views of key and value of a record. */
export function partsOf(payload: Bytes): readonly [key: Bytes, value: Bytes] {
  const from = new ByteReader(payload);
  const key = from.readBytes(from.readUnsignedVarint());
  return [key, payload.subarray(from.position)];
}
