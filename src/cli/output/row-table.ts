/**
 * Rows of a running query as a table whose layout is fixed before its last row is known (spec: cli.md §4.1): by the terminal, or
 * where there is none by the first rows.
 */
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts';

/** Cells narrower than this are not worth reading. */
const cellWidthMin = 5;
/** Up to here cells are as wide as the widest of the first rows. */
const fittedWidthMax = 60;

export interface RowTableOptions {
  /** Characters in a line; null: as many as it takes. */
  readonly width: number | null;
  /** Width of a cell; 0: from `width`. */
  readonly columnWidth: number;
  /** False cuts long cells to one line. */
  readonly wrap: boolean;
  /** Cells of the first rows, where the width is null: the columns are as wide, and what is wider later sticks out. */
  readonly first?: readonly (readonly string[])[];
}

export class RowTable {
  readonly #names: readonly string[];
  /** Null: every column has its own in `#fitted`. */
  readonly #cellWidth: number | null;
  readonly #fitted: readonly number[];
  readonly #wrap: boolean;

  constructor(names: readonly string[], options: RowTableOptions) {
    this.#names = names;
    this.#wrap = options.wrap;
    this.#cellWidth = cellWidth(names.length, options);
    const { first = [] } = options;
    this.#fitted = names.map((name, at) =>
      first.reduce((width, cells) => {
        const needed = displayWidth(cells[at] ?? '');
        return needed > fittedWidthMax ? width : Math.max(width, needed);
      }, displayWidth(name)),
    );
  }

  header(): string {
    const widths = this.#fitted.map((width) => this.#cellWidth ?? width);
    const rule = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`;
    return `${rule}\n${this.#lines(this.#names, true)}\n${rule}\n`;
  }

  row(cells: readonly string[]): string {
    return `${this.#lines(cells, this.#wrap)}\n`;
  }

  #lines(cells: readonly string[], wrap: boolean): string {
    const width = this.#cellWidth;
    if (width === null) {
      const padded = cells.map((cell, at) =>
        padToWidth(cell.replaceAll('\n', ' '), this.#fitted[at] ?? 0),
      );
      return `|${padded.join('|')}|`;
    }
    const columns = cells.map((cell) => (wrap ? chunks(cell, width) : [clipped(cell, width)]));
    const height = Math.max(1, ...columns.map((lines) => lines.length));
    return Array.from(
      { length: height },
      (_, at) => `|${columns.map((lines) => padToWidth(lines[at] ?? '', width)).join('|')}|`,
    ).join('\n');
  }
}

/** Null where every column has a width of its own. */
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
