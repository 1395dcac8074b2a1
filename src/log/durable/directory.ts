/**
 * The data directory and who may use it.
 *
 * One process at a time: `lock.db` is held by an exclusive SQLite lock, which the kernel drops when the process dies, and
 * `owner.json` says who holds it. The main database cannot carry that lock itself, because it has a second connection.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { problem } from '../../base/errors.ts';
import type { OpenDatabase } from './driver.ts';

/** What of `fs.statfs` matters: all sizes in blocks of `bsize` bytes. */
export interface FileSystemStatus {
  readonly type: number;
  readonly bsize: number;
  readonly bavail: number;
  readonly blocks: number;
}
export type ReadFileSystem = (directory: string) => FileSystemStatus;

export const readFileSystem: ReadFileSystem = (directory) => statfsSync(directory);

/** File systems on which locks and flushes do not mean what SQLite needs (numbers of statfs(2)). */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xfe534d42, 'SMB2'],
  [0xff534d42, 'CIFS'],
]);

const DIRECTORY_MODE = 0o700;
const FILE_MODE = 0o600;

/** Creates the directory if need be; throws `log.network-file-system`. */
export function prepareDirectory(directory: string, statfs: ReadFileSystem): void {
  makeDirectory(directory);
  const kind = NETWORK_FILE_SYSTEMS.get(statfs(directory).type >>> 0);
  if (kind === undefined) return;
  throw problem(
    'log.network-file-system',
    `data directory "${directory}" is on a network file system (${kind})`,
    { hint: 'Locks and flushes are not dependable there: choose a directory on a local disk.' },
  );
}

/**
 * Creates a directory that only its owner may read, and what is missing above it; durable. Throws `log.read-only` and
 * `log.not-a-directory`. One level at a time: Node's recursive mkdir never returns where the file system answers ENOENT to a
 * mkdir below a directory that is there, as /proc does.
 */
export function makeDirectory(path: string): void {
  const full = resolve(path);
  if (existsSync(full)) {
    if (statSync(full).isDirectory()) return;
    throw problem('log.not-a-directory', `"${path}" is a file, not a directory`, {
      hint: 'Name a directory; it is created if it is missing.',
    });
  }
  makeDirectory(dirname(full));
  try {
    mkdirSync(full, { mode: DIRECTORY_MODE });
  } catch (cause) {
    throw readOnly(`directory "${path}" cannot be created`, cause);
  }
  syncDirectory(dirname(full));
}

function readOnly(message: string, cause: unknown): Error {
  return problem('log.read-only', message, {
    detail: (cause as Error).message,
    hint: 'Choose a directory that this user may write to.',
    cause,
  });
}

/**
 * Creates an empty file that only its owner may read; SQLite gives the same mode to what it puts beside. An existing file is
 * left alone and not even opened, because closing it would drop the locks that this process holds on it.
 */
export function createPrivateFile(path: string): void {
  if (existsSync(path)) return;
  closeSync(openSync(path, 'wx', FILE_MODE));
}

/** Held until `release`, or until the process ends. Throws `log.data-dir-in-use` and `log.read-only`. */
export function lockDirectory(open: OpenDatabase, directory: string): { release(): void } {
  const path = join(directory, 'lock.db');
  try {
    createPrivateFile(path);
    accessSync(path, constants.R_OK | constants.W_OK);
  } catch (cause) {
    throw readOnly(`data directory "${directory}" cannot be written to`, cause);
  }
  const database = open(path, { timeout: 0 });
  try {
    database.pragma('journal_mode = DELETE');
    database.pragma('locking_mode = EXCLUSIVE');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
  } catch (cause) {
    database.close();
    if (!isBusy(cause)) throw cause;
    throw problem(
      'log.data-dir-in-use',
      `data directory "${directory}" is in use by process ${readHolder(directory)}`,
      { hint: 'Stop that process, or choose another directory.', cause },
    );
  }
  const owner = JSON.stringify({ pid: process.pid });
  writeFileSync(join(directory, 'owner.json'), owner, { mode: FILE_MODE });
  return { release: () => void database.close() };
}

function isBusy(error: unknown): boolean {
  return (error as { readonly code?: unknown } | null)?.code === 'SQLITE_BUSY';
}

function readHolder(directory: string): string {
  try {
    const { pid } = JSON.parse(readFileSync(join(directory, 'owner.json'), 'utf8'));
    return String(pid);
  } catch {
    return 'unknown';
  }
}

/** Replaces a small file so that after a crash either the old or the new content is there. */
export function writeDurably(directory: string, name: string, content: string): void {
  const path = join(directory, name);
  const file = openSync(`${path}.new`, 'w', FILE_MODE);
  try {
    writeSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncDirectory(directory);
}

/** Makes created, renamed and removed names durable. */
export function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const file = openSync(directory, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
