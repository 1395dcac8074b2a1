/** Rows of a running query as a table whose layout is fixed before the first row is known (spec: cli.md §4.1). */

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
    const width = (name: string) => this.#cellWidth ?? name.length;
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
      (_, at) => `|${columns.map((lines) => (lines[at] ?? '').padEnd(width)).join('|')}|`,
    ).join('\n');
  }
}

function cellWidth(count: number, { width, columnWidth }: RowTableOptions): number | null {
  if (columnWidth > 0) return columnWidth;
  if (width === null || count === 0) return null;
  return Math.max(Math.floor(width / count) - 2, cellWidthMin);
}

function chunks(text: string, width: number): string[] {
  const found: string[] = [];
  for (const line of text.split('\n')) {
    for (let at = 0; at < Math.max(1, line.length); at += width)
      found.push(line.slice(at, at + width));
  }
  return found;
}

function clipped(text: string, width: number): string {
  const line = text.replaceAll('\n', ' ');
  return line.length > width && line.slice(width).trim() !== ''
    ? `${line.slice(0, width - 3)}...`
    : line.slice(0, width);
}
