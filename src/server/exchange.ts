/** One request and its answer, as routes see them: HTTP/1.1 and HTTP/2 alike. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { problem } from '../base/errors.ts';
import { readBody } from './listener/body.ts';
import { errorBody, errorReply, type OnError } from './errors.ts';
import { isHttp2 } from './listener/head.ts';
import type { ListenerLimits } from './limits.ts';
import { json } from './messages.ts';
import { slowConsumer } from './stream/slow-consumer.ts';

/** Bytes written at a time: a client that takes fewer within its time is too slow. */
const pieceBytesMax: number = 64 * 1024;

/** Why `gone` aborts; without a reason an exception is made each time. */
const closed = new Error('the connection was closed');

export interface ExchangeSettings {
  readonly stalledMs: number;
  /** Aborts when the server stops. */
  readonly closing: AbortSignal;
  readonly limits: Pick<ListenerLimits, 'bodyBytes' | 'requestMs'>;
  /** Hears of every error that a client is told, with what it is told. */
  readonly onError: OnError;
}

export class Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly params: Readonly<Record<string, string>>;
  /** Aborts when the server stops: what streams ends. */
  readonly closing: AbortSignal;
  readonly #stalledMs: number;
  #gone: AbortController | null = null;
  #isClosed = false;
  readonly #limits: ExchangeSettings['limits'];
  readonly #onError: OnError;
  /** When the answer began, in the milliseconds of `performance.now`; null before. */
  answeredMs: number | null = null;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    params: Readonly<Record<string, string>>,
    { stalledMs, closing, limits, onError }: ExchangeSettings,
  ) {
    this.#stalledMs = stalledMs;
    this.#limits = limits;
    this.#onError = onError;
    this.closing = closing;
    this.request = request;
    this.response = response;
    this.params = params;
    response.once('close', () => {
      this.#isClosed = true;
      this.#gone?.abort(closed);
    });
  }

  /** Aborts when the client has gone. Made for those who ask: most answers are over at once. */
  get gone(): AbortSignal {
    if (this.#gone === null) {
      this.#gone = new AbortController();
      if (this.#isClosed) this.#gone.abort(closed);
    }
    return this.#gone.signal;
  }

  get isHttp2(): boolean {
    return isHttp2(this.request);
  }

  /** What the client would rather have of `offered` (RFC 9110 §12.5.1); the first of all if it does not say. */
  accepted(offered: readonly string[]): string {
    const accept = this.request.headers.accept;
    if (accept === undefined || accept.trim() === '') return offered[0] as string;
    for (const range of acceptedRanges(accept)) {
      const found = offered.find(
        (type) => range === '*/*' || range === type || range === `${type.split('/')[0]}/*`,
      );
      if (found !== undefined) return found;
    }
    throw problem('server.not-acceptable', `none of ${accept} can be had here`, {
      hint: `Ask for ${offered.join(' or ')}.`,
    });
  }

  /** The whole body; throws what `readBody` throws. */
  body(): Promise<string> {
    return readBody(this.request, this.#limits);
  }

  /** A whole answer. */
  send(body: unknown, status = 200, type: string = json): void {
    this.#refuseRest();
    this.answeredMs = performance.now();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    this.response.writeHead(status, {
      'content-type': type,
      'content-length': Buffer.byteLength(text),
    });
    this.response.end(text);
  }

  fail(error: unknown): void {
    const { status, body } = errorReply(error);
    this.#onError(error, body);
    if (this.closing.aborted && !this.isHttp2) this.response.setHeader('connection', 'close');
    this.send(body, status);
  }

  /** What the client is told of an error in the middle of an answer. */
  errorBody(error: unknown): Readonly<Record<string, unknown>> {
    const body = errorBody(error);
    this.#onError(error, body);
    return body;
  }

  /** Begins a streamed answer. */
  begin(type: string): void {
    this.answeredMs = performance.now();
    this.response.writeHead(200, { 'content-type': type });
    this.response.flushHeaders();
  }

  /** Part of a streamed answer; resolves when the client can take more. Throws `push.slow-consumer` when it takes nothing. */
  async write(text: string): Promise<void> {
    // As bytes: Node's HTTP/2 sends garbage for strings of several writes that it gathers into one (seen on 24.21).
    const bytes = Buffer.from(text, 'utf8');
    for (let at = 0; at < bytes.length && !this.gone.aborted; at += pieceBytesMax) {
      if (!this.response.write(bytes.subarray(at, at + pieceBytesMax))) await this.#drained();
    }
  }

  /**
   * Part of a streamed answer that shares its piece of the connection with no other: over HTTP/2 a DATA frame of its own, as
   * long as it fits one. Resolves when it has left. Throws `push.slow-consumer`.
   */
  async writeAlone(text: string): Promise<void> {
    if (this.gone.aborted) return;
    const left = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), this.#stalledMs);
      // Called with an error when the client has gone meanwhile: then there is nothing to wait for either.
      this.response.write(Buffer.from(text, 'utf8'), () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    if (!(await left)) throw slowConsumer(this.#stalledMs);
  }

  /** The end of a streamed answer. A client that does not take it loses its connection. */
  end(text = ''): void {
    const timer = setTimeout(() => this.response.destroy(), this.#stalledMs).unref();
    this.response.once('close', () => clearTimeout(timer));
    this.response.end(Buffer.from(text, 'utf8'));
  }

  /** The end of an answer whose request may go on: when the server stops, the client is told to stop as well. */
  finish(text: string): void {
    this.response.end(Buffer.from(text, 'utf8'), () => {
      if (!this.closing.aborted || !this.isHttp2) return;
      (this.response as unknown as Http2ServerResponse).stream.close();
    });
  }

  /** What is still to come of a request that is being answered is not wanted, nor waited for (RFC 9113 §8.1). */
  #refuseRest(): void {
    const { request, response } = this;
    if (this.isHttp2) {
      const { stream } = response as unknown as Http2ServerResponse;
      stream.once('finish', () => {
        if (!stream.endAfterHeaders && !request.complete) stream.close();
      });
      return;
    }
    const length = request.headers['transfer-encoding'] ?? request.headers['content-length'] ?? '0';
    if (length !== '0' && !request.complete) response.setHeader('connection', 'close');
  }

  async #drained(): Promise<void> {
    // Whichever does not happen is not waited for any longer: its listener goes.
    const waiting = new AbortController();
    const { signal } = waiting;
    let isStalled = false;
    const timer = setTimeout(() => {
      isStalled = true;
      waiting.abort();
    }, this.#stalledMs);
    await Promise.race([
      once(this.response, 'drain', { signal }),
      once(this.response, 'close', { signal }),
    ]).catch(() => undefined);
    clearTimeout(timer);
    waiting.abort();
    if (isStalled) throw slowConsumer(this.#stalledMs);
  }
}

/** Media ranges by weight, those of one weight as they stand; without those of weight 0. */
function acceptedRanges(accept: string): readonly string[] {
  return accept
    .split(',')
    .map((item) => {
      const [range = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='));
      return { range, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ range }) => range);
}
