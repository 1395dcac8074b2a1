/**
 * What subscribers are told of one table: changes as the query that keeps it makes them, once their tick is durable.
 *
 * A change goes through three lists. `#made`: since the query's last seal; void if the query fails. Those sealed with a tick are
 * in its hands; if the log refuses it they are never released. `#durable`: released, and published when the commit is over, with
 * the place in the table's topic that the commit led to. Everything a subscriber has got stands below that place, and what
 * is to come above it: so the place is its token.
 */
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { MaterializedRow, Task, WindowRange } from '../../execution/task.ts';
import type { Log, Offset } from '../../log/log.ts';
import type { Row } from '../../types/value.ts';
import { rowTexter } from '../rows/row-text.ts';
import type { Change } from './delivery.ts';
import type { RowChange, SubscriberGroup } from './group.ts';
import { doubtfulDeletesMax, snapshotRowsMax, snapshotScannedRowsMax } from './limits.ts';
import type { Shape, TablePlan } from './shape.ts';
import { expired, identityOf, type Position, positionText } from './token.ts';
import type { ChangedKeys, Found } from './changed-keys.ts';
import { problem } from '../../base/errors.ts';

export interface TableWatchOptions {
  readonly def: QueryDef;
  readonly source: SourceDef;
  readonly log: Log;
  readonly now: () => number;
  /** What the table's format makes of a row; null for the row itself. */
  readonly asStored: ((row: Row) => Row) | null;
}

const BIGINT = { type: { kind: 'BIGINT' } } as const;

export class TableWatch {
  readonly options: TableWatchOptions;
  /** By shape. */
  readonly groups: Map<string, SubscriberGroup> = new Map();
  /** Differs for tables that are not the same one, whatever they are called. */
  readonly identity: string;
  /** Equal for keys of one row. */
  readonly keyText: (key: Row) => string;
  #task: Task;
  #made: RowChange[] = [];
  #durable: RowChange[] = [];
  /** What was looked at in this turn. */
  readonly #scans = new Map<Shape, ReadonlyMap<string, readonly MaterializedRow[]>>();

  constructor(options: TableWatchOptions, task: Task) {
    this.options = options;
    const { def } = options;
    this.identity = identityOf(def.id, def.seed ?? null, def.plan);
    this.keyText = rowTexter(this.keyColumns);
    this.#task = task;
    this.attach(task);
  }

  /** Columns of the table's key, the window's bounds last. */
  get keyColumns(): readonly Pick<SourceDef['schema']['key'][number], 'type'>[] {
    const { schema, window } = this.options.source;
    return window === null ? schema.key : [...schema.key, BIGINT, BIGINT];
  }

  /** The query's task was made anew from what is committed: whatever was not is void. */
  attach(task: Task): void {
    this.#made = [];
    this.#scans.clear();
    this.#task = task;
    task.tap((key, after, before, timestamp) => {
      if (this.#scans.size > 0) this.#scans.clear();
      this.#made.push({ key, after, before, timestamp });
    });
  }

  detach(): void {
    this.#task.tap(null);
  }

  /** The query failed: what it did since its last seal will not be committed. */
  forget(): void {
    this.#made = [];
  }

  /** What was made since the last call stands in this tick; to be called once that is durable. Null: nothing. */
  seal(): (() => void) | null {
    if (this.#made.length === 0) return null;
    const made = this.#made;
    this.#made = [];
    return () => {
      for (const change of made) this.#durable.push(change);
    };
  }

  /** After a commit, before the next: tells subscribers. */
  publish(): void {
    if (this.#durable.length === 0) return;
    const changes = this.#durable.map((change) => this.#stored(change));
    this.#durable = [];
    const position = this.position();
    for (const group of [...this.groups.values()]) group.publish(changes, position);
  }

  #stored(change: RowChange): RowChange {
    const { asStored } = this.options;
    if (asStored === null) return change;
    const { key, after, before, timestamp } = change;
    const stored = (row: Row | null): Row | null => (row === null ? null : asStored(row));
    return { key, after: stored(after), before: stored(before), timestamp };
  }

  /** Where its topic stands as of the last commit: what the query wrote, or what it has read where it writes nothing. */
  offsets(): readonly Offset[] {
    const { def, source, log } = this.options;
    const { topic } = source;
    const count = log.topics().find(({ name }) => name === topic)?.partitions ?? 0;
    const bounds = Array.from({ length: count }, (_, partition) =>
      log.bounds({ topic, partition }),
    );
    if (def.sink !== null) return bounds.map(({ end }) => end);
    const read = new Map(
      log
        .positions(`query:${def.id}`)
        .filter(({ of }) => of.topic === topic)
        .map(({ of, next }) => [of.partition, next]),
    );
    return bounds.map(({ start }, partition) => read.get(partition) ?? start);
  }

  position(): string {
    const { log, now } = this.options;
    const position: Position = { wallMs: now(), time: log.nextTime(), offsets: this.offsets() };
    return positionText(position);
  }

  /** Texts of the rows that a subscriber with these tuples has now; between two ticks. */
  snapshot(plan: TablePlan, shape: Shape, tuples: readonly string[]): readonly string[] {
    const isScan = plan.lookups === null && plan.window === null;
    const rows = isScan ? this.#scanned(shape) : this.#byTuple(shape, this.#rows(plan));
    const texts: string[] = [];
    for (const tuple of tuples)
      for (const { key, value, timestamp } of rows.get(tuple) ?? []) {
        texts.push(shape.rowText(key, value, timestamp));
        if (texts.length > snapshotRowsMax) throw tooMuch('has', snapshotRowsMax);
      }
    return texts;
  }

  /** All rows by tuple, for all who come in this turn: ten thousand with other constants each look at the table once. */
  #scanned(shape: Shape): ReadonlyMap<string, readonly MaterializedRow[]> {
    const known = this.#scans.get(shape);
    if (known !== undefined) return known;
    const rows = this.#byTuple(shape, this.#task.scan(null));
    if (this.#scans.size === 0) setImmediate(() => this.#scans.clear());
    this.#scans.set(shape, rows);
    return rows;
  }

  #byTuple(
    shape: Shape,
    rows: Iterable<MaterializedRow>,
  ): ReadonlyMap<string, readonly MaterializedRow[]> {
    const byTuple = new Map<string, MaterializedRow[]>();
    let scanned = 0;
    for (const row of rows) {
      if (++scanned > snapshotScannedRowsMax) throw tooMuch('looks at', snapshotScannedRowsMax);
      const value = this.options.asStored?.(row.value) ?? row.value;
      const tuple = shape.tuple(row.key, value, row.timestamp);
      if (tuple === null) continue;
      const stored = value === row.value ? row : { ...row, value };
      const found = byTuple.get(tuple);
      if (found === undefined) byTuple.set(tuple, [stored]);
      else found.push(stored);
    }
    return byTuple;
  }

  *#rows({ lookups, window }: TablePlan): Iterable<MaterializedRow> {
    if (lookups === null) yield* this.#task.scan(window);
    else for (const key of lookups) yield* this.#task.lookup(key, window);
  }

  /**
   * One change for each row of the subscriber that may have changed since `offsets`; between two ticks. A row that does not meet a
   * condition on its value may have met it: it is deleted, though perhaps for the second time. Throws `subscribe.expired` where
   * those are too many.
   */
  changesSince(
    offsets: readonly Offset[],
    keys: ChangedKeys,
    of: { readonly plan: TablePlan; readonly shape: Shape; readonly tuples: readonly string[] },
  ): readonly Change[] {
    const { plan, shape } = of;
    const wanted = new Set(of.tuples);
    const changes: Change[] = [];
    let doubtful = 0;
    for (const { row, found } of this.#changedRows(offsets, keys, plan, shape)) {
      if (found.tuple !== null && wanted.has(found.tuple)) changes.push(found.change);
      else if (found.ofKey === null || wanted.has(found.ofKey)) {
        changes.push(shape.deleted(row));
        if (shape.hasValueCondition && ++doubtful > doubtfulDeletesMax)
          throw expired(`more than ${doubtfulDeletesMax} rows may have left its condition since`);
      }
    }
    return changes;
  }

  *#changedRows(
    offsets: readonly Offset[],
    keys: ChangedKeys,
    plan: TablePlan,
    shape: Shape,
  ): Iterable<{ readonly row: Row; readonly found: Found }> {
    if (this.options.source.window === null && plan.lookups !== null) {
      for (const row of plan.lookups)
        if (keys.has(row, offsets)) yield { row, found: this.#found(row, shape) };
      return;
    }
    const known = keys.found.get(shape) ?? new Map<Row, Found>();
    keys.found.set(shape, known);
    for (const row of keys.since(offsets)) {
      let found = known.get(row);
      if (found === undefined) {
        found = this.#found(row, shape);
        known.set(row, found);
      }
      yield { row, found };
    }
  }

  /** What became of a row, for everybody of a shape. */
  #found(key: Row, shape: Shape): Found {
    const ofKey = shape.tupleOfKey(key);
    const row = this.#find(key);
    if (row === null) return { ofKey, tuple: null, change: shape.deleted(key) };
    const value = this.options.asStored?.(row.value) ?? row.value;
    const tuple = shape.tuple(row.key, value, row.timestamp);
    return { ofKey, tuple, change: shape.upsert(row.key, value, row.timestamp) };
  }

  #find(key: Row): MaterializedRow | null {
    const { schema, window } = this.options.source;
    const width = schema.key.length;
    if (window === null) {
      for (const row of this.#task.lookup(key, null)) return row;
      return null;
    }
    const start = key[width] as number;
    const end = key[width + 1] as number;
    const range: WindowRange = {
      startMin: start,
      startMax: start,
      endMin: window.kind === 'SESSION' ? end : 0,
      endMax: window.kind === 'SESSION' ? end : Number.MAX_SAFE_INTEGER,
    };
    for (const row of this.#task.lookup(key.slice(0, width), range)) return row;
    return null;
  }
}

function tooMuch(what: string, limit: number): Error {
  return problem('subscribe.snapshot-too-large', `the snapshot ${what} more than ${limit} rows`, {
    hint: 'Narrow it by a condition on the key.',
  });
}
