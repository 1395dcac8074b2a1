/**
 * One port for HTTP/1.1, HTTP/2 and WebSocket. In clear text the first bytes of a connection choose: HTTP/2 with prior knowledge
 * begins with its preface, and a request head says whether it asks for a WebSocket. An HTTP/1 server with an upgrade listener is
 * given every request with an Upgrade header, also `h2c`, which Java's client sends by default and which must simply be answered
 * over HTTP/1.1; so three servers stand behind one socket. Over TLS a client asks for HTTP/2 in the handshake (ALPN, RFC 7301);
 * otherwise the first bytes choose as well.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Server as TlsServer, TLSSocket } from 'node:tls';
import type { Connection, Connections } from './connections.ts';
import type { ListenerLimits } from '../limits.ts';

/** Takes a connection that is its own from here on; its bytes are all still to be read. */
export type ConnectionTaker = (socket: Socket, connection: Connection) => void;
export interface PortTakers {
  readonly http1: ConnectionTaker;
  readonly http2: ConnectionTaker;
  readonly webSocket: ConnectionTaker;
}
type Taken = keyof PortTakers;

export interface PortOptions {
  readonly takers: PortTakers;
  readonly connections: Connections;
  readonly limits: ListenerLimits;
  /** Does the handshakes; null: clear text. A port has one or the other, never both. */
  readonly tls: TlsServer | null;
  /** Whether its clients must say who they are. */
  readonly needsLogin: boolean;
}

const http2Preface = 'PRI * HTTP/2.0';
const tlsRecord = 0x16;
const headBytesMax = 16 * 1024;
const keepAliveMs = 60_000;

/** Told in clear text to whoever speaks clear text to a port with TLS. */
const httpsOnly =
  'HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nThis port speaks HTTPS: use https:// in the URL.\n';

/**
 * Which server a connection that begins with `head` belongs to; null: cannot be told yet; `foreign`: to none, for a request
 * begins with a method in capital letters (Kafka's clients begin with a zero, TLS with 0x16).
 */
export function takerOf(head: string): Taken | 'foreign' | null {
  if (/^[\r\n]*[^\r\nA-Z]/.test(head)) return 'foreign';
  if (head.length < http2Preface.length && http2Preface.startsWith(head)) return null;
  if (head.startsWith(http2Preface)) return 'http2';
  const end = head.indexOf('\r\n\r\n');
  if (end < 0 && head.length < headBytesMax) return null;
  return /\r\nupgrade:[^\r]*\bwebsocket\b/i.test(end < 0 ? head : head.slice(0, end))
    ? 'webSocket'
    : 'http1';
}

export function createPort(options: PortOptions): Server {
  const secure = options.tls === null ? null : new Handshakes(options.tls);
  return createServer(
    // A client that vanished without a word is noticed, and its query with it.
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    (socket) => {
      socket.on('error', () => socket.destroy());
      const connection = options.connections.accept(socket, options);
      if (connection === null) return;
      const timer = setTimeout(() => socket.destroy(), options.limits.handshakeMs.value);
      socket.once('close', () => clearTimeout(timer));
      const hand = (taken: Taken, plain: Socket) => {
        clearTimeout(timer);
        give(plain, taken, connection, options);
      };
      if (secure === null) {
        sniff(socket, (taken) => hand(taken, socket));
        return;
      }
      secure.begin(socket, (plain) => {
        options.connections.link(plain, connection);
        if (plain.alpnProtocol === 'h2') hand('http2', plain);
        else sniff(plain, (taken) => hand(taken, plain));
      });
    },
  );
}

/** Gives a connection to the server it is for, unless there are too many of its kind. */
function give(
  socket: Socket,
  taken: Taken,
  connection: Connection,
  { connections, takers }: Pick<PortOptions, 'connections' | 'takers'>,
): void {
  if (!connections.chosen(connection, taken === 'webSocket' ? 'webSocket' : 'http')) return;
  takers[taken](socket, connection);
}

/** A TLS server makes a socket of its own of each it is given; the peer's port tells which belongs to which. */
class Handshakes {
  readonly #server: TlsServer;
  readonly #underWay = new Map<string, (socket: TLSSocket) => void>();

  constructor(server: TlsServer) {
    this.#server = server;
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    server.on('secureConnection', (socket) => {
      socket.on('error', () => socket.destroy());
      const id = peerOf(socket);
      const onSecure = this.#underWay.get(id);
      this.#underWay.delete(id);
      if (onSecure === undefined) socket.destroy();
      else onSecure(socket);
    });
  }

  /** Closes a connection that does not begin as TLS does; a request in clear text is told what the port speaks. */
  begin(socket: Socket, onSecure: (socket: TLSSocket) => void): void {
    readHead(socket, (head) => {
      if (head[0] === tlsRecord) {
        const id = peerOf(socket);
        this.#underWay.set(id, onSecure);
        socket.once('close', () => this.#underWay.delete(id));
        socket.unshift(head);
        this.#server.emit('connection', socket);
      } else if (takerOf(head.toString('latin1')) === 'foreign') socket.destroy();
      else socket.end(httpsOnly);
      return true;
    });
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** Reads until the server can be told, and puts the bytes back. */
function sniff(socket: Socket, taken: (of: Taken) => void): void {
  readHead(socket, (head) => {
    const found = takerOf(head.toString('latin1'));
    if (found === null) return false;
    if (found === 'foreign') {
      socket.destroy();
      return true;
    }
    socket.unshift(head);
    taken(found);
    return true;
  });
}

/** Calls `look` with all that has arrived, again and again until it has seen enough. */
function readHead(socket: Socket, look: (head: Buffer) => boolean): void {
  const chunks: Buffer[] = [];
  const onReadable = () => {
    for (
      let chunk = socket.read() as Buffer | null;
      chunk !== null;
      chunk = socket.read() as Buffer | null
    )
      chunks.push(chunk);
    const head = Buffer.concat(chunks);
    if (head.length === 0) return;
    socket.off('readable', onReadable);
    if (!look(head)) {
      chunks.splice(0, chunks.length, head);
      socket.on('readable', onReadable);
    }
  };
  socket.on('readable', onReadable);
}
