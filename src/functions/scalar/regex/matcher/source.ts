/** A pattern's text being read, code point by code point, and the escapes that stand for one character. */
import { syntaxError } from './node.ts';

export class Source {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }
  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** The character to come, or '' at the end. */
  peek(): string {
    const codePoint = this.#text.codePointAt(this.#at);
    return codePoint === undefined ? '' : String.fromCodePoint(codePoint);
  }
  lookingAt(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }
  next(): string {
    const character = this.peek();
    if (character === '') throw this.error('Unexpected end of pattern');
    this.#at += character.length;
    return character;
  }
  /** Takes this text if it comes. */
  take(text: string): boolean {
    if (!this.lookingAt(text)) return false;
    this.#at += text.length;
    return true;
  }
  /** Takes what a sticky pattern matches here; null if it does not. */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at += match[0].length;
    return match;
  }
  /** Text up to a delimiter, which is taken too, or to the end. */
  until(delimiter: string): string {
    const end = this.#text.indexOf(delimiter, this.#at);
    const text = this.#text.slice(this.#at, end < 0 ? undefined : end);
    this.#at += text.length + (end < 0 ? 0 : delimiter.length);
    return text;
  }
  /** With the x flag: skips white space and comments. */
  skipComments(): void {
    while (this.match(/[ \t\n\v\f\r]+|#[^\n\r\u0085\u2028\u2029]*/y) !== null);
  }

  error(description: string): Error {
    return syntaxError(description, this.#text, this.#at);
  }

  /** The code point that the escape after a backslash stands for; the letter has been taken. */
  escapedCharacter(letter: string): number {
    switch (letter) {
      case 't':
        return 0x09;
      case 'n':
        return 0x0a;
      case 'r':
        return 0x0d;
      case 'f':
        return 0x0c;
      case 'a':
        return 0x07;
      case 'e':
        return 0x1b;
      case '0':
        return this.#number(/[0-3][0-7]{0,2}|[4-7][0-7]?/y, 8, 'Illegal octal escape sequence');
      case 'x':
        return this.#number(
          /[0-9a-fA-F]{2}|\{[0-9a-fA-F]{1,6}\}/y,
          16,
          'Illegal hexadecimal escape sequence',
        );
      case 'u':
        return this.#unicodeEscape();
      case 'c':
        return this.next().charCodeAt(0) ^ 0x40;
      default:
        if (/[A-Za-z]/.test(letter)) throw this.error('Illegal/unsupported escape sequence');
        return letter.codePointAt(0) ?? 0;
    }
  }

  #number(digits: RegExp, radix: number, description: string): number {
    const match = this.match(digits);
    if (match === null) throw this.error(description);
    const codePoint = Number.parseInt(match[0].replace('{', ''), radix);
    if (codePoint > 0x10ffff) throw this.error(description);
    return codePoint;
  }

  /** Two escapes that make a surrogate pair stand for one code point. */
  #unicodeEscape(): number {
    const description = 'Illegal Unicode escape sequence';
    const unit = this.#number(/[0-9a-fA-F]{4}/y, 16, description);
    if (unit < 0xd800 || unit > 0xdbff) return unit;
    const low = this.match(/\\u([dD][c-fC-F][0-9a-fA-F]{2})/y);
    return low === null
      ? unit
      : (String.fromCharCode(unit, Number.parseInt(low[1] ?? '', 16)).codePointAt(0) ?? unit);
  }
}
