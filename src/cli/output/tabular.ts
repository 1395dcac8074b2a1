/** Results as tables for people (spec: cli.md §4). */
import type { QueryHead, StatementReply } from '../../engine/api.ts';
import { cellTexts } from './cells.ts';
import { descriptionText } from './description.ts';
import { entityTable } from './entity-table.ts';
import { plainTableText } from './plain-table.ts';
import type { Output, Printer } from './printer.ts';
import { RowTable } from './row-table.ts';

export interface TabularOptions {
  wrap: boolean;
  /** 0: from the width of the output. */
  columnWidth: number;
}

export class TabularPrinter implements Printer {
  readonly #output: Output;
  readonly #options: TabularOptions;
  #names: readonly string[] = [];
  /** The table that rows go into, and the width it was made for. */
  #lines: { readonly width: number | null; readonly table: RowTable } | null = null;

  constructor(output: Output, options: TabularOptions = { wrap: true, columnWidth: 0 }) {
    this.#output = output;
    this.#options = options;
  }

  reply(reply: StatementReply, alone: boolean): void {
    const { entity } = reply;
    if (entity === null) return;
    const width = this.#output.width;
    const table = entityTable(entity);
    const body =
      table !== null
        ? plainTableText(table, width)
        : (descriptionText(entity, width) ?? `${JSON.stringify(entity, null, 2)}\n`);
    const warnings = reply.warnings.map((warning) => `WARNING: ${warning}\n`).join('');
    this.#output.write(`${alone ? '' : `\n${reply.statementText}`}\n${body}${warnings}`);
  }

  message(text: string): void {
    this.#output.write(`${text}\n`);
  }

  queryHead(head: QueryHead): void {
    this.#names = head.columns.map(({ name }) => name);
    this.#lines = null;
    // Without a terminal the first rows say how wide it is to be.
    if (this.#output.width !== null) this.#lineUp([]);
  }

  /**
   * Begins a table that fits the terminal as it is now, or else the `first` rows: at the start, and when somebody has resized it
   * since.
   */
  #lineUp(first: readonly (readonly string[])[]): RowTable {
    const { width } = this.#output;
    if (this.#lines === null || this.#lines.width !== width) {
      const table = new RowTable(this.#names, { ...this.#options, width, first });
      this.#lines = { width, table };
      this.#output.write(table.header());
    }
    return this.#lines.table;
  }

  queryRows(rows: readonly string[], tombstones: ReadonlySet<number>): void {
    const shown = rows.map((row, at) => {
      const cells = cellTexts(row);
      return tombstones.has(at)
        ? cells.map((cell) => (cell === 'null' ? '<TOMBSTONE>' : cell))
        : cells;
    });
    const table = this.#lineUp(shown);
    this.#output.write(shown.map((cells) => table.row(cells)).join(''));
  }

  queryEnd(finalMessage: string | null): void {
    if (this.#lines === null) this.#lineUp([]);
    this.#output.write(`${finalMessage === null ? '' : `${finalMessage}\n`}Query terminated\n`);
    this.#lines = null;
  }

  lines(lines: readonly string[]): void {
    this.#output.write(lines.map((line) => `${line}\n`).join(''));
  }

  async drained(): Promise<void> {
    await this.#output.drained?.();
  }
}
