/** Lets a request in, or says why not: before its body is read, and before it is known whether there is what it asks for. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ProblemError, problem } from '../../base/errors.ts';
import type { Engine } from '../../engine/api.ts';
import type { Role } from '../../sql/statement-roles.ts';
import type { Connections } from '../listener/connections.ts';
import { isHttp2 } from '../listener/head.ts';
import type { Authenticator } from './authenticator.ts';
import type { Principal } from './principal.ts';
import { roleEngine } from './role-engine.ts';

export interface GateOptions {
  /** Null: anybody may do anything. */
  readonly authenticator: Authenticator | null;
  readonly connections: Connections;
  /** `ksql.server.sni.check.enable`: over TLS a request must be for the name that the handshake was for. */
  readonly checkSni: boolean;
  readonly engine: Engine;
}

export interface Admitted {
  /** Null where nobody was asked. */
  readonly principal: Principal | null;
  /** The engine for this request: whatever it calls is looked at for the role of its sender. */
  readonly engine: Engine;
}

/** Where browsers, which cannot send headers for a WebSocket, put their token in the URL. */
const socketPaths: ReadonlySet<string> = new Set(['/ws/query', '/leat/v1/subscribe']);

export class Gate {
  readonly #options: GateOptions;
  readonly #engines: Readonly<Record<Role, Engine>>;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#engines = {
      read: roleEngine(options.engine, 'read'),
      write: roleEngine(options.engine, 'write'),
      admin: roleEngine(options.engine, 'admin'),
    };
  }

  /** The value of `WWW-Authenticate` for a request that was refused with `error`; null where a login would not help. */
  challengeOf(error: unknown): string | null {
    const isAsked =
      error instanceof ProblemError &&
      (error.code === 'auth.required' || error.code === 'auth.failed');
    return isAsked ? (this.#options.authenticator?.challenge ?? null) : null;
  }

  /** Who sent it, and what it may do. Throws `auth.*` and `server.misdirected`. */
  async admit(request: IncomingMessage): Promise<Admitted> {
    const { authenticator, connections, checkSni, engine } = this.#options;
    const { owner, socket } = carrierOf(request);
    if (checkSni) checkServerName(request, socket);
    const [path = '', query = ''] = (request.url ?? '').split('?', 2);
    if (authenticator === null) return { principal: null, engine };
    // What is open to anybody only looks.
    if (authenticator.isOpen(path)) return { principal: null, engine: this.#engines.read };
    const principal = await authenticator.authenticate({
      authorization: request.headers.authorization,
      accessToken: socketPaths.has(path) ? new URLSearchParams(query).get('access_token') : null,
      address: connections.of(owner)?.address ?? '',
      certificate: commonName(socket),
    });
    connections.authenticated(owner);
    return { principal, engine: this.#engines[principal.role] };
  }
}

/** What the request came over: the session of HTTP/2, the socket otherwise; and the TLS socket, where it is one. */
function carrierOf(request: IncomingMessage): {
  readonly owner: object;
  readonly socket: object;
} {
  if (!isHttp2(request)) return { owner: request.socket, socket: request.socket };
  const { session } = (request as unknown as Http2ServerRequest).stream;
  return { owner: session ?? request, socket: session?.socket ?? {} };
}

/** Of the client's certificate, where it showed one that an authority vouches for. */
function commonName(socket: object): string | null {
  const { authorized } = socket as Partial<TLSSocket>;
  if (authorized !== true) return null;
  const name = (socket as TLSSocket).getPeerCertificate().subject?.CN as
    | string
    | readonly string[]
    | undefined;
  return (typeof name === 'string' ? name : name?.[0]) ?? null;
}

function checkServerName(request: IncomingMessage, socket: object): void {
  const { servername } = socket as { readonly servername?: unknown };
  const authority = String(request.headers[':authority'] ?? request.headers.host ?? '');
  if (typeof servername !== 'string' || servername === '') return;
  if (authority.replace(/:\d+$/, '').toLowerCase() === servername.toLowerCase()) return;
  throw problem('server.misdirected', 'This request was incorrectly sent to this ksqlDB server', {
    hint: `The connection was made for ${servername}.`,
  });
}
