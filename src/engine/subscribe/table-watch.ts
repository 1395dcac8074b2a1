/**
 * What subscribers are told of one table: changes as the query that keeps it makes them, once their tick is durable.
 *
 * A change goes through three lists. `#made`: since the query's last seal; void if the query fails. Those sealed with a tick are
 * in its hands; if the log refuses it they are never released. `#durable`: released, and published when the commit is over, with
 * the place in the table's topic that the commit led to. Everything a subscriber has got stands below that place, and what
 * is to come above it: so the place is its token.
 */
import type { QueryDef, SourceDef } from '../../catalog/command.ts';
import type { Task, WindowRange } from '../../execution/task.ts';
import type { Log, Offset } from '../../log/log.ts';
import type { Row } from '../../types/value.ts';
import { rowTexter } from '../row-text.ts';
import type { Change } from './delivery.ts';
import type { RowChange, SubscriberGroup } from './group.ts';
import { snapshotRowsMax, snapshotScannedRowsMax } from './limits.ts';
import type { Shape, TablePlan } from './shape.ts';
import { identityOf, type Position, positionText } from './token.ts';
import type { ChangedKeys } from './changed-keys.ts';
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
    this.#task = task;
    task.tap((key, after, before, timestamp) => {
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
    const wanted = new Set(tuples);
    const texts: string[] = [];
    let scanned = 0;
    for (const row of this.#rows(plan)) {
      if (++scanned > snapshotScannedRowsMax) throw tooMuch('looks at', snapshotScannedRowsMax);
      const value = this.options.asStored?.(row.value) ?? row.value;
      const tuple = shape.tuple(row.key, value, row.timestamp);
      if (tuple === null || !wanted.has(tuple)) continue;
      texts.push(shape.rowText(row.key, value, row.timestamp));
      if (texts.length > snapshotRowsMax) throw tooMuch('has', snapshotRowsMax);
    }
    return texts;
  }

  *#rows({ lookups, window }: TablePlan): ReturnType<Task['scan']> {
    if (lookups === null) yield* this.#task.scan(window);
    else for (const key of lookups) yield* this.#task.lookup(key, window);
  }

  /** One change for each row of the subscriber that may have changed since `offsets`; between two ticks. */
  changesSince(
    offsets: readonly Offset[],
    keys: ChangedKeys,
    of: { readonly plan: TablePlan; readonly shape: Shape; readonly tuples: readonly string[] },
  ): readonly Change[] {
    const { plan, shape } = of;
    const wanted = new Set(of.tuples);
    const isPlain = this.options.source.window === null;
    const changed =
      isPlain && plan.lookups !== null
        ? plan.lookups.filter((key) => keys.has(key, offsets))
        : keys.since(offsets);
    const changes: Change[] = [];
    for (const key of changed) {
      const change = this.#changeOf(key, shape, wanted);
      if (change !== null) changes.push(change);
    }
    return changes;
  }

  /** What became of a row; a row that is not the subscriber's may have been, so it is gone. */
  #changeOf(key: Row, shape: Shape, wanted: ReadonlySet<string>): Change | null {
    const ofKey = shape.tupleOfKey(key);
    if (ofKey !== null && !wanted.has(ofKey)) return null;
    const row = this.#find(key);
    if (row === null) return shape.deleted(key);
    const value = this.options.asStored?.(row.value) ?? row.value;
    const tuple = shape.tuple(row.key, value, row.timestamp);
    if (tuple === null || !wanted.has(tuple)) return shape.deleted(key);
    return shape.upsert(row.key, value, row.timestamp);
  }

  #find(key: Row): ReturnType<Task['scan']> extends Iterable<infer Found> ? Found | null : never {
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
