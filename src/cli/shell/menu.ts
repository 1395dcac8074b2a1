/** Candidates of a completion in columns, as many as fit under the prompt. */
import { displayWidth, padToWidth } from '../output/display-width.ts';
import { printableValue } from '../output/printable.ts';
import type { Menu } from './completion.ts';

export interface MenuLine {
  readonly text: string;
  /** The part that is selected; empty where nothing is. */
  readonly highlighted: { readonly start: number; readonly end: number };
}

const gap = 2;

/** At most `heightMax` lines, those with the selected candidate; a last line counts what does not fit. */
export function menuLines(menu: Menu, width: number, heightMax: number): readonly MenuLine[] {
  const shown = menu.candidates.map(printableValue);
  const cell = Math.max(...shown.map(displayWidth)) + gap;
  const perLine = Math.max(1, Math.floor(width / cell));
  const lineCount = Math.ceil(shown.length / perLine);
  const fits = lineCount <= heightMax;
  const height = Math.max(1, fits ? heightMax : heightMax - 1);
  const selectedLine = Math.floor((menu.selected ?? 0) / perLine);
  const first = fits ? 0 : Math.min(Math.max(0, selectedLine - height + 1), lineCount - height);
  const lines: MenuLine[] = [];
  for (let line = first; line < Math.min(lineCount, first + height); line++) {
    lines.push(
      menuLine(
        shown.slice(line * perLine, (line + 1) * perLine),
        cell,
        (menu.selected ?? -1) - line * perLine,
      ),
    );
  }
  const hidden = shown.length - Math.min(shown.length - first * perLine, lines.length * perLine);
  if (hidden > 0)
    lines.push({ text: `${hidden} more; type on or press Tab`, highlighted: { start: 0, end: 0 } });
  return lines;
}

function menuLine(cells: readonly string[], width: number, selected: number): MenuLine {
  let text = '';
  let highlighted = { start: 0, end: 0 };
  for (const [at, cell] of cells.entries()) {
    if (at === selected) highlighted = { start: text.length, end: text.length + cell.length };
    text += padToWidth(cell, width);
  }
  return { text: text.trimEnd(), highlighted };
}
