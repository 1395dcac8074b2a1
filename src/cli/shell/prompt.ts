/**
 * The prompt as a state machine: a key and a state give the next state and what the shell is to do about it. It edits, walks
 * the history, searches it (Ctrl-R) and holds the candidates of a completion; it does nothing itself.
 */
import { expandShortcut, applyCandidates, type Menu, nextCandidate } from './completion.ts';
import {
  edits,
  type Editor,
  emptyEditor,
  insert,
  lineDown,
  lineUp,
  replaceText,
} from './editor.ts';
import { searchBack } from './history.ts';
import type { Key } from './key-decoder.ts';
import { isComplete } from './pieces.ts';

/** What stands before the first line of the input. */
export const promptText = 'leat> ';

/** An entry of the history in the editor. */
interface Recall {
  readonly index: number;
  /** What was being typed before the history was walked. */
  readonly draft: string;
}

/** A search through the history that is under way. */
export interface Search {
  readonly query: string;
  /** The entry that is shown; null while nothing was looked for or found. */
  readonly index: number | null;
  readonly isFailing: boolean;
  /** What Ctrl-G goes back to. */
  readonly before: Editor;
}

export interface Prompt {
  readonly editor: Editor;
  readonly recall: Recall | null;
  readonly search: Search | null;
  readonly menu: Menu | null;
}

export const emptyPrompt: Prompt = { editor: emptyEditor, recall: null, search: null, menu: null };

export type PromptAction =
  /** Execute the text; the prompt is empty again. */
  | { readonly kind: 'submit'; readonly text: string }
  /** Ctrl-C: the text is given up. */
  | { readonly kind: 'discard'; readonly text: string }
  /** Tab: give `offer` what may follow. */
  | { readonly kind: 'complete' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'exit' };

export interface Step {
  readonly prompt: Prompt;
  readonly action: PromptAction | null;
}

/** What `key` makes of the prompt; `history` is oldest first. */
export function press(prompt: Prompt, key: Key, history: readonly string[]): Step {
  if (prompt.search !== null) return pressInSearch(prompt, prompt.search, key, history);
  if (key.kind !== 'chord') return edited(insert(prompt.editor, key.text), prompt);
  const { editor, menu } = prompt;
  switch (key.chord) {
    case 'enter':
      return menu?.selected == null ? enter(prompt) : stay({ ...prompt, menu: null });
    case 'ctrl-c':
      return cleared(prompt, { kind: 'discard', text: editor.text });
    case 'ctrl-d':
      return editor.text === '' ? stay(prompt, { kind: 'exit' }) : edit(prompt, key.chord);
    case 'ctrl-l':
      return stay(prompt, { kind: 'clear' });
    case 'tab':
      return tab(prompt);
    case 'shift-tab':
      return menu === null ? stay(prompt) : stay({ ...prompt, ...nextCandidate(editor, menu, -1) });
    case 'ctrl-r':
      return stay({ ...prompt, menu: null, search: searchFrom(editor) });
    case 'up':
    case 'ctrl-p':
      return up(prompt, history);
    case 'down':
    case 'ctrl-n':
      return down(prompt, history);
    case 'page-up':
    case 'alt-<':
      return recalled(prompt, history, 0);
    case 'page-down':
    case 'alt->':
      return recalled(prompt, history, history.length);
    default:
      return edit(prompt, key.chord);
  }
}

/** Candidates for the word before the cursor have been found. */
export function offer(prompt: Prompt, candidates: readonly string[]): Prompt {
  return { ...prompt, ...applyCandidates(prompt.editor, candidates) };
}

function stay(prompt: Prompt, action: PromptAction | null = null): Step {
  return { prompt, action };
}

function edited(editor: Editor, prompt: Prompt): Step {
  return stay({ ...prompt, editor, menu: null });
}

function edit(prompt: Prompt, chord: string): Step {
  return edited(edits[chord]?.(prompt.editor) ?? prompt.editor, prompt);
}

function cleared({ editor }: Prompt, action: PromptAction): Step {
  return stay({ ...emptyPrompt, editor: replaceText(editor, '') }, action);
}

/** Executes what is complete; a `\` at the end of the text asks for another line by itself. */
function enter(prompt: Prompt): Step {
  const { editor } = prompt;
  const { text, cursor } = editor;
  if (cursor === text.length && text.endsWith('\\'))
    return edited(replaceText(editor, `${text.slice(0, -1)}\n`), prompt);
  const isExpansion = /^[!^]/.test(text) && !text.includes('\n');
  if (!isExpansion && !isComplete(text)) return edited(insert(editor, '\n'), prompt);
  return cleared(prompt, { kind: 'submit', text });
}

function tab(prompt: Prompt): Step {
  const { editor, menu } = prompt;
  if (menu !== null) return stay({ ...prompt, ...nextCandidate(editor, menu, 1) });
  const expanded = expandShortcut(editor);
  return expanded === null ? stay(prompt, { kind: 'complete' }) : edited(expanded, prompt);
}

/** Up moves in the text first, unless the text is an entry that nobody has touched. */
function up(prompt: Prompt, history: readonly string[]): Step {
  const moved = isUntouched(prompt, history) ? null : lineUp(prompt.editor);
  if (moved !== null) return edited(moved, prompt);
  return recalled(prompt, history, (prompt.recall?.index ?? history.length) - 1);
}

function down(prompt: Prompt, history: readonly string[]): Step {
  const moved = isUntouched(prompt, history) ? null : lineDown(prompt.editor);
  if (moved !== null) return edited(moved, prompt);
  return recalled(prompt, history, (prompt.recall?.index ?? history.length) + 1);
}

function isUntouched({ recall, editor }: Prompt, history: readonly string[]): boolean {
  return (
    recall !== null && editor.text === history[recall.index] && editor.cursor === editor.text.length
  );
}

/** Shows the entry at `index`; past the last one is what was being typed. */
function recalled(prompt: Prompt, history: readonly string[], index: number): Step {
  const draft = prompt.recall?.draft ?? prompt.editor.text;
  if (index < 0 || index > history.length || history.length === 0)
    return stay({ ...prompt, menu: null });
  if (index === history.length && prompt.recall === null) return stay({ ...prompt, menu: null });
  const text = index === history.length ? draft : (history[index] as string);
  return stay({
    ...prompt,
    menu: null,
    editor: replaceText(prompt.editor, text),
    recall: index === history.length ? null : { index, draft },
  });
}

function searchFrom(before: Editor): Search {
  return { query: '', index: null, isFailing: false, before };
}

function pressInSearch(prompt: Prompt, search: Search, key: Key, history: readonly string[]): Step {
  if (key.kind !== 'chord') {
    const text = key.text.replaceAll('\n', ' ');
    return found(prompt, { ...search, query: search.query + text }, history, history.length);
  }
  switch (key.chord) {
    case 'ctrl-r':
      return found(prompt, search, history, search.index ?? history.length);
    case 'backspace':
    case 'ctrl-h':
      return found(
        prompt,
        { ...search, query: search.query.slice(0, -1) },
        history,
        history.length,
      );
    case 'ctrl-g':
      return edited(search.before, { ...prompt, search: null });
    case 'ctrl-c':
      return cleared(prompt, { kind: 'discard', text: prompt.editor.text });
    case 'escape':
      return stay({ ...prompt, search: null });
    default:
      return press({ ...prompt, search: null }, key, history);
  }
}

/** Goes on to the next older entry with the query; where there is none the one that is shown stays. */
function found(prompt: Prompt, search: Search, history: readonly string[], from: number): Step {
  if (search.query === '')
    return stay({ ...prompt, editor: search.before, search: searchFrom(search.before) });
  const index = searchBack(history, search.query, from);
  if (index === null) return stay({ ...prompt, search: { ...search, isFailing: true } });
  return stay({
    ...prompt,
    editor: replaceText(prompt.editor, history[index] as string),
    recall: { index, draft: search.before.text },
    search: { ...search, index, isFailing: false },
  });
}
