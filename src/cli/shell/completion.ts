/** What Tab does: candidates for the word before the cursor are put in as far as they agree, then one after the other. */
import { keywords } from '../../../grammar/tokens.ts';
import { needsQuotes } from '../../../grammar/text.ts';
import { type Editor, splice } from './editor.ts';

/** Candidates that are shown under the prompt. */
export interface Menu {
  readonly candidates: readonly string[];
  /** The one that has been put in; null while only what all have in common has. */
  readonly selected: number | null;
  /** Where it stands in the text, up to the cursor. */
  readonly start: number;
}

export interface Completed {
  readonly editor: Editor;
  /** null when nothing is left to choose. */
  readonly menu: Menu | null;
}

const wordPattern = /[A-Za-z0-9_@]*$/;

/** The word that is being typed. */
export function wordBefore({ text, cursor }: Pick<Editor, 'text' | 'cursor'>): string {
  return wordPattern.exec(text.slice(0, cursor))?.[0] ?? '';
}

/** Puts in what the candidates have in common; one alone gets a blank after it. */
export function applyCandidates(editor: Editor, found: readonly string[]): Completed {
  const word = wordBefore(editor);
  const candidates = [...new Set(found.map((candidate) => asTyped(candidate, word)))];
  const [only] = candidates;
  if (only === undefined) return { editor, menu: null };
  const start = editor.cursor - word.length;
  if (candidates.length === 1) {
    const blank = editor.text[editor.cursor] === ' ' ? '' : ' ';
    return { editor: splice(editor, start, editor.cursor, only + blank), menu: null };
  }
  const common = commonStart(candidates);
  const isLonger = common.length > word.length;
  return {
    editor: isLonger ? splice(editor, start, editor.cursor, common) : editor,
    menu: { candidates, selected: null, start },
  };
}

/** Puts in the next candidate (`step` 1) or the one before (-1), around the ends. */
export function nextCandidate(editor: Editor, menu: Menu, step: 1 | -1): Completed {
  const count = menu.candidates.length;
  const from = menu.selected ?? (step === 1 ? -1 : 0);
  const selected = (from + step + count) % count;
  const text = menu.candidates[selected] as string;
  return {
    editor: splice(editor, menu.start, editor.cursor, text),
    menu: { ...menu, selected },
  };
}

/** Keywords and names that need no quotes follow the case of what was typed. */
function asTyped(candidate: string, word: string): string {
  const isLowerCase = word !== '' && word === word.toLowerCase() && word !== word.toUpperCase();
  const isFree = keywords.has(candidate.toUpperCase()) || !needsQuotes(candidate);
  return isLowerCase && isFree ? candidate.toLowerCase() : candidate;
}

function commonStart(candidates: readonly string[]): string {
  const [first = '', ...rest] = candidates;
  let length = first.length;
  for (const other of rest) {
    while (!other.startsWith(first.slice(0, length))) length--;
  }
  return first.slice(0, length);
}

/** Words that Tab expands (spec: cli.md §2); the cursor goes where `|` stands. */
const shortcuts: Readonly<Record<string, string>> = {
  cs: "CREATE STREAM | (  ) WITH (KAFKA_TOPIC = '', VALUE_FORMAT = 'JSON');",
  ct: "CREATE TABLE | (  PRIMARY KEY) WITH (KAFKA_TOPIC = '', VALUE_FORMAT = 'JSON');",
  csas: 'CREATE STREAM | AS SELECT * FROM  EMIT CHANGES;',
  ctas: 'CREATE TABLE | AS SELECT  FROM  GROUP BY  EMIT CHANGES;',
  ii: 'INSERT INTO | () VALUES ();',
};

/** The input with its shortcut expanded, if it is nothing but one. */
export function expandShortcut(editor: Editor): Editor | null {
  const skeleton = shortcuts[editor.text.trim().toLowerCase()];
  if (skeleton === undefined || editor.cursor !== editor.text.length) return null;
  const [before = '', after = ''] = skeleton.split('|');
  const expanded = splice(editor, 0, editor.text.length, before + after);
  return { ...expanded, cursor: before.length };
}
