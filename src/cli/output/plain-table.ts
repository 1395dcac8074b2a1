/** A table whose rows are all known: columns as wide as their widest cell (spec: cli.md §4.3). */

export interface PlainTable {
  readonly headers: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly footer?: string;
}

export function plainTableText(table: PlainTable, lineWidth: number | null): string {
  const widths = table.headers.map((header, column) =>
    Math.max(
      header.length,
      ...table.rows.map((row) =>
        Math.max(0, ...(row[column] ?? '').split('\n').map((line) => line.length)),
      ),
    ),
  );
  const line = (cells: readonly string[]) =>
    ` ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} `.trimEnd();
  const dashes = Math.min(
    widths.reduce((sum, width) => sum + width, 0) + 3 * widths.length - 1,
    lineWidth ?? Number.POSITIVE_INFINITY,
  );
  const rule = '-'.repeat(dashes);
  const rows = table.rows.flatMap((row) => tallRow(row).map(line));
  return `${[line(table.headers), rule, ...rows, rule, ...(table.footer === undefined ? [] : [table.footer])].join('\n')}\n`;
}

function tallRow(row: readonly string[]): string[][] {
  const cells = row.map((cell) => cell.split('\n'));
  const height = Math.max(1, ...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, at) => cells.map((lines) => lines[at] ?? ''));
}
