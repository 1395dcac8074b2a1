/**
 * Bytes of a terminal to keys. Terminals send what is typed as text, other keys as control characters and escape sequences, and
 * cut all of it into chunks anywhere: fast typing and pastes arrive as one chunk, a sequence or a character may arrive in two.
 * So the decoder keeps what is unfinished. The one thing bytes do not tell is whether a lone ESC is the Escape key or the start
 * of a sequence: the caller decides by waiting a little and then calling `flush`.
 *
 * Sequences are those of xterm, the Linux console, and the two ways of reporting modified keys (CSI 27;m;c~ and CSI c;m u).
 * Pastes are recognised where the terminal brackets them (CSI 200~ ... CSI 201~); their text is never taken for keys.
 */
import { escapeLengthMax } from './limits.ts';

/**
 * What was typed. A chord is a key's name after its modifiers, in the order ctrl, alt, shift: `enter`, `ctrl-c`, `alt-b`,
 * `ctrl-left`. Line breaks in pasted text are `\n`.
 */
export type Key =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'chord'; readonly chord: string };

const ESC = '\u001b';
const pasteEnd = `${ESC}[201~`;

const byFinal: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
const byNumber: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
};
const byCode: Readonly<Record<number, string>> = {
  0: 'ctrl-space',
  9: 'tab',
  10: 'enter',
  13: 'enter',
  27: 'escape',
  28: 'ctrl-\\',
  29: 'ctrl-]',
  30: 'ctrl-^',
  31: 'ctrl-_',
  127: 'backspace',
};

/** A key (null: nothing the shell knows) and where the text goes on. */
interface Read {
  readonly key: Key | null;
  readonly next: number;
}

export class KeyDecoder {
  readonly #utf8 = new TextDecoder('utf-8');
  #rest = '';
  #isPasting = false;

  /** Keys that are complete, in order. */
  decode(bytes: Uint8Array): Key[] {
    const text = this.#rest + this.#utf8.decode(bytes, { stream: true });
    this.#rest = '';
    const keys: Key[] = [];
    let at = 0;
    while (at < text.length) {
      const read = this.#isPasting ? this.#readPaste(text, at) : readKey(text, at);
      if (read === null) {
        this.#rest = text.slice(at);
        break;
      }
      if (read.key !== null) keys.push(read.key);
      else if (text.startsWith(`${ESC}[200~`, at)) this.#isPasting = true;
      at = read.next;
    }
    return keys;
  }

  /** Whether what came last may be the beginning of something. */
  get isWaiting(): boolean {
    return this.#rest !== '' && !this.#isPasting;
  }

  /** Nothing more came: an ESC by itself is the Escape key, half a sequence is nothing. */
  flush(): Key[] {
    if (!this.isWaiting) return [];
    const rest = this.#rest;
    this.#rest = '';
    return rest === ESC || rest === ESC + ESC ? [chord('escape')] : [];
  }

  /** Text up to the end of the paste, or all but what may be the beginning of that end. */
  #readPaste(text: string, at: number): Read | null {
    const end = text.indexOf(pasteEnd, at);
    if (end >= 0) {
      this.#isPasting = false;
      return { key: paste(text.slice(at, end)), next: end + pasteEnd.length };
    }
    let until = text.length;
    // A line break may be cut in two as well.
    if (text.endsWith('\r')) until--;
    for (let length = pasteEnd.length - 1; length > 0; length--) {
      if (text.endsWith(pasteEnd.slice(0, length))) until = Math.min(until, text.length - length);
    }
    return until <= at ? null : { key: paste(text.slice(at, until)), next: until };
  }
}

function chord(name: string): Key {
  return { kind: 'chord', chord: name };
}

function paste(text: string): Key | null {
  return text === '' ? null : { kind: 'paste', text: text.replace(/\r\n?/g, '\n') };
}

/** The key at `at`; null when more must come before it is known. */
function readKey(text: string, at: number): Read | null {
  const code = text.charCodeAt(at);
  if (code === 27) return readEscape(text, at);
  if (code < 32 || code === 127) {
    const isLineBreak = code === 13 && text.charCodeAt(at + 1) === 10;
    return { key: chord(controlName(code)), next: at + (isLineBreak ? 2 : 1) };
  }
  if (code < 160 && code > 127) return { key: null, next: at + 1 };
  let next = at + 1;
  while (next < text.length && isPlain(text.charCodeAt(next))) next++;
  return { key: { kind: 'text', text: text.slice(at, next) }, next };
}

function isPlain(code: number): boolean {
  return code >= 160 || (code >= 32 && code < 127);
}

function controlName(code: number): string {
  return byCode[code] ?? `ctrl-${String.fromCharCode(code + 96)}`;
}

function readEscape(text: string, at: number): Read | null {
  const next = text[at + 1];
  if (next === undefined) return null;
  if (next === '[') return readSequence(text, at);
  if (next === 'O') {
    const final = text[at + 2];
    return final === undefined ? null : { key: named(byFinal[final], 0), next: at + 3 };
  }
  if (next === ']' || next === 'P' || next === '_') return readReply(text, at);
  const read = readKey(text.slice(at + 1, at + 1 + escapeLengthMax), 0);
  return read === null ? null : withAlt(read, text, at);
}

/** ESC before a key is Alt held with it; of a run of text only the first character has it. */
function withAlt(read: Read, text: string, at: number): Read {
  if (read.key?.kind !== 'text') {
    const name = read.key?.kind === 'chord' ? read.key.chord : null;
    const isCtrl = name?.startsWith('ctrl-') === true;
    const key =
      name === null
        ? null
        : chord(isCtrl ? `ctrl-alt-${name.slice('ctrl-'.length)}` : `alt-${name}`);
    return { key, next: at + 1 + read.next };
  }
  const [first = ''] = text.slice(at + 1);
  return { key: chord(`alt-${first.toLowerCase()}`), next: at + 1 + first.length };
}

/** CSI: parameters, intermediates, a final character. */
function readSequence(text: string, at: number): Read | null {
  // The Linux console's F1 to F5.
  if (text[at + 2] === '[') return text[at + 3] === undefined ? null : { key: null, next: at + 4 };
  let end = at + 2;
  while (end < text.length && isBetween(text, end, '\u0020', '?')) end++;
  if (end === text.length && end - at < escapeLengthMax) return null;
  if (!isBetween(text, end, '@', '~')) return { key: null, next: end };
  return { key: sequenceKey(text.slice(at + 2, end), text[end] as string), next: end + 1 };
}

function isBetween(text: string, at: number, first: string, last: string): boolean {
  const character = text[at];
  return character !== undefined && character >= first && character <= last;
}

function sequenceKey(parameters: string, final: string): Key | null {
  if (parameters !== '' && !/^[\d;:]*$/.test(parameters)) return null;
  const [first = 1, second = 1, third = 0] = parameters
    .split(';')
    .map((parameter) => Number.parseInt(parameter, 10) || 1);
  if (final === 'Z') return chord('shift-tab');
  if (final === 'u') return named(codeName(first), second - 1);
  if (final !== '~') return named(byFinal[final], second - 1);
  return first === 27 ? named(codeName(third), second - 1) : named(byNumber[first], second - 1);
}

/** The name of the key that types a code point. */
function codeName(code: number): string | undefined {
  if (code < 32 || code === 127) return byCode[code];
  return code > 0x10ffff ? undefined : String.fromCodePoint(code).toLowerCase();
}

/** `modifiers` as terminals count them: 1 Shift, 2 Alt, 4 Ctrl. */
function named(name: string | undefined, modifiers: number): Key | null {
  if (name === undefined) return null;
  const held = [
    (modifiers & 4) === 0 ? '' : 'ctrl-',
    (modifiers & 2) === 0 ? '' : 'alt-',
    (modifiers & 1) === 0 ? '' : 'shift-',
  ].join('');
  return held === '' && [...name].length === 1 ? { kind: 'text', text: name } : chord(held + name);
}

/** Answers of the terminal (OSC, DCS, APC) up to BEL or ESC \: nobody typed them. */
function readReply(text: string, at: number): Read | null {
  for (let end = at + 2; end < text.length; end++) {
    if (text[end] === '\u0007') return { key: null, next: end + 1 };
    if (text[end] === ESC && text[end + 1] === '\\') return { key: null, next: end + 2 };
  }
  return null;
}
