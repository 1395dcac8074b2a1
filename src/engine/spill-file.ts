/**
 * A spill area in the data directory: one file, read and written in place by the engine's thread. It is made when the first row
 * has to leave memory and is gone when the engine is; what a killed process left behind goes with the next start. Nothing in it is
 * durable, so nothing is flushed: the pages mostly stay in the system's cache.
 */
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from '../base/env.ts';
import type { SpillArea } from '../execution/state/spill-area.ts';
import { TaskFailure } from '../execution/task.ts';
import { spillReserveBytes } from './limits.ts';

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;
const MEBIBYTE = 1024 * 1024;

export interface SpillFileOptions {
  /** Free bytes of the file system that a directory is on; given by tests. */
  readonly freeBytes?: (directory: string) => number;
}

export class SpillFile implements SpillArea, Disposable {
  readonly #directory: string;
  readonly #freeBytes: (directory: string) => number;
  #file: number | null = null;
  /** How far the file reaches. */
  #end = 0;

  /** In a directory of its own below `directory`, in which nothing else is kept. */
  constructor(directory: string, { freeBytes = bytesFree }: SpillFileOptions = {}) {
    this.#directory = join(directory, 'spill');
    this.#freeBytes = freeBytes;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  write(position: number, bytes: Bytes): void {
    try {
      const file = this.#open();
      if (position + bytes.length > this.#end) this.#grow(position + bytes.length);
      for (let at = 0; at < bytes.length; )
        at += writeSync(file, bytes, at, bytes.length - at, position + at);
    } catch (error) {
      if (error instanceof TaskFailure) throw error;
      throw refused((error as Error).message, error);
    }
  }

  read(position: number, into: Bytes): void {
    const file = this.#open();
    for (let at = 0; at < into.length; ) {
      const count = readSync(file, into, at, into.length - at, position + at);
      // Behind the end lies what was never written.
      if (count === 0) return;
      at += count;
    }
  }

  truncate(end: number): void {
    if (this.#file === null || end >= this.#end) return;
    ftruncateSync(this.#file, end);
    this.#end = end;
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(): number {
    if (this.#file === null) {
      mkdirSync(this.#directory, { recursive: true, mode: DIRECTORY_MODE });
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
      this.#file = openSync(join(this.#directory, 'rows'), flags, FILE_MODE);
    }
    return this.#file;
  }

  /** Room that the log needs to go on is not taken. */
  #grow(end: number): void {
    const free = this.#freeBytes(this.#directory);
    if (free - (end - this.#end) < spillReserveBytes) {
      const [have, need] = [free, spillReserveBytes].map((bytes) => Math.floor(bytes / MEBIBYTE));
      throw refused(`${have} MiB are free on the disk, ${need} MiB must stay free`);
    }
    this.#end = end;
  }
}

function refused(why: string, cause?: unknown): TaskFailure {
  return new TaskFailure(`state that memory has no room for cannot be written to disk: ${why}`, {
    cause,
  });
}

function bytesFree(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
