/** All the ports of a server: they share its limits, and stop together. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { problem } from '../../base/errors.ts';
import { type Listener, listen } from './listen.ts';
import { createPort, type PortOptions } from './port.ts';
import type { TlsConfig } from '../security/tls.ts';

export interface Ports {
  /** In the order of the listeners, at least one. */
  readonly opened: readonly { readonly url: string; readonly port: number }[];
  /** Stops accepting; resolves when every connection is closed. */
  close(): Promise<void>;
}

/** Opens all or none. Throws what `listen` throws, and `config.tls`. */
export async function openPorts(
  listeners: readonly Listener[],
  tls: TlsConfig | null,
  options: Omit<PortOptions, 'tls'>,
): Promise<Ports> {
  const servers: Server[] = [];
  const resources: Disposable[] = [];
  const closeAll = async () => {
    for (const resource of resources) resource[Symbol.dispose]();
    const closed = servers.filter(({ listening }) => listening).map((port) => once(port, 'close'));
    for (const port of servers) port.close();
    await Promise.all(closed);
  };
  try {
    const opened: { readonly url: string; readonly port: number }[] = [];
    for (const listener of listeners) {
      const isSecure = listener.scheme === 'https';
      const handshakes = isSecure ? await openTls(listener, tls, options, resources) : null;
      const port = createPort({ ...options, tls: handshakes });
      servers.push(port);
      opened.push(await listen(port, listener));
    }
    return { opened, close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function openTls(
  { host, port }: Listener,
  config: TlsConfig | null,
  { limits }: Omit<PortOptions, 'tls'>,
  resources: Disposable[],
): Promise<NonNullable<PortOptions['tls']>> {
  if (config === null) {
    throw problem('config.tls', `https://${host}:${port} needs a certificate`, {
      hint: 'Give one with --tls-certificate and --tls-key (docs/security.md).',
    });
  }
  const { tlsServer } = await import('../security/tls.ts');
  const server = tlsServer(config, limits.handshakeMs.value, (error) =>
    process.emitWarning(`the old certificate stays in use: ${error.message}`),
  );
  resources.push(server);
  return server;
}
