/** Where a server listens: the property `listeners` as ksqlDB has it (spec: api.md §1), or one address and port. */
import { problem } from '../../base/errors.ts';
import type { Listener } from './listen.ts';

const defaultHost = '127.0.0.1';
const defaultPort = 8088;

export interface Asked {
  /** Of the command line; null: not said. */
  readonly host: string | null;
  readonly port: number | null;
  /** Over TLS, where there is a certificate. */
  readonly hasTls: boolean;
}

/** The command line goes before the property; neither: loopback. Throws `config.listeners`. */
export function listenersOf(
  properties: Readonly<Record<string, string>>,
  { host, port, hasTls }: Asked,
): readonly Listener[] {
  const text = properties['listeners']?.trim();
  if (host === null && port === null && text !== undefined && text !== '')
    return parseListeners(text);
  return [
    { scheme: hasTls ? 'https' : 'http', host: host ?? defaultHost, port: port ?? defaultPort },
  ];
}

/** `http://127.0.0.1:8088,https://0.0.0.0:8443`; without a host it is every address. Throws `config.listeners`. */
export function parseListeners(text: string): readonly Listener[] {
  return text.split(',').map((item) => {
    const found = /^(https?):\/\/(\[[\da-f:.]+\]|[\w.-]*):(\d{1,5})\/?$/i.exec(item.trim());
    const port = Number(found?.[3]);
    if (found === null || port > 65_535) {
      throw problem('config.listeners', `listeners has ${item.trim()}, which is no listener`, {
        hint: 'A listener is a scheme, an address and a port, as in http://127.0.0.1:8088 or https://0.0.0.0:8443.',
      });
    }
    const host = (found[2] ?? '').replace(/^\[|\]$/g, '');
    const scheme = found[1]?.toLowerCase() === 'https' ? 'https' : 'http';
    return { scheme, host: host === '' ? '0.0.0.0' : host, port };
  });
}
