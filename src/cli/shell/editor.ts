/**
 * The text being typed and what keys do to it: plain data and functions from one state to the next. The cursor steps over
 * grapheme clusters, so that no accent, emoji or wide character is ever cut; lines are those of the text, not of the screen.
 */
import { sqlLengthMax } from '../../../grammar/limits.ts';
import { displayWidth, graphemes } from '../output/display-width.ts';

export interface Editor {
  readonly text: string;
  /** Where the next character goes: an index into `text`. */
  readonly cursor: number;
  /** What was cut last, for `yank`. */
  readonly killed: string;
  /** The column that moving up and down aims at, while nothing else happens. */
  readonly column: number | null;
}

export const emptyEditor: Editor = { text: '', cursor: 0, killed: '', column: null };

/** The same clipboard with another text, the cursor at its end. */
export function replaceText(editor: Editor, text: string): Editor {
  return { ...editor, text, cursor: text.length, column: null };
}

/** Puts text in at the cursor; what would make the text longer than SQL may be is left out. */
export function insert(editor: Editor, text: string): Editor {
  const room = Math.max(0, sqlLengthMax - editor.text.length);
  return splice(editor, editor.cursor, editor.cursor, text.slice(0, room));
}

/** Puts `text` in place of what stands between two indexes, the cursor behind it. */
export function splice(editor: Editor, start: number, end: number, text: string): Editor {
  return {
    ...editor,
    text: editor.text.slice(0, start) + text + editor.text.slice(end),
    cursor: start + text.length,
    column: null,
  };
}

/** A line up in the text; null on the first. */
export function lineUp(editor: Editor): Editor | null {
  const start = lineStart(editor.text, editor.cursor);
  return start === 0 ? null : toColumn(editor, lineStart(editor.text, start - 1));
}

/** A line down in the text; null on the last. */
export function lineDown(editor: Editor): Editor | null {
  const end = lineEnd(editor.text, editor.cursor);
  return end === editor.text.length ? null : toColumn(editor, end + 1);
}

function toColumn(editor: Editor, start: number): Editor {
  const { text, cursor } = editor;
  const column = editor.column ?? displayWidth(text.slice(lineStart(text, cursor), cursor));
  let at = start;
  let columns = 0;
  for (const grapheme of graphemes(text.slice(start, lineEnd(text, start)))) {
    if (columns + displayWidth(grapheme) > column) break;
    columns += displayWidth(grapheme);
    at += grapheme.length;
  }
  return { ...editor, cursor: at, column };
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** Characters around the cursor that are looked at for a cluster or a word: no key should cost more in a long line. */
const nearby = 4_096;

function before({ text, cursor }: Editor): number {
  if (cursor === 0) return 0;
  if (text[cursor - 1] === '\n') return cursor - 1;
  const start = Math.max(lineStart(text, cursor), cursor - nearby);
  return cursor - (graphemes(text.slice(start, cursor)).at(-1)?.length ?? 1);
}

function after({ text, cursor }: Editor): number {
  if (cursor === text.length) return cursor;
  if (text[cursor] === '\n') return cursor + 1;
  const end = Math.min(lineEnd(text, cursor), cursor + nearby);
  return cursor + (graphemes(text.slice(cursor, end))[0]?.length ?? 1);
}

function lengthBefore({ text, cursor }: Editor, pattern: RegExp): number {
  return pattern.exec(text.slice(Math.max(0, cursor - nearby), cursor))?.[0].length ?? 0;
}

const wordBefore = (editor: Editor): number =>
  editor.cursor - lengthBefore(editor, /[\p{L}\p{N}\p{M}_]*[^\p{L}\p{N}\p{M}_]*$/u);

/** Back over blanks and then over what is not blank, as Unix terminals erase words. */
const blankBefore = (editor: Editor): number => editor.cursor - lengthBefore(editor, /\S*\s*$/);

function wordAfter({ text, cursor }: Editor): number {
  const ahead = text.slice(cursor, cursor + nearby);
  return cursor + (/^[^\p{L}\p{N}\p{M}_]*[\p{L}\p{N}\p{M}_]*/u.exec(ahead)?.[0].length ?? 0);
}

const move = (editor: Editor, cursor: number): Editor => ({ ...editor, cursor, column: null });

function kill(editor: Editor, start: number, end: number): Editor {
  if (start === end) return editor;
  return { ...splice(editor, start, end, ''), killed: editor.text.slice(start, end) };
}

/** To the end of the line, or the line break if the cursor is there. */
function killLine(editor: Editor): Editor {
  const end = lineEnd(editor.text, editor.cursor);
  return kill(editor, editor.cursor, end === editor.cursor ? after(editor) : end);
}

function transpose(editor: Editor): Editor {
  const { text } = editor;
  const isAtEnd = editor.cursor === lineEnd(text, editor.cursor);
  const middle = isAtEnd ? before(editor) : editor.cursor;
  const start = before({ ...editor, cursor: middle });
  const end = after({ ...editor, cursor: middle });
  const swapped = text.slice(middle, end) + text.slice(start, middle);
  return start === middle || swapped.includes('\n') ? editor : splice(editor, start, end, swapped);
}

type Edit = (editor: Editor) => Editor;

const left: Edit = (editor) => move(editor, before(editor));
const right: Edit = (editor) => move(editor, after(editor));
const wordLeft: Edit = (editor) => move(editor, wordBefore(editor));
const wordRight: Edit = (editor) => move(editor, wordAfter(editor));
const home: Edit = (editor) => move(editor, lineStart(editor.text, editor.cursor));
const end: Edit = (editor) => move(editor, lineEnd(editor.text, editor.cursor));
const backspace: Edit = (editor) => splice(editor, before(editor), editor.cursor, '');
const remove: Edit = (editor) => splice(editor, editor.cursor, after(editor), '');
const killWordBefore: Edit = (editor) => kill(editor, wordBefore(editor), editor.cursor);
const killWordAfter: Edit = (editor) => kill(editor, editor.cursor, wordAfter(editor));
const newLine: Edit = (editor) => insert(editor, '\n');

/** What a chord does to the text, where it does something: the keys of GNU Readline's emacs mode. */
export const edits: Readonly<Record<string, Edit>> = {
  left,
  right,
  home,
  end,
  backspace,
  delete: remove,
  'ctrl-b': left,
  'ctrl-f': right,
  'ctrl-a': home,
  'ctrl-e': end,
  'ctrl-h': backspace,
  'ctrl-d': remove,
  'alt-b': wordLeft,
  'ctrl-left': wordLeft,
  'alt-left': wordLeft,
  'alt-f': wordRight,
  'ctrl-right': wordRight,
  'alt-right': wordRight,
  'ctrl-home': (editor) => move(editor, 0),
  'ctrl-end': (editor) => move(editor, editor.text.length),
  'ctrl-k': killLine,
  'ctrl-u': (editor) => kill(editor, lineStart(editor.text, editor.cursor), editor.cursor),
  'ctrl-w': (editor) => kill(editor, blankBefore(editor), editor.cursor),
  'alt-backspace': killWordBefore,
  'ctrl-backspace': killWordBefore,
  'alt-d': killWordAfter,
  'ctrl-delete': killWordAfter,
  'ctrl-y': (editor) => insert(editor, editor.killed),
  'ctrl-t': transpose,
  'alt-enter': newLine,
  'shift-enter': newLine,
  'ctrl-enter': newLine,
};
