/**
 * TLS as the server's properties say it: PEM files (`leat.tls.certificate`, `leat.tls.key`) or ksqlDB's key store, which may be PEM or
 * PKCS12 (spec: api.md §14). Files are looked at from time to time, and what has changed in them is used from then on.
 */
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, Server, type TlsOptions } from 'node:tls';
import { ProblemError, problem } from '../../base/errors.ts';

type Properties = Readonly<Record<string, string>>;

/** Whether a client must show a certificate. */
export type ClientCertificates = 'none' | 'requested' | 'required';

export interface TlsConfig {
  readonly certificate: string;
  /** The file of the private key; null: in `certificate`, as in a key store. */
  readonly key: string | null;
  readonly isPkcs12: boolean;
  readonly password: string | null;
  /** PEM file of the authorities that clients' certificates must come from. */
  readonly authorities: string | null;
  readonly clientCertificates: ClientCertificates;
  readonly protocols: { readonly min: Protocol; readonly max: Protocol };
  readonly ciphers: string | null;
  /** How often the files are looked at; null: never again. */
  readonly reloadMs: number | null;
}
type Protocol = 'TLSv1.2' | 'TLSv1.3';

const protocols: readonly Protocol[] = ['TLSv1.2', 'TLSv1.3'];
const reloadMs = 5_000;

/** What the properties say of TLS; null: nothing. Throws `config.tls`. */
export function tlsConfig(properties: Properties): TlsConfig | null {
  const value = (name: string): string | null => properties[name]?.trim() || null;
  const certificate = value('leat.tls.certificate') ?? value('ssl.keystore.location');
  if (certificate === null) return null;
  const isOwn = value('leat.tls.certificate') !== null;
  const type = isOwn ? 'PEM' : storeType(certificate, value('ssl.keystore.type'));
  return {
    certificate,
    key: isOwn ? value('leat.tls.key') : null,
    isPkcs12: type === 'PKCS12',
    password: value('ssl.key.password') ?? value('ssl.keystore.password'),
    authorities: value('leat.tls.client.ca') ?? trustStore(properties),
    clientCertificates: clientCertificates(properties),
    protocols: enabledProtocols(value('ssl.enabled.protocols')),
    ciphers: value('ssl.cipher.suites')?.split(',').join(':') ?? null,
    reloadMs: value('ssl.keystore.reload') === 'false' ? null : reloadMs,
  };
}

/** A type that is not said is seen from the file. */
function storeType(path: string, said: string | null): 'PEM' | 'PKCS12' {
  const type = said?.toUpperCase() ?? seenType(path);
  if (type === 'PEM' || type === 'PKCS12') return type;
  throw problem(
    'config.tls',
    `ssl.keystore.type is ${type}, which cannot be read: PEM and PKCS12 can`,
    {
      hint: `keytool -importkeystore -srckeystore ${path} -destkeystore leat.p12 -deststoretype PKCS12`,
    },
  );
}

function seenType(path: string): string {
  const head = read(path).subarray(0, 4);
  if (head.readUInt32BE(0) === 0xfeedfeed) return 'JKS';
  return head[0] === 0x30 ? 'PKCS12' : 'PEM';
}

function trustStore(properties: Properties): string | null {
  const path = properties['ssl.truststore.location']?.trim() || null;
  if (path === null) return null;
  const type = (properties['ssl.truststore.type']?.trim() || seenType(path)).toUpperCase();
  if (type === 'PEM') return path;
  throw problem('config.tls', `ssl.truststore.type is ${type}, which cannot be read: PEM can`, {
    hint: `keytool -list -rfc -keystore ${path} > trusted.pem`,
  });
}

function clientCertificates(properties: Properties): ClientCertificates {
  const said = properties['ssl.client.authentication']?.trim().toUpperCase();
  const isOld = properties['ssl.client.auth']?.trim().toLowerCase() === 'true';
  if (said === undefined) return isOld ? 'required' : 'none';
  if (said === 'NONE' || said === 'REQUESTED' || said === 'REQUIRED')
    return said.toLowerCase() as ClientCertificates;
  throw problem('config.tls', `ssl.client.authentication is ${said}: NONE, REQUESTED or REQUIRED`);
}

function enabledProtocols(text: string | null): TlsConfig['protocols'] {
  const named = (text ?? protocols.join(',')).split(',').map((name) => name.trim());
  const known = protocols.filter((name) => named.includes(name));
  const [min] = known;
  const max = known.at(-1);
  if (min !== undefined && max !== undefined && known.length === named.length) return { min, max };
  throw problem(
    'config.tls',
    `ssl.enabled.protocols is ${text}: only TLSv1.2 and TLSv1.3 are spoken`,
  );
}

/** The server that does the handshakes, and looks after changed files. Throws `config.tls`. */
export function tlsServer(
  config: TlsConfig,
  handshakeTimeout: number,
  onReloadFailure: (error: Error) => void,
): Server & Disposable {
  const requested = config.clientCertificates !== 'none';
  const options: TlsOptions = {
    ...material(config),
    ALPNProtocols: ['h2', 'http/1.1'],
    handshakeTimeout,
    requestCert: requested,
    // A certificate that was merely asked for may be a wrong one: then it is as if there were none.
    rejectUnauthorized: config.clientCertificates === 'required',
  };
  const server = new Server(options);
  const files = [config.certificate, config.key, config.authorities].filter(
    (path) => path !== null,
  );
  let seen = stamps(files);
  const look = () => {
    const now = stamps(files);
    if (now === seen) return;
    seen = now;
    try {
      server.setSecureContext(material(config));
    } catch (error) {
      onReloadFailure(error as Error);
    }
  };
  const timer = config.reloadMs === null ? null : setInterval(look, config.reloadMs).unref();
  return Object.assign(server, {
    [Symbol.dispose]() {
      if (timer !== null) clearInterval(timer);
    },
  });
}

/** Reads the files and tries them. */
function material(config: TlsConfig): SecureContextOptions {
  const { password, authorities, ciphers, clientCertificates: wanted } = config;
  if (wanted !== 'none' && authorities === null) {
    throw problem(
      'config.tls',
      'client certificates are asked for, and nobody says which are right',
      {
        hint: 'Set leat.tls.client.ca, or ssl.truststore.location, to a PEM file of authorities.',
      },
    );
  }
  const certificate = read(config.certificate);
  const identity: SecureContextOptions = config.isPkcs12
    ? { pfx: certificate }
    : { cert: certificate, key: config.key === null ? certificate : read(config.key) };
  const options: SecureContextOptions = {
    ...identity,
    ...(password === null ? {} : { passphrase: password }),
    ...(authorities === null ? {} : { ca: read(authorities) }),
    ...(ciphers === null ? {} : { ciphers }),
    minVersion: config.protocols.min,
    maxVersion: config.protocols.max,
  };
  try {
    createSecureContext(options);
  } catch (cause) {
    throw problem('config.tls', `the certificate in ${config.certificate} cannot be used`, {
      detail: (cause as Error).message,
      hint: 'It must be the chain with its private key, unencrypted or with the password in ssl.key.password.',
      cause,
    });
  }
  return options;
}

function stamps(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'none' : `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    })
    .join();
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw problem('config.tls', `${path} cannot be read`, {
      detail: (cause as Error).message,
      cause,
    });
  }
}
