/**
 * A subscription: what is there, then every change, over as many connections as it takes. Changes are handed on when the tick
 * that ends their commit is there; a connection that breaks off in the middle of one is taken up again after the tick before,
 * so no change is missing and none comes twice. Where that is not possible the reader is told to forget what it knows.
 */
import { type BackOff, backOffMs, delay } from './back-off.ts';
import { parseExactly } from './exact-json.ts';
import { type Fields, LeatError, refusal } from './leat-error.ts';
import { type AnyRow, type RowReader, rowReader } from './read-value.ts';
import type { OpenFrames, SubscribeRequest } from './subscription-frames.ts';
import type { Transport } from './transport.ts';
import { parseType } from './type-text.ts';

/** What happened since the last one. */
export type Change<Row = AnyRow> =
  /** Rows that were there when it began; there may be several of these, or none. */
  | { readonly kind: 'snapshot'; readonly rows: readonly Row[] }
  /** Rows of a table that are new or other than before. */
  | { readonly kind: 'upsert'; readonly rows: readonly Row[] }
  /** Rows of a table that are gone, of each its key columns. */
  | { readonly kind: 'delete'; readonly keys: readonly Partial<Row>[] }
  /** New rows of a stream. */
  | { readonly kind: 'insert'; readonly rows: readonly Row[] }
  /** All of a commit has been handed on; a subscription with `after: token` goes on from here. */
  | { readonly kind: 'tick'; readonly token: string }
  /** It starts over: what is known by now is to be forgotten. */
  | { readonly kind: 'reset' };

export interface SubscriptionSettings {
  readonly open: OpenFrames;
  /** Null: a connection that breaks off ends the subscription with the error. */
  readonly reconnect: BackOff | null;
  /** Ends it; reading then throws the reason. */
  readonly signal: AbortSignal;
}

export class Subscription<Row = AnyRow> implements AsyncIterable<Change<Row>>, Disposable {
  readonly #transport: Transport;
  readonly #request: Omit<SubscribeRequest, 'after'>;
  readonly #settings: SubscriptionSettings;
  readonly #own = new AbortController();
  #token: string | null;
  #isRead = false;

  constructor(transport: Transport, request: SubscribeRequest, settings: SubscriptionSettings) {
    this.#transport = transport;
    const { after, ...rest } = request;
    this.#request = rest;
    this.#settings = settings;
    this.#token = after ?? null;
  }

  /** The last tick that was handed on: `after` of a subscription that goes on from here. Null before the first. */
  get token(): string | null {
    return this.#token;
  }

  /** Ends it; who reads it sees the end. */
  close(): void {
    this.#own.abort();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Can be read once. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Change<Row>, void> {
    if (this.#isRead)
      throw new LeatError({
        code: 'client.used-twice',
        message: 'the subscription has been read already',
      });
    this.#isRead = true;
    const outer = this.#settings.signal;
    const signal = AbortSignal.any([outer, this.#own.signal]);
    try {
      yield* this.#changes(signal);
    } catch (error) {
      if (outer.aborted) throw outer.reason;
      if (!this.#own.signal.aborted) throw error;
    } finally {
      this.close();
    }
  }

  async *#changes(signal: AbortSignal): AsyncGenerator<Change<Row>, void> {
    const { reconnect } = this.#settings;
    let attempt = 0;
    let wasConnected = false;
    /** Whether the reader knows something that the next connection may not go on from. */
    let isKnown = false;
    for (;;) {
      try {
        signal.throwIfAborted();
        for await (const change of this.#connection(signal)) {
          wasConnected = true;
          if (change === null) continue;
          if (change.kind === 'tick') {
            this.#token = change.token;
            attempt = 0;
          }
          isKnown = true;
          yield change;
        }
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        const isExpired = (error as LeatError).code === 'RESUME_EXPIRED' && this.#token !== null;
        if (isExpired) {
          this.#token = null;
          isKnown = true;
        } else if (reconnect === null || !wasConnected || !isTransient(error)) throw error;
        if (this.#token === null && isKnown) {
          isKnown = false;
          yield { kind: 'reset' };
        }
        if (!isExpired) await delay(backOffMs(attempt++, Math.random(), reconnect ?? {}), signal);
      }
    }
  }

  /** The changes of one connection; null says that it stands. Throws when it breaks off. */
  async *#connection(signal: AbortSignal): AsyncGenerator<Change<Row> | null, void> {
    const request = this.#token === null ? this.#request : { ...this.#request, after: this.#token };
    const reader = new FrameReader<Row>();
    for await (const texts of this.#settings.open(this.#transport, request, signal)) {
      for (const text of texts) {
        yield* reader.read(text);
        if (reader.isAtEnd) return;
      }
      yield null;
    }
    throw new LeatError({
      code: 'client.unreachable',
      message: `${this.#transport.url} ended the subscription without a word`,
    });
  }
}

/** Too slow, too many, not now, and what networks do: another attempt may go well. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof LeatError)) return false;
  const { code, errorCode } = error;
  if (code === 'client.unreachable' || code === 'client.slow-reader') return true;
  const status = Math.floor((errorCode ?? 0) / 100);
  return status === 429 || (status >= 502 && status <= 504);
}

/** Turns frames into changes and keeps those of a commit together. */
class FrameReader<Row> {
  #rows: RowReader = rowReader([]);
  #keys: RowReader = rowReader([]);
  #commit: Change<Row>[] = [];
  isAtEnd = false;

  /** Throws the server's error. */
  *read(text: string): Generator<Change<Row>, void> {
    const frame = this.#parse(text);
    const rows = (): readonly Row[] =>
      this.#rows.many(frame['rows']) as readonly unknown[] as Row[];
    switch (frame['type']) {
      case 'schema': {
        const columns = (frame['columns'] as readonly Fields[]).map((column) => ({
          name: String(column['name']),
          type: parseType(String(column['type'])),
          key: column['key'] === true,
        }));
        this.#rows = rowReader(columns);
        this.#keys = rowReader(columns.filter(({ key }) => key));
        return;
      }
      case 'snapshot':
        yield { kind: 'snapshot', rows: rows() };
        return;
      case 'upsert':
      case 'insert':
        this.#commit.push({ kind: frame['type'], rows: rows() });
        return;
      case 'delete': {
        const keys = this.#keys.many(frame['keys']) as readonly unknown[] as Partial<Row>[];
        this.#commit.push({ kind: 'delete', keys });
        return;
      }
      case 'tick':
        yield* this.#commit.splice(0);
        yield { kind: 'tick', token: String(frame['token']) };
        return;
      case 'end':
        yield* this.#commit.splice(0);
        this.isAtEnd = true;
        return;
      case 'error':
        throw refusal({ ...frame, error_code: Number(frame['error_code']) }, 500);
      default:
        // A server that is newer may say more than is understood here.
        return;
    }
  }

  #parse(text: string): Fields {
    try {
      return parseExactly(text, this.#rows.exactness) as Fields;
    } catch (error) {
      throw new LeatError({ code: 'client.bad-answer', message: 'a frame is no JSON' }, error);
    }
  }
}
