/** Servers with users, certificates and tokens, and requests of those who use them. */
import { writeFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { listenerLimits } from '../../src/server/limits.ts';
import type { Listener } from '../../src/server/listener/listen.ts';
import { loadSecurity, type Security } from '../../src/server/security/load.ts';
import { hashPassword } from '../../src/server/security/passwords.ts';
import type { ServerOptions } from '../../src/server/start.ts';
import { type TestServer, testServer } from './test-server.ts';

type Properties = Readonly<Record<string, string>>;

/** The path of a file of test/server/certificates. */
export function certificate(name: string): string {
  return join(import.meta.dirname, 'certificates', name);
}

/** What it takes to trust the test servers. */
export const authority: Buffer = readFileSync(certificate('authority.pem'));

/** A password's hash that costs nothing, as no test guards anything. */
export function cheapHash(password: string): Promise<string> {
  return hashPassword(password, { log2N: 4, r: 1, p: 1 });
}

/** Writes a users file: each with the password `<name>-secret` and the roles given. */
export async function writeUsersFile(
  path: string,
  users: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = await Promise.all(
    Object.entries(users).map(
      async ([name, roles]) => `${name}: ${await cheapHash(`${name}-secret`)},${roles}\n`,
    ),
  );
  writeFileSync(path, lines.join(''), { mode: 0o600 });
}

/** A server whose security is what the properties say. */
export async function securedServer(
  properties: Properties,
  options: Partial<ServerOptions> & {
    readonly change?: (security: Security) => Security;
  } = {},
): Promise<TestServer> {
  const { change = (security: Security) => security, ...rest } = options;
  const security = change(await loadSecurity(properties, listenerLimits(properties)));
  const scheme: Listener['scheme'] = security.tls === null ? 'http' : 'https';
  const listeners = rest.listeners ?? [{ scheme, host: '127.0.0.1', port: 0 }];
  return testServer({}, { properties, security, ...rest, listeners });
}

export function basic(user: string, password: string = `${user}-secret`): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

export interface SecureAnswer {
  readonly status: number;
  readonly text: string;
}

/** A request over HTTP/1.1 and TLS, perhaps with a certificate of the client's. */
export async function secureGet(
  url: string,
  path: string,
  client: { readonly cert?: Buffer; readonly key?: Buffer } = {},
): Promise<SecureAnswer> {
  const agent = new Agent({ ca: authority, ...client });
  try {
    const outgoing = httpsRequest(`${url}${path}`, { agent });
    outgoing.end();
    const [response] = await once(outgoing, 'response');
    return { status: response.statusCode, text: await text(response as Readable) };
  } finally {
    agent.destroy();
  }
}
