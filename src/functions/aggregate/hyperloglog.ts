/**
 * A HyperLogLog sketch as a plain array of 32-bit integers, so that it can be stored as ARRAY<INTEGER>.
 *
 * While few values were seen the sketch is *sparse*: the 64-bit hashes themselves, ascending, two integers each, so that counts
 * are exact. Beyond 256 hashes it is *dense*: 2^14 registers of 6 bits, five to an integer, followed by how many registers have
 * each of the values 0 to 51. A hash's top 14 bits name the register; what it keeps is the greatest position of the first 1
 * among the other 50 bits of the hashes that fell to it, 51 if there is none. The two forms differ in length.
 *
 * The estimate is Ertl's ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6): unbiased over
 * the whole range, with a standard error of 1.04 / √2^14 = 0.8 %. It needs only the counts of register values, which is why
 * they are kept.
 */

export type Sketch = readonly number[];

const INDEX_BITS = 14;
const REGISTERS = 1 << INDEX_BITS;
const REST_BITS = 64 - INDEX_BITS;
const PER_WORD = 5;
const WORDS = Math.ceil(REGISTERS / PER_WORD);
const RANKS = REST_BITS + 2;
const DENSE_LENGTH = WORDS + RANKS;
const SPARSE_HASHES_MAX = 256;

export const EMPTY_SKETCH: Sketch = [];

/** The sketch with the value whose identity is this text; the same object if that changes nothing. */
export function addToSketch(sketch: Sketch, key: string): Sketch {
  const [high, low] = hash64(key);
  return sketch.length === DENSE_LENGTH
    ? addDense(sketch, high, low)
    : addSparse(sketch, high, low);
}

/** The sketch of all values of both. */
export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  if (a.length === DENSE_LENGTH && b.length === DENSE_LENGTH) return mergeDense(a, b);
  const [from, into] = a.length === DENSE_LENGTH ? [b, a] : [a, b];
  let merged = into;
  for (let index = 0; index < from.length; index += 2) {
    const high = from[index]!;
    const low = from[index + 1]!;
    merged =
      merged.length === DENSE_LENGTH ? addDense(merged, high, low) : addSparse(merged, high, low);
  }
  return merged;
}

/** How many distinct values the sketch has seen, about. */
export function estimate(sketch: Sketch): number {
  if (sketch.length !== DENSE_LENGTH) return sketch.length / 2;
  const counts = (rank: number): number => sketch[WORDS + rank]!;
  let z = REGISTERS * tau(1 - counts(RANKS - 1) / REGISTERS);
  for (let rank = RANKS - 2; rank >= 1; rank--) z = 0.5 * (z + counts(rank));
  z += REGISTERS * sigma(counts(0) / REGISTERS);
  return Math.round((REGISTERS * REGISTERS) / (2 * Math.LN2 * z));
}

function addSparse(sketch: Sketch, high: number, low: number): Sketch {
  let from = 0;
  let to = sketch.length / 2;
  while (from < to) {
    const middle = (from + to) >> 1;
    const order = sketch[2 * middle]! - high || sketch[2 * middle + 1]! - low;
    if (order === 0) return sketch;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  const longer = sketch.toSpliced(2 * from, 0, high, low);
  return longer.length / 2 > SPARSE_HASHES_MAX ? toDense(longer) : longer;
}

function toDense(sparse: Sketch): Sketch {
  const dense = new Array<number>(DENSE_LENGTH).fill(0);
  dense[WORDS] = REGISTERS;
  for (let index = 0; index < sparse.length; index += 2) {
    const high = sparse[index]!;
    setRegister(dense, high >>> (32 - INDEX_BITS), rankOf(high, sparse[index + 1]!));
  }
  return dense;
}

function addDense(sketch: Sketch, high: number, low: number): Sketch {
  const index = high >>> (32 - INDEX_BITS);
  const rank = rankOf(high, low);
  if (rank <= register(sketch, index)) return sketch;
  const copy = sketch.slice();
  setRegister(copy, index, rank);
  return copy;
}

function mergeDense(a: Sketch, b: Sketch): Sketch {
  const merged = a.slice();
  for (let index = 0; index < REGISTERS; index++) setRegister(merged, index, register(b, index));
  return merged;
}

/** 1 plus the number of zeros before the first 1 among the bits after the index. */
function rankOf(high: number, low: number): number {
  const rest = high << INDEX_BITS;
  if (rest !== 0) return Math.clz32(rest) + 1;
  return 32 - INDEX_BITS + Math.clz32(low) + 1;
}

function register(sketch: Sketch, index: number): number {
  const word = Math.floor(index / PER_WORD);
  return (sketch[word]! >> ((index - word * PER_WORD) * 6)) & 0x3f;
}

/** Raises a register; keeps the counts. */
function setRegister(dense: number[], index: number, rank: number): void {
  const word = Math.floor(index / PER_WORD);
  const shift = (index - word * PER_WORD) * 6;
  const old = (dense[word]! >> shift) & 0x3f;
  if (rank <= old) return;
  dense[word]! += (rank - old) << shift;
  dense[WORDS + old]!--;
  dense[WORDS + rank]!++;
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let power = x;
  let y = 1;
  let z = x;
  for (;;) {
    power *= power;
    const next = z + power * y;
    y += y;
    if (next === z) return z;
    z = next;
  }
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let root = x;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    root = Math.sqrt(root);
    y *= 0.5;
    const next = z - (1 - root) ** 2 * y;
    if (next === z) return z / 3;
    z = next;
  }
}

/** Two lanes of multiply-and-xor over the UTF-16 code units, each finished as MurmurHash3 is. */
function hash64(text: string): readonly [high: number, low: number] {
  let high = 0x9e3779b1 ^ text.length;
  let low = 0x85ebca6b;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    high = (high << 13) | (high >>> 19);
    low = Math.imul(low ^ unit, 0x5f356495);
    low = (low << 15) | (low >>> 17);
  }
  return [finish(high ^ (low >>> 7)), finish(low ^ Math.imul(high, 0x27d4eb2f))];
}

function finish(bits: number): number {
  let mixed = bits ^ (bits >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
