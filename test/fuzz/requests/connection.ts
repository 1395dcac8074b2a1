/** A client that sends bytes and knows as much HTTP/1.1 as it takes to see where an answer ends. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** Another request may follow: this answer has been read to its end, and the server keeps the connection. */
  readonly isKept: boolean;
  readonly body: string;
}

/** How long the server may let us wait before it counts as a hang. */
const patienceMs = 20_000;

export class Hang extends Error {}

export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #isOver = false;
  #wake: (() => void) | null = null;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes: Buffer) => {
      this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
      this.#wake?.();
    });
    // A reset is an answer too.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => {
      this.#isOver = true;
      this.#wake?.();
    });
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  send(bytes: Uint8Array | string): void {
    if (!this.#isOver) this.#socket.write(bytes);
  }

  /** Says that nothing more will come, and gives all that came until the server has closed as well. */
  async finish(): Promise<Buffer> {
    this.#socket.end();
    while (!this.#isOver) await this.#more();
    return this.#received;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** The next answer; null where the connection ended without one. */
  async answer(): Promise<Answer | null> {
    for (;;) {
      const end = this.#received.indexOf('\r\n\r\n');
      if (end >= 0) return this.#readAnswer(this.#received.toString('latin1', 0, end), end + 4);
      if (this.#isOver) return null;
      await this.#more();
    }
  }

  async #readAnswer(head: string, start: number): Promise<Answer> {
    const status = Number(head.slice(9, 12));
    const length = /^content-length: (\d+)$/im.exec(head);
    // A stream may go on for ever: whoever reads it goes away.
    if (length === null) return { status, isKept: false, body: '' };
    const end = start + Number(length[1]);
    while (this.#received.length < end) {
      if (this.#isOver) return { status, isKept: false, body: '' };
      await this.#more();
    }
    const body = this.#received.toString('utf8', start, end);
    this.#received = this.#received.subarray(end);
    return { status, isKept: !/^connection: close$/im.test(head), body };
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Hang('the server said nothing')), patienceMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }
}
