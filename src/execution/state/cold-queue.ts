/**
 * What is due when, of units that are not in memory: a binary heap of (time, sequence, hash of the unit) in typed arrays, 20 bytes
 * an item. An item is a hint: it may be of a unit that has changed or is in memory since. Its owner asks the unit's record before
 * it believes it, and fills the queue anew when hints outnumber units.
 */
export class ColdQueue {
  size = 0;
  #times = new Float64Array(16);
  #sequences = new Float64Array(16);
  #hashes = new Int32Array(16);

  /** Of the first item; without one Infinity. */
  get time(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  get sequence(): number {
    return this.#sequences[0]!;
  }

  get hash(): number {
    return this.#hashes[0]!;
  }

  clear(): void {
    this.size = 0;
  }

  add(time: number, sequence: number, hash: number): void {
    if (this.size === this.#times.length) this.#grow();
    let at = this.size++;
    for (; at > 0; ) {
      const parent = (at - 1) >>> 1;
      if (!this.#isLess(time, sequence, parent)) break;
      this.#copy(parent, at);
      at = parent;
    }
    this.#set(at, time, sequence, hash);
  }

  /** Removes the first item. */
  shift(): void {
    const last = --this.size;
    const [time, sequence, hash] = [
      this.#times[last]!,
      this.#sequences[last]!,
      this.#hashes[last]!,
    ];
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (
        child + 1 < last &&
        this.#isLess(this.#times[child + 1]!, this.#sequences[child + 1]!, child)
      )
        child++;
      if (this.#isLess(time, sequence, child)) break;
      this.#copy(child, at);
      at = child;
    }
    this.#set(at, time, sequence, hash);
  }

  #isLess(time: number, sequence: number, than: number): boolean {
    const other = this.#times[than]!;
    return time === other ? sequence < this.#sequences[than]! : time < other;
  }

  #copy(from: number, to: number): void {
    this.#set(to, this.#times[from]!, this.#sequences[from]!, this.#hashes[from]!);
  }

  #set(at: number, time: number, sequence: number, hash: number): void {
    this.#times[at] = time;
    this.#sequences[at] = sequence;
    this.#hashes[at] = hash;
  }

  #grow(): void {
    const [times, sequences, hashes] = [this.#times, this.#sequences, this.#hashes];
    this.#times = new Float64Array(times.length * 2);
    this.#times.set(times);
    this.#sequences = new Float64Array(times.length * 2);
    this.#sequences.set(sequences);
    this.#hashes = new Int32Array(times.length * 2);
    this.#hashes.set(hashes);
  }
}
