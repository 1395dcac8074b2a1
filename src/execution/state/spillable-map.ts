/**
 * Units (a row, or the rows of a key) by identity: in memory first, and the rest as records in the spill area. A unit that is asked
 * for and is not in memory is thawed: it is in memory from then on. Which leave memory is decided by the clock algorithm (second
 * chance): a hand goes round the map and takes what was not used since it came by last.
 *
 * Where `keepsCopy`, a thawed unit's record stays, and a unit that did not change leaves memory again without being written. Its
 * owner calls `changed` before the map may evict again. A unit in memory always counts, whatever the record says.
 *
 * As long as nothing was ever evicted, a lookup costs one comparison more than that of a Map.
 */
import { ByteWriter } from '../../base/bytes.ts';
import type { Bytes } from '../../base/env.ts';
import { type ColdRecord, ColdRecords, RECORD_BYTES_MAX } from './cold-records.ts';
import { type Identity, identityHash, isSameIdentity } from './identity.ts';
import type { Residency } from './memory.ts';

/** Victims that are written at a time. */
const BATCH = 1024;
const NOWHERE = -1;
const out = new ByteWriter(256);

export interface Unit {
  /** Since the hand came by last; kept only once something was evicted. */
  isUsed: boolean;
  /** Where its record lies, or -1. */
  place: number;
}

export interface UnitCodec<Item extends Unit> {
  /** Must it stay in memory, because something of it waits to be collected? */
  isHeld(unit: Item): boolean;
  /** Bytes that it counts in memory, once all of it was collected. */
  weight(unit: Item): number;
  write(unit: Item, out: ByteWriter): void;
  /** A unit of its own with `place` -1. */
  read(payload: Bytes): Item;
  identity(unit: Item): Identity;
  /** Of the record's key alone. */
  identityOf(payload: Bytes): Identity;
  /** Whether a thawed unit's record stays. */
  readonly keepsCopy: boolean;
  /** Numbers kept in memory beside each record, and what they are of a unit. */
  readonly numbers: readonly ((unit: Item) => number)[];
  /** It has left memory or come back. */
  onEvicted(unit: Item, hash: number): void;
  onThawed?(unit: Item): void;
  /** Its record has been moved. */
  onMoved(payload: Bytes): void;
}

export class SpillableMap<Item extends Unit> {
  readonly #codec: UnitCodec<Item>;
  readonly #units = new Map<Identity, Item>();
  #cold: ColdRecords | null = null;
  #residency: Residency | null = null;
  #hand: Iterator<[Identity, Item]> | null = null;
  #indexBytes = 0;
  /** Valid until the next record is read. */
  #found: Bytes = new Uint8Array(0);

  constructor(codec: UnitCodec<Item>) {
    this.#codec = codec;
  }

  /** Counts there from now on; evicts nothing without it. */
  set residency(residency: Residency | null) {
    this.#residency = residency;
  }

  /** Some unit has left memory, now or before. */
  get hasSpilled(): boolean {
    return this.#cold !== null;
  }

  /** Units in memory. */
  get residentCount(): number {
    return this.#units.size;
  }

  get(identity: Identity): Item | undefined {
    const unit = this.#units.get(identity);
    return this.#cold === null ? unit : this.#spilled(identity, unit);
  }

  /** As `get`, but what is not in memory stays where it is: the unit is a copy, not to be changed. */
  peek(identity: Identity): Item | undefined {
    const unit = this.#units.get(identity);
    if (unit !== undefined || this.#cold === null) return unit;
    const slot = this.#find(this.#cold, identity, identityHash(identity));
    return slot < 0 ? undefined : this.#codec.read(this.#found);
  }

  /** Only for an identity that is not there, which `get` has said. */
  set(identity: Identity, unit: Item): void {
    this.#units.set(identity, unit);
  }

  /** The same of a unit that is only known as its record; to be followed by `flush`. */
  setCold(identity: Identity, write: (out: ByteWriter) => void): void {
    const cold = this.#coldRecords();
    out.clear();
    write(out);
    cold.add(identityHash(identity), out.view());
  }

  /** Before anything else is done with this or another map. */
  flush(): void {
    this.#cold?.flush();
    this.#countIndex();
  }

  /** Only for a unit in memory, which `get` gave. */
  delete(identity: Identity, unit: Item): void {
    this.#units.delete(identity);
    if (unit.place !== NOWHERE) this.changed(unit);
  }

  /** What its record says is no longer so: it goes. */
  changed(unit: Item): void {
    const cold = this.#cold;
    unit.isUsed = true;
    if (cold === null || unit.place === NOWHERE) return;
    const slot = cold.index.slotOf(identityHash(this.#codec.identity(unit)), unit.place);
    unit.place = NOWHERE;
    cold.drop(slot);
  }

  /**
   * All units; those that are not in memory come first, as copies. Units that neither change nor leave memory nor are moved
   * meanwhile come once.
   */
  *values(): Iterable<Item> {
    for (const { payload } of this.coldRecords()) yield this.#codec.read(payload);
    yield* this.#units.values();
  }

  /** Units in memory. */
  resident(): Iterable<Item> {
    return this.#units.values();
  }

  /** Records of units that are not in memory. */
  *coldRecords(): Iterable<ColdRecord> {
    if (this.#cold === null) return;
    for (const record of this.#cold.records()) {
      if (this.#codec.keepsCopy && this.#units.has(this.#codec.identityOf(record.payload)))
        continue;
      yield record;
    }
  }

  /** Thaws the units of this hash for which `isWanted` holds of their numbers; returns their identities. */
  thaw(
    hash: number,
    isWanted: (number: (which: number) => number) => boolean,
  ): readonly Identity[] {
    const cold = this.#cold;
    if (cold === null) return [];
    const wanted: Identity[] = [];
    for (let slot = cold.index.first(hash); slot >= 0; slot = cold.index.next(hash, slot)) {
      const at = slot;
      if (isWanted((which) => cold.index.number(at, which)))
        wanted.push(this.#codec.identityOf(cold.payload(at)));
    }
    for (const identity of wanted) this.get(identity);
    return wanted;
  }

  /** Is there a unit of this hash that is not in memory and for which `isWanted` holds of its numbers? */
  hasCold(hash: number, isWanted: (number: (which: number) => number) => boolean): boolean {
    const index = this.#cold?.index;
    if (index === undefined) return false;
    for (let slot = index.first(hash); slot >= 0; slot = index.next(hash, slot)) {
      const at = slot;
      if (isWanted((which) => index.number(at, which))) return true;
    }
    return false;
  }

  /** All units that are not in memory, by hash and numbers; none may come or go meanwhile. */
  eachCold(visit: (hash: number, number: (which: number) => number) => void): void {
    const index = this.#cold?.index;
    if (index === undefined) return;
    for (const slot of index.slots()) visit(index.hash(slot), (which) => index.number(slot, which));
  }

  /** How many units are not in memory; where copies are kept, some of them are. */
  get coldCount(): number {
    return this.#cold?.index.count ?? 0;
  }

  /** Lets go of units that weigh about so much, once round at most; returns how much it was. */
  evict(bytes: number): number {
    if (this.#units.size === 0) return 0;
    let freed = 0;
    let steps = this.#units.size;
    while (steps > 0 && freed < bytes) {
      const victims: [Identity, Item][] = [];
      let weight = 0;
      for (; steps > 0 && freed + weight < bytes && victims.length < BATCH; steps--) {
        const victim = this.#victim();
        if (victim === null) continue;
        weight += this.#codec.weight(victim[1]);
        victims.push(victim);
      }
      if (victims.length > 0) this.#move(victims);
      this.#residency!.add(-weight);
      freed += weight;
    }
    this.#cold?.compact((record) => this.#isCold(record));
    this.#countIndex();
    return freed;
  }

  /** Gives back what it has in the spill area. */
  release(): void {
    this.#cold?.release();
    this.#residency?.addIndex(-this.#indexBytes);
    this.#indexBytes = 0;
    this.#cold = null;
    this.#hand = null;
  }

  /** Moves the hand on; the entry under it, if that is to go. */
  #victim(): [Identity, Item] | null {
    let next = this.#hand?.next();
    if (next === undefined || next.done === true) {
      this.#hand = this.#units.entries();
      next = this.#hand.next();
    }
    if (next.done === true) return null;
    const unit = next.value[1];
    if (this.#codec.isHeld(unit) || this.#codec.weight(unit) > RECORD_BYTES_MAX) return null;
    if (!unit.isUsed) return next.value;
    unit.isUsed = false;
    return null;
  }

  /** All victims leave memory, or none if they cannot be written. */
  #move(victims: readonly [Identity, Item][]): void {
    const cold = this.#coldRecords();
    const written: [hash: number, place: number][] = [];
    try {
      for (const [identity, unit] of victims) {
        if (unit.place !== NOWHERE) continue;
        const hash = identityHash(identity);
        written.push([hash, this.#write(cold, hash, unit)]);
      }
      cold.flush();
    } catch (error) {
      for (const [hash, place] of written) cold.drop(cold.index.slotOf(hash, place));
      throw error;
    }
    for (const [identity, unit] of victims) {
      this.#units.delete(identity);
      this.#codec.onEvicted(unit, identityHash(identity));
    }
  }

  #coldRecords(): ColdRecords {
    this.#cold ??= new ColdRecords(this.#residency!.memory.space, this.#codec.numbers.length);
    return this.#cold;
  }

  /** Returns the place. */
  #write(cold: ColdRecords, hash: number, unit: Item): number {
    out.clear();
    this.#codec.write(unit, out);
    const slot = cold.add(hash, out.view());
    for (const [which, number] of this.#codec.numbers.entries())
      cold.index.setNumber(slot, which, number(unit));
    return cold.index.place(slot);
  }

  #spilled(identity: Identity, unit: Item | undefined): Item | undefined {
    if (unit !== undefined) {
      unit.isUsed = true;
      return unit;
    }
    const cold = this.#cold!;
    const hash = identityHash(identity);
    const slot = this.#find(cold, identity, hash);
    if (slot < 0) return undefined;
    const thawed = this.#codec.read(this.#found);
    if (this.#codec.keepsCopy) thawed.place = cold.index.place(slot);
    else cold.drop(slot);
    this.#units.set(identity, thawed);
    this.#residency!.add(this.#codec.weight(thawed));
    this.#codec.onThawed?.(thawed);
    return thawed;
  }

  /** The slot of the identity's record, which then is in `#found`, or -1. */
  #find(cold: ColdRecords, identity: Identity, hash: number): number {
    for (let slot = cold.index.first(hash); slot >= 0; slot = cold.index.next(hash, slot)) {
      this.#found = cold.payload(slot);
      if (isSameIdentity(this.#codec.identityOf(this.#found), identity)) return slot;
    }
    return -1;
  }

  /** While records are moved: is that still the only place where the unit is? If not the record goes. */
  #isCold({ payload }: ColdRecord): boolean {
    const unit = this.#codec.keepsCopy
      ? this.#units.get(this.#codec.identityOf(payload))
      : undefined;
    if (unit === undefined) this.#codec.onMoved(payload);
    else unit.place = NOWHERE;
    return unit === undefined;
  }

  #countIndex(): void {
    const bytes = this.#cold?.byteCount ?? 0;
    this.#residency?.addIndex(bytes - this.#indexBytes);
    this.#indexBytes = bytes;
  }
}
