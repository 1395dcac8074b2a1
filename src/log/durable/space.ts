/**
 * Refuses writes while the disk still has room for what must go on: retention, deletes and checkpoints (reliability:
 * "Space"). Left only at 1.25 times the mark, so that it does not flicker.
 */
import type { Database } from './driver.ts';
import type { ReadFileSystem } from './directory.ts';
import { diskFull } from './failures.ts';
import { PAGE_BYTES } from './schema.ts';

/** What must stay free on the disk unless the options say otherwise. */
export const RESERVE_BYTES: number = 256 * 1024 * 1024;
const LEAVE_FACTOR = 1.25;
const MEBIBYTE = 1024 * 1024;

export class Space {
  readonly #database: Database;
  readonly #directory: string;
  readonly #statfs: ReadFileSystem;
  readonly #reserveBytes: number;
  #isFull = false;

  constructor(
    database: Database,
    options: {
      readonly directory: string;
      readonly statfs: ReadFileSystem;
      /** Writes are refused when less than this is free. */
      readonly reserveBytes: number;
    },
  ) {
    this.#database = database;
    this.#directory = options.directory;
    this.#statfs = options.statfs;
    this.#reserveBytes = options.reserveBytes;
  }

  /** Throws `log.disk-full`. One system call, 5 µs. */
  check(): void {
    const { bavail, bsize } = this.#statfs(this.#directory);
    const mark = this.#reserveBytes * (this.#isFull ? LEAVE_FACTOR : 1);
    let free = bavail * bsize;
    if (free < mark) {
      // Deleting frees pages inside the file, which the file system never sees.
      free += Number(this.#database.pragma('freelist_count', { simple: true })) * PAGE_BYTES;
    }
    this.#isFull = free < mark;
    if (!this.#isFull) return;
    const [have, need] = [free, mark].map((bytes) => Math.floor(bytes / MEBIBYTE));
    throw diskFull(`${have} MiB are free on the disk, ${need} MiB must stay free`);
  }
}
