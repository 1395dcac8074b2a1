/** Names for select items that were given none (spec: semantics.md §2). */

/** Hands out `<prefix>_<n>`, skipping numbers that columns of the sources use already. */
class NumberedNames {
  readonly #prefix: string;
  readonly #used: ReadonlySet<number>;
  #next: number;

  constructor(prefix: string, columns: readonly string[]) {
    this.#prefix = prefix;
    const start = `${prefix}_`;
    const numbers = columns.flatMap((name) => {
      if (name === prefix) return [0];
      const rest = name.startsWith(start) ? name.slice(start.length) : '';
      return /^\d+$/.test(rest) ? [Number(rest)] : [];
    });
    this.#used = new Set(numbers);
    this.#next = 0;
  }

  /** The next free number. */
  next(): number {
    while (this.#used.has(this.#next)) this.#next++;
    return this.#next++;
  }

  /** The prefix alone counts as number 0. */
  nextPlainFirst(): string {
    const number = this.next();
    return number === 0 ? this.#prefix : `${this.#prefix}_${number}`;
  }
}

/** One statement's generated names. */
export class NameGenerator {
  readonly #columns: readonly string[];
  readonly #expressions: NumberedNames;
  readonly #fields = new Map<string, NumberedNames>();

  /** `columns` are the names of the sources' columns. */
  constructor(columns: readonly string[]) {
    this.#columns = columns;
    this.#expressions = new NumberedNames('KSQL_COL', columns);
  }

  /** `KSQL_COL_<n>`. */
  forExpression(): string {
    return `KSQL_COL_${this.#expressions.next()}`;
  }

  /** The field's own name, then `<FIELD>_1`, … */
  forField(field: string): string {
    let names = this.#fields.get(field);
    if (names === undefined) {
      names = new NumberedNames(field, this.#columns);
      this.#fields.set(field, names);
    }
    return names.nextPlainFirst();
  }
}

/** The name of a join's key that no column stands for: ROWKEY, ROWKEY_1, … */
export function rowKeyName(columns: readonly string[]): string {
  return new NumberedNames('ROWKEY', columns).nextPlainFirst();
}

/** `A`, `A and B`, `A, B and C`; the last word may be another. */
export function listed(names: readonly string[], last: 'and' | 'or' = 'and'): string {
  const head = names.slice(0, -1).join(', ');
  const tail = names.at(-1) ?? '';
  return head === '' ? tail : `${head} ${last} ${tail}`;
}
