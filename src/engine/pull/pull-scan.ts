/**
 * A pull query's way over kept rows, in steps between which their query runs on. It reads all rows, whatever happens to them
 * meanwhile, and is told the keys of those that change; then it reads these again, and so on until so few are left that they are
 * read within one step. With that step it has seen every row as it was at one moment, the end. Nothing is copied or locked for
 * it, and rows that nobody reads cost nothing.
 */
import type { MaterializedReader, MaterializedRow } from '../../execution/task.ts';
import type { Row } from '../../types/value.ts';
import { FoundRows, type SizeCheck } from './found-rows.ts';
import { pullRowsPerStep } from '../limits.ts';
import type { CompiledPull } from './pull-query.ts';

/** Changed rows that the last step may read. */
const lastChanges = 200;

export class PullScan {
  readonly #compiled: CompiledPull;
  readonly #reader: MaterializedReader;
  readonly #checkScanned: (rows: number) => void;
  readonly #checkFound: SizeCheck;
  readonly #read = new Set<number>();
  readonly #watches = new Map<number, Disposable>();
  #changed = new Map<number, Set<Row>>();
  /** Number of each key looked up, by its bytes; null: all rows are read. */
  readonly #ordinals: ReadonlyMap<string, number> | null;
  #found: FoundRows;
  #scanned = 0;
  /** It has seen all rows at one moment: what follows only sorts. */
  isSettled = false;

  constructor(
    compiled: CompiledPull,
    reader: MaterializedReader,
    checks: { readonly scanned: (rows: number) => void; readonly found: SizeCheck },
  ) {
    this.#compiled = compiled;
    this.#reader = reader;
    this.#checkScanned = checks.scanned;
    this.#checkFound = checks.found;
    const { lookups, limit } = compiled.plan;
    this.#ordinals =
      lookups === null ? null : new Map(lookups.map((key, at) => [this.#bytesText(key), at]));
    this.#found = new FoundRows(limit, checks.found);
  }

  /** Rows as JSON texts: of a scan by partition, key and window; of lookups in their order. */
  *run(): Generator<undefined, readonly string[]> {
    try {
      do {
        do {
          yield* this.#readRest();
          yield* this.#readChanged();
        } while (!this.#isComplete());
        this.#dropExpired();
      } while (this.#startsOver());
    } finally {
      this.close();
    }
    this.isSettled = true;
    return yield* this.#found.sorted();
  }

  close(): void {
    for (const watch of this.#watches.values()) watch[Symbol.dispose]();
    this.#watches.clear();
  }

  #isComplete(): boolean {
    return (
      this.#changed.size === 0 &&
      this.#reader.partitions().every((partition) => this.#read.has(partition))
    );
  }

  /** Too many of the first rows have gone to know which are the first now. */
  #startsOver(): boolean {
    if (!this.#found.isShort) return false;
    this.#found = new FoundRows(this.#compiled.plan.limit, this.#checkFound);
    this.#read.clear();
    return true;
  }

  /** Partitions come up while others are read. */
  *#readRest(): Generator<undefined, void> {
    const { lookups } = this.#compiled.plan;
    for (;;) {
      const partition = this.#reader.partitions().find((other) => !this.#read.has(other));
      if (partition === undefined) return;
      this.#read.add(partition);
      for (const row of this.#reader.rows(partition, lookups)) {
        this.#take(partition, row);
        if (this.#scanned % pullRowsPerStep === 0) {
          this.#watch();
          yield;
        }
      }
    }
  }

  *#readChanged(): Generator<undefined, void> {
    for (;;) {
      const changed = this.#changed;
      let count = 0;
      for (const keys of changed.values()) count += keys.size;
      this.#changed = new Map();
      const isLast = count <= lastChanges;
      let done = 0;
      for (const [partition, keys] of changed) {
        for (const key of keys) {
          this.#takeAgain(partition, key);
          if (!isLast && ++done % pullRowsPerStep === 0) yield;
        }
      }
      if (isLast) return;
    }
  }

  /** Before it is left for the first time, and whenever there are more partitions. */
  #watch(): void {
    for (const partition of this.#reader.partitions()) {
      if (this.#watches.has(partition)) continue;
      const onChange = (key: Row): void => {
        const keys = this.#changed.get(partition);
        if (keys === undefined) this.#changed.set(partition, new Set([key]));
        else keys.add(key);
      };
      this.#watches.set(partition, this.#reader.watch(partition, onChange));
    }
  }

  #takeAgain(partition: number, key: Row): void {
    const row = this.#reader.get(partition, key);
    if (row === undefined || !this.#take(partition, row))
      this.#found.delete(this.#id(partition, key));
  }

  /** Whether it is part of the result. */
  #take(partition: number, row: MaterializedRow): boolean {
    this.#checkScanned(++this.#scanned);
    const { key } = row;
    const ordinal = this.#ordinals === null ? 0 : this.#ordinals.get(this.#bytesText(key));
    const text = ordinal === undefined ? null : this.#compiled.text(this.#reader, row);
    if (text === null) return false;
    const window = this.#reader.windowOf(key);
    this.#found.set(this.#id(partition, key), {
      ordinal: ordinal as number,
      partition,
      key,
      bytes: this.#reader.keyBytes(key),
      start: window?.[0] ?? 0,
      text,
    });
    return true;
  }

  #dropExpired(): void {
    for (const [id, { partition, key }] of this.#found.entries()) {
      if (this.#reader.isExpired(partition, key)) this.#found.delete(id);
    }
  }

  #bytesText(key: Row): string {
    return Buffer.from(this.#reader.keyBytes(key)).toString('latin1');
  }

  /** Equal for rows that replace each other. */
  #id(partition: number, key: Row): string {
    return `${partition} ${this.#reader.windowOf(key)?.join() ?? ''} ${this.#bytesText(key)}`;
  }
}
