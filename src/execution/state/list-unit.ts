/** The sessions or buffered rows of one key, which leave memory together: each as the log has it, key and value behind their lengths. */
import { ByteReader } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { weightOf } from './budget.ts';
import type { Changeable, ChangedEntries } from './changed-entries.ts';
import type { Identity } from './identity.ts';
import type { Unit, UnitCodec } from './spillable-map.ts';

export interface ListItem extends Changeable {
  /** It is not in memory any more: whoever still has it is to forget it. */
  isEvicted: boolean;
}

export interface ListUnit<Item extends ListItem> extends Unit {
  /** Never empty while it is kept. */
  readonly items: Item[];
}

export interface ListUnitOptions<Item extends ListItem> {
  readonly key: (item: Item) => Bytes;
  readonly value: (item: Item) => Bytes;
  readonly read: (key: Bytes, value: Bytes) => Item;
  /** Of a stored key. */
  readonly identity: (key: Bytes) => Identity;
  readonly numbers: readonly ((items: readonly Item[]) => number)[];
  readonly changed: Pick<ChangedEntries<Item>, 'isWatched' | 'moved'>;
  readonly onEvicted: (items: readonly Item[], hash: number) => void;
  readonly onThawed: (items: readonly Item[]) => void;
}

export function listUnit<Item extends ListItem>(
  options: ListUnitOptions<Item>,
): UnitCodec<ListUnit<Item>> {
  const { key, value, read, identity, changed } = options;
  const unit: UnitCodec<ListUnit<Item>> = {
    keepsCopy: false,
    numbers: options.numbers.map((number) => (unit: ListUnit<Item>) => number(unit.items)),
    isHeld: ({ items }) => items.some((item) => item.isDirty),
    weight: ({ items }) => items.reduce((sum, item) => sum + weightOf(item.bytes), 0),
    write({ items }, out) {
      for (const item of items) {
        for (const bytes of [key(item), value(item)]) {
          out.writeUnsignedVarint(bytes.length);
          out.writeBytes(bytes);
        }
      }
    },
    read(payload) {
      const from = new ByteReader(payload);
      const items: Item[] = [];
      while (from.remaining > 0) {
        const keyBytes = from.readBytes(from.readUnsignedVarint());
        items.push(read(keyBytes, from.readBytes(from.readUnsignedVarint())));
      }
      return { items, isUsed: false, place: -1 };
    },
    identity: ({ items }) => identity(key(items[0]!)),
    identityOf(payload) {
      const from = new ByteReader(payload);
      return identity(from.readBytes(from.readUnsignedVarint()));
    },
    onEvicted({ items }, hash) {
      for (const item of items) {
        item.isEvicted = true;
        changed.moved(item);
      }
      options.onEvicted(items, hash);
    },
    onThawed: ({ items }) => options.onThawed(items),
    onMoved(payload) {
      if (changed.isWatched) for (const item of unit.read(payload).items) changed.moved(item);
    },
  };
  return unit;
}
