/**
 * An open-addressed table of (hash, place, length), 12 bytes a slot and at most three of four slots taken, with numbers beside each.
 * What is removed leaves no trace, because what follows it moves up (Knuth, 6.4, algorithm R).
 */
const FIELDS = 3;
const PLACE = 1;
const LENGTH = 2;
const FIRST_CAPACITY = 16;

export class IndexPart {
  count = 0;
  /** Per slot, as many as the index was made for. */
  #numbers: Float64Array<ArrayBuffer>;
  readonly #width: number;
  /** Place 0 is a free slot: places are kept plus 1. */
  #table: Uint32Array<ArrayBuffer> = new Uint32Array(FIRST_CAPACITY * FIELDS);
  #mask: number = FIRST_CAPACITY - 1;

  /** With `width` numbers beside each record. */
  constructor(width: number) {
    this.#width = width;
    this.#numbers = new Float64Array(FIRST_CAPACITY * width);
  }

  /** Memory it takes. */
  get byteCount(): number {
    return this.#table.byteLength + this.#numbers.byteLength;
  }

  /** Slots, taken or not. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** Does one more need a larger table? */
  get isFull(): boolean {
    return (this.count + 1) * 4 > (this.#mask + 1) * 3;
  }

  add(hash: number, place: number, length: number): number {
    if (this.isFull) this.#resize((this.#mask + 1) * 2);
    this.count++;
    let slot = hash & this.#mask;
    const table = this.#table;
    while (table[slot * FIELDS + PLACE] !== 0) slot = (slot + 1) & this.#mask;
    const at = slot * FIELDS;
    table[at] = hash;
    table[at + PLACE] = place + 1;
    table[at + LENGTH] = length;
    return slot;
  }

  /** The first slot of the hash, or -1. */
  first(hash: number): number {
    return this.#from(hash, hash & this.#mask);
  }

  /** The next slot of the hash behind `slot`, or -1. */
  next(hash: number, slot: number): number {
    return this.#from(hash, (slot + 1) & this.#mask);
  }

  hash(slot: number): number {
    return this.#table[slot * FIELDS]!;
  }

  place(slot: number): number {
    return this.#table[slot * FIELDS + PLACE]! - 1;
  }

  length(slot: number): number {
    return this.#table[slot * FIELDS + LENGTH]!;
  }

  move(slot: number, place: number): void {
    this.#table[slot * FIELDS + PLACE] = place + 1;
  }

  number(slot: number, which: number): number {
    return this.#numbers[slot * this.#width + which]!;
  }

  setNumber(slot: number, which: number, value: number): void {
    this.#numbers[slot * this.#width + which] = value;
  }

  /** Slots that are taken; none may be added or removed meanwhile. */
  *slots(): Iterable<number> {
    for (let slot = 0; slot <= this.#mask; slot++) {
      if (this.#table[slot * FIELDS + PLACE] !== 0) yield slot;
    }
  }

  /** Gives what `isGiven` says of to another part. */
  divide(other: IndexPart, isGiven: (hash: number) => boolean): void {
    const [table, numbers, last] = [this.#table, this.#numbers, this.#mask];
    this.#table = new Uint32Array(table.length);
    this.#numbers = new Float64Array(numbers.length);
    other.#table = new Uint32Array(table.length);
    other.#numbers = new Float64Array(numbers.length);
    other.#mask = last;
    const all = this.count;
    for (let from = 0; from <= last; from++) {
      if (table[from * FIELDS + PLACE] === 0) continue;
      const to = isGiven(table[from * FIELDS]!) ? other : this;
      if (to === other) other.count++;
      to.#insert(table, numbers, from);
    }
    this.count = all - other.count;
  }

  remove(slot: number): void {
    const table = this.#table;
    const mask = this.#mask;
    let hole = slot;
    for (let at = (slot + 1) & mask; table[at * FIELDS + PLACE] !== 0; at = (at + 1) & mask) {
      const home = table[at * FIELDS]! & mask;
      // It may fill the hole unless its home lies between the two.
      if (((at - home) & mask) < ((at - hole) & mask)) continue;
      this.#copy(table, this.#numbers, at, hole);
      hole = at;
    }
    table[hole * FIELDS + PLACE] = 0;
    this.count--;
    if (this.#mask >= FIRST_CAPACITY * 4 && this.count * 8 < this.#mask)
      this.#resize((mask + 1) / 2);
  }

  #from(hash: number, start: number): number {
    const table = this.#table;
    for (let slot = start; ; slot = (slot + 1) & this.#mask) {
      const at = slot * FIELDS;
      if (table[at + PLACE] === 0) return -1;
      if (table[at] === hash) return slot;
    }
  }

  /** From a slot of other arrays to one of the index's own. */
  #copy(table: Uint32Array, numbers: Float64Array, from: number, to: number): void {
    for (let field = 0; field < FIELDS; field++)
      this.#table[to * FIELDS + field] = table[from * FIELDS + field]!;
    const width = this.#width;
    for (let which = 0; which < width; which++)
      this.#numbers[to * width + which] = numbers[from * width + which]!;
  }

  #resize(capacity: number): void {
    const [table, numbers, old] = [this.#table, this.#numbers, this.#mask];
    this.#table = new Uint32Array(capacity * FIELDS);
    this.#numbers = new Float64Array(capacity * this.#width);
    this.#mask = capacity - 1;
    for (let from = 0; from <= old; from++) {
      if (table[from * FIELDS + PLACE] !== 0) this.#insert(table, numbers, from);
    }
  }

  #insert(table: Uint32Array, numbers: Float64Array, from: number): void {
    let slot = table[from * FIELDS]! & this.#mask;
    while (this.#table[slot * FIELDS + PLACE] !== 0) slot = (slot + 1) & this.#mask;
    this.#copy(table, numbers, from, slot);
  }
}
