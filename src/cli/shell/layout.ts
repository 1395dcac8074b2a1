/**
 * The input as rows of the screen, and where the cursor is among them. The shell wraps by itself, by grapheme cluster, so that
 * what is drawn and where the cursor stands cannot disagree; a row is never wider than the screen.
 */
import { graphemes, graphemeWidth } from '../output/display-width.ts';
import { printableValue } from '../output/printable.ts';

/** A piece of a row that looks the same. */
export interface Run<Style> {
  readonly text: string;
  readonly style: Style | null;
}

export interface Row<Style> {
  /** The prompt, its continuation, or blanks of the same width where a line was wrapped. */
  readonly prefix: 'first' | 'next' | 'wrapped';
  readonly runs: readonly Run<Style>[];
}

export interface Layout<Style> {
  readonly rows: readonly Row<Style>[];
  readonly cursor: { readonly row: number; readonly column: number };
}

/** How characters look: from `start` on until the next entry; in order. */
export interface Styled<Style> {
  readonly start: number;
  readonly end: number;
  readonly style: Style;
}

export interface LayoutOptions<Style> {
  /** Columns of the screen and of the prompt, which every row begins with. */
  readonly width: number;
  readonly prefixWidth: number;
  /** Rows to show; where there are more, those around the cursor. */
  readonly heightMax: number;
  readonly styles: readonly Styled<Style>[];
}

interface OpenRow<Style> {
  prefix: Row<Style>['prefix'];
  runs: { text: string; style: Style | null }[];
  columns: number;
}

export function layOut<Style>(
  text: string,
  cursor: number,
  options: LayoutOptions<Style>,
): Layout<Style> {
  const room = Math.max(2, options.width - options.prefixWidth);
  const rows: OpenRow<Style>[] = [{ prefix: 'first', runs: [], columns: 0 }];
  const last = () => rows[rows.length - 1] as OpenRow<Style>;
  const begin = (prefix: Row<Style>['prefix']) => rows.push({ prefix, runs: [], columns: 0 });
  let at = 0;
  let styleAt = 0;
  let place = { row: 0, column: 0 };
  const mark = () => {
    if (at !== cursor) return;
    if (last().columns >= room) begin('wrapped');
    place = { row: rows.length - 1, column: last().columns };
  };
  for (const grapheme of graphemesOf(text)) {
    mark();
    if (grapheme === '\n') {
      begin('next');
      at++;
      continue;
    }
    while ((options.styles[styleAt]?.end ?? Number.POSITIVE_INFINITY) <= at) styleAt++;
    const styled = options.styles[styleAt];
    const style = styled !== undefined && styled.start <= at ? styled.style : null;
    const shown = shownAs(grapheme);
    const width = graphemes(shown).reduce((sum, part) => sum + graphemeWidth(part), 0);
    if (last().columns + width > room) begin('wrapped');
    append(last(), shown, style);
    last().columns += width;
    at += grapheme.length;
  }
  mark();
  const { first, end } = visible(rows.length, place.row, options.heightMax);
  return {
    rows: rows.slice(first, end),
    cursor: { row: place.row - first, column: options.prefixWidth + place.column },
  };
}

function* graphemesOf(text: string): Generator<string> {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    if (index > 0) yield '\n';
    yield* graphemes(line);
  }
}

/** Tabs as blanks, what must not reach a terminal as an escape. */
function shownAs(grapheme: string): string {
  return grapheme === '\t' ? '    ' : printableValue(grapheme);
}

function append<Style>(row: OpenRow<Style>, text: string, style: Style | null): void {
  const run = row.runs.at(-1);
  if (run !== undefined && run.style === style) run.text += text;
  else row.runs.push({ text, style });
}

function visible(
  count: number,
  cursorRow: number,
  heightMax: number,
): { readonly first: number; readonly end: number } {
  const height = Math.max(1, heightMax);
  const first = Math.max(0, Math.min(cursorRow - Math.floor(height / 2), count - height));
  return { first, end: Math.min(count, first + height) };
}
