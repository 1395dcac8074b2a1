/** Copies what a session shows, and what was entered, to a file. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { problem } from '../../base/errors.ts';

export class Spool {
  readonly path: string;
  readonly #file: number;

  /** Begins the file anew. Error: `shell.spool`. */
  constructor(path: string) {
    this.path = resolve(path);
    try {
      this.#file = openSync(this.path, 'w');
    } catch (error) {
      throw problem('shell.spool', `Cannot SPOOL to file: ${path}`, { cause: error });
    }
  }

  write(text: string): void {
    writeSync(this.#file, text);
  }

  close(): void {
    closeSync(this.#file);
  }
}
