/** HTTP Basic (RFC 7617): names and passwords of the users file. */
import { createHmac, randomBytes } from 'node:crypto';
import { problem } from '../../base/errors.ts';
import { knownCredentialsMax } from '../limits.ts';
import { PasswordChecker, parseStored } from './passwords.ts';
import type { Principal } from './principal.ts';
import { greatestRole, type User, type Users } from './users-file.ts';

export interface BasicOptions {
  readonly users: Users;
  /** `authentication.roles`: a user needs one of them; null: any user will do. */
  readonly admitted: readonly string[] | null;
}

/**
 * What has been right is remembered by a keyed digest, with the stored hash it was right for: a password that has been changed, or
 * a user that has been removed, is out with the next request. Requests with the same credentials share one check.
 */
export class BasicLogin {
  readonly #options: BasicOptions;
  readonly #checker = new PasswordChecker();
  readonly #key = randomBytes(32);
  /** Digest of name and password → the stored hash. */
  readonly #known = new Map<string, string>();
  readonly #underWay = new Map<string, Promise<boolean>>();

  constructor(options: BasicOptions) {
    this.#options = options;
  }

  /**
   * Null where name or password is wrong. `mayCheck` throws where no more may be checked; what is known is not checked again.
   * Throws `auth.no-role`.
   */
  async login(encoded: string, mayCheck: () => void): Promise<Principal | null> {
    const given = decode(encoded);
    if (given === null) {
      mayCheck();
      return null;
    }
    const user = this.#options.users.find(given.name);
    const digest = createHmac('sha256', this.#key)
      .update(`${given.name}\0${given.password}\0${user?.password ?? ''}`)
      .digest('base64');
    if (user === null || this.#known.get(digest) !== user.password) {
      const isRight = await this.#check(digest, given.password, user, mayCheck);
      if (!isRight || user === null) return null;
      this.#remember(digest, user.password);
    }
    return principalOf(user, this.#options.admitted);
  }

  #check(
    digest: string,
    password: string,
    user: User | null,
    mayCheck: () => void,
  ): Promise<boolean> {
    const underWay = this.#underWay.get(digest);
    if (underWay !== undefined) return underWay;
    const stored = user === null ? null : parseStored(user.password);
    const check = this.#checker
      .check(password, stored, mayCheck)
      .finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, check);
    return check;
  }

  #remember(digest: string, stored: string): void {
    for (const known of this.#known.keys()) {
      if (this.#known.size < knownCredentialsMax) break;
      this.#known.delete(known);
    }
    this.#known.set(digest, stored);
  }
}

function decode(encoded: string): { readonly name: string; readonly password: string } | null {
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1 || text.includes('\0')) return null;
  return { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

function principalOf(user: User, admitted: readonly string[] | null): Principal {
  const role = greatestRole(user.roles);
  const isAdmitted = admitted === null || user.roles.some((name) => admitted.includes(name));
  if (role !== null && isAdmitted) return { name: user.name, role, expiresMs: null };
  throw problem(
    'auth.no-role',
    `You are forbidden from using this cluster. ${user.name} has no role that may`,
    { hint: 'The roles are read, write and admin; authentication.roles may ask for another.' },
  );
}
