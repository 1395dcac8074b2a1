/** Where the results of statements go. `tabular.ts` and `json.ts` implement it. */
import type { QueryHead, StatementReply } from '../../engine/api.ts';

export interface Printer {
  /** What a statement answered; `alone` is false when the request had several, whose text is then shown too. */
  reply(reply: StatementReply, alone: boolean): void;
  /** A line about what the shell itself did. */
  message(text: string): void;
  /** The rows of a query: `head` once, then rows as JSON texts of arrays, then the end. */
  queryHead(head: QueryHead): void;
  queryRows(rows: readonly string[], tombstones: ReadonlySet<number>): void;
  queryEnd(finalMessage: string | null): void;
  /** Lines of PRINT. */
  lines(lines: readonly string[]): void;
  /** Resolves when there is room for more rows, so that a fast query waits for a slow reader. */
  drained(): Promise<void>;
}

/** Where text goes: standard output, a spool file, a test's buffer. */
export interface Output {
  write(text: string): void;
  /** Characters in a line; null when nobody looks at it and lines may be as long as they like. */
  readonly width: number | null;
  /** Left out where writing never has to wait. */
  drained?(): Promise<void>;
}
