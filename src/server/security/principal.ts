/** Who sent a request, and what a login goes by. */
import type { Role } from '../../sql/statement-roles.ts';

export interface Principal {
  readonly name: string;
  readonly role: Role;
  /** When what it logged in with ends, in milliseconds since 1970; null where it does not. */
  readonly expiresMs: number | null;
}

/** What a request brings of its sender. */
export interface Credentials {
  /** The header. */
  readonly authorization: string | undefined;
  /** Of the URL `/ws/query?access_token=…`, for browsers cannot send headers there. */
  readonly accessToken: string | null;
  /** Where it came from. */
  readonly address: string;
  /** The common name of a client's verified certificate; null without. */
  readonly certificate: string | null;
}
