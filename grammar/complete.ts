/**
 * What may come next in SQL text, for completion: the grammar is walked along the current statement's tokens, without the word that is
 * being typed, and what could follow is sorted into keywords and kinds of names. Punctuation and literals are not offered.
 */
import type { IToken } from 'chevrotain';
import { isOfType } from './dsl.ts';
import { completionsMax } from './limits.ts';
import { primitiveTypes } from './rules/type.ts';
import { scan } from './scan.ts';
import { quoteName } from './text.ts';
import * as t from './tokens.ts';
import { inOrder, type Step, Walk } from './walk.ts';

/** What a name can be the name of. */
export type NameClass =
  | 'source'
  | 'column'
  | 'function'
  | 'type'
  | 'query'
  | 'connector'
  | 'topic'
  | 'subject'
  | 'property'
  | 'variable';

/** `start` is where the text to be replaced begins: the start of the word being typed, or the end of the prefix. */
export type Completion =
  | { readonly kind: 'keyword'; readonly text: string; readonly start: number }
  /** `text` is quoted where SQL wants it, and empty when no candidates were given: a name of this class may come. */
  | {
      readonly kind: 'name';
      readonly text: string;
      readonly of: NameClass;
      readonly start: number;
    };

/** Names that exist, by class. */
export type Candidates = Readonly<Partial<Record<NameClass, readonly string[]>>>;

/**
 * What may stand at the end of `sqlPrefix`, names before keywords, both in the order they have here and in the grammar, at most
 * `completionsMax`. Only what starts with the word being typed, in any case; keywords follow its case. Nothing inside strings, quoted
 * names and comments, or where the text is no beginning of a statement.
 */
export function complete(sqlPrefix: string, names?: Candidates): readonly Completion[] {
  const cursor = locate(sqlPrefix);
  if (cursor === null) return [];
  const { tokens, word, start } = cursor;
  const walk = new Walk('singleStatement');
  const states = walk.along(tokens);
  if (states.length <= tokens.length) return [];
  const steps = states.at(-1)?.steps ?? [];
  const starts = (text: string): boolean => text.toUpperCase().startsWith(word.toUpperCase());

  const found: Completion[] = [];
  for (const of of classesOf(steps, tokens)) {
    const candidates = names === undefined ? [''] : (names[of] ?? []);
    for (const name of candidates) {
      if (name !== '' && !starts(name)) continue;
      const isExact = of === 'topic' || of === 'subject' || of === 'property';
      found.push({ kind: 'name', text: isExact ? name : quoteName(name), of, start });
    }
  }
  const isLowerCase = word !== '' && word === word.toLowerCase();
  for (const text of wordsOf(steps)) {
    if (!starts(text)) continue;
    found.push({ kind: 'keyword', text: isLowerCase ? text.toLowerCase() : text, start });
  }
  return found.slice(0, completionsMax);
}

interface Cursor {
  /** Those of the current statement before the word being typed. */
  readonly tokens: readonly IToken[];
  readonly word: string;
  readonly start: number;
}

function locate(sqlPrefix: string): Cursor | null {
  let commentEnd = -1;
  const tokens = scan(sqlPrefix, (start, end) => {
    if (sqlPrefix.startsWith('--', start)) commentEnd = end;
  });
  if (commentEnd === sqlPrefix.length) return null;
  const last = tokens.at(-1);
  if (last?.tokenType === t.Unterminated) return null;
  const statementStart = tokens.findLastIndex(({ tokenType }) => tokenType === t.Semicolon) + 1;
  const current = tokens.slice(statementStart);
  const isTyping =
    last !== undefined &&
    last.startOffset + last.image.length === sqlPrefix.length &&
    (isOfType(last.tokenType, t.UnquotedIdentifier) || t.keywords.has(last.tokenType.name));
  if (!isTyping) return { tokens: current, word: '', start: sqlPrefix.length };
  return { tokens: current.slice(0, -1), word: last.image, start: last.startOffset };
}

/** Keywords that may come, and the names of the built-in types where a type may. */
function wordsOf(steps: readonly Step[]): readonly string[] {
  const words = inOrder(steps.map(({ type }) => type))
    .map(({ name }) => name)
    .filter((name) => t.keywords.has(name));
  const wantsType = steps.some((step) => ruleOf(step) === 'namedType');
  return wantsType ? [...primitiveTypes, ...words] : words;
}

function classesOf(steps: readonly Step[], tokens: readonly IToken[]): readonly NameClass[] {
  const classes = new Set<NameClass>();
  for (const step of steps) {
    if (step.type !== t.AnyIdentifier && step.type !== t.UnquotedIdentifier) continue;
    for (const of of classesIn(ruleOf(step), tokens)) classes.add(of);
  }
  return [...classes];
}

/** The innermost rule that says what a name is for. */
function ruleOf(step: Step): string {
  let frame = step.at;
  while (frame.parent !== null && ['identifier', 'exactName'].includes(frame.sequence.rule)) {
    frame = frame.parent;
  }
  return frame.sequence.rule;
}

function isDotted(tokens: readonly IToken[]): boolean {
  return tokens.at(-1)?.tokenType === t.Dot;
}

function classesIn(rule: string, tokens: readonly IToken[]): readonly NameClass[] {
  const has = (word: string): boolean =>
    tokens.some(({ tokenType }) => tokenType === t.keyword(word));
  switch (rule) {
    case 'named':
      return isDotted(tokens) ? ['column'] : ['column', 'function', 'source'];
    case 'columns':
      return ['column'];
    case 'source':
    case 'insert':
    case 'alter':
    case 'testAssertion':
      return ['source'];
    case 'namedType':
      return ['type'];
    case 'queryId':
    case 'explain':
      return ['query'];
    case 'describe':
    case 'drop':
      if (has('FUNCTION')) return ['function'];
      if (has('TYPE')) return ['type'];
      return has('CONNECTOR') ? ['connector'] : ['source'];
    case 'print':
      return ['topic'];
    case 'assertion':
      return has('SUBJECT') ? ['subject'] : ['topic'];
    case 'property':
      return ['property'];
    case 'undefine':
      return ['variable'];
    default:
      // What is being named for the first time, and fields, whose structure only types know.
      return [];
  }
}
