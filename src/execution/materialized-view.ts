/** What pull queries see: a step's kept rows, through the filters and projections between it and the sink (semantics.md §12). */
import { assert } from '../base/assert.ts';
import type { Bytes } from '../base/env.ts';
import type { PhysicalPlan, Step } from '../plan/physical.ts';
import { argsOf } from '../plan/steps.ts';
import type { Row } from '../types/value.ts';
import { type KeyOrder, keyBytes, keyOrder } from './aggregate/key-order.ts';
import { compilePredicate, compileRow } from './codegen/compile.ts';
import type { MaterializedRows } from './operators/operator.ts';
import type { MaterializedReader, MaterializedRow, TaskOptions, WindowRange } from './task.ts';

type Transform = (row: MaterializedRow) => MaterializedRow | null;

export class MaterializedView implements MaterializedReader {
  readonly #options: TaskOptions;
  readonly #plan: NonNullable<PhysicalPlan['materialized']>;
  readonly #rows: ReadonlyMap<string, ReadonlyMap<number, MaterializedRows>>;
  /** Compiled with the first query: most views are never asked. */
  #compiled: { readonly transforms: readonly Transform[]; readonly store: StoreShape } | null =
    null;

  constructor(
    options: TaskOptions,
    plan: NonNullable<PhysicalPlan['materialized']>,
    rows: ReadonlyMap<string, ReadonlyMap<number, MaterializedRows>>,
  ) {
    this.#options = options;
    this.#plan = plan;
    this.#rows = rows;
  }

  *lookup(key: Row, window: WindowRange | null): Iterable<MaterializedRow> {
    for (const [, rows] of this.#sorted()) yield* this.#transformed(rows.lookup(key), window);
  }

  *scan(window: WindowRange | null): Iterable<MaterializedRow> {
    const { store } = this.#compile();
    for (const [, rows] of this.#sorted()) {
      const sorted = store.order(rows.all(), (row) => row.key);
      yield* this.#transformed(sorted, window);
    }
  }

  partitions(): readonly number[] {
    return this.#sorted().map(([partition]) => partition);
  }

  *rows(partition: number, keys: readonly Row[] | null): Iterable<MaterializedRow> {
    const rows = this.#partition(partition);
    if (keys === null) yield* rows.all();
    else for (const key of keys) yield* rows.lookup(key);
  }

  get(partition: number, key: Row): MaterializedRow | undefined {
    return this.#partition(partition).get(key);
  }

  visible(row: MaterializedRow): MaterializedRow | null {
    let result: MaterializedRow | null = row;
    for (const transform of this.#compile().transforms) {
      result = transform(result);
      if (result === null) return null;
    }
    return result;
  }

  isWithin(key: Row, window: WindowRange): boolean {
    return isWithin(key, this.#compile().store.keyWidth, window);
  }

  keyBytes(key: Row): Bytes {
    return this.#compile().store.bytes(key);
  }

  windowOf(key: Row): readonly [start: number, end: number] | null {
    const { keyWidth } = this.#compile().store;
    return key.length > keyWidth ? [key[keyWidth] as number, key[keyWidth + 1] as number] : null;
  }

  watch(partition: number, onChange: (key: Row) => void): Disposable {
    return this.#partition(partition).watch(onChange);
  }

  isExpired(partition: number, key: Row): boolean {
    return this.#partition(partition).isExpired?.(key) ?? false;
  }

  #partition(partition: number): MaterializedRows {
    const rows = this.#rows.get(this.#plan.store)?.get(partition);
    assert(rows !== undefined, 'a partition that `partitions` gave');
    return rows;
  }

  /** In order of partition. */
  #sorted(): readonly (readonly [partition: number, rows: MaterializedRows])[] {
    const partitions = this.#rows.get(this.#plan.store);
    return partitions === undefined ? [] : [...partitions].sort(([a], [b]) => a - b);
  }

  *#transformed(
    rows: Iterable<MaterializedRow>,
    window: WindowRange | null,
  ): Iterable<MaterializedRow> {
    for (const row of rows) {
      if (window !== null && !this.isWithin(row.key, window)) continue;
      const result = this.visible(row);
      if (result !== null) yield result;
    }
  }

  #compile(): { readonly transforms: readonly Transform[]; readonly store: StoreShape } {
    this.#compiled ??= {
      transforms: this.#plan.transforms.map((id) => transformOf(this.#step(id), this.#options)),
      store: storeShape(this.#step(this.#plan.store)),
    };
    return this.#compiled;
  }

  #step(id: string): Step {
    const step = this.#options.plan.steps.find((other) => other.id === id);
    assert(step !== undefined, 'a materialisation to name steps of its plan');
    return step;
  }
}

interface StoreShape {
  readonly keyWidth: number;
  /** By key bytes, then window. */
  readonly order: KeyOrder;
  readonly bytes: (key: Row) => Bytes;
}

function storeShape(step: Step): StoreShape {
  const { key, keyFormat } =
    step.op === 'aggregate@1'
      ? argsOf(step, 'aggregate@1')
      : step.op === 'source@1'
        ? argsOf(step, 'source@1')
        : argsOf(step, 'materialize@1');
  const byKey = keyOrder(key, keyFormat);
  const width = key.length;
  return {
    keyWidth: width,
    bytes: keyBytes(key, keyFormat),
    order: (items, keyOf) => {
      const byWindow = [...items].sort(
        (a, b) => startOf(keyOf(a), width) - startOf(keyOf(b), width),
      );
      return byKey(byWindow, keyOf);
    },
  };
}

function startOf(key: Row, width: number): number {
  return key.length > width ? (key[width] as number) : 0;
}

function isWithin(key: Row, width: number, window: WindowRange): boolean {
  if (key.length === width) return true;
  const start = key[width] as number;
  const end = key[width + 1] as number;
  return (
    start >= window.startMin &&
    start <= window.startMax &&
    end >= window.endMin &&
    end <= window.endMax
  );
}

function transformOf(step: Step, options: TaskOptions): Transform {
  const { functions, properties, now, random } = options;
  const context = { functions, properties, now, random };
  if (step.op === 'filter@1') {
    const { predicate, text } = argsOf(step, 'filter@1');
    const matches = compilePredicate(predicate, context, text);
    return (row) => (matches(row.key, row.value, row.timestamp) ? row : null);
  }
  assert(step.op === 'project@1', 'only filters and projections above a store');
  const project = compileRow(argsOf(step, 'project@1').columns, context);
  return ({ key, value, timestamp }) => ({
    key,
    value: project(key, value, timestamp),
    timestamp,
  });
}
