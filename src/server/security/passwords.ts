/**
 * Passwords as they are kept: `scrypt:<log2 of N>:<r>:<p>:<salt>:<hash>`, salt and hash in base64url (RFC 7914). Checking one takes
 * 128 MiB and a good part of a second on purpose: whoever steals the file has to pay it for every guess.
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { problem } from '../../base/errors.ts';
import { passwordChecksMax, waitingChecksMax } from '../limits.ts';

export interface PasswordCost {
  /** N is two to the power of this. */
  readonly log2N: number;
  readonly r: number;
  readonly p: number;
}

/** What OWASP's password storage cheat sheet asks for at least. */
export const defaultCost: PasswordCost = { log2N: 17, r: 8, p: 1 };
const hashBytes = 32;
const saltBytes = 16;
/** A file may not ask for more than this, or whoever can write it could stop the server. */
const log2NMax = 20;

interface Stored extends PasswordCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** The text to keep of a password. */
export async function hashPassword(
  password: string,
  cost: PasswordCost = defaultCost,
): Promise<string> {
  const salt = randomBytes(saltBytes);
  const hash = await derive(password, { ...cost, salt });
  const numbers = `${cost.log2N}:${cost.r}:${cost.p}`;
  return `scrypt:${numbers}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** Null where the text is none of `hashPassword`'s. */
export function parseStored(text: string): Stored | null {
  const found = /^scrypt:(\d{1,2}):(\d{1,2}):(\d{1,2}):([\w-]{8,}):([\w-]{43})$/.exec(text);
  if (found === null) return null;
  const [log2N = 0, r = 0, p = 0] = found.slice(1, 4).map(Number);
  if (log2N < 1 || log2N > log2NMax || r < 1 || r > 32 || p < 1 || p > 16) return null;
  return {
    log2N,
    r,
    p,
    salt: Buffer.from(found[4] as string, 'base64url'),
    hash: Buffer.from(found[5] as string, 'base64url'),
  };
}

/** Checks passwords, few at a time. */
export class PasswordChecker {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  /** Stands in for whoever is not there, so that an answer takes as long for an unknown user as for a wrong password. */
  readonly #nobody: Stored = {
    ...defaultCost,
    salt: randomBytes(saltBytes),
    hash: Buffer.alloc(hashBytes),
  };

  /**
   * Whether `password` is the stored one; never for null, in the same time. Throws `auth.busy` when too many wait, and what
   * `mayCheck` throws, which is asked when it is this one's turn: what was found out meanwhile counts.
   */
  async check(
    password: string,
    stored: Stored | null,
    mayCheck: () => void = () => undefined,
  ): Promise<boolean> {
    await this.#turn();
    try {
      mayCheck();
      const expected = stored ?? this.#nobody;
      const hash = await derive(password, expected);
      return timingSafeEqual(hash, expected.hash) && stored !== null;
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#running >= passwordChecksMax) {
      if (this.#waiting.length >= waitingChecksMax)
        throw problem('auth.busy', 'Too many logins at a time: try again in a moment');
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }
}

function derive(
  password: string,
  { log2N, r, p, salt }: PasswordCost & { readonly salt: Buffer },
): Promise<Buffer> {
  const options: ScryptOptions = { N: 2 ** log2N, r, p, maxmem: 256 * 2 ** log2N * r };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
