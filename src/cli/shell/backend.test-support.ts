/** A backend for tests of the shell: answers are written by the test, queries deliver what it pushes. */
import { ProblemError } from '../../base/errors.ts';
import type { SqlBackend } from '../../client/client.ts';
import {
  type QueryFrame,
  type QueryStream,
  StatementFailure,
  type StatementReply,
  type StatementRequest,
} from '../../engine/api.ts';

/** A query whose rows come when the test pushes them; open until it is closed. */
export class TestQuery implements QueryStream {
  readonly head: QueryStream['head'];
  readonly #frames: QueryFrame[] = [];
  #wake: () => void = () => undefined;
  #end: ReturnType<QueryStream['end']> | null = null;

  constructor(head: Partial<QueryStream['head']> = {}) {
    const columns = [{ name: 'X', type: { kind: 'INTEGER' }, role: 'value' }] as const;
    this.head = { queryId: 'q1', kind: 'push', columns, table: false, ...head };
  }

  push(...rows: readonly string[]): void {
    this.#frames.push({ rows, tombstones: null });
    this.#wake();
  }

  finish(end: ReturnType<QueryStream['end']>): void {
    this.#end ??= end;
    this.#wake();
  }

  end(): ReturnType<QueryStream['end']> {
    return this.#end ?? 'closed';
  }

  async close(): Promise<void> {
    this.finish('closed');
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    for (;;) {
      const frame = this.#frames.shift();
      if (frame !== undefined) yield frame;
      else if (this.#end !== null) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

export class TestBackend implements SqlBackend {
  /** Everything that was sent, in order. */
  readonly requests: StatementRequest[] = [];
  readonly queries: TestQuery[] = [];
  /** What `execute` answers; by default a message that repeats the statement. */
  answer: (sql: string) => readonly StatementReply[] = (sql) => [messageReply(sql.trim())];
  candidates: readonly string[] = [];

  async execute(request: StatementRequest): Promise<readonly StatementReply[]> {
    this.requests.push(request);
    try {
      return this.answer(request.sql);
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, message, hint, span } = error;
      throw new StatementFailure({
        problem: { code, message, ...(hint && { hint }), ...(span && { span }) },
        statementText: request.sql,
        replies: [],
        phase: 'prepare',
      });
    }
  }

  async query(request: StatementRequest): Promise<QueryStream> {
    this.requests.push(request);
    const query = new TestQuery();
    this.queries.push(query);
    return query;
  }

  async closeQuery(): Promise<boolean> {
    return true;
  }

  async complete(): Promise<readonly string[]> {
    return this.candidates;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

export function messageReply(message: string): StatementReply {
  return {
    statementText: message,
    entity: { '@type': 'warning_entity', message },
    warnings: [],
    session: null,
  };
}
