/**
 * Whether the database and its WAL belong together: SQLite would open a database whose WAL was lost, or replaced, without a
 * word, and without the newest commits. The side file `generation` says how the last writer left them: `opening` is written
 * before the writer's first commit, which puts `next` into table `meta`; `running` after it; `clean` before a checkpoint
 * that removes the WAL.
 *
 * A process that ends without closing the log, but not by force, has its connections closed by the driver. SQLite then folds
 * the WAL and removes it together with its index (-shm); so in state `running` a missing WAL is a loss only if there still
 * is an index.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { problem } from '../../base/errors.ts';
import type { Durability } from '../log.ts';
import { writeDurably } from './directory.ts';
import type { Database, OpenDatabase } from './driver.ts';

export interface Generation {
  readonly previous: number;
  readonly next: number;
  readonly state: 'opening' | 'running' | 'clean';
  /** How the writer made its commits durable, and under which start of the system (see unsynced.ts). */
  readonly durability: Durability;
  readonly bootId: string | null;
}

/** Null for a directory that no writer has opened. */
export function readGeneration(directory: string): Generation | null {
  let text: string;
  try {
    text = readFileSync(join(directory, 'generation'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return JSON.parse(text) as Generation;
  } catch (cause) {
    throw mismatch(directory, 'its generation file is unreadable', cause);
  }
}

export function writeGeneration(directory: string, generation: Generation): void {
  writeDurably(directory, 'generation', JSON.stringify(generation));
}

/** Before recovery: throws `log.wal-mismatch` when a file is missing that the last writer left. */
export function checkFiles(directory: string, generation: Generation | null): void {
  const hasDatabase = isFilled(join(directory, 'leat.db'));
  if (generation === null) {
    if (hasDatabase) throw mismatch(directory, 'its generation file is missing');
    return;
  }
  if (generation.state === 'opening' && generation.previous === 0) return;
  if (!hasDatabase) throw mismatch(directory, 'leat.db is missing');
  if (generation.state !== 'running' || existsSync(join(directory, 'leat.db-wal'))) return;
  if (existsSync(join(directory, 'leat.db-shm'))) {
    throw mismatch(directory, 'leat.db-wal is missing');
  }
}

/** After recovery: `actual` is what table `meta` says. */
export function checkGeneration(
  directory: string,
  generation: Generation | null,
  actual: number,
): void {
  if (generation === null || actual === generation.next) return;
  if (generation.state === 'opening' && actual === generation.previous) return;
  throw mismatch(
    directory,
    `leat.db is of generation ${actual}, ${generation.next} was the last to write`,
  );
}

export function isFilled(path: string): boolean {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

function mismatch(directory: string, what: string, cause?: unknown): Error {
  return problem('log.wal-mismatch', `data directory "${directory}" is not whole: ${what}`, {
    hint: 'Restore the missing file, or a backup. Nothing was changed.',
    cause,
  });
}

/** Runs `check` on a connection that changes nothing, then folds the WAL into the database on another one. */
export function recover(
  open: OpenDatabase,
  path: string,
  options: { readonly check: (database: Database) => void; readonly beforeFolding: () => void },
): void {
  const reader = open(path, { readonly: true });
  try {
    options.check(reader);
  } catch (error) {
    // On a full disk the WAL's index may have no room; then only the check after opening is left.
    if (!isWithoutIndex(error)) throw error;
  } finally {
    reader.close();
  }
  options.beforeFolding();
  const writer = open(path, { fileMustExist: true });
  try {
    // Exclusive: the WAL's index is then in memory, so this works on a full disk.
    writer.pragma('locking_mode = EXCLUSIVE');
    writer.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    writer.close();
  }
}

function isWithoutIndex(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_IOERR_SHM');
}
