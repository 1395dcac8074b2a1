/** What keeps an error that comes again and again from filling the log: it is told the first time, then each power of two. */

const kindsMax = 1_000;

export class Repeats {
  readonly #counts = new Map<string, number>();

  /** How often `kind` has come, this time included, where that is to be told; else null. Above 1,000 kinds all are forgotten. */
  count(kind: string): number | null {
    const count = (this.#counts.get(kind) ?? 0) + 1;
    if (count === 1 && this.#counts.size >= kindsMax) this.#counts.clear();
    this.#counts.set(kind, count);
    return (count & (count - 1)) === 0 ? count : null;
  }
}
