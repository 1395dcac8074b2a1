/**
 * Merging sorted runs of state. Every step looks at the heads of all runs, of which there are few; runs overlap in any way.
 */
import type { Bytes } from '../../base/env.ts';
import { compareEntries, type Entry, EntryCursor } from './state-entries.ts';

/** A sorted run as a stream of pages. */
export type Pages = Iterator<Bytes, unknown, undefined>;

/** Merges runs, given oldest first: each key once, as the newest run that knows it has it; deletes come out too. */
export class Merge {
  readonly #sources: { readonly cursor: EntryCursor; readonly pages: Pages }[] = [];

  constructor(runs: readonly Pages[]) {
    for (const pages of runs) {
      const source = { cursor: new EntryCursor('page'), pages };
      if (advance(source)) this.#sources.push(source);
    }
  }

  /** The next entry, valid until the next call, or null at the end. */
  next(): Entry | null {
    this.#advanceLast();
    const sources = this.#sources;
    if (sources.length === 0) return null;
    let newest = 0;
    for (let index = 1; index < sources.length; index++) {
      // Of equal keys the newer run, which comes later, wins.
      if (compareEntries(sources[index]!.cursor, sources[newest]!.cursor) <= 0) newest = index;
    }
    this.#last = sources[newest]!;
    return this.#last.cursor;
  }

  #last: { readonly cursor: EntryCursor; readonly pages: Pages } | null = null;

  /** Moves every source past the key returned last. */
  #advanceLast(): void {
    const last = this.#last;
    if (last === null) return;
    const sources = this.#sources;
    for (let index = sources.length - 1; index >= 0; index--) {
      const source = sources[index]!;
      if (source === last || compareEntries(source.cursor, last.cursor) !== 0) continue;
      if (!advance(source)) sources.splice(index, 1);
    }
    if (!advance(last)) sources.splice(sources.indexOf(last), 1);
    this.#last = null;
  }
}

function advance(source: { readonly cursor: EntryCursor; readonly pages: Pages }): boolean {
  while (!source.cursor.next()) {
    const page = source.pages.next();
    if (page.done === true) return false;
    source.cursor.reset(page.value);
  }
  return true;
}
