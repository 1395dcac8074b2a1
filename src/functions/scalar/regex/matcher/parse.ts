/**
 * Reads Java's regular expressions (java.util.regex.Pattern): recursive descent over choice, sequence, quantified atom. What
 * cannot be matched in linear time is refused: back-references, look-around, possessive and atomic groups.
 */
import { readClass, readClassEscape } from './character-class.ts';
import { characterRange, dot } from './characters.ts';
import { type Assertion, type Flags, type Node, type Pattern, noFlags, notLinear } from './node.ts';
import { Source } from './source.ts';

const groupDepthMax = 100;

/** Throws for a pattern that is wrong or refused. */
export function parsePattern(text: string): Pattern {
  const parser = new Parser(text);
  return parser.pattern();
}

class Parser {
  readonly #source: Source;
  #flags: Flags = noFlags;
  #groupCount = 0;
  #depth = 0;
  readonly #groupNames = new Map<string, number>();

  constructor(text: string) {
    this.#source = new Source(text);
  }

  pattern(): Pattern {
    const root = this.#choice();
    if (!this.#source.isAtEnd) throw this.#source.error("Unmatched closing ')'");
    return { root, groupCount: this.#groupCount, groupNames: this.#groupNames };
  }

  #choice(): Node {
    const options = [this.#sequence()];
    while (this.#source.take('|')) options.push(this.#sequence());
    return options.length === 1 && options[0] ? options[0] : { kind: 'choice', options };
  }

  #sequence(): Node {
    const items: Node[] = [];
    for (;;) {
      if (this.#flags.comments) this.#source.skipComments();
      if (this.#source.isAtEnd || this.#source.lookingAt('|') || this.#source.lookingAt(')')) {
        return items.length === 1 && items[0] ? items[0] : { kind: 'sequence', items };
      }
      if (this.#source.take('\\Q')) {
        items.push(...this.#quoted());
      } else {
        const atom = this.#atom();
        if (atom !== null) items.push(this.#quantified(atom));
      }
    }
  }

  /** The characters up to `\E`; a quantifier after it applies to the last. */
  #quoted(): readonly Node[] {
    const nodes = Array.from(this.#source.until('\\E'), (character) => this.#literal(character));
    const last = nodes.pop();
    if (last !== undefined) nodes.push(this.#quantified(last));
    return nodes;
  }

  #literal(character: string): Node {
    const codePoint = character.codePointAt(0) ?? 0;
    return { kind: 'character', test: characterRange(codePoint, codePoint, this.#flags) };
  }

  /** Null for flags that stand alone, which match nothing by themselves. */
  #atom(): Node | null {
    const character = this.#source.next();
    switch (character) {
      case '(':
        return this.#group();
      case '[':
        return { kind: 'character', test: readClass(this.#source, this.#flags) };
      case '.':
        return { kind: 'character', test: dot(this.#flags) };
      case '^':
        return { kind: 'assertion', assertion: this.#caret() };
      case '$':
        return { kind: 'assertion', assertion: this.#dollar() };
      case '\\':
        return this.#escape();
      case '*':
      case '+':
      case '?':
        throw this.#source.error(`Dangling meta character '${character}'`);
      case '{':
        throw this.#source.error('Illegal repetition');
      default:
        return this.#literal(character);
    }
  }

  #caret(): Assertion {
    if (!this.#flags.multiline) return 'input-start';
    return this.#flags.unixLines ? 'unix-line-start' : 'line-start';
  }
  #dollar(): Assertion {
    if (this.#flags.multiline) return this.#flags.unixLines ? 'unix-line-end' : 'line-end';
    return this.#flags.unixLines ? 'input-end-before-newline' : 'input-end-before-terminator';
  }

  #escape(): Node {
    const letter = this.#source.next();
    const assertion = this.#escapedAssertion(letter);
    if (assertion !== null) return { kind: 'assertion', assertion };
    if (letter === 'R') return this.#lineBreak();
    if (/[1-9]/.test(letter) || letter === 'k') throw notLinear('a back-reference');
    const test = readClassEscape(this.#source, letter, this.#flags);
    if (test !== null) return { kind: 'character', test };
    const codePoint = this.#source.escapedCharacter(letter);
    return { kind: 'character', test: characterRange(codePoint, codePoint, this.#flags) };
  }

  #escapedAssertion(letter: string): Assertion | null {
    switch (letter) {
      case 'A':
        return 'input-start';
      case 'z':
        return 'input-end';
      case 'Z':
        return this.#flags.unixLines ? 'input-end-before-newline' : 'input-end-before-terminator';
      case 'b':
        return 'word-boundary';
      case 'B':
        return 'no-word-boundary';
      case 'G':
        return 'last-match-end';
      default:
        return null;
    }
  }

  /** `\R` is CR LF or one vertical white space. */
  #lineBreak(): Node {
    const vertical = readClassEscape(this.#source, 'v', noFlags) ?? (() => false);
    const pair: Node = { kind: 'sequence', items: [this.#literal('\r'), this.#literal('\n')] };
    return { kind: 'choice', options: [pair, { kind: 'character', test: vertical }] };
  }

  #group(): Node | null {
    const outer = this.#flags;
    if (this.#source.take('?')) {
      if (this.#source.take('<')) return this.#namedGroup();
      const flags = this.#source.match(/([idmsuxU]*)(?:-([idmsuxU]*))?([:)])/y);
      if (flags === null) throw this.#refusedGroup();
      this.#flags = changeFlags(outer, flags[1] ?? '', flags[2] ?? '');
      return flags[3] === ')' ? null : this.#groupBody(outer);
    }
    return this.#capture();
  }

  #namedGroup(): Node {
    if (this.#source.lookingAt('=') || this.#source.lookingAt('!')) throw notLinear('look-behind');
    const name = this.#source.match(/([A-Za-z][A-Za-z0-9]*)>/y)?.[1];
    if (name === undefined) throw this.#source.error('named capturing group is missing its name');
    if (this.#groupNames.has(name)) {
      throw this.#source.error(`Named capturing group <${name}> is already defined`);
    }
    this.#groupNames.set(name, this.#groupCount + 1);
    return this.#capture();
  }

  #refusedGroup(): Error {
    if (this.#source.lookingAt('=') || this.#source.lookingAt('!')) return notLinear('look-ahead');
    if (this.#source.lookingAt('>')) return notLinear('an atomic group');
    return this.#source.error('Unknown inline modifier or group');
  }

  #capture(): Node {
    this.#groupCount += 1;
    return { kind: 'group', index: this.#groupCount, body: this.#groupBody(this.#flags) };
  }

  /** Up to the closing parenthesis, after which the outer flags hold again. */
  #groupBody(outer: Flags): Node {
    this.#depth += 1;
    if (this.#depth > groupDepthMax) throw this.#source.error('Too many nested groups');
    const body = this.#choice();
    if (!this.#source.take(')')) throw this.#source.error('Unclosed group');
    this.#depth -= 1;
    this.#flags = outer;
    return body;
  }

  #quantified(body: Node): Node {
    if (this.#flags.comments) this.#source.skipComments();
    const range = this.#range();
    if (range === null) return body;
    if (this.#source.take('+')) throw notLinear('a possessive quantifier');
    const isLazy = this.#source.take('?');
    return { kind: 'repeat', body, ...range, isLazy };
  }

  #range(): { readonly min: number; readonly max: number } | null {
    if (this.#source.take('?')) return { min: 0, max: 1 };
    if (this.#source.take('*')) return { min: 0, max: Number.POSITIVE_INFINITY };
    if (this.#source.take('+')) return { min: 1, max: Number.POSITIVE_INFINITY };
    if (!this.#source.lookingAt('{')) return null;
    const match = this.#source.match(/\{([0-9]{1,9})(,([0-9]{1,9})?)?\}/y);
    if (match === null) throw this.#source.error('Illegal repetition');
    const [, least = '', comma, most] = match;
    const min = Number(least);
    const max = comma === undefined ? min : most === undefined ? Infinity : Number(most);
    if (max < min) throw this.#source.error('Illegal repetition range');
    return { min, max };
  }
}

const flagLetters: Readonly<Record<string, keyof Flags>> = {
  i: 'ignoreCase',
  d: 'unixLines',
  m: 'multiline',
  s: 'dotAll',
  u: 'unicodeCase',
  x: 'comments',
  U: 'unicodeClasses',
};

function changeFlags(flags: Flags, on: string, off: string): Flags {
  const changed: Record<keyof Flags, boolean> = { ...flags };
  for (const letter of on) setFlag(changed, letter, true);
  for (const letter of off) setFlag(changed, letter, false);
  return changed;
}

function setFlag(flags: Record<keyof Flags, boolean>, letter: string, value: boolean): void {
  const name = flagLetters[letter];
  if (name !== undefined) flags[name] = value;
  // U implies u (java.util.regex.Pattern.UNICODE_CHARACTER_CLASS).
  if (letter === 'U') flags.unicodeCase = value;
}
