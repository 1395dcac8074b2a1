/**
 * A table whose rows are all known: columns as wide as their widest cell (spec: cli.md §4.3).
 * Differs: where the line is too short, the widest columns give way and their cells wrap; ksqlDB leaves that to the terminal.
 */
import { cutToWidth, displayWidth, padToWidth } from './display-width.ts';
import { printableValue } from './printable.ts';

export interface PlainTable {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly footer?: string;
}

/** No column becomes narrower than this to make a table fit. */
const columnWidthMin = 8;

/** `lineWidth` in columns of the terminal; null: lines may be as long as they like. */
export function plainTableText(table: PlainTable, lineWidth: number | null): string {
  const cells = table.rows.map((row) =>
    table.headers.map((_, column) => printableValue(row[column] ?? '')),
  );
  const natural = table.headers.map((header, column) =>
    Math.max(displayWidth(header), ...cells.map((row) => widestLine(row[column] as string))),
  );
  const widths = lineWidth === null ? natural : fitted(natural, lineWidth);
  const lines = (row: readonly string[]) =>
    tallRow(row, widths).map((line) =>
      ` ${line.map((cell, column) => padToWidth(cell, widths[column] ?? 0)).join(' | ')} `.trimEnd(),
    );
  const rule = '-'.repeat(Math.min(tableWidth(widths), lineWidth ?? Number.POSITIVE_INFINITY));
  const text = [
    ...lines(table.headers),
    rule,
    ...cells.flatMap(lines),
    rule,
    ...(table.footer === undefined ? [] : [table.footer]),
  ];
  return `${text.join('\n')}\n`;
}

function widestLine(cell: string): number {
  return Math.max(0, ...cell.split('\n').map(displayWidth));
}

function tableWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + 3 * widths.length - 1;
}

/** The widest columns give way together until the table fits or they are as narrow as columns may be. */
function fitted(natural: readonly number[], lineWidth: number): readonly number[] {
  for (let widest = lineWidth; ; widest--) {
    const widths = natural.map((width) => Math.min(width, widest));
    if (tableWidth(widths) <= lineWidth || widest <= columnWidthMin) return widths;
  }
}

function tallRow(row: readonly string[], widths: readonly number[]): string[][] {
  const cells = row.map((cell, column) =>
    cell.split('\n').flatMap((line) => cutToWidth(line, widths[column] ?? 0)),
  );
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => cells.map((lines) => lines[at] ?? ''));
}
