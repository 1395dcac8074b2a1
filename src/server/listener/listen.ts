/** Opens ports. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { problem } from '../../base/errors.ts';

/** Where a server listens and what it speaks there. */
export interface Listener {
  readonly scheme: 'http' | 'https';
  /** An address or a name of this machine; IPv6 without brackets. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

/** Resolves with the URL and port under which the server is reached. Throws `server.port-in-use` and `server.bad-address`. */
export async function listen(
  server: Server,
  listener: Listener,
): Promise<{ readonly url: string; readonly port: number }> {
  server.listen(listener.port, listener.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenProblem(error, listener);
  }
  const { port } = server.address() as AddressInfo;
  const host = listener.host.includes(':') ? `[${listener.host}]` : listener.host;
  return { url: `${listener.scheme}://${host}:${port}`, port };
}

function listenProblem(error: unknown, { host, port }: Listener): Error {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    return problem('server.port-in-use', `port ${port} on ${host} is in use`, {
      hint: 'Choose another with --port.',
    });
  if (code === 'EACCES')
    return problem('server.port-in-use', `port ${port} on ${host} may not be used by this user`, {
      hint: 'Choose one above 1023 with --port.',
    });
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return problem('server.bad-address', `this machine has no address ${host}`, {
      hint: 'Choose one with --host: 127.0.0.1 for this machine alone, 0.0.0.0 for all of its networks.',
    });
  return error as Error;
}
