/** Rows of a running query as a table whose layout is fixed before the first row is known (spec: cli.md §4.1). */
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts';

/** Cells narrower than this are not worth reading. */
const cellWidthMin = 5;

export interface RowTableOptions {
  /** Characters in a line; null: cells are as wide as their text. */
  readonly width: number | null;
  /** Width of a cell; 0: from `width`. */
  readonly columnWidth: number;
  /** False cuts long cells to one line. */
  readonly wrap: boolean;
}

export class RowTable {
  readonly #names: readonly string[];
  readonly #cellWidth: number | null;
  readonly #wrap: boolean;

  constructor(names: readonly string[], options: RowTableOptions) {
    this.#names = names;
    this.#wrap = options.wrap;
    this.#cellWidth = cellWidth(names.length, options);
  }

  header(): string {
    const width = (name: string) => this.#cellWidth ?? displayWidth(name);
    const rule = `+${this.#names.map((name) => '-'.repeat(width(name))).join('+')}+`;
    return `${rule}\n${this.#lines(this.#names, true)}\n${rule}\n`;
  }

  row(cells: readonly string[]): string {
    return `${this.#lines(cells, this.#wrap)}\n`;
  }

  #lines(cells: readonly string[], wrap: boolean): string {
    const width = this.#cellWidth;
    if (width === null) return `|${cells.map((cell) => cell.replaceAll('\n', ' ')).join('|')}|`;
    const columns = cells.map((cell) => (wrap ? chunks(cell, width) : [clipped(cell, width)]));
    const height = Math.max(1, ...columns.map((lines) => lines.length));
    return Array.from(
      { length: height },
      (_, at) => `|${columns.map((lines) => padToWidth(lines[at] ?? '', width)).join('|')}|`,
    ).join('\n');
  }
}

function cellWidth(count: number, { width, columnWidth }: RowTableOptions): number | null {
  if (columnWidth > 0) return columnWidth;
  if (width === null || count === 0) return null;
  return Math.max(Math.floor(width / count) - 2, cellWidthMin);
}

function chunks(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => cutToWidth(line, width));
}

/** The first piece; dots in place of its last three characters if a later piece has anything to see. */
function clipped(text: string, width: number): string {
  const [first = '', ...rest] = cutToWidth(text.replaceAll('\n', ' '), width);
  if (rest.join('').trim() === '') return first;
  return `${cutToWidth(first, Math.max(0, width - 3))[0] ?? ''}...`.slice(0, width);
}
