/** Folding, merging and removing state, a slice at a time (see state.ts for the method). */
import { ProblemError } from '../../base/errors.ts';
import type { Bytes } from '../../base/env.ts';
import type { Database, Statement } from './driver.ts';
import { Merge } from './merge.ts';
import {
  firstChange,
  lastChange,
  pageId,
  type Run,
  type State,
  type Store,
  stateCrc,
} from './state.ts';
import { PageWriter, sortChanges } from './state-entries.ts';
import type { Upkeep, UpkeepStep } from './upkeep.ts';
import type { Writer } from './writer.ts';

/** A store is folded when it has so many change rows, or so many bytes in them. */
const FOLD_COUNT = 32;
const FOLD_BYTES = 1024 * 1024;
/** One slice folds, merges or deletes about so much. */
const SLICE_BYTES = 4 * 1024 * 1024;
const SLICE_ROWS = 16;
/** Fewer runs are not worth a merge. */
const MERGED_RUNS_MIN = 4;

interface Job {
  readonly store: Store;
  readonly sources: readonly Run[];
  readonly merge: Merge;
  readonly writer: PageWriter;
  readonly target: number;
  /** The oldest run takes part, so deletes have nothing left to delete. */
  readonly dropsDeletes: boolean;
  pages: number;
  bytes: number;
}

export class StateUpkeep implements Upkeep {
  readonly #state: State;
  readonly #writer: Writer;
  #job: Job | null = null;
  #hasBegun = false;
  readonly #deleteChanges: Statement;
  readonly #someChanges: Statement;
  readonly #insertRun: Statement;
  readonly #setRun: Statement;
  readonly #setPhase: Statement;
  readonly #insertPage: Statement;
  readonly #deadRun: Statement;
  readonly #deletePages: Statement;
  readonly #deleteRun: Statement;
  readonly #cutStore: Statement;
  readonly #deleteStore: Statement;
  readonly #killRuns: Statement;

  constructor(database: Database, state: State, writer: Writer) {
    this.#state = state;
    this.#writer = writer;
    this.#deleteChanges = database.prepare('DELETE FROM change WHERE id BETWEEN ? AND ?');
    this.#someChanges = database
      .prepare('SELECT id FROM change WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?')
      .pluck();
    this.#insertRun = database.prepare(
      'INSERT INTO run (store, age, bytes, pages, phase) VALUES (?, ?, ?, ?, ?)',
    );
    this.#setRun = database.prepare(
      "UPDATE run SET age = ?, bytes = ?, pages = ?, phase = 'live' WHERE id = ?",
    );
    this.#setPhase = database.prepare('UPDATE run SET phase = ? WHERE id = ?');
    this.#insertPage = database.prepare('INSERT INTO page (id, crc, entries) VALUES (?, ?, ?)');
    this.#deadRun = database.prepare("SELECT id FROM run WHERE phase = 'dead' LIMIT 1").pluck();
    this.#deletePages = database.prepare(
      'DELETE FROM page WHERE id IN (SELECT id FROM page WHERE id BETWEEN ? AND ? LIMIT ?)',
    );
    this.#deleteRun = database.prepare('DELETE FROM run WHERE id = ?');
    this.#cutStore = database.prepare('SELECT id FROM store WHERE owner IS NULL LIMIT 1').pluck();
    this.#deleteStore = database.prepare('DELETE FROM store WHERE id = ?');
    this.#killRuns = database.prepare("UPDATE run SET phase = 'dead' WHERE store = ?");
    const building = database.prepare("SELECT count(*) FROM run WHERE phase = 'building'").pluck();
    if (building.get() !== 0) {
      writer.run(() => database.exec("UPDATE run SET phase = 'dead' WHERE phase = 'building'"));
    }
  }

  step(): UpkeepStep {
    if (!this.#hasBegun) this.#state.touchAll();
    this.#hasBegun = true;
    if (this.#job !== null) {
      this.#continue(this.#job);
      return 'worked';
    }
    for (const store of this.#state.touched) {
      try {
        if (this.#tend(store)) return 'worked';
      } catch (error) {
        // Damaged state is reported to whoever opens it; until then it is left as it is.
        if (!(error instanceof ProblemError) || error.code !== 'log.corrupt-state') throw error;
        this.#job = null;
      }
      this.#state.touched.delete(store);
    }
    return this.#removeDead() || this.#removeCut() ? 'worked' : 'idle';
  }

  #tend(store: Store): boolean {
    if (store.changeCount >= FOLD_COUNT || store.changeBytes >= FOLD_BYTES) {
      this.#fold(store);
      return true;
    }
    const start = mergeStart(store.runs);
    if (start === null) return false;
    this.#begin(store, start);
    return true;
  }

  #fold(store: Store): void {
    const blobs: Bytes[] = [];
    let bytes = 0;
    let last = 0;
    for (const { id, entries } of this.#state.changes(store)) {
      blobs.push(entries);
      bytes += entries.length;
      last = id;
      if (bytes >= SLICE_BYTES) break;
    }
    const pages = sortChanges(blobs);
    const age = (store.runs.at(-1)?.age ?? 0) + 1;
    const runBytes = pages.reduce((sum, page) => sum + page.length, 0);
    const id = this.#writer.run(() => {
      const run = this.#insertRun.run(store.id, age, runBytes, pages.length, 'live');
      const id = Number(run.lastInsertRowid);
      for (const [number, page] of pages.entries()) this.#writePage(id, number, page);
      this.#deleteChanges.run(firstChange(store.id), last);
      return id;
    });
    store.runs = [...store.runs, { id, age, bytes: runBytes, pages: pages.length }];
    store.changeCount -= blobs.length;
    store.changeBytes -= bytes;
    if (store.changeCount === 0) store.sequence = 1;
  }

  #writePage(run: number, number: number, page: Bytes): void {
    const id = pageId(run, number);
    this.#insertPage.run(id, stateCrc(id, page), page);
  }

  #begin(store: Store, start: number): void {
    const sources = store.runs.slice(start);
    const run = this.#writer.run(() => this.#insertRun.run(store.id, 0, 0, 0, 'building'));
    this.#job = {
      store,
      sources,
      merge: new Merge(sources.map((source) => this.#state.pages(source))),
      writer: new PageWriter(),
      target: Number(run.lastInsertRowid),
      dropsDeletes: start === 0,
      pages: 0,
      bytes: 0,
    };
  }

  #continue(job: Job): void {
    if (job.store.isGone) {
      this.#writer.run(() => this.#setPhase.run('dead', job.target));
      this.#job = null;
      return;
    }
    const { pages, isDone } = this.#produce(job);
    this.#writer.run(() => {
      for (const [index, page] of pages.entries()) {
        this.#writePage(job.target, job.pages + index, page);
      }
      job.pages += pages.length;
      for (const page of pages) job.bytes += page.length;
      if (isDone) this.#finish(job);
    });
    if (!isDone) return;
    this.#job = null;
    job.store.runs = this.#state.liveRuns(job.store.id);
  }

  #produce(job: Job): { readonly pages: readonly Bytes[]; readonly isDone: boolean } {
    const pages: Bytes[] = [];
    for (let bytes = 0; bytes < SLICE_BYTES; ) {
      const entry = job.merge.next();
      if (entry === null) {
        const rest = job.writer.finish();
        if (rest !== null) pages.push(rest);
        return { pages, isDone: true };
      }
      if (job.dropsDeletes && entry.valueStart < 0) continue;
      const page = job.writer.add(entry);
      if (page === null) continue;
      pages.push(page);
      bytes += page.length;
    }
    return { pages, isDone: false };
  }

  #finish({ sources, target, pages, bytes }: Job): void {
    for (const source of sources) this.#setPhase.run('dead', source.id);
    if (pages === 0) this.#setPhase.run('dead', target);
    else this.#setRun.run(sources.at(-1)!.age, bytes, pages, target);
  }

  #removeDead(): boolean {
    const run = this.#deadRun.get() as number | undefined;
    if (run === undefined) return false;
    this.#writer.run(() => {
      const { changes } = this.#deletePages.run(pageId(run, 0), pageId(run + 1, 0) - 1, SLICE_ROWS);
      if (changes < SLICE_ROWS) this.#deleteRun.run(run);
    });
    return true;
  }

  #removeCut(): boolean {
    const store = this.#cutStore.get() as number | undefined;
    if (store === undefined) return false;
    this.#writer.run(() => {
      const [first, last] = [firstChange(store), lastChange(store)];
      const some = this.#someChanges.all(first, last, SLICE_ROWS) as number[];
      if (some.length > 0) this.#deleteChanges.run(first, some.at(-1)!);
      if (some.length === SLICE_ROWS) return;
      this.#killRuns.run(store);
      this.#deleteStore.run(store);
    });
    return true;
  }
}

/** Index of the oldest run that is no larger than all newer ones together, if enough runs would be merged; else null. */
export function mergeStart(runs: readonly { readonly bytes: number }[]): number | null {
  let newerBytes = 0;
  let start: number | null = null;
  for (let index = runs.length - 1; index >= 0; index--) {
    const { bytes } = runs[index]!;
    if (index < runs.length - 1 && bytes <= newerBytes) start = index;
    newerBytes += bytes;
  }
  return start !== null && runs.length - start >= MERGED_RUNS_MIN ? start : null;
}
