/**
 * Segment files: the bytes of bulk batches, one behind the other, without any framing. Rows of `log` say where a batch lies;
 * what no row points at is garbage, as is what follows the last committed batch after a crash. A segment is written by
 * appending until it is full, then only read, and at last dropped.
 *
 * Writing and syncing happen in the thread pool, so that the event loop stays free; the commit of the rows follows them.
 */
import {
  close,
  closeSync,
  fdatasync,
  ftruncateSync,
  open,
  openSync,
  read,
  readdirSync,
  rmSync,
  unlink,
  writev,
} from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../base/assert.ts';
import type { Bytes } from '../../base/env.ts';
import { syncDirectory } from './directory.ts';

const FILE_MODE = 0o600;
/** Open files for reading; beyond it the one opened first is closed. */
const OPEN_FILES_MAX = 64;
/** Most that one system call takes (IOV_MAX). */
const BUFFERS_PER_WRITE = 1024;

export interface Place {
  readonly segment: number;
  /** Where the first byte lies. */
  readonly position: number;
}

interface OpenFile {
  readonly file: number;
  /** Reads under way; the file is closed when it is dropped and these are done. */
  reading: number;
  isDropped: boolean;
}

export class Segments {
  readonly #directory: string;
  readonly #bytesMax: number;
  readonly #files = new Map<number, OpenFile>();
  /** The segment being appended to, if one was begun. */
  #file: number | null = null;
  #id: number;
  #end: number;

  /** `id` and `end` of the newest segment that has rows, or 0 and 0. */
  constructor(
    directory: string,
    options: { readonly bytesMax: number; readonly id: number; readonly end: number },
  ) {
    this.#directory = directory;
    this.#bytesMax = options.bytesMax;
    this.#id = options.id;
    this.#end = options.end;
  }

  /** Id of the segment that is appended to. */
  get current(): number {
    return this.#id;
  }

  /** Where a write of `byteCount` will go; a new segment when the current one is full. */
  place(byteCount: number): Place {
    if (this.#id === 0 || (this.#end > 0 && this.#end + byteCount > this.#bytesMax)) {
      return { segment: this.#id + 1, position: 0 };
    }
    return { segment: this.#id, position: this.#end };
  }

  /**
   * Writes `buffers` at `place`, which `place()` gave, and syncs them if `isSynced`. They count only from `accept` on, so a
   * commit that fails leaves nothing behind.
   */
  async write(place: Place, buffers: readonly Bytes[], isSynced: boolean): Promise<void> {
    const file = await this.#open(place, isSynced);
    let position = place.position;
    let rest = buffers;
    while (rest.length > 0) {
      const some = rest.slice(0, BUFFERS_PER_WRITE);
      const start = position;
      const count = await settled<number>((done) => writev(file, some, start, done));
      assert(count > 0, 'a write of some bytes writes some');
      position += count;
      rest = without(rest, count);
    }
    if (isSynced) await settled<void>((done) => fdatasync(file, done));
  }

  async #open({ segment, position }: Place, isSynced: boolean): Promise<number> {
    if (segment !== this.#id) {
      const full = this.#file;
      this.#file = null;
      if (full !== null) await settled<void>((done) => close(full, done));
      this.#file = await openFile(this.#path(segment), 'w');
      this.#id = segment;
      this.#end = 0;
      if (isSynced) syncDirectory(this.#directory);
    } else if (this.#file === null) {
      this.#file = await openFile(this.#path(segment), 'r+');
      ftruncateSync(this.#file, position);
    }
    return this.#file;
  }

  /** The rows that point at what was written at `place` are committed. */
  accept({ segment, position }: Place, byteCount: number): void {
    assert(segment === this.#id && position === this.#end, 'segments are accepted as written');
    this.#end = position + byteCount;
  }

  /**
   * Opens the file before it returns, so that a segment dropped meanwhile is still read. Fewer bytes than asked for come back
   * where the file ends early.
   */
  async read(segment: number, position: number, byteCount: number): Promise<Bytes> {
    const opened = this.#openFile(segment);
    opened.reading++;
    try {
      const buffer = Buffer.allocUnsafeSlow(byteCount);
      let filled = 0;
      while (filled < byteCount) {
        const at = filled;
        const bytesRead = await settled<number>((done) =>
          read(opened.file, buffer, at, byteCount - at, position + at, done),
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === byteCount ? buffer : buffer.subarray(0, filled);
    } finally {
      opened.reading--;
      closeIfDone(opened);
    }
  }

  #openFile(segment: number): OpenFile {
    let opened = this.#files.get(segment);
    if (opened === undefined) {
      for (const [oldest, { reading }] of this.#files) {
        if (this.#files.size < OPEN_FILES_MAX) break;
        if (reading === 0) this.#forget(oldest);
      }
      opened = { file: openSync(this.#path(segment), 'r'), reading: 0, isDropped: false };
      this.#files.set(segment, opened);
    }
    return opened;
  }

  #forget(segment: number): void {
    const opened = this.#files.get(segment);
    if (opened === undefined) return;
    this.#files.delete(segment);
    opened.isDropped = true;
    closeIfDone(opened);
  }

  /** Removes the file of a segment that no durable row points at. */
  async drop(segment: number): Promise<void> {
    assert(segment !== this.#id, 'the segment being written is not dropped');
    this.#forget(segment);
    const path = this.#path(segment);
    await settled<void>((done) => unlink(path, done)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  /** Removes files that are not in `known`: written, but never committed, or no longer needed. */
  removeUnknown(known: ReadonlySet<number>): void {
    for (const name of readdirSync(this.#directory)) {
      const id = /^(\d+)\.seg$/.exec(name)?.[1];
      if (id !== undefined && !known.has(Number(id))) rmSync(join(this.#directory, name));
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    for (const segment of [...this.#files.keys()]) this.#forget(segment);
  }

  #path(segment: number): string {
    return segmentPath(this.#directory, segment);
  }
}

export function segmentPath(directory: string, segment: number): string {
  return join(directory, `${segment}.seg`);
}

type Done<T> = (error: NodeJS.ErrnoException | null, result?: T) => void;

/** A call with a callback as a promise. */
function settled<T>(call: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, result) => {
      if (error) reject(error);
      else resolve(result as T);
    });
  });
}

function openFile(path: string, flags: string): Promise<number> {
  return settled((done) => open(path, flags, FILE_MODE, done));
}

function closeIfDone({ file, reading, isDropped }: OpenFile): void {
  if (isDropped && reading === 0) closeSync(file);
}

/** `buffers` without their first `count` bytes. */
function without(buffers: readonly Bytes[], count: number): readonly Bytes[] {
  let index = 0;
  let left = count;
  while (index < buffers.length && left >= buffers[index]!.length) left -= buffers[index++]!.length;
  if (left === 0) return index === buffers.length ? [] : buffers.slice(index);
  return [buffers[index]!.subarray(left), ...buffers.slice(index + 1)];
}
