/**
 * Who may log in with a password: a text file with a line for each, `name: <hash>,<role>[,<role>…]`, as ksqlDB's (spec: api.md
 * §14) but for the passwords, which are kept as scrypt hashes only. Lines that begin with `#` are comments.
 */
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ProblemError, problem } from '../../base/errors.ts';
import { type Role, roles } from '../../sql/statement-roles.ts';
import { parseStored } from './passwords.ts';

export interface User {
  readonly name: string;
  /** As `hashPassword` makes it. */
  readonly password: string;
  /** As written: Leat's own, `read`, `write` and `admin`, and any other for `authentication.roles`. */
  readonly roles: readonly string[];
}

/** The greatest of Leat's roles among those named; null where there is none. */
export function greatestRole(names: readonly string[]): Role | null {
  return roles.findLast((role) => names.includes(role)) ?? null;
}

const nameCharsMax = 100;

/** Throws `config.users` where `name` could not be told apart from what stands around it. */
export function checkUserName(name: string): void {
  if (/^[\p{L}\p{N}_.@+-]+$/u.test(name) && name.length <= nameCharsMax) return;
  throw problem('config.users', `'${name}' is no name for a user`, {
    hint: `A name has letters, digits and _ . @ + -, ${nameCharsMax} at most.`,
  });
}

/** Throws `config.users`, with the line but never with what stands in a password's place. */
export function parseUsers(text: string, path: string): ReadonlyMap<string, User> {
  const users = new Map<string, User>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#.*)?$/.test(line)) continue;
    const found = /^\s*([^\s:]+)\s*:\s*([^,\s]*)\s*(?:,(.*))?$/.exec(line);
    const place = `${path}, line ${at + 1}`;
    if (found === null)
      throw problem('config.users', `${place} is not of the form name: password,role`);
    const [, name = '', password = '', list = ''] = found;
    checkUserName(name);
    if (parseStored(password) === null) throw notHashed(place, name, path);
    if (users.has(name)) throw problem('config.users', `${place}: ${name} is there twice`);
    const names = list.split(',').map((role) => role.trim());
    users.set(name, { name, password, roles: names.filter((role) => role !== '') });
  }
  return users;
}

function notHashed(place: string, name: string, path: string): ProblemError {
  return problem(
    'config.users',
    `${place}: the password of ${name} is not hashed as it has to be (plain, OBF:, MD5: and CRYPT: are refused)`,
    { hint: `Give it again: leat user add ${name} --users ${path}` },
  );
}

/** Throws `config.users` where the file cannot be read, or could be written by others. */
export function readUsers(path: string): ReadonlyMap<string, User> {
  try {
    const { mode } = statSync(path);
    if (process.platform !== 'win32' && (mode & 0o022) !== 0) {
      throw problem('config.users', `${path} can be written by others than its owner`, {
        hint: `chmod 600 ${path}`,
      });
    }
    return parseUsers(readFileSync(path, 'utf8'), path);
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw problem('config.users', `the users in ${path} cannot be read`, {
      detail: (cause as Error).message,
      hint: `Make the file with: leat user add NAME --role admin --users ${path}`,
      cause,
    });
  }
}

/** Writes the file anew, for its owner's eyes only; a reader sees the old one or the new one. */
export function writeUsers(path: string, users: Iterable<User>): void {
  const lines = [...users].map(
    ({ name, password, roles: names }) => `${[`${name}: ${password}`, ...names].join(',')}\n`,
  );
  const fresh = join(dirname(path), `.${process.pid}.users`);
  try {
    const file = openSync(fresh, 'w', 0o600);
    try {
      writeSync(file, lines.join(''));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(fresh, path);
  } catch (cause) {
    throw problem('config.users', `${path} cannot be written`, {
      detail: (cause as Error).message,
      cause,
    });
  }
}

/** The users of a file, read again when it has changed. A file that cannot be read any more lets nobody in. */
export class Users {
  readonly #path: string;
  #seen = '';
  #users: ReadonlyMap<string, User> = new Map();

  /** Throws what `readUsers` throws. */
  constructor(path: string) {
    this.#path = path;
    this.#users = readUsers(path);
    this.#seen = this.#stamp();
  }

  find(name: string): User | null {
    const stamp = this.#stamp();
    if (stamp !== this.#seen) {
      this.#seen = stamp;
      try {
        this.#users = readUsers(this.#path);
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        this.#users = new Map();
        process.emitWarning(`nobody can log in: ${error.message}`);
      }
    }
    return this.#users.get(name) ?? null;
  }

  #stamp(): string {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
  }
}
