/**
 * Loopback needs neither TLS nor users: whoever reaches it is on this machine. Any other address needs both, unless somebody says
 * by name that it is to do without (design: on by default is what nobody has to remember).
 */
import { problem } from '../../base/errors.ts';
import type { Listener } from '../listener/listen.ts';

export interface ExposureOptions {
  readonly hasUsers: boolean;
  /** What may be missing outside loopback. */
  readonly withoutTls: boolean;
  readonly withoutUsers: boolean;
}

/** What the server does without outside loopback, for its log. Throws `config.unprotected`. */
export function checkExposure(
  listeners: readonly Listener[],
  options: ExposureOptions,
): readonly string[] {
  for (const { scheme, host, port } of listeners) {
    if (isLoopback(host)) continue;
    const place = `${scheme}://${host}:${port}`;
    if (scheme === 'http' && !options.withoutTls) {
      throw problem(
        'config.unprotected',
        `${place} can be reached from other machines, and anybody on the way could read and change what is sent`,
        {
          hint: 'Give a certificate with --tls-certificate and --tls-key, or say --insecure-no-tls (docs/security.md).',
        },
      );
    }
    if (!options.hasUsers && !options.withoutUsers) {
      throw problem(
        'config.unprotected',
        `${place} can be reached from other machines, and nobody would be asked who they are`,
        {
          hint: 'Make users with leat user add and name their file with --users, or say --insecure-no-users (docs/security.md).',
        },
      );
    }
  }
  const isExposed = listeners.some(({ host }) => !isLoopback(host));
  const isClear = listeners.some(({ scheme, host }) => scheme === 'http' && !isLoopback(host));
  return [
    ...(isClear ? ['other machines are served in clear text'] : []),
    ...(isExposed && !options.hasUsers
      ? ['other machines are served without asking who they are']
      : []),
  ];
}

/** Throws `config.unprotected`: pages of any origin may call only a server that asks who they are (design: differs from ksqlDB). */
export function checkOrigins(origins: readonly string[], hasUsers: boolean): void {
  if (hasUsers || !origins.includes('*')) return;
  throw problem(
    'config.unprotected',
    'pages of any origin may call (access.control.allow.origin is *), and nobody would be asked who they are',
    {
      hint: 'Name the origins, or make users with leat user add and name their file with --users.',
    },
  );
}

/** Whether only this machine reaches the address; a name may mean anything, but for `localhost` (RFC 6761 §6.3). */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1)$/i.test(host);
}
