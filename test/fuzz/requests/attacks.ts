/** One damaged request each, and what became of it. */
import type { Random } from '../../expressions/random.ts';
import { mutate } from '../mutate.ts';
import { Connection } from './connection.ts';
import { http2Request, webSocketFrames, webSocketUpgrade } from './frames.ts';
import { headers, queries, type Sample, sample } from './samples.ts';

/** `status` 0: the connection was closed without an answer. */
export interface Outcome {
  readonly status: number;
  /** Of an answer that says that the server is at fault. */
  readonly body: string;
}
export type Attack = (random: Random, port: number, kept: Kept) => Promise<Outcome>;

/** A connection that is used again while the server keeps it. */
export class Kept {
  #connection: Connection | null = null;

  get(port: number): Connection {
    if (this.#connection === null || this.#connection.isOver)
      this.#connection = new Connection(port);
    return this.#connection;
  }

  drop(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

function damaged(random: Random, text: string, other: string): Uint8Array {
  return mutate(random, bytesOf(text), bytesOf(other), 0);
}

function head(random: Random, port: number, of: Sample, bodyLength: number): string {
  const lines = headers(random).map(([name, value]) => `${name}: ${value}\r\n`);
  const host = random.oneIn(50) ? 'evil.example' : `localhost:${port}`;
  return `${of.method} ${of.path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}content-length: ${bodyLength}\r\n\r\n`;
}

/** Well-formed HTTP around a damaged body, or a damaged path. */
const message: Attack = async (random, port, kept) => {
  const chosen = sample(random);
  const body = random.oneIn(8)
    ? bytesOf(chosen.body)
    : damaged(random, chosen.body, sample(random).body);
  const path = random.oneIn(8)
    ? Buffer.from(damaged(random, chosen.path, '/..%2f?a=%00&b[]=1'))
        .toString('latin1')
        .replace(/[^!-~]/g, '~')
    : chosen.path;
  const connection = kept.get(port);
  connection.send(head(random, port, { ...chosen, path }, body.length));
  connection.send(body);
  const answer = await connection.answer();
  if (answer === null || !answer.isKept) kept.drop();
  return { status: answer?.status ?? 0, body: answer?.body ?? '' };
};

/** Bytes that were HTTP/1.1 once. */
const bytes: Attack = async (random, port) => {
  const chosen = sample(random);
  const length = random.oneIn(4) ? random.below(1000) : Buffer.byteLength(chosen.body);
  const text = head(random, port, chosen, length) + chosen.body;
  const connection = new Connection(port);
  connection.send(
    damaged(
      random,
      text,
      'Transfer-Encoding: chunked\r\n\r\nffffffff\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ),
  );
  return closing(connection);
};

const http2: Attack = async (random, port) => {
  const connection = new Connection(port);
  const { preface, frames } = http2Request(sample(random), port);
  connection.send(preface);
  connection.send(mutate(random, frames, http2Request(sample(random), port).frames, 0));
  const received = await finished(connection);
  return { status: received.length > 0 ? 2 : 0, body: '' };
};

const webSocket: Attack = async (random, port) => {
  const connection = new Connection(port);
  const path = random.pick(['/ws/query', '/leat/v1/subscribe']);
  const request = JSON.stringify({ ksql: random.pick(queries), sql: random.pick(queries) });
  const text = random.oneIn(3)
    ? Buffer.from(damaged(random, request, '{}')).toString('latin1')
    : request;
  connection.send(webSocketUpgrade(`${path}?request=${encodeURIComponent(text)}`, port));
  const frames = webSocketFrames(text);
  connection.send(mutate(random, frames, webSocketFrames('{}'), 0));
  return closing(connection);
};

async function finished(connection: Connection): Promise<Buffer> {
  // A query that goes on for ever ends when its reader is gone.
  const timer = setTimeout(() => connection.destroy(), 250);
  const received = await connection.finish();
  clearTimeout(timer);
  return received;
}

async function closing(connection: Connection): Promise<Outcome> {
  const received = (await finished(connection)).toString('latin1', 0, 4096);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(received)?.[1] ?? 0);
  return { status, body: received };
}

/** By how often each is made, of a hundred. */
export const attacks: readonly (readonly [name: string, share: number, attack: Attack])[] = [
  ['message', 70, message],
  ['bytes', 12, bytes],
  ['http2', 9, http2],
  ['webSocket', 9, webSocket],
];
