/**
 * Requests over HTTP/1.1 connections that stay open, as plain as can be, so that what is measured is the server: as many as it
 * takes with one under way on each connection, or so many a second.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { percentile } from './rounds.ts';

export interface LoadOptions {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  /** Bodies, in turn. */
  readonly bodies: readonly string[];
  /** What every answer must contain. */
  readonly expected: string;
}

export interface LoadFigures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export class HttpLoad {
  readonly #options: LoadOptions;
  readonly #connections: Connection[] = [];
  readonly #requests: readonly Buffer[];
  #next = 0;

  constructor(options: LoadOptions) {
    this.#options = options;
    const { host } = new URL(options.url);
    this.#requests = options.bodies.map((body) =>
      Buffer.from(
        `POST ${options.path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
      ),
    );
  }

  async open(): Promise<void> {
    const { hostname, port } = new URL(this.#options.url);
    for (let count = 0; count < this.#options.connections; count++) {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      await once(socket, 'connect');
      this.#connections.push(new Connection(socket, this.#options.expected));
    }
  }

  /** One request under way on each connection, all the time. */
  async full(durationMs: number): Promise<LoadFigures> {
    const started = performance.now();
    const end = started + durationMs;
    const times: number[] = [];
    await Promise.all(
      this.#connections.map(async (connection) => {
        for (let began = performance.now(); began < end; began = performance.now()) {
          await connection.ask(this.#request());
          times.push(performance.now() - began);
        }
      }),
    );
    return figures(times, performance.now() - started);
  }

  /** So many requests a second; times count from when a request was due. */
  async paced(perSecond: number, durationMs: number): Promise<LoadFigures> {
    const started = performance.now();
    const count = Math.floor((perSecond * durationMs) / 1000);
    const idle = [...this.#connections];
    const times: number[] = [];
    const pending: Promise<void>[] = [];
    for (let sent = 0; sent < count; ) {
      const due = Math.min(count, ((performance.now() - started) * perSecond) / 1000);
      for (; sent < due && idle.length > 0; sent++) {
        const connection = idle.pop()!;
        const dueAt = started + (sent * 1000) / perSecond;
        pending.push(
          connection.ask(this.#request()).then(() => {
            times.push(performance.now() - dueAt);
            idle.push(connection);
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(pending);
    return figures(times, performance.now() - started);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  #request(): Buffer {
    const request = this.#requests[this.#next]!;
    this.#next = (this.#next + 1) % this.#requests.length;
    return request;
  }
}

class Connection {
  readonly #socket: Socket;
  readonly #expected: string;
  #text = '';
  #answered: PromiseWithResolvers<void> | null = null;

  constructor(socket: Socket, expected: string) {
    this.#socket = socket;
    this.#expected = expected;
    socket.setEncoding('latin1');
    socket.on('data', (text) => this.#receive(String(text)));
    socket.on('error', (error) => this.#answered?.reject(error));
    socket.on('close', () => this.#answered?.reject(new Error('the connection was closed')));
  }

  ask(request: Buffer): Promise<void> {
    this.#answered = Promise.withResolvers();
    this.#socket.write(request);
    return this.#answered.promise;
  }

  close(): void {
    this.#answered = null;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#text += text;
    if (!isWhole(this.#text)) return;
    const answer = this.#text;
    this.#text = '';
    if (answer.includes(this.#expected)) this.#answered?.resolve();
    else this.#answered?.reject(new Error(`unexpected answer: ${answer}`));
  }
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n');
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  if (length === undefined) return text.endsWith('\r\n0\r\n\r\n');
  return text.length >= head + 4 + Number(length);
}

function figures(times: readonly number[], elapsedMs: number): LoadFigures {
  return {
    perSecond: (times.length * 1000) / elapsedMs,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  };
}
