/** Who `leat sql` and `leat datagen` say they are (spec: cli.md §1.1). */
import { problem } from '../base/errors.ts';

/** What the client takes as its `authorization`. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string };

export interface CredentialFlags {
  readonly user?: string;
  readonly password?: string;
  readonly token?: string;
}

/**
 * Null without any. A user without a password is asked for it. Throws `session.credentials` in ksqlDB's words where the options do
 * not go together.
 */
export async function authorizationOf({
  user,
  password,
  token,
}: CredentialFlags): Promise<Credentials | null> {
  if (token !== undefined) {
    if (user === undefined && password === undefined) return { token };
    throw problem('session.credentials', 'Only one of username/password or token can be provided');
  }
  if (user === undefined) {
    if (password === undefined) return null;
    throw problem(
      'session.credentials',
      'You must specify both a username and a password. If you do not want to use an authenticated session, leave out both of the flags --user and --password',
    );
  }
  if (user.includes(':'))
    throw problem('session.credentials', `a user's name has no colon: ${user}`);
  if (password !== undefined) return { user, password };
  const { readPassword } = await import('./password.ts');
  return { user, password: await readPassword('Enter password: ') };
}

/** The header that says it; none for null. */
export function authorizationHeaders(
  credentials: Credentials | null,
): Readonly<Record<string, string>> {
  if (credentials === null) return {};
  if ('token' in credentials) return { authorization: `Bearer ${credentials.token}` };
  const { user, password } = credentials;
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}
