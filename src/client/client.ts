/**
 * A client of Leat's (and ksqlDB's) HTTP API with the face of an engine, so that the shell does not care which it talks to.
 * Programs take the typed client (connect.ts), which stands on the same pieces.
 */
import { type Problem, problem } from '../base/errors.ts';
import {
  type Engine,
  type QueryFrame,
  type QueryHead,
  type QueryStream,
  StatementFailure,
  type StatementReply,
  type StatementRequest,
} from '../engine/api.ts';
import { ksqlJson } from '../server/media-types.ts';
import type { Entity } from '../sql/statements/statement.ts';
import { type Fields, LeatError, refusal } from './leat-error.ts';
import { lineBatchesOf } from './line-reader.ts';
import { type QueryElement, queryElements } from './query-elements.ts';
import { Transport, type TransportOptions } from './transport.ts';
import { parseColumns } from './type-text.ts';

/** What the shell needs, of an engine or of a server. */
export type SqlBackend = Pick<Engine, 'execute' | 'query' | 'closeQuery' | 'complete'> &
  AsyncDisposable;

export class Client implements SqlBackend {
  readonly #transport: Transport;

  /** `url` is the server's, for example http://localhost:8088. */
  constructor(url: string, options: TransportOptions = {}) {
    this.#transport = new Transport(url, options);
  }

  get url(): string {
    return this.#transport.url;
  }

  /** What the server says of itself; throws `client.unreachable`. */
  async info(): Promise<{ readonly version: string; readonly serverStatus: string }> {
    try {
      const response = await this.#transport.send('/info');
      const body = (await response.json()) as {
        readonly KsqlServerInfo: { readonly version: string; readonly serverStatus: string };
      };
      return body.KsqlServerInfo;
    } catch (error) {
      // What is no server of ours has its own ways to say no; what asks for a password is one.
      if (error instanceof LeatError && (error.errorCode === null || isDenied(error.errorCode)))
        throw failureOf(error);
      throw failureOf(this.#transport.unreachable((error as Error).message, error));
    }
  }

  async execute(request: StatementRequest): Promise<readonly StatementReply[]> {
    const response = await this.#post('/ksql', request);
    const entities = (await response.json()) as readonly Entity[];
    return entities.map(replyOf);
  }

  async query(request: StatementRequest): Promise<QueryStream> {
    const abort = new AbortController();
    const response = await this.#post('/query', request, abort.signal);
    const isPrint = !(response.headers.get('content-type') ?? '').includes('json');
    if (isPrint) return new PrintLines(lineBatchesOf(response.body), abort);
    const elements = queryElements(response.body);
    const { value: [header, ...rest] = [] } = await elements.next();
    if (header?.kind !== 'header')
      throw problem('client.bad-answer', `${this.url} answered without a header`);
    return new RemoteRows(headOf(header), after(rest, elements), abort);
  }

  async closeQuery(queryId: string): Promise<boolean> {
    try {
      await this.#transport.send('/close-query', { body: JSON.stringify({ queryId }) });
      return true;
    } catch (error) {
      if (error instanceof LeatError && error.code !== 'client.unreachable') return false;
      throw failureOf(error);
    }
  }

  /** Servers have no call for it: the shell's own keywords are all there is. */
  async complete(): Promise<readonly string[]> {
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  async #post(path: string, request: StatementRequest, signal?: AbortSignal): Promise<Response> {
    const body = JSON.stringify({
      ksql: request.sql,
      streamsProperties: request.properties,
      sessionVariables: request.variables,
    });
    try {
      return await this.#transport.send(path, { body, accept: ksqlJson, signal: signal ?? null });
    } catch (error) {
      throw failureOf(error);
    }
  }
}

function replyOf(entity: Entity): StatementReply {
  const { statementText, warnings, ...rest } = entity as Entity & {
    readonly statementText?: string;
    readonly warnings?: readonly Fields[];
  };
  return {
    statementText: statementText ?? '',
    entity: rest as Entity,
    warnings: (warnings ?? []).map((warning) => String(warning['message'])),
    session: null,
  };
}

/** As an engine would have thrown it; what no server said is the user's error. */
function failureOf(error: unknown): unknown {
  if (!(error instanceof LeatError)) return error;
  const { code, message, detail, hint, span, statement, replies, errorCode, cause } = error;
  const reason: Problem = {
    code: code as Problem['code'],
    message,
    ...(detail === null ? {} : { detail }),
    ...(hint === null ? {} : { hint }),
    ...(span === null ? {} : { span }),
  };
  if (errorCode === null) return problem(reason.code, message, { ...reason, cause });
  return new StatementFailure({
    problem: reason,
    statementText: statement,
    replies: (replies as readonly Entity[]).map(replyOf),
    phase: 'execute',
  });
}

function isDenied(errorCode: number): boolean {
  return errorCode >= 40100 && errorCode < 40400;
}

function headOf({ queryId, schema }: QueryElement & { readonly kind: 'header' }): QueryHead {
  const columns = parseColumns(schema);
  // Keys are marked where a pull query gives the rows of a table.
  const isTablePull = columns.some(({ key }) => key);
  return {
    queryId,
    kind: isTablePull ? 'pull' : 'push',
    columns: columns.map(({ name, type, key }) => ({ name, type, role: key ? 'key' : 'value' })),
    table: isTablePull,
  };
}

async function* after(
  first: readonly QueryElement[],
  rest: AsyncIterable<readonly QueryElement[]>,
): AsyncGenerator<readonly QueryElement[]> {
  if (first.length > 0) yield first;
  yield* rest;
}

class RemoteRows implements QueryStream {
  readonly head: QueryHead;
  readonly #elements: AsyncIterable<readonly QueryElement[]>;
  readonly #abort: AbortController;
  #end: ReturnType<QueryStream['end']> = 'closed';

  constructor(
    head: QueryHead,
    elements: AsyncIterable<readonly QueryElement[]>,
    abort: AbortController,
  ) {
    this.head = head;
    this.#elements = elements;
    this.#abort = abort;
  }

  end(): ReturnType<QueryStream['end']> {
    return this.#end;
  }

  async close(): Promise<void> {
    this.#abort.abort();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    try {
      for await (const elements of this.#elements) {
        const rows: string[] = [];
        const tombstones: number[] = [];
        for (const element of elements) {
          if (element.kind === 'row') {
            if (element.tombstone) tombstones.push(rows.length);
            rows.push(element.columns);
            continue;
          }
          if (rows.length > 0) yield frameOf(rows.splice(0), tombstones.splice(0));
          if (element.kind === 'error') throw failureOf(refusal(element.body, 500));
          if (element.kind === 'final' && element.message === 'Limit Reached') this.#end = 'limit';
          if (element.kind === 'final' && element.message === 'Query Completed')
            this.#end = 'completed';
        }
        if (rows.length > 0) yield frameOf(rows, tombstones);
      }
      if (this.#end === 'closed') this.#end = 'completed';
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}

function frameOf(rows: readonly string[], tombstones: readonly number[]): QueryFrame {
  return { rows, tombstones: tombstones.length === 0 ? null : tombstones };
}

class PrintLines implements QueryStream {
  readonly head: QueryHead = { queryId: '', kind: 'print', columns: [], table: false };
  readonly #lines: AsyncIterable<readonly string[]>;
  readonly #abort: AbortController;

  constructor(lines: AsyncIterable<readonly string[]>, abort: AbortController) {
    this.#lines = lines;
    this.#abort = abort;
  }

  end(): ReturnType<QueryStream['end']> {
    return this.#abort.signal.aborted ? 'closed' : 'completed';
  }

  async close(): Promise<void> {
    this.#abort.abort();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    try {
      for await (const rows of this.#lines) yield { rows, tombstones: null };
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}
