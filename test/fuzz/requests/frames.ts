/** Frames of HTTP/2 (RFC 9113) and WebSocket (RFC 6455) as a client sends them. */
import type { Sample } from './samples.ts';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const DATA = 0;
const HEADERS = 1;
const SETTINGS = 4;
const END_STREAM = 1;
const END_HEADERS = 4;

export function http2Request(
  { method, path, body }: Sample,
  port: number,
): { readonly preface: Buffer; readonly frames: Uint8Array } {
  const fields = Buffer.concat(
    [
      [':method', method],
      [':scheme', 'http'],
      [':authority', `localhost:${port}`],
      [':path', path],
      ['accept', 'application/vnd.ksql.v1+json'],
    ].map(([name, value]) => literal(name!, value!)),
  );
  const frames = [
    frame(HEADERS, END_HEADERS | (body === '' ? END_STREAM : 0), 1, fields),
    ...(body === '' ? [] : [frame(DATA, END_STREAM, 1, Buffer.from(body))]),
  ];
  return {
    preface: Buffer.concat([Buffer.from(PREFACE), frame(SETTINGS, 0, 0, Buffer.alloc(0))]),
    frames: Uint8Array.from(Buffer.concat(frames)),
  };
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** HPACK: a literal that is not indexed (RFC 7541 §6.2.2). Names and values below 127 bytes. */
function literal(name: string, value: string): Buffer {
  const text = (of: string): Buffer => Buffer.concat([Buffer.of(of.length), Buffer.from(of)]);
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

export function webSocketUpgrade(path: string, port: number): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n'
  );
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const FIN = 0x80;

/** A text message in two fragments, a ping and a close. */
export function webSocketFrames(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  const half = bytes.length >> 1;
  return Uint8Array.from(
    Buffer.concat([
      masked(TEXT, bytes.subarray(0, half)),
      masked(FIN | PING, Buffer.from('p')),
      masked(FIN, bytes.subarray(half)),
      masked(FIN | CLOSE, Buffer.of(3, 0xe8)),
    ]),
  );
}

function masked(first: number, payload: Buffer): Buffer {
  const mask = [1, 2, 3, 4] as const;
  const length =
    payload.length < 126
      ? [0x80 | payload.length]
      : [0x80 | 126, payload.length >> 8, payload.length & 255];
  const body = Buffer.from(payload.map((byte, at) => byte ^ mask[at & 3]!));
  return Buffer.concat([Buffer.from([first, ...length, ...mask]), body]);
}
