/**
 * One clear-text port for HTTP/1.1, HTTP/2 with prior knowledge and WebSocket. An HTTP/1 server with an upgrade listener is
 * given every request with an Upgrade header, also `h2c`, which Java's client sends by default and which must simply be
 * answered over HTTP/1.1; so three servers stand behind one socket and the first bytes of a connection choose.
 */
import { createServer, type Server, type Socket } from 'node:net';

/** A server that takes connections handed to it. */
export interface ConnectionTaker {
  emit(event: 'connection', socket: Socket): boolean;
}
export interface PortTakers {
  readonly http1: ConnectionTaker;
  readonly http2: ConnectionTaker;
  readonly webSocket: ConnectionTaker;
}

const http2Preface = 'PRI * HTTP/2.0';
const headBytesMax = 16 * 1024;
const keepAliveMs = 60_000;
const firstBytesMs = 10_000;

/** Which server a connection that begins with `head` belongs to; null: cannot be told yet. */
export function takerOf(head: string): keyof PortTakers | null {
  if (head.length < http2Preface.length && http2Preface.startsWith(head)) return null;
  if (head.startsWith(http2Preface)) return 'http2';
  const end = head.indexOf('\r\n\r\n');
  if (end < 0 && head.length < headBytesMax) return null;
  return /\r\nupgrade:[^\r]*\bwebsocket\b/i.test(end < 0 ? head : head.slice(0, end))
    ? 'webSocket'
    : 'http1';
}

export function createPort(takers: PortTakers, open: Set<Socket>): Server {
  return createServer(
    // A client that vanished without a word is noticed, and its query with it.
    { noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs },
    (socket) => {
      open.add(socket);
      socket.once('close', () => open.delete(socket));
      sniff(socket, takers);
    },
  );
}

/** Reads until the server can be told, puts the bytes back and hands the socket over. */
function sniff(socket: Socket, takers: PortTakers): void {
  const chunks: Buffer[] = [];
  const onError = () => socket.destroy();
  const timer = setTimeout(() => socket.destroy(), firstBytesMs);
  const onReadable = () => {
    for (
      let chunk = socket.read() as Buffer | null;
      chunk !== null;
      chunk = socket.read() as Buffer | null
    )
      chunks.push(chunk);
    const head = Buffer.concat(chunks);
    const taker = takerOf(head.toString('latin1'));
    if (taker === null) return;
    clearTimeout(timer);
    socket.off('readable', onReadable);
    socket.off('error', onError);
    socket.unshift(head);
    takers[taker].emit('connection', socket);
  };
  socket.on('readable', onReadable);
  socket.on('error', onError);
  socket.once('close', () => clearTimeout(timer));
}
