/** What the server's properties say of its security (docs/security.md). Nothing is guessed: what is half said stops the start. */
import { problem } from '../../base/errors.ts';
import { type Role, roles } from '../../sql/statement-roles.ts';
import type { ListenerLimits } from '../limits.ts';
import type { Authenticator } from './authenticator.ts';
import type { BasicLogin } from './basic.ts';
import type { BearerOptions } from './bearer.ts';
import { signatureAlgorithms } from './signature-algorithms.ts';
import type { TlsConfig } from './tls.ts';

type Properties = Readonly<Record<string, string>>;

export interface Security {
  /** Null: nobody is asked who they are. */
  readonly authenticator: Authenticator | null;
  /** Null: there is no certificate. */
  readonly tls: TlsConfig | null;
}

/** No users and no certificate: for loopback. */
export const openSecurity: Security = { authenticator: null, tls: null };

/** Throws `config.authentication`, `config.users` and `config.tls`. */
export async function loadSecurity(
  properties: Properties,
  limits: ListenerLimits,
): Promise<Security> {
  const tls = hasTls(properties) ? (await import('./tls.ts')).tlsConfig(properties) : null;
  return { tls, authenticator: await loadAuthenticator(properties, limits, tls) };
}

function hasTls(properties: Properties): boolean {
  return ['leat.tls.certificate', 'ssl.keystore.location'].some(
    (name) => text(properties, name) !== null,
  );
}

async function loadAuthenticator(
  properties: Properties,
  limits: ListenerLimits,
  tls: TlsConfig | null,
): Promise<Authenticator | null> {
  const usersFile = text(properties, 'leat.users.file');
  const method = text(properties, 'authentication.method')?.toUpperCase() ?? null;
  checkMethod(properties, method, usersFile);
  const bearerOptions = bearer(properties);
  const certificateRole = certificates(properties, tls);
  if (usersFile === null && bearerOptions === null && certificateRole === null) return null;
  const { Authenticator } = await import('./authenticator.ts');
  const { LoginFailures } = await import('./failures.ts');
  return new Authenticator({
    basic: usersFile === null ? null : await basic(usersFile, properties),
    bearer:
      bearerOptions === null ? null : new (await import('./bearer.ts')).BearerLogin(bearerOptions),
    certificateRole,
    realm: (text(properties, 'authentication.realm') ?? 'leat').replace(/["\\\r\n]/g, ''),
    skipPaths: list(text(properties, 'authentication.skip.paths')),
    failures: new LoginFailures(limits.loginFailures),
  });
}

function checkMethod(
  properties: Properties,
  method: string | null,
  usersFile: string | null,
): void {
  if (text(properties, 'ksql.authentication.plugin.class') !== null)
    throw wrong(
      'ksql.authentication.plugin.class names a Java class, which cannot be run',
      'Bearer tokens are verified with leat.jwt.jwks, leat.jwt.issuer and leat.jwt.audience.',
    );
  if (method !== null && method !== 'NONE' && method !== 'BASIC')
    throw wrong(`authentication.method is ${method}`, 'It is NONE or BASIC.');
  if (method === 'BASIC' && usersFile === null)
    throw wrong(
      'authentication.method is BASIC, and no file says who the users are',
      'Set leat.users.file to a file that leat user add has made.',
    );
  if (method === 'NONE' && usersFile !== null)
    throw wrong(
      'authentication.method is NONE, and leat.users.file names users',
      'Leave one of them out.',
    );
}

async function basic(usersFile: string, properties: Properties): Promise<BasicLogin> {
  const { BasicLogin: Login } = await import('./basic.ts');
  const { Users } = await import('./users-file.ts');
  // A plain `*` has no meaning of its own in ksqlDB's list.
  const admitted = list(text(properties, 'authentication.roles')).filter((role) => role !== '*');
  const isAny = admitted.length === 0 || admitted.includes('**');
  return new Login({ users: new Users(usersFile), admitted: isAny ? null : admitted });
}

function bearer(properties: Properties): BearerOptions | null {
  const keySet = text(properties, 'leat.jwt.jwks');
  const publicKey = text(properties, 'leat.jwt.public.key');
  const set = Object.keys(properties).find((name) => name.startsWith('leat.jwt.'));
  if (set === undefined) return null;
  if ((keySet === null) === (publicKey === null))
    throw wrong(
      'tokens need one source of keys',
      'Set either leat.jwt.jwks (a URL or a file) or leat.jwt.public.key (a PEM file).',
    );
  return {
    keySet: keySet === null ? null : keySource(keySet),
    publicKey,
    algorithms: algorithms(properties),
    issuer: required(properties, 'leat.jwt.issuer'),
    audience: required(properties, 'leat.jwt.audience'),
    clockToleranceSeconds: seconds(properties, 'leat.jwt.clock.tolerance.seconds', 30),
    roleClaim: text(properties, 'leat.jwt.role.claim') ?? 'role',
    nameClaim: text(properties, 'leat.jwt.name.claim') ?? 'sub',
  };
}

/** Keys come over a connection that nobody can meddle with. */
function keySource(value: string): URL | string {
  if (!/^[a-z][a-z+.-]+:\/\//i.test(value)) return value;
  const url = URL.canParse(value) ? new URL(value) : null;
  const isNear = url !== null && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isNear)) return url;
  throw wrong(`leat.jwt.jwks is ${value}`, 'It is a file, or a URL that begins with https://');
}

function algorithms(properties: Properties): readonly string[] {
  const named = list(text(properties, 'leat.jwt.algorithms'));
  const unknown = named.find((name) => !signatureAlgorithms.includes(name));
  if (unknown !== undefined)
    throw wrong(
      `leat.jwt.algorithms names ${unknown}`,
      `Signatures of a private key are taken: ${signatureAlgorithms.join(', ')}.`,
    );
  return named.length === 0 ? signatureAlgorithms : named;
}

function certificates(properties: Properties, tls: TlsConfig | null): Role | null {
  const role = text(properties, 'leat.tls.client.role');
  if (role === null) return null;
  const found = roles.find((known) => known === role);
  if (found === undefined)
    throw wrong(`leat.tls.client.role is ${role}`, `It is one of ${roles.join(', ')}.`);
  if (tls !== null && tls.clientCertificates !== 'none') return found;
  throw wrong(
    'leat.tls.client.role is set, and clients are not asked for a certificate',
    'Set ssl.client.authentication to REQUIRED or REQUESTED.',
  );
}

function text(properties: Properties, name: string): string | null {
  return properties[name]?.trim() || null;
}

function required(properties: Properties, name: string): string {
  const value = text(properties, name);
  if (value !== null) return value;
  throw wrong(
    `${name} is not set`,
    'A token for somebody else would be let in: it says whose tokens are taken.',
  );
}

function seconds(properties: Properties, name: string, fallback: number): number {
  const value = text(properties, name) ?? String(fallback);
  if (/^\d{1,3}$/.test(value)) return Number(value);
  throw wrong(`${name} is ${value}`, 'It is a number of seconds, 999 at most.');
}

function list(value: string | null): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function wrong(message: string, hint: string): Error {
  return problem('config.authentication', message, { hint });
}
