/** Failed logins per address: whoever guesses is made to wait, before a password is looked at. */
import { problem } from '../../base/errors.ts';
import { type Limit, limitText } from '../../base/limits.ts';
import { countedAddressesMax } from '../limits.ts';

const minuteMs = 60_000;

export class LoginFailures {
  readonly #limit: Limit;
  readonly #now: () => number;
  readonly #byAddress = new Map<string, { readonly sinceMs: number; count: number }>();

  /** `now` in milliseconds of any clock that does not go back. */
  constructor(limit: Limit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Throws `auth.too-many-failures` within a minute of the first of too many. */
  check(address: string): void {
    const entry = this.#current(address);
    if (entry === null || entry.count < this.#limit.value) return;
    throw problem(
      'auth.too-many-failures',
      limitText(this.#limit, 'failed logins of a minute', entry.count),
      { hint: 'Wait a minute.' },
    );
  }

  count(address: string): void {
    const entry = this.#current(address);
    if (entry !== null) {
      entry.count++;
      return;
    }
    // The oldest go first: a Map keeps the order in which addresses came.
    for (const known of this.#byAddress.keys()) {
      if (this.#byAddress.size < countedAddressesMax) break;
      this.#byAddress.delete(known);
    }
    this.#byAddress.set(address, { sinceMs: this.#now(), count: 1 });
  }

  #current(address: string): { count: number } | null {
    const entry = this.#byAddress.get(address);
    if (entry === undefined) return null;
    if (this.#now() - entry.sinceMs < minuteMs) return entry;
    this.#byAddress.delete(address);
    return null;
  }
}
