/** Rows into `/inserts-stream`, counting what was acknowledged: the ledger of a test that kills the server. */
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';

export class RowWriter {
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  readonly #closed: Promise<void>;
  #rest = '';
  #wake: (() => void) | null = null;
  /** Rows handed over, and rows of these, from the first on, that the server said are durable. */
  sent = 0;
  acknowledged = 0;
  isClosed = false;
  readonly refusals: string[] = [];

  constructor(url: string, target: string) {
    this.#session = connect(url);
    this.#session.on('error', () => undefined);
    this.#stream = this.#session.request({ ':method': 'POST', ':path': '/inserts-stream' });
    this.#stream.setEncoding('utf8');
    this.#stream.on('error', () => undefined);
    this.#stream.on('data', (text: string) => this.#receive(text));
    this.#closed = new Promise((resolve) => {
      this.#stream.on('close', () => {
        this.isClosed = true;
        this.#wake?.();
        resolve();
      });
    });
    this.#stream.write(`${JSON.stringify({ target })}\n`);
  }

  /** Hands rows over; resolves when no more than `waitingMax` rows wait for their acknowledgement, or the server has gone. */
  async write(rows: readonly object[], waitingMax: number): Promise<void> {
    this.sent += rows.length;
    this.#stream.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    while (this.sent - this.acknowledged > waitingMax && !this.isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Says that no more rows come; resolves when the server has answered all, or has gone. */
  async end(): Promise<void> {
    this.#stream.end();
    await this.#closed;
    this.#session.destroy();
  }

  /** The server was killed. */
  async gone(): Promise<void> {
    await this.#closed;
    this.#session.destroy();
  }

  #receive(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() as string;
    for (const line of lines) {
      const { status, seq } = JSON.parse(line) as { readonly status: string; readonly seq: number };
      if (status === 'ok' && seq === this.acknowledged) this.acknowledged++;
      else this.refusals.push(line);
    }
    this.#wake?.();
  }
}
