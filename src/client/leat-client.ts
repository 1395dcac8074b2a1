/** The typed client: statements, queries and rows of one server. It holds no connection; closing it ends what still runs. */
import { ksqlJson } from '../server/media-types.ts';
import { type InsertOptions, InsertStream } from './insert-stream.ts';
import { lineBatchesOf } from './line-reader.ts';
import type { Parameter } from './literal.ts';
import { withParameters } from './parameters.ts';
import type { AnyRow } from './read-value.ts';
import type { Reply } from './replies.ts';
import type { BackOff } from './back-off.ts';
import { LeatError } from './leat-error.ts';
import { Rows } from './rows.ts';
import { Subscription } from './subscription.ts';
import { httpFrames, socketFrames } from './subscription-frames.ts';
import { isBrowser, Transport, type TransportOptions } from './transport.ts';

export interface ConnectOptions extends TransportOptions {
  /** Properties of every request, such as `auto.offset.reset`. */
  readonly properties?: Properties;
}
export type Properties = Readonly<Record<string, string | number | boolean>>;

export interface StatementOptions {
  /** On top of those of the client. */
  readonly properties?: Properties;
  /** What `${name}` stands for in the statement. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Ends what is under way, which then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface SubscribeOptions extends StatementOptions {
  /** A token to go on from: the reader knows all that was before it. */
  readonly after?: string;
  /**
   * `http`: each subscription is a request, of which browsers allow six at a time to one server. `websocket`: not with a name
   * and password, for which browsers have no way. Unless given, `websocket` in browsers, `http` elsewhere.
   */
  readonly transport?: 'http' | 'websocket';
  /** How long to wait before connecting again; false: a connection that breaks off is an error. */
  readonly reconnect?: BackOff | false;
}

/** What a server says of itself. */
export interface ServerInfo {
  readonly version: string;
  readonly kafkaClusterId: string;
  readonly ksqlServiceId: string;
  readonly serverStatus: string;
}

const substitution = 'ksql.variable.substitution.enable';

export class LeatClient implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #properties: Properties;
  readonly #closing = new AbortController();

  /** See `connect`. */
  constructor(url: string, options: ConnectOptions = {}) {
    this.#transport = new Transport(url, options);
    this.#properties = options.properties ?? {};
  }

  get url(): string {
    return this.#transport.url;
  }

  async info(options: { readonly signal?: AbortSignal } = {}): Promise<ServerInfo> {
    const response = await this.#transport.send('/info', { signal: this.#signal(options) });
    return ((await response.json()) as { readonly KsqlServerInfo: ServerInfo }).KsqlServerInfo;
  }

  /** Statements other than SELECT and PRINT. All are checked before the first is carried out; one reply for each that has one. */
  async execute(
    sql: string,
    parameters: readonly Parameter[] = [],
    options: StatementOptions = {},
  ): Promise<readonly Reply[]> {
    const response = await this.#post('/ksql', { sql, parameters, options }, this.#signal(options));
    return (await response.json()) as readonly Reply[];
  }

  /** A query that ends: what is in a table or stream now. */
  pull<Row = AnyRow>(
    sql: string,
    parameters: readonly Parameter[] = [],
    options: StatementOptions = {},
  ): Rows<Row> {
    const signal = this.#signal(options);
    return new Rows<Row>(
      this.#transport,
      (ending) => this.#post('/query', { sql, parameters, options }, ending),
      signal,
    );
  }

  /** A query with EMIT CHANGES: rows as they come, until it is left or reaches its LIMIT. A reader that is slow slows the query. */
  push<Row = AnyRow>(
    sql: string,
    parameters: readonly Parameter[] = [],
    options: StatementOptions = {},
  ): Rows<Row> {
    return this.pull<Row>(sql, parameters, options);
  }

  /** The lines of a PRINT. */
  async *print(sql: string, options: StatementOptions = {}): AsyncGenerator<string, void> {
    const own = new AbortController();
    const signal = AbortSignal.any([own.signal, this.#signal(options)]);
    const response = await this.#post('/query', { sql, parameters: [], options }, signal);
    try {
      for await (const lines of lineBatchesOf(response.body)) yield* lines;
    } finally {
      own.abort();
    }
  }

  /**
   * What is there and every change to it, for `SELECT … EMIT CHANGES WITH SNAPSHOT`, with rows that go. A connection that
   * breaks off is made again and nothing is missed; the first must succeed.
   */
  subscribe<Row = AnyRow>(
    sql: string,
    parameters: readonly Parameter[] = [],
    options: SubscribeOptions = {},
  ): Subscription<Row> {
    const transport = this.#transport;
    const chosen = options.transport ?? (isBrowser && !transport.isBasic ? 'websocket' : 'http');
    if (chosen === 'websocket' && transport.isBasic)
      throw new LeatError({
        code: 'client.bad-options',
        message: 'a WebSocket cannot be given a name and password',
        hint: "Use a token, or transport: 'http'.",
      });
    const request = {
      ...this.#statement({ sql, parameters, options }),
      variables: options.variables ?? {},
      ...(options.after === undefined ? {} : { after: options.after }),
    };
    const { reconnect = {} } = options;
    return new Subscription<Row>(transport, request, {
      open: chosen === 'http' ? httpFrames : socketFrames(),
      reconnect: reconnect === false ? null : reconnect,
      signal: this.#signal(options),
    });
  }

  /** A writer of rows into a stream or table. */
  insertStream<Row extends object = object>(
    target: string,
    options: InsertOptions = {},
  ): InsertStream<Row> {
    return new InsertStream<Row>(this.#transport, target, {
      ...options,
      signal: this.#signal(options),
    });
  }

  /** Ends every query and insert that is under way; they throw an AbortError. */
  close(): void {
    this.#closing.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #signal({ signal }: { readonly signal?: AbortSignal }): AbortSignal {
    return signal === undefined
      ? this.#closing.signal
      : AbortSignal.any([signal, this.#closing.signal]);
  }

  async #post(path: string, statement: Statement, signal: AbortSignal): Promise<Response> {
    const { sql, properties } = this.#statement(statement);
    const body = JSON.stringify({
      ksql: sql,
      streamsProperties: properties,
      sessionVariables: statement.options.variables ?? {},
    });
    return this.#transport.send(path, { body, accept: ksqlJson, signal });
  }

  /** With its parameters and all its properties. */
  #statement({ sql, parameters, options }: Statement): {
    readonly sql: string;
    readonly properties: Properties;
  } {
    const properties = { ...this.#properties, ...options.properties };
    const substitutes = String(properties[substitution] ?? true) !== 'false';
    return { sql: withParameters(sql, parameters, { substitutes }), properties };
  }
}

interface Statement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly options: StatementOptions;
}
