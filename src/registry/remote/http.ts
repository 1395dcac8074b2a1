/**
 * Requests to a remote registry: JSON over HTTP, tried again a few times where trying again can help, given up after a time,
 * with answers of a limited size. Redirects are not followed: what is written would not arrive. Several addresses are those of one registry, asked in turn.
 */
import type { Json, Timers } from '../../base/env.ts';
import { type ProblemError, problem } from '../../base/errors.ts';
import { forwardedHeader } from '../api.ts';

const requestTimeoutMs = 5_000;
/** Waits before the second and the third attempt. */
const retryDelaysMs: readonly number[] = [100, 500];
const answerBytesMax: number = 16 * 1024 * 1024;
const contentType = 'application/vnd.schemaregistry.v1+json';

export interface HttpOptions {
  /** At least one; without credentials and without a slash at the end. */
  readonly urls: readonly string[];
  /** The header of that name; null: none. */
  readonly authorization: string | null;
  readonly timers: Timers;
  readonly fetch: typeof globalThis.fetch;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body?: Json;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** An answer worth another attempt. */
class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

export class RegistryHttp {
  readonly #options: HttpOptions;
  /** The address that answered last. */
  #at = 0;

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  /** The addresses, for people. */
  get urls(): string {
    return this.#options.urls.join(',');
  }

  /** Any answer that is not the server's own trouble. Throws `registry.unreachable`. */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    let last: unknown = null;
    for (let attempt = 0; attempt <= retryDelaysMs.length; attempt++) {
      if (attempt > 0) await this.#wait(retryDelaysMs[attempt - 1] ?? 0);
      for (let tried = 0; tried < this.#options.urls.length; tried++) {
        try {
          return await this.#attempt(request);
        } catch (error) {
          last = error;
          this.#at = (this.#at + 1) % this.#options.urls.length;
        }
      }
    }
    throw this.#unreachable(last);
  }

  async #attempt({ method, path, body }: HttpRequest): Promise<HttpAnswer> {
    const { urls, authorization, fetch, timers } = this.#options;
    const aborter = new AbortController();
    const timer = timers.after(requestTimeoutMs, () =>
      aborter.abort(new Unavailable(`no answer within ${requestTimeoutMs} ms`)),
    );
    try {
      const response = await fetch(`${urls[this.#at]}${path}`, {
        method,
        headers: {
          accept: `${contentType}, application/json`,
          [forwardedHeader]: '1',
          ...(body === undefined ? {} : { 'content-type': contentType }),
          ...(authorization === null ? {} : { authorization }),
        },
        redirect: 'manual',
        signal: aborter.signal,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await textOf(response);
      if (response.status >= 500 || response.status === 429)
        throw new Unavailable(`HTTP status ${response.status}: ${text.slice(0, 200)}`);
      if (response.status >= 300 && response.status < 400)
        throw new Unavailable(`it redirects to ${response.headers.get('location')?.slice(0, 200)}`);
      return { status: response.status, body: jsonOf(text) };
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #wait(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.timers.after(delayMs, resolve);
    });
  }

  #unreachable(cause: unknown): ProblemError {
    return problem('registry.unreachable', `Failed to reach Schema Registry: ${reasonOf(cause)}`, {
      hint: `The registry is looked for at ${this.urls} (ksql.schema.registry.url): is it running, and can this server reach it?`,
      cause,
    });
  }
}

/** `fetch` hides what went wrong behind causes. */
function reasonOf(error: unknown): string {
  let innermost = error;
  while (innermost instanceof Error && innermost.cause instanceof Error)
    innermost = innermost.cause;
  if (!(innermost instanceof Error)) return String(innermost);
  const code = 'code' in innermost ? String(innermost.code) : '';
  return innermost.message === '' ? code : innermost.message;
}

async function textOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  let length = 0;
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    length += chunk.length;
    if (length > answerBytesMax)
      throw new Unavailable(`an answer of more than ${answerBytesMax} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unavailable(`an answer that is no JSON: ${text.slice(0, 200)}`);
  }
}
