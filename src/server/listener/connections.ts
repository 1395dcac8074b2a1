/**
 * The connections that are open, and whether there may be one more: of a kind, of one address, and of those that have not said
 * who they are. A connection that may not be is closed without an answer: what it speaks is not known yet.
 */
import type { Socket } from 'node:net';
import type { Limit } from '../../base/limits.ts';
import type { ListenerLimits } from '../limits.ts';

export interface Connection {
  readonly socket: Socket;
  /** The peer's address as text; IPv4 always in its own form. */
  readonly address: string;
}

interface State extends Connection {
  kind: 'unknown' | 'http' | 'webSocket';
  isAuthenticated: boolean;
}

export class Connections {
  readonly #limits: ListenerLimits;
  readonly #open = new Map<Socket, State>();
  readonly #perAddress = new Map<string, number>();
  /** By what a request knows of its connection: the socket it came over, or its HTTP/2 session. */
  readonly #owners = new WeakMap<object, State>();
  readonly #refused = new Map<string, number>();
  #http = 0;
  #webSockets = 0;
  #unauthenticated = 0;

  constructor(limits: ListenerLimits) {
    this.#limits = limits;
  }

  /** Null where the connection may not be; it is closed then. `needsLogin`: until `authenticated` it counts among few. */
  accept(socket: Socket, { needsLogin }: { readonly needsLogin: boolean }): Connection | null {
    const { connections, webSockets, connectionsPerIp, unauthenticated } = this.#limits;
    const address = addressOf(socket);
    const ofAddress = this.#perAddress.get(address) ?? 0;
    // What it will be is known only later: `chosen` looks at each kind by itself.
    const isFull = this.#open.size >= connections.value + webSockets.value;
    if (isFull) return this.#refuse(socket, connections);
    if (ofAddress >= connectionsPerIp.value) return this.#refuse(socket, connectionsPerIp);
    if (needsLogin && this.#unauthenticated >= unauthenticated.value)
      return this.#refuse(socket, unauthenticated);
    const state: State = { socket, address, kind: 'unknown', isAuthenticated: !needsLogin };
    this.#open.set(socket, state);
    this.#perAddress.set(address, ofAddress + 1);
    if (needsLogin) this.#unauthenticated++;
    this.#owners.set(socket, state);
    socket.once('close', () => this.#closed(state));
    return state;
  }

  /** What the connection turned out to be; false where there are too many of those, and it is closed. */
  chosen(connection: Connection, kind: 'http' | 'webSocket'): boolean {
    const state = this.#open.get(connection.socket);
    if (state === undefined) return false;
    const limit = kind === 'http' ? this.#limits.connections : this.#limits.webSockets;
    const count = kind === 'http' ? this.#http : this.#webSockets;
    if (count >= limit.value) return this.#refuse(connection.socket, limit) !== null;
    state.kind = kind;
    if (kind === 'http') this.#http++;
    else this.#webSockets++;
    return true;
  }

  /** Lets `owner`, a TLS socket or an HTTP/2 session, be asked for in the connection's place. */
  link(owner: object, connection: Connection): void {
    const state = this.#open.get(connection.socket);
    if (state !== undefined) this.#owners.set(owner, state);
  }

  /** The connection of a socket or session; null when it has gone. */
  of(owner: object): Connection | null {
    return this.#owners.get(owner) ?? null;
  }

  /** A request has said who sent it: the connection no longer counts among those of strangers. */
  authenticated(owner: object): void {
    const state = this.#owners.get(owner);
    if (state === undefined || state.isAuthenticated) return;
    state.isAuthenticated = true;
    if (this.#open.has(state.socket)) this.#unauthenticated--;
  }

  get sockets(): readonly Socket[] {
    return [...this.#open.keys()];
  }

  /** Connections that were refused, by the key of the limit. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refused;
  }

  #refuse(socket: Socket, { key }: Limit): null {
    this.#refused.set(key, (this.#refused.get(key) ?? 0) + 1);
    socket.destroy();
    return null;
  }

  #closed(state: State): void {
    this.#open.delete(state.socket);
    const left = (this.#perAddress.get(state.address) ?? 1) - 1;
    if (left === 0) this.#perAddress.delete(state.address);
    else this.#perAddress.set(state.address, left);
    if (!state.isAuthenticated) this.#unauthenticated--;
    if (state.kind === 'http') this.#http--;
    if (state.kind === 'webSocket') this.#webSockets--;
  }
}

/** A socket of both families gives IPv4 addresses as `::ffff:10.0.0.1`. */
function addressOf(socket: Socket): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=[\d.]+$)/, '');
}
