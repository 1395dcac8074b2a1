/**
 * The history on disk: ~/.leat-history, or what LEAT_HISTORY says. Every entry is appended when it is entered, so that several
 * shells share the file and none loses what another wrote; it is shortened when a shell starts and finds it far too long.
 * Only its owner may read it, since statements hold what they hold.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { decodeEntries, encodeEntry, withEntry } from './history.ts';
import { historyEntriesMax } from './limits.ts';

const mode = 0o600;

export function historyPath(environment: Readonly<Record<string, string | undefined>>): string {
  return environment['LEAT_HISTORY'] || join(homedir(), '.leat-history');
}

export class HistoryFile {
  readonly #path: string;
  #entries: readonly string[];
  #isSaved: boolean;

  /** Reads the file, or begins it; `warn` is told once when entries will not be kept. */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path;
    this.#entries = [];
    this.#isSaved = true;
    try {
      appendFileSync(path, '', { mode });
      const text = readFileSync(path, 'utf8');
      this.#entries = decodeEntries(text);
      if (text.split('\n').length > 2 * historyEntriesMax) this.#shorten();
    } catch {
      this.#isSaved = false;
      warn(
        `WARNING: Unable to create command history file '${path}', command history will not be saved.`,
      );
    }
  }

  /** Oldest first. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  add(entry: string): void {
    const entries = withEntry(this.#entries, entry);
    if (entries === this.#entries) return;
    this.#entries = entries;
    if (!this.#isSaved) return;
    try {
      appendFileSync(this.#path, `${encodeEntry(entries.at(-1) as string)}\n`, { mode });
    } catch {
      // A full disk or a file that became read-only must not stand between a person and the shell.
      this.#isSaved = false;
    }
  }

  #shorten(): void {
    const shorter = `${this.#path}.${process.pid}`;
    writeFileSync(shorter, this.#entries.map((entry) => `${encodeEntry(entry)}\n`).join(''), {
      mode,
    });
    renameSync(shorter, this.#path);
  }
}
