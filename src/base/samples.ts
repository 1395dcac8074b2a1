/**
 * Measurements as a flat map: `name` or `name{label="value"}` to a number, as Prometheus writes them, so that they cross threads
 * as plain data and whoever measures something adds a line. What can have many values of a label goes through `Tally`, which
 * keeps the first thousand and sums up the rest as `other`.
 */

export type Samples = Record<string, number>;
export type Labels = Readonly<Record<string, string | number>>;

/** Values of a label that are told apart. */
const valuesMax = 1_000;
const rest = 'other';

/** The key of a sample. */
export function series(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escaped(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escaped(value: string | number): string {
  return String(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A counter with one label. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(label: string, count = 1): void {
    const known = this.#counts.get(label);
    if (known !== undefined) this.#counts.set(label, known + count);
    else if (this.#counts.size < valuesMax) this.#counts.set(label, count);
    else this.#counts.set(rest, (this.#counts.get(rest) ?? 0) + count);
  }

  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  write(into: Samples, name: string, label: string): void {
    for (const [value, count] of this.#counts) into[series(name, { [label]: value })] = count;
  }
}

/** Seconds from a tenth of a millisecond to ten, for latencies. */
export const latencySeconds: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** How often values of which size came. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` ascend; what is above the last goes to a bucket without end. */
  constructor(bounds: readonly number[] = latencySeconds) {
    this.#bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  observe(value: number): void {
    let at = 0;
    while (at < this.#bounds.length && value > (this.#bounds[at] as number)) at++;
    (this.#counts[at] as number)++;
    this.#sum += value;
  }

  /** Buckets count everything up to their bound. */
  write(into: Samples, name: string, labels: Labels = {}): void {
    let count = 0;
    for (const [at, inBucket] of this.#counts.entries()) {
      count += inBucket;
      into[series(`${name}_bucket`, { ...labels, le: this.#bounds[at] ?? '+Inf' })] = count;
    }
    into[series(`${name}_sum`, labels)] = this.#sum;
    into[series(`${name}_count`, labels)] = count;
  }
}

/**
 * Writes `entries` under their labels, the `valuesMax` largest of them; what is left is summed up under the same labels, all
 * of them `other`.
 */
export function writeLargest(
  into: Samples,
  name: string,
  entries: readonly (readonly [labels: Labels, value: number])[],
): void {
  const kept = entries.length <= valuesMax ? entries : [...entries].sort((a, b) => b[1] - a[1]);
  for (const [labels, value] of kept.slice(0, valuesMax)) into[series(name, labels)] = value;
  const others = kept.slice(valuesMax);
  const [first] = others;
  if (first === undefined) return;
  const labels = Object.fromEntries(Object.keys(first[0]).map((label) => [label, rest]));
  into[series(name, labels)] = others.reduce((sum, [, value]) => sum + value, 0);
}
