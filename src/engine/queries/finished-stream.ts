/** The whole answer to a query that was over before anybody read it. */
import type { QueryFrame, QueryHead, QueryStream } from '../api.ts';

export class FinishedStream implements QueryStream {
  readonly head: QueryHead;
  readonly rows: readonly string[];
  #isRead = false;

  constructor(head: QueryHead, rows: readonly string[]) {
    this.head = head;
    this.rows = rows;
  }

  end(): 'completed' {
    return 'completed';
  }

  async close(): Promise<void> {
    this.#isRead = true;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<QueryFrame> {
    if (this.#isRead) return;
    this.#isRead = true;
    if (this.rows.length > 0) yield { rows: this.rows, tombstones: null };
  }
}
