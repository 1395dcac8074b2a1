/** What ink draws at the bottom of the terminal: the prompt, or the line that says a statement runs. Only draws; keys go elsewhere. */
import { Box, Text, useCursor, useWindowSize } from 'ink';
import { createElement, type ReactElement } from 'react';
import { displayWidth } from '../output/display-width.ts';
import { highlight, type SqlStyle, styleColors } from './highlight.ts';
import { layOut, type Row } from './layout.ts';
import { menuRowsMax } from './limits.ts';
import { menuLines } from './menu.ts';
import { type Prompt, promptText } from './prompt.ts';

const prefixes: Readonly<Record<Row<SqlStyle>['prefix'], string>> = {
  first: promptText,
  next: '    > ',
  wrapped: '      ',
};
/** What there is to show. */
export type Frame =
  | { readonly kind: 'prompt'; readonly prompt: Prompt }
  | { readonly kind: 'running'; readonly status: string }
  | { readonly kind: 'nothing' };

export interface ShellViewProps {
  readonly frame: Frame;
  readonly isColorful: boolean;
}

export function ShellView({ frame, isColorful }: ShellViewProps): ReactElement | null {
  switch (frame.kind) {
    case 'prompt':
      return createElement(PromptView, { prompt: frame.prompt, isColorful });
    case 'running':
      return createElement(Text, { dimColor: isColorful, wrap: 'truncate' }, frame.status);
    case 'nothing':
      return null;
  }
}

interface PromptViewProps {
  readonly prompt: Prompt;
  readonly isColorful: boolean;
}

function PromptView({ prompt, isColorful }: PromptViewProps): ReactElement {
  const { columns, rows } = useWindowSize();
  const { setCursorPosition } = useCursor();
  const { editor, menu, search } = prompt;
  const below = [
    ...(search === null ? [] : [searchLine(search)]),
    ...(menu === null ? [] : menuLines(menu, columns, Math.min(menuRowsMax, rows - 3))),
  ];
  const layout = layOut(editor.text, editor.cursor, {
    width: columns,
    prefixWidth: promptText.length,
    heightMax: rows - 1 - below.length,
    styles: isColorful ? highlight(editor.text) : [],
  });
  setCursorPosition(
    search === null
      ? { x: layout.cursor.column, y: layout.cursor.row }
      : { x: displayWidth(searchLine(search).text), y: layout.rows.length },
  );
  return createElement(
    Box,
    { flexDirection: 'column' },
    ...layout.rows.map((row, index) => rowView(row, index, isColorful)),
    ...below.map(({ text, highlighted }, index) =>
      createElement(
        Text,
        { key: `below-${index}`, wrap: 'truncate', dimColor: isColorful },
        text.slice(0, highlighted.start),
        createElement(
          Text,
          { key: 'selected', inverse: true, dimColor: false },
          text.slice(highlighted.start, highlighted.end),
        ),
        text.slice(highlighted.end),
      ),
    ),
  );
}

function searchLine(search: NonNullable<Prompt['search']>): ReturnType<typeof menuLines>[number] {
  const text = `${search.isFailing ? 'not in the history: ' : 'search the history: '}${search.query}`;
  return { text, highlighted: { start: 0, end: 0 } };
}

function rowView(row: Row<SqlStyle>, index: number, isColorful: boolean): ReactElement {
  return createElement(
    Text,
    { key: index, wrap: 'truncate' },
    createElement(
      Text,
      { key: 'prefix', ...(isColorful ? { bold: true, color: 'blue' } : {}) },
      prefixes[row.prefix],
    ),
    ...row.runs.map(({ text, style }, at) =>
      createElement(
        Text,
        { key: at, ...(style === null ? {} : { color: styleColors[style] }) },
        text,
      ),
    ),
  );
}
