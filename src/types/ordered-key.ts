/**
 * Rows as bytes whose order is the order of the rows: column by column, NULL first, then as `naturalOrder` has it.
 *
 * A present value follows the byte 1, NULL is the byte 0. Fixed-width numbers are big-endian with the sign bit flipped (doubles:
 * all bits, if negative); decimals have the width their precision needs. Text is written one to three bytes per UTF-16 code
 * unit, as UTF-8 does but for surrogate pairs, whose order would otherwise differ from the code units'; bytes have their top bit
 * flipped, being signed in SQL. Both end in a 0, and a 0 inside is followed by 255, which no column starts with. Elements of
 * arrays and maps are columns that follow one another, and 0 ends the list; NULL among them is 1 and a value follows 2.
 *
 * The key of a row's first columns is a prefix of the key of the row, so that a range of keys is all rows which begin with them.
 */
import { compareBytes } from '../base/bytes.ts';
import type { SqlType } from './type.ts';
import type { Row, Value } from './value.ts';

/** Encodes and decodes rows of fixed column types; `compareBytes` orders the result. Not to be used by two callers at once: encoding shares one buffer. */
export interface OrderedKeyCodec {
  /** A fresh array. A row shorter than the types gives a prefix. */
  encode(row: Row): Uint8Array;
  decode(bytes: Uint8Array): Row;
}

export function orderedKeyCodec(types: readonly SqlType[]): OrderedKeyCodec {
  const columns = types.map((type) => columnCodec(type, 0));
  const writer = new KeyWriter();
  return {
    encode(row) {
      writer.length = 0;
      for (let index = 0; index < row.length; index++) columns[index]!.write(row[index]!, writer);
      return writer.bytes.slice(0, writer.length);
    },
    decode(bytes) {
      const reader = new KeyReader(bytes);
      return columns.map((column) => column.read(reader));
    },
  };
}

/** As `orderedKeyCodec(types).encode(row)`, for one row. */
export function orderedKey(types: readonly SqlType[], row: Row): Uint8Array {
  return orderedKeyCodec(types).encode(row);
}

class KeyWriter {
  bytes: Uint8Array = new Uint8Array(64);
  view: DataView = new DataView(this.bytes.buffer);
  length = 0;

  /** Makes room for `count` more bytes and returns where they go. */
  reserve(count: number): number {
    const start = this.length;
    this.length += count;
    if (this.length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(this.length, this.bytes.length * 2));
      grown.set(this.bytes);
      this.bytes = grown;
      this.view = new DataView(grown.buffer);
    }
    return start;
  }

  byte(value: number): void {
    const at = this.reserve(1);
    this.bytes[at] = value;
  }
}

class KeyReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  position = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(count: number): number {
    const start = this.position;
    this.position += count;
    return start;
  }
}

interface Codec {
  readonly write: (value: Value, out: KeyWriter) => void;
  readonly read: (from: KeyReader) => Value;
}

/** A value that may be NULL: the marker `base` for NULL, `base + 1` before a value. */
function columnCodec(type: SqlType, base: number): Codec {
  const { write, read } = valueCodec(type);
  return {
    write(value, out) {
      out.byte(value === null ? base : base + 1);
      if (value !== null) write(value, out);
    },
    read: (from) => (from.bytes[from.position++] === base ? null : read(from)),
  };
}

function valueCodec(type: SqlType): Codec {
  switch (type.kind) {
    case 'BOOLEAN':
      return {
        write: (value, out) => out.byte(value === true ? 1 : 0),
        read: (from) => from.bytes[from.position++] === 1,
      };
    case 'INTEGER':
    case 'DATE':
    case 'TIME':
      return INT32;
    case 'TIMESTAMP':
      return INT53;
    case 'BIGINT':
      return INT64;
    case 'DOUBLE':
      return FLOAT64;
    case 'DECIMAL':
      return decimalCodec(type.precision);
    case 'STRING':
      return TEXT;
    case 'BYTES':
      return BYTES;
    case 'ARRAY':
      return listCodec(columnCodec(type.element, 1));
    case 'MAP':
      return mapCodec(type.key, type.value);
    case 'STRUCT': {
      const fields = type.fields.map((field) => columnCodec(field.type, 0));
      return {
        write: (value, out) =>
          fields.forEach((field, index) => {
            field.write((value as Row)[index]!, out);
          }),
        read: (from) => fields.map((field) => field.read(from)),
      };
    }
  }
}

const INT32: Codec = {
  write(value, out) {
    const at = out.reserve(4);
    out.view.setUint32(at, (value as number) ^ 0x8000_0000);
  },
  read: (from) => (from.view.getUint32(from.skip(4)) ^ 0x8000_0000) | 0,
};

/** Milliseconds: a safe integer as its high and low 32 bits. */
const INT53: Codec = {
  write(value, out) {
    const at = out.reserve(8);
    out.view.setUint32(at, Math.floor((value as number) / 0x1_0000_0000) ^ 0x8000_0000);
    out.view.setUint32(at + 4, (value as number) >>> 0);
  },
  read(from) {
    const at = from.skip(8);
    const high = (from.view.getUint32(at) ^ 0x8000_0000) | 0;
    return high * 0x1_0000_0000 + from.view.getUint32(at + 4);
  },
};

const INT64: Codec = {
  write(value, out) {
    const at = out.reserve(8);
    out.view.setBigInt64(at, value as bigint);
    out.bytes[at]! ^= 0x80;
  },
  read(from) {
    const at = from.skip(8);
    return BigInt.asIntN(64, from.view.getBigUint64(at) ^ 0x8000_0000_0000_0000n);
  },
};

const FLOAT_BITS = new DataView(new ArrayBuffer(8));
const FLOAT64: Codec = {
  write(value, out) {
    const at = out.reserve(8);
    // NaN has many bit patterns; this one sorts last.
    if (Number.isNaN(value)) out.view.setBigUint64(at, 0x7ff8_0000_0000_0000n);
    else out.view.setFloat64(at, value as number);
    const negative = out.bytes[at]! >= 0x80;
    if (negative) for (let index = at; index < at + 8; index++) out.bytes[index]! ^= 0xff;
    else out.bytes[at]! ^= 0x80;
  },
  read(from) {
    const bits = from.view.getBigUint64(from.skip(8));
    const negative = bits < 0x8000_0000_0000_0000n;
    FLOAT_BITS.setBigUint64(0, negative ? ~bits : bits ^ 0x8000_0000_0000_0000n);
    return FLOAT_BITS.getFloat64(0);
  },
};

/** The unscaled value plus half of the range, in as many 32-bit words as the precision needs. */
function decimalCodec(precision: number): Codec {
  const words = Math.ceil(((10n ** BigInt(precision)).toString(2).length + 1) / 32);
  const half = 1n << BigInt(words * 32 - 1);
  return {
    write(value, out) {
      const at = out.reserve(words * 4);
      let rest = (value as bigint) + half;
      for (let word = words - 1; word >= 0; word--) {
        out.view.setUint32(at + word * 4, Number(rest & 0xffff_ffffn));
        rest >>= 32n;
      }
    },
    read(from) {
      const at = from.skip(words * 4);
      let value = 0n;
      for (let word = 0; word < words; word++)
        value = (value << 32n) | BigInt(from.view.getUint32(at + word * 4));
      return value - half;
    },
  };
}

const TEXT: Codec = {
  write(value, out) {
    const text = value as string;
    let at = out.reserve(text.length * 3 + 1);
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit === 0) {
        out.bytes[at++] = 0;
        out.bytes[at++] = 0xff;
      } else if (unit < 0x80) {
        out.bytes[at++] = unit;
      } else if (unit < 0x800) {
        out.bytes[at++] = 0xc0 | (unit >> 6);
        out.bytes[at++] = 0x80 | (unit & 0x3f);
      } else {
        out.bytes[at++] = 0xe0 | (unit >> 12);
        out.bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        out.bytes[at++] = 0x80 | (unit & 0x3f);
      }
    }
    out.bytes[at++] = 0;
    out.length = at;
  },
  read(from) {
    const { bytes } = from;
    let text = '';
    for (;;) {
      const first = bytes[from.position++]!;
      if (first === 0) {
        if (bytes[from.position] !== 0xff) return text;
        from.position++;
        text += '\0';
      } else if (first < 0x80) {
        text += String.fromCharCode(first);
      } else if (first < 0xe0) {
        text += String.fromCharCode(((first & 0x1f) << 6) | (bytes[from.position++]! & 0x3f));
      } else {
        const middle = bytes[from.position++]! & 0x3f;
        const last = bytes[from.position++]! & 0x3f;
        text += String.fromCharCode(((first & 0x0f) << 12) | (middle << 6) | last);
      }
    }
  },
};

const BYTES: Codec = {
  write(value, out) {
    const bytes = value as Uint8Array;
    let at = out.reserve(bytes.length * 2 + 1);
    for (const byte of bytes) {
      const flipped = byte ^ 0x80;
      out.bytes[at++] = flipped;
      if (flipped === 0) out.bytes[at++] = 0xff;
    }
    out.bytes[at++] = 0;
    out.length = at;
  },
  read(from) {
    const result: number[] = [];
    for (;;) {
      const byte = from.bytes[from.position++]!;
      if (byte === 0) {
        if (from.bytes[from.position] !== 0xff) return Uint8Array.from(result);
        from.position++;
      }
      result.push(byte ^ 0x80);
    }
  },
};

function listCodec(element: Codec): Codec {
  return {
    write(value, out) {
      for (const item of value as readonly Value[]) element.write(item, out);
      out.byte(0);
    },
    read(from) {
      const items: Value[] = [];
      while (from.bytes[from.position] !== 0) items.push(element.read(from));
      from.position++;
      return items;
    },
  };
}

/** Entries in the order of their keys' bytes, so that equal maps have equal bytes. */
function mapCodec(keyType: SqlType, valueType: SqlType): Codec {
  const keys = orderedKeyCodec([keyType]);
  const list = listCodec(valueCodecOfEntry(columnCodec(keyType, 1), columnCodec(valueType, 1)));
  return {
    write(value, out) {
      const entries = [...(value as ReadonlyMap<Value, Value>)].map((entry) => ({
        entry,
        bytes: keys.encode([entry[0]]),
      }));
      entries.sort((a, b) => compareBytes(a.bytes, b.bytes));
      list.write(
        entries.map(({ entry }) => entry),
        out,
      );
    },
    read: (from) => new Map(list.read(from) as readonly (readonly [Value, Value])[]),
  };
}

function valueCodecOfEntry(key: Codec, value: Codec): Codec {
  return {
    write(entry, out) {
      key.write((entry as Row)[0]!, out);
      value.write((entry as Row)[1]!, out);
    },
    read: (from) => [key.read(from), value.read(from)],
  };
}
