/**
 * Parses one JSON document exactly (RFC 8259): the slow, obviously correct path, and the one that words the errors. Whatever
 * the fast decoder does not expect comes here.
 *
 * As ksqlDB does, a byte order mark is skipped and what follows the first complete value is ignored, unless the value is a
 * number, `true`, `false` or `null` and runs into it. Of properties of one name the last counts, at the place of the first.
 */
import type { Bytes } from '../../base/env.ts';
import { FormatError } from '../format.ts';
import { NESTING_DEPTH_MAX } from '../limits.ts';
import { asciiText, utf8ErrorAt, utf8Text } from '../text.ts';
import { type JsonNode, JsonNumber } from './json-node.ts';

/** The document in bytes[start, end), or `undefined` when there is none. Throws FormatError. */
export function parseJson(bytes: Bytes, start: number, end: number): JsonNode | undefined {
  const parser = new Parser(bytes, start, end);
  return parser.document();
}

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [0x22, '"'],
  [0x5c, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
]);
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

class Parser {
  readonly #bytes: Bytes;
  readonly #start: number;
  readonly #end: number;
  #position: number;
  #depth = 0;

  constructor(bytes: Bytes, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#position = start;
  }

  document(): JsonNode | undefined {
    if (this.#peek() === 0xef && this.#peekAt(1) === 0xbb && this.#peekAt(2) === 0xbf) {
      this.#position += 3;
    }
    this.#skipWhiteSpace();
    if (this.#position >= this.#end) return undefined;
    const node = this.#value();
    const isToken = node === null || typeof node === 'boolean' || node instanceof JsonNumber;
    if (isToken && this.#position < this.#end && !isWhiteSpace(this.#peek())) {
      throw this.#error('a value runs into what follows');
    }
    return node;
  }

  #value(): JsonNode {
    switch (this.#peek()) {
      case 0x7b:
        return this.#nested(() => this.#object());
      case 0x5b:
        return this.#nested(() => this.#array());
      case 0x22:
        return this.#string();
      case 0x74:
        return this.#literal('true', true);
      case 0x66:
        return this.#literal('false', false);
      case 0x6e:
        return this.#literal('null', null);
      default:
        return this.#number();
    }
  }

  #nested(parse: () => JsonNode): JsonNode {
    if (++this.#depth > NESTING_DEPTH_MAX) {
      throw new FormatError(
        `LIMIT_EXCEEDED: nesting of a JSON document is more than ${NESTING_DEPTH_MAX} levels, ` +
          `limit ${NESTING_DEPTH_MAX} (leat.limit.format.depth)`,
      );
    }
    const node = parse();
    this.#depth--;
    return node;
  }

  #object(): JsonNode {
    const fields = new Map<string, JsonNode>();
    this.#position++;
    this.#skipWhiteSpace();
    if (this.#take(0x7d)) return fields;
    for (;;) {
      if (this.#peek() !== 0x22) throw this.#error('expected a property name in double quotes');
      const name = this.#string();
      this.#skipWhiteSpace();
      if (!this.#take(0x3a)) throw this.#error("expected ':' after a property name");
      this.#skipWhiteSpace();
      fields.set(name, this.#value());
      this.#skipWhiteSpace();
      if (this.#take(0x7d)) return fields;
      if (!this.#take(0x2c)) throw this.#error("expected ',' or '}' in an object");
      this.#skipWhiteSpace();
    }
  }

  #array(): JsonNode {
    const elements: JsonNode[] = [];
    this.#position++;
    this.#skipWhiteSpace();
    if (this.#take(0x5d)) return elements;
    for (;;) {
      elements.push(this.#value());
      this.#skipWhiteSpace();
      if (this.#take(0x5d)) return elements;
      if (!this.#take(0x2c)) throw this.#error("expected ',' or ']' in an array");
      this.#skipWhiteSpace();
    }
  }

  #string(): string {
    this.#position++;
    let text = '';
    let runStart = this.#position;
    for (;;) {
      const byte = this.#peek();
      if (byte === -1) throw this.#error('a string is not closed');
      if (byte < 0x20) throw this.#error('a control character in a string must be escaped');
      if (byte === 0x22 || byte === 0x5c) {
        text += this.#run(runStart);
        this.#position++;
        if (byte === 0x22) return text;
        text += this.#escape();
        runStart = this.#position;
      } else {
        this.#position++;
      }
    }
  }

  /** Text of the bytes from `runStart` up to here. */
  #run(runStart: number): string {
    const errorAt = utf8ErrorAt(this.#bytes, runStart, this.#position);
    if (errorAt === -1) return utf8Text(this.#bytes, runStart, this.#position);
    this.#position = errorAt;
    throw this.#error('invalid UTF-8');
  }

  #escape(): string {
    const byte = this.#peek();
    const plain = ESCAPES.get(byte);
    if (plain !== undefined) {
      this.#position++;
      return plain;
    }
    if (byte !== 0x75) throw this.#error('unknown escape in a string');
    let unit = 0;
    for (let i = 1; i <= 4; i++) {
      const digit = hexDigit(this.#peekAt(i));
      if (digit === -1) throw this.#error('\\u must be followed by four hexadecimal digits');
      unit = unit * 16 + digit;
    }
    this.#position += 5;
    return String.fromCharCode(unit);
  }

  #literal<T extends boolean | null>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      if (this.#peekAt(i) !== word.charCodeAt(i)) throw this.#error(`expected ${word}`);
    }
    this.#position += word.length;
    return value;
  }

  #number(): JsonNumber {
    const from = this.#position;
    while (isNumberByte(this.#peek())) this.#position++;
    const text = asciiText(this.#bytes, from, this.#position);
    if (NUMBER.test(text)) return new JsonNumber(text);
    this.#position = from;
    throw this.#error('expected a value');
  }

  #skipWhiteSpace(): void {
    while (isWhiteSpace(this.#peek())) this.#position++;
  }

  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#position++;
    return true;
  }

  /** The next byte, or -1 at the end. */
  #peek(): number {
    return this.#peekAt(0);
  }

  #peekAt(distance: number): number {
    const position = this.#position + distance;
    return position < this.#end ? this.#bytes[position]! : -1;
  }

  #error(what: string): FormatError {
    return new FormatError(`malformed JSON at byte ${this.#position - this.#start}: ${what}`);
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Can the byte be part of a number? `0-9 + - . e E` */
function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x65 ||
    byte === 0x45
  );
}

/** Value of a hexadecimal digit, or -1. */
export function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
