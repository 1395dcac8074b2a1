/**
 * A client of Leat's (and ksqlDB's) HTTP API with the face of an engine, so that the shell does not care which it talks to.
 * Works wherever there is `fetch`.
 */
import { parseSchema } from '../../grammar/parse.ts';
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
import { ksqlJson } from '../server/messages.ts';
import { resolveType } from '../sql/expression/resolve-type.ts';
import type { Entity, ResultColumn } from '../sql/statements/statement.ts';
import { linesOf } from './line-reader.ts';

/** What the shell needs, of an engine or of a server. */
export type SqlBackend = Pick<Engine, 'execute' | 'query' | 'closeQuery' | 'complete'> &
  AsyncDisposable;

type Fields = Readonly<Record<string, unknown>>;

export class Client implements SqlBackend {
  readonly url: string;

  /** `url` is the server's, for example http://localhost:8088. */
  constructor(url: string) {
    this.url = url.replace(/\/+$/, '');
  }

  /** What the server says of itself; throws `client.unreachable`. */
  async info(): Promise<{ readonly version: string; readonly serverStatus: string }> {
    const response = await this.#fetch('/info', undefined);
    if (!response.ok) throw this.#unreachable(`${response.status} ${response.statusText}`);
    const body = (await response.json().catch((error) => {
      throw this.#unreachable((error as Error).message, error);
    })) as {
      readonly KsqlServerInfo: { readonly version: string; readonly serverStatus: string };
    };
    return body.KsqlServerInfo;
  }

  async execute(request: StatementRequest): Promise<readonly StatementReply[]> {
    const response = await this.#post('/ksql', request);
    const entities = (await response.json()) as readonly Entity[];
    return entities.map(replyOf);
  }

  async query(request: StatementRequest): Promise<QueryStream> {
    const abort = new AbortController();
    const response = await this.#post('/query', request, abort.signal);
    if (response.body === null)
      throw problem('client.bad-answer', `${this.url} answered without a body`);
    const lines = linesOf(response.body);
    const isPrint = !(response.headers.get('content-type') ?? '').includes('json');
    if (isPrint) return new PrintLines(lines, abort);
    const first = await lines.next();
    const header =
      first.done === true ? undefined : (element(first.value)['header'] as Fields | undefined);
    if (header === undefined)
      throw problem('client.bad-answer', `${this.url} answered without a header`);
    return new RemoteRows(headOf(header), lines, abort);
  }

  async closeQuery(queryId: string): Promise<boolean> {
    const response = await fetch(`${this.url}/close-query`, {
      method: 'POST',
      body: JSON.stringify({ queryId }),
    });
    return response.ok;
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
    const response = await this.#fetch(path, {
      method: 'POST',
      body,
      headers: { accept: ksqlJson },
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok)
      throw failureOf((await response.json().catch(() => ({}))) as Fields, response.status);
    return response;
  }

  async #fetch(path: string, init: RequestInit | undefined): Promise<Response> {
    try {
      return await fetch(this.url + path, init);
    } catch (error) {
      const reason =
        (error as { readonly cause?: { readonly code?: string } }).cause?.code ??
        (error as Error).message;
      throw this.#unreachable(reason, error);
    }
  }

  #unreachable(reason: string, cause?: unknown): Error {
    const isUrl = /^https?:\/\//.test(this.url);
    return problem(
      'client.unreachable',
      `Remote server at ${this.url} does not appear to be a valid KSQL server. Please ensure that the URL provided is for an active KSQL server.`,
      {
        detail: `The server responded with the following error: ${reason}`,
        hint: isUrl
          ? 'Start one with: leat serve'
          : 'A URL begins with http://, as in http://127.0.0.1:8088',
        cause,
      },
    );
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

function failureOf(body: Fields, status: number): StatementFailure {
  const reason: Problem = {
    code: (typeof body['code'] === 'string' ? body['code'] : 'client.refused') as Problem['code'],
    message: String(body['message'] ?? `the server answered with status ${status}`),
    ...(typeof body['hint'] === 'string' ? { hint: body['hint'] } : {}),
    ...(typeof body['span'] === 'object' && body['span'] !== null
      ? { span: body['span'] as NonNullable<Problem['span']> }
      : {}),
  };
  const entities = (body['entities'] ?? []) as readonly Entity[];
  const statementText =
    typeof body['statementText'] === 'string' && body['statementText'] !== ''
      ? body['statementText']
      : null;
  return new StatementFailure({
    problem: reason,
    statementText,
    replies: entities.map(replyOf),
    phase: 'execute',
  });
}

/** An element of the streamed array: its line without the array's opening bracket, comma and closing bracket. */
function element(line: string): Fields {
  return JSON.parse(line.replace(/^\[/, '').replace(/(?<=\})\s*[,\]]*\s*$/, '')) as Fields;
}

function headOf(header: Fields): QueryHead {
  const schema = String(header['schema']);
  const columns =
    schema === ''
      ? []
      : parseSchema(schema).map(
          (column): ResultColumn => ({
            name: column.name.name,
            type: resolveType(column.type, new Map()),
            role: column.constraint === null ? 'value' : 'key',
          }),
        );
  // Keys are marked where a pull query gives the rows of a table.
  const isTablePull = columns.some((column) => column.role === 'key');
  return {
    queryId: String(header['queryId'] ?? ''),
    kind: isTablePull ? 'pull' : 'push',
    columns,
    table: isTablePull,
  };
}

const rowLine = /^\{"row":\{"columns":(\[.*\])(,"tombstone":true)?\}\},?\]?$/s;

class RemoteRows implements QueryStream {
  readonly head: QueryHead;
  readonly #lines: AsyncGenerator<string>;
  readonly #abort: AbortController;
  #end: ReturnType<QueryStream['end']> = 'closed';

  constructor(head: QueryHead, lines: AsyncGenerator<string>, abort: AbortController) {
    this.head = head;
    this.#lines = lines;
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
      for await (const line of this.#lines) {
        const row = rowLine.exec(line);
        if (row !== null) {
          yield { rows: [row[1] as string], tombstones: row[2] === undefined ? null : [0] };
          continue;
        }
        if (line.trim() === ']') continue;
        const fields = element(line);
        if (typeof fields['errorMessage'] === 'object')
          throw failureOf(fields['errorMessage'] as Fields, 500);
        if (fields['finalMessage'] === 'Limit Reached') this.#end = 'limit';
        if (fields['finalMessage'] === 'Query Completed') this.#end = 'completed';
      }
      if (this.#end === 'closed') this.#end = 'completed';
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}

class PrintLines implements QueryStream {
  readonly head: QueryHead = { queryId: '', kind: 'print', columns: [], table: false };
  readonly #lines: AsyncGenerator<string>;
  readonly #abort: AbortController;

  constructor(lines: AsyncGenerator<string>, abort: AbortController) {
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
      for await (const line of this.#lines) yield { rows: [line], tombstones: null };
    } catch (error) {
      if (!this.#abort.signal.aborted) throw error;
    }
  }
}
