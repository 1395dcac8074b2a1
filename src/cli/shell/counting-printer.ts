/** A printer that passes everything on and tells how many rows of the running query have been shown. */
import type { QueryHead, StatementReply } from '../../engine/api.ts';
import type { Printer } from '../output/printer.ts';

export class CountingPrinter implements Printer {
  readonly #printer: Printer;
  readonly #onRows: (rows: number) => void;
  #rows = 0;

  /** `onRows` gets the number since the query began, also when that is 0. */
  constructor(printer: Printer, onRows: (rows: number) => void) {
    this.#printer = printer;
    this.#onRows = onRows;
  }

  reply(reply: StatementReply, alone: boolean): void {
    this.#printer.reply(reply, alone);
  }

  message(text: string): void {
    // What follows is of another query: a PRINT ends with a message, and begins without a head.
    this.#rows = 0;
    this.#printer.message(text);
  }

  queryHead(head: QueryHead): void {
    this.#rows = 0;
    this.#printer.queryHead(head);
    this.#onRows(0);
  }

  queryRows(rows: readonly string[], tombstones: ReadonlySet<number>): void {
    this.#printer.queryRows(rows, tombstones);
    this.#count(rows.length);
  }

  queryEnd(finalMessage: string | null): void {
    this.#rows = 0;
    this.#printer.queryEnd(finalMessage);
  }

  lines(lines: readonly string[]): void {
    this.#printer.lines(lines);
    this.#count(lines.length);
  }

  drained(): Promise<void> {
    return this.#printer.drained();
  }

  #count(rows: number): void {
    this.#rows += rows;
    this.#onRows(this.#rows);
  }
}
