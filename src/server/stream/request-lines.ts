/**
 * Lines of a request's body as they arrive. Only a line feed ends one: Node's own reader of lines also takes U+2028 and
 * U+2029 for line ends, which JSON texts may hold. While the taker is busy lines are gathered, up to a limit; then the body
 * waits, and with it the client.
 */

export interface LineLimits {
  /** Lines given at a time. */
  readonly lines: number;
  /** Bytes of a line; what is longer is given as null and not kept. */
  readonly lineBytes: number;
}

const lineFeed = 10;

export class RequestLines {
  readonly #limits: LineLimits;
  readonly #lines: (string | null)[] = [];
  #partial: Buffer[] = [];
  #partialBytes = 0;
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #arrived: (() => void) | null = null;
  #taken: (() => void) | null = null;

  constructor(body: AsyncIterable<Buffer>, limits: LineLimits) {
    this.#limits = limits;
    void this.#read(body);
  }

  /** At least one line that is not blank, and what else has arrived; null at the end. Throws when the body breaks off. */
  async next(count: number = this.#limits.lines): Promise<readonly (string | null)[] | null> {
    while (this.#lines.length === 0) {
      if (this.#failure !== null) throw this.#failure.error;
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const lines = this.#lines.splice(0, count);
    this.#taken?.();
    return lines;
  }

  /** No more is wanted: what has arrived is given, then null. */
  stop(): void {
    this.#isOver = true;
    this.#arrived?.();
    this.#taken?.();
  }

  async #read(body: AsyncIterable<Buffer>): Promise<void> {
    try {
      for await (const chunk of body) {
        // Read and forgotten: a request that is broken off would take its answer with it.
        if (this.#isOver) continue;
        this.#split(chunk);
        if (this.#lines.length > 0) this.#arrived?.();
        while (this.#lines.length >= this.#limits.lines && !this.#isOver)
          await new Promise<void>((resolve) => {
            this.#taken = resolve;
          });
      }
      if (!this.#isOver) this.#endLine();
    } catch (error) {
      this.#failure = { error };
    }
    this.#isOver = true;
    this.#arrived?.();
  }

  #split(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#keep(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    this.#keep(chunk.subarray(start));
  }

  #keep(bytes: Buffer): void {
    this.#partialBytes += bytes.length;
    if (this.#partialBytes > this.#limits.lineBytes) this.#partial = [];
    else if (bytes.length > 0) this.#partial.push(bytes);
  }

  #endLine(): void {
    const bytes = this.#partial.length === 1 ? this.#partial[0]! : Buffer.concat(this.#partial);
    const isTooLong = this.#partialBytes > this.#limits.lineBytes;
    this.#partial = [];
    this.#partialBytes = 0;
    const line = isTooLong ? null : bytes.toString('utf8').trim();
    if (line !== '') this.#lines.push(line);
  }
}
