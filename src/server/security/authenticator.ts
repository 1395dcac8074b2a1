/** Who sent a request, by whatever the server takes for it: a password, a token or a client's certificate (spec: api.md §14). */
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Role } from '../../sql/statement-roles.ts';
import type { BasicLogin } from './basic.ts';
import type { BearerLogin } from './bearer.ts';
import type { LoginFailures } from './failures.ts';
import type { Credentials, Principal } from './principal.ts';

export interface AuthenticatorOptions {
  readonly basic: BasicLogin | null;
  readonly bearer: BearerLogin | null;
  /** The role of whoever has a verified certificate; null: a certificate alone is no login. */
  readonly certificateRole: Role | null;
  /** `authentication.realm`, for the browser's dialogue. */
  readonly realm: string;
  /** Paths without a login, in which `*` stands for any text (`authentication.skip.paths`). */
  readonly skipPaths: readonly string[];
  readonly failures: LoginFailures;
}

/** Without a login on every server: they tell nothing but that it is there (spec: api.md §3). */
const openPaths: ReadonlySet<string> = new Set([
  '/v1/metadata',
  '/v1/metadata/id',
  '/healthcheck',
  '/chc/ready',
  '/chc/live',
  '/livez',
  '/readyz',
  '/livez',
  '/readyz',
]);

export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #skip: readonly RegExp[];

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#skip = options.skipPaths.map(patternOf);
  }

  /** Whether the path is served to anybody. */
  isOpen(path: string): boolean {
    return openPaths.has(path) || this.#skip.some((pattern) => pattern.test(path));
  }

  /** The value of `WWW-Authenticate`, by which a client learns how to log in. */
  get challenge(): string {
    const { basic, bearer, realm } = this.#options;
    return [
      ...(basic === null ? [] : [`Basic realm="${realm}", charset="UTF-8"`]),
      ...(bearer === null ? [] : [`Bearer realm="${realm}"`]),
    ].join(', ');
  }

  /** Throws `auth.required`, `auth.failed`, `auth.no-role`, `auth.too-many-failures` or `auth.busy`. */
  async authenticate(credentials: Credentials): Promise<Principal> {
    const { authorization, accessToken, certificate, address } = credentials;
    const { basic, bearer, certificateRole, failures } = this.#options;
    const [, scheme = '', text = ''] = /^(\S+) +(\S+)\s*$/.exec(authorization ?? '') ?? [];
    const token = scheme.toLowerCase() === 'bearer' ? text : accessToken;
    if (scheme.toLowerCase() === 'basic' && basic !== null) {
      return this.#counted(address, await basic.login(text, () => failures.check(address)));
    }
    if (token !== null && bearer !== null && scheme.toLowerCase() !== 'basic') {
      failures.check(address);
      return this.#counted(address, await bearer.login(token));
    }
    if (authorization === undefined && certificate !== null && certificateRole !== null)
      return { name: certificate, role: certificateRole, expiresMs: null };
    throw unauthorized();
  }

  #counted(address: string, principal: Principal | null): Principal {
    if (principal !== null) return principal;
    this.#options.failures.count(address);
    throw problem('auth.failed', 'Unauthorized', {
      hint: 'Name and password, or the token, are not right.',
    });
  }
}

function unauthorized(): ProblemError {
  return problem('auth.required', 'Unauthorized', {
    hint: 'Say who you are: leat sql --user NAME, curl --user NAME, or a bearer token.',
  });
}

function patternOf(path: string): RegExp {
  const source = path
    .split('*')
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`);
}
