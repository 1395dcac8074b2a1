/** Streams rows into a server's `/inserts-stream` over HTTP/2 and counts what was acknowledged. */
import { connect, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import { once } from 'node:events';
import { problem } from '../base/errors.ts';
import { delimited } from '../server/media-types.ts';

/** One connection; `await using` closes it, whatever became of the rows. */
export class RowInserts implements AsyncDisposable {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  #acknowledged = 0;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;
  #rest = '';

  /** `target` is a stream or table of the server; `headers` say who asks, where it wants to know. */
  constructor(url: string, target: string, headers: Readonly<Record<string, string>> = {}) {
    this.#session = connect(url);
    this.#session.on('error', (error) => this.#fail(error));
    this.#stream = this.#session.request({
      ':method': 'POST',
      ':path': '/inserts-stream',
      accept: delimited,
      ...headers,
    });
    this.#stream.setEncoding('utf8');
    this.#stream.on('error', (error) => this.#fail(error));
    this.#stream.on('data', (text: string) => this.#receive(text));
    this.#stream.on('close', () => this.#wake?.());
    this.#stream.write(Buffer.from(`${JSON.stringify({ target })}\n`));
  }

  /** Rows that are durable. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Resolves when the connection can take more; throws what the server refused. */
  async write(rows: readonly object[]): Promise<void> {
    if (this.#failure !== null) throw this.#failure;
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    if (!this.#stream.write(Buffer.from(text))) {
      const waiting = new AbortController();
      const { signal } = waiting;
      await Promise.race([
        once(this.#stream, 'drain', { signal }),
        once(this.#stream, 'close', { signal }),
      ]).catch(() => undefined);
      waiting.abort();
    }
    if (this.#failure !== null) throw this.#failure;
  }

  /** Ends the rows and resolves when all are acknowledged. */
  async end(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#stream.end();
    if (!this.#stream.closed) await closed;
    this.#session.close();
    if (this.#failure !== null) throw this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session.destroy();
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) {
      const answer = JSON.parse(line) as { readonly status?: string; readonly message?: string };
      if (answer.status === 'ok') this.#acknowledged++;
      else this.#fail(problem('client.refused', answer.message ?? line));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#wake?.();
  }
}
