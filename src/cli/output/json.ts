/**
 * Results as JSON: replies pretty-printed, rows one object a line.
 * Differs: ksqlDB spreads a row over many lines; one a line can be piped on to anything that reads JSON.
 */
import type { QueryHead, StatementReply } from '../../engine/api.ts';
import { entityOf } from '../../server/messages.ts';
import type { Output, Printer } from './printer.ts';

export class JsonPrinter implements Printer {
  readonly #output: Output;
  #names: readonly string[] = [];

  constructor(output: Output) {
    this.#output = output;
  }

  reply(reply: StatementReply): void {
    this.#output.write(`${JSON.stringify([entityOf(reply)], null, 2)}\n`);
  }

  message(text: string): void {
    this.#output.write(`${JSON.stringify({ message: text })}\n`);
  }

  queryHead(head: QueryHead): void {
    this.#names = head.columns.map(({ name }) => name);
    this.#output.write(
      `${JSON.stringify({ header: { queryId: head.queryId, columns: this.#names } })}\n`,
    );
  }

  queryRows(rows: readonly string[], tombstones: ReadonlySet<number>): void {
    this.#output.write(
      rows
        .map(
          (row, at) =>
            `{"row":{"columns":${row}${tombstones.has(at) ? ',"tombstone":true' : ''}}}\n`,
        )
        .join(''),
    );
  }

  queryEnd(finalMessage: string | null): void {
    if (finalMessage !== null) this.#output.write(`${JSON.stringify({ finalMessage })}\n`);
  }

  lines(lines: readonly string[]): void {
    this.#output.write(lines.map((line) => `${line}\n`).join(''));
  }

  async drained(): Promise<void> {
    await this.#output.drained?.();
  }
}
