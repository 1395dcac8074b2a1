/**
 * Rows into a stream or table. What is written while a request is under way goes with the next one, so requests are as large
 * as the server is slow, rows keep their order, and it works the same wherever there is `fetch`: browsers cannot send a body
 * while they read the answer to it. A row's promise resolves when the row is durable.
 */
import { delimited } from '../server/media-types.ts';
import { type Fields, LeatError, refusal } from './leat-error.ts';
import { lineBatchesOf } from './line-reader.ts';
import { brokenOff, type Transport } from './transport.ts';
import { jsonText } from './write-json.ts';

export interface InsertOptions {
  /** Rows of one request at most; 5,000 unless given. */
  readonly batchRows?: number;
  /** Rows that may wait to be sent before `write` refuses more; 100,000 unless given. */
  readonly bufferedRows?: number;
  readonly signal?: AbortSignal;
}

interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Characters of one request's rows at most, unless a single row has more. */
const batchCharactersMax: number = 4 * 1024 * 1024;

export class InsertStream<Row extends object = object> implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #target: string;
  readonly #signal: AbortSignal;
  readonly #batchRows: number;
  readonly #bufferedRows: number;
  readonly #waiting: Waiting[] = [];
  readonly #wanting: (() => void)[] = [];
  #sending: Promise<void> | null = null;
  #acknowledged = 0;
  #failure: { readonly error: unknown } | null = null;
  #isClosed = false;

  /** `target` is folded to upper case unless in back quotes, and so are the names of columns. */
  constructor(
    transport: Transport,
    target: string,
    options: InsertOptions & { readonly signal: AbortSignal },
  ) {
    this.#transport = transport;
    this.#target = target;
    this.#signal = options.signal;
    this.#batchRows = options.batchRows ?? 5_000;
    this.#bufferedRows = options.bufferedRows ?? 100_000;
  }

  /** Rows known to be durable. */
  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** Rows that wait to be sent. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Resolves when the row is durable. Throws the server's refusal of the row, `client.unreachable` when it is not known what
   * became of it, `client.closed`, and `client.too-many-rows` when more wait than may. Who does not await it hears of
   * failures from `close`.
   */
  write(row: Row): Promise<void> {
    const written = new Promise<void>((resolve, reject) => this.#add(row, resolve, reject));
    written.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return written;
  }

  /** Resolves when there is room for another batch: the back-pressure of writers that do not await their rows. */
  async ready(): Promise<void> {
    while (this.#waiting.length >= this.#batchRows)
      await new Promise<void>((resolve) => this.#wanting.push(resolve));
  }

  /** All of them, as fast as the server takes them; resolves with their number when they are durable, throws the first failure. */
  async writeAll(rows: Iterable<Row> | AsyncIterable<Row>): Promise<number> {
    const outcome: { count: number; failure: { readonly error: unknown } | null } = {
      count: 0,
      failure: null,
    };
    const fail = (error: unknown): void => {
      outcome.failure ??= { error };
    };
    // No promise per row, and none awaited where there is room: that is half of the time otherwise.
    const add = (row: Row): void => {
      this.#add(row, nothing, fail);
      outcome.count++;
    };
    const isFull = (): boolean => this.#waiting.length >= this.#batchRows;
    if (Symbol.iterator in rows) {
      for (const row of rows) {
        if (isFull()) await this.ready();
        if (outcome.failure !== null) break;
        add(row);
      }
    } else {
      for await (const row of rows) {
        if (isFull()) await this.ready();
        if (outcome.failure !== null) break;
        add(row);
      }
    }
    await this.#sending;
    if (outcome.failure !== null) throw outcome.failure.error;
    return outcome.count;
  }

  /** Takes no more rows; resolves when all are durable, throws the first failure there was. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#sending;
    if (this.#failure !== null) throw this.#failure.error;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #add(row: Row, resolve: () => void, reject: (error: unknown) => void): void {
    if (this.#isClosed) throw closed();
    if (this.#waiting.length >= this.#bufferedRows) throw tooMany(this.#bufferedRows);
    this.#waiting.push({ text: jsonText(row), resolve, reject });
    this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    // What is written in one go is sent in one go.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#batchLength());
      for (const wake of this.#wanting.splice(0)) wake();
      const unsettled = new Map(batch.entries());
      try {
        await this.#post(batch, unsettled);
      } catch (error) {
        for (const { reject } of unsettled.values()) reject(error);
      }
    }
    this.#sending = null;
  }

  #batchLength(): number {
    let characters = 0;
    const end = this.#waiting.findIndex(({ text }, at) => {
      characters += text.length;
      return at === this.#batchRows || (at > 0 && characters > batchCharactersMax);
    });
    return end < 0 ? this.#waiting.length : end;
  }

  /** Settles rows as they are acknowledged and takes them out of `unsettled`. */
  async #post(batch: readonly Waiting[], unsettled: Map<number, Waiting>): Promise<void> {
    const head = JSON.stringify({ target: this.#target });
    const body = `${[head, ...batch.map(({ text }) => text)].join('\n')}\n`;
    const signal = this.#signal;
    const response = await this.#transport.send('/leat/v1/inserts', {
      body,
      accept: delimited,
      signal,
    });
    try {
      for await (const lines of lineBatchesOf(response.body))
        for (const line of lines) this.#settle(JSON.parse(line) as Fields, unsettled);
    } catch (error) {
      throw signal.aborted ? signal.reason : brokenOff(this.#transport, error);
    }
    if (unsettled.size > 0)
      throw brokenOff(this.#transport, new Error('rows were not acknowledged'));
  }

  #settle(outcome: Fields, unsettled: Map<number, Waiting>): void {
    const row = unsettled.get(outcome['seq'] as number);
    unsettled.delete(outcome['seq'] as number);
    if (outcome['status'] === 'ok') {
      this.#acknowledged++;
      row?.resolve();
    } else {
      row?.reject(refusal(outcome, 400));
    }
  }
}

const nothing = (): void => undefined;

function closed(): LeatError {
  return new LeatError({ code: 'client.closed', message: 'the insert stream is closed' });
}

function tooMany(rows: number): LeatError {
  return new LeatError({
    code: 'client.too-many-rows',
    message: `${rows} rows wait to be sent`,
    hint: 'Await ready() before each write, or what write() returns.',
  });
}
