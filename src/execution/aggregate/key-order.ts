/** Order of serialised keys, in which Kafka's stores iterate. */
import { compareBytes } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { byteWriter, writtenBytes } from '../../formats/byte-writer.ts';
import type { FormatSpec } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import type { Field } from '../../types/type.ts';
import type { Row } from '../../types/value.ts';

/** The items in the order of their keys' bytes; a window's bounds at the end of a key do not count. */
export type KeyOrder = <Item>(items: Iterable<Item>, keyOf: (item: Item) => Row) => Item[];

export function keyOrder(key: readonly Field[], format: FormatSpec): KeyOrder {
  const bytesOf = keyBytes(key, format);
  return (items, keyOf) => {
    const list = [...items];
    if (list.length < 2) return list;
    const keyed = list.map((item) => ({ item, bytes: bytesOf(keyOf(item)) }));
    keyed.sort((a, b) => compareBytes(a.bytes, b.bytes));
    return keyed.map(({ item }) => item);
  };
}

/** The serialised key; a key that is written as null has no bytes. */
export function keyBytes(key: readonly Field[], format: FormatSpec): (row: Row) => Bytes {
  const codec = formatByName(format.format).codec({
    columns: key,
    needed: [],
    spec: format,
    side: 'key',
    topic: '',
  });
  const out = byteWriter();
  return (row) => {
    out.length = 0;
    codec.encode(row, out);
    return writtenBytes(out);
  };
}
