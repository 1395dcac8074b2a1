/**
 * Which left rows of a foreign-key join refer to a right row: an index of the left rows, made of them when the join starts and in
 * no log. When memory is short the left keys of a foreign key leave it together, as rows do.
 */
import { ByteReader, type ByteWriter } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { StateBudget } from '../state/budget.ts';
import type { Identity } from '../state/identity.ts';
import type { Evictable, Residency } from '../state/memory.ts';
import { rowCodec } from '../state/row-codec.ts';
import { SpillableMap, type Unit } from '../state/spillable-map.ts';
import type { DurableStore } from '../state/table-store.ts';

/** What a left key takes here: its row, its text, its place in a Map. */
const LEFT_BYTES = 200;

interface Referring extends Unit {
  readonly foreign: Value;
  /** Left keys by identity; never empty while it is kept. */
  readonly lefts: Map<Identity, Row>;
}

export interface ReferencesOptions {
  readonly foreignKey: SqlType;
  readonly leftKey: readonly SqlType[];
  readonly foreignIdentity: (key: Row) => Identity;
  readonly leftIdentity: (key: Row) => Identity;
}

export class References implements DurableStore, Evictable {
  readonly name: string;
  readonly #options: ReferencesOptions;
  readonly #units: SpillableMap<Referring>;
  #residency: Residency | null = null;

  constructor(name: string, options: ReferencesOptions) {
    this.name = name;
    this.#options = options;
    this.#units = new SpillableMap(referring(options));
  }

  limit(budget: StateBudget): void {
    this.#residency = budget.memory?.add(this, budget) ?? null;
    this.#units.residency = this.#residency;
  }

  /** It is in no log. */
  restore(): void {}

  collect(): void {}

  /** The left keys that refer to it; null: none. */
  of(foreign: Value): ReadonlyMap<Identity, Row> | null {
    return this.#units.get(this.#options.foreignIdentity([foreign]))?.lefts ?? null;
  }

  add(foreign: Value, left: Row): void {
    const identity = this.#options.foreignIdentity([foreign]);
    let unit = this.#units.get(identity);
    if (unit === undefined) {
      unit = { foreign, lefts: new Map(), isUsed: false, place: -1 };
      this.#units.set(identity, unit);
    }
    const before = unit.lefts.size;
    unit.lefts.set(this.#options.leftIdentity(left), left);
    this.#residency?.add((unit.lefts.size - before) * LEFT_BYTES);
  }

  remove(foreign: Value, left: Identity): void {
    const identity = this.#options.foreignIdentity([foreign]);
    const unit = this.#units.get(identity);
    if (unit?.lefts.delete(left) !== true) return;
    this.#residency?.add(-LEFT_BYTES);
    if (unit.lefts.size === 0) this.#units.delete(identity, unit);
  }

  evict(bytes: number): void {
    const left = bytes - this.#units.evict(bytes);
    if (left > 0) this.#units.evict(left);
  }

  /** While it is made, and other stores are being read: lets go of some itself. */
  makeRoom(): void {
    const residency = this.#residency;
    if (residency !== null && !residency.memory.hasRoom) this.evict(residency.bytes / 8);
  }

  release(): void {
    this.#units.release();
    this.#residency?.release();
  }
}

function referring(
  options: ReferencesOptions,
): ConstructorParameters<typeof SpillableMap<Referring>>[0] {
  const foreignCodec = rowCodec([options.foreignKey]);
  const leftCodec = rowCodec(options.leftKey);
  const foreignOf = (from: ByteReader): Value =>
    foreignCodec.decode(from.readBytes(from.readUnsignedVarint()))[0]!;
  const writeBytes = (bytes: Bytes, out: ByteWriter): void => {
    out.writeUnsignedVarint(bytes.length);
    out.writeBytes(bytes);
  };
  return {
    keepsCopy: false,
    numbers: [],
    isHeld: () => false,
    weight: ({ lefts }) => lefts.size * LEFT_BYTES,
    write({ foreign, lefts }, out) {
      writeBytes(foreignCodec.encode([foreign]), out);
      for (const left of lefts.values()) writeBytes(leftCodec.encode(left), out);
    },
    read(payload) {
      const from = new ByteReader(payload);
      const foreign = foreignOf(from);
      const lefts = new Map<Identity, Row>();
      while (from.remaining > 0) {
        const left = leftCodec.decode(from.readBytes(from.readUnsignedVarint()));
        lefts.set(options.leftIdentity(left), left);
      }
      return { foreign, lefts, isUsed: false, place: -1 };
    },
    identity: ({ foreign }) => options.foreignIdentity([foreign]),
    identityOf: (payload) => options.foreignIdentity([foreignOf(new ByteReader(payload))]),
    onEvicted: () => undefined,
    onMoved: () => undefined,
  };
}
