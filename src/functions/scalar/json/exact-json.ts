/**
 * A JSON reader and writer that keep the text of numbers, so that 1.23450 and integers beyond 2^53 survive.
 *
 * Reads like Jackson's `readTree` as ksqlDB configures it: the first value of the text counts and what follows is not looked
 * at, except that a bare number or word must end where it seems to. Recursive descent over UTF-16 code units; nesting is
 * counted, never left to the stack.
 */
import { jsonDepthMax, limitExceeded } from '../limits.ts';

export type JsonNode =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** `text` is as written; an integer has neither fraction nor exponent. */
  | { readonly kind: 'number'; readonly text: string; readonly isInteger: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'array'; readonly items: readonly JsonNode[] }
  /** In document order; of fields with one name the last value counts. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, JsonNode> };

/** The first value of a text; null if there is nothing but white space. Malformed text throws `Invalid JSON format:…`. */
export function parseJson(text: string): JsonNode | null {
  return new Parser(text).root();
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** Characters a string may hold as they are. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly these in strings.
const plainPattern = /[^"\\\u0000-\u001f]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  root(): JsonNode | null {
    this.#skipSpace();
    if (this.#at >= this.#text.length) return null;
    const node = this.#value();
    const isBare = node.kind === 'number' || node.kind === 'null' || node.kind === 'boolean';
    const next = this.#text.charAt(this.#at);
    if (isBare && next !== '' && !' \t\r\n'.includes(next)) throw this.#malformed();
    return node;
  }

  #value(): JsonNode {
    switch (this.#text.charAt(this.#at)) {
      case '{':
        return this.#nested(() => this.#object());
      case '[':
        return this.#nested(() => this.#array());
      case '"':
        return { kind: 'string', value: this.#string() };
      case 't':
        return this.#word('true', { kind: 'boolean', value: true });
      case 'f':
        return this.#word('false', { kind: 'boolean', value: false });
      case 'n':
        return this.#word('null', { kind: 'null' });
      default:
        return this.#number();
    }
  }

  #nested(read: () => JsonNode): JsonNode {
    this.#depth += 1;
    if (this.#depth > jsonDepthMax.value) {
      throw limitExceeded(jsonDepthMax, 'JSON nesting', this.#depth);
    }
    this.#at += 1;
    this.#skipSpace();
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #object(): JsonNode {
    const fields = new Map<string, JsonNode>();
    if (this.#take('}')) return { kind: 'object', fields };
    do {
      this.#skipSpace();
      const name = this.#string();
      this.#skipSpace();
      if (!this.#take(':')) throw this.#malformed();
      this.#skipSpace();
      fields.set(name, this.#value());
      this.#skipSpace();
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#malformed();
    return { kind: 'object', fields };
  }

  #array(): JsonNode {
    const items: JsonNode[] = [];
    if (this.#take(']')) return { kind: 'array', items };
    do {
      this.#skipSpace();
      items.push(this.#value());
      this.#skipSpace();
    } while (this.#take(','));
    if (!this.#take(']')) throw this.#malformed();
    return { kind: 'array', items };
  }

  #string(): string {
    if (!this.#take('"')) throw this.#malformed();
    let value = '';
    for (;;) {
      value += this.#match(plainPattern)?.[0] ?? '';
      if (this.#take('"')) return value;
      if (!this.#take('\\')) throw this.#malformed();
      value += this.#escape();
    }
  }

  #escape(): string {
    const letter = this.#text.charAt(this.#at);
    this.#at += 1;
    if (letter !== 'u') {
      const plain = escapes[letter];
      if (plain === undefined) throw this.#malformed();
      return plain;
    }
    const digits = this.#text.slice(this.#at, this.#at + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw this.#malformed();
    this.#at += 4;
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #number(): JsonNode {
    const match = this.#match(numberPattern);
    if (match === null) throw this.#malformed();
    return {
      kind: 'number',
      text: match[0],
      isInteger: match[1] === undefined && match[2] === undefined,
    };
  }

  #word(word: string, node: JsonNode): JsonNode {
    if (!this.#text.startsWith(word, this.#at)) throw this.#malformed();
    this.#at += word.length;
    return node;
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match !== null) this.#at = pattern.lastIndex;
    return match;
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #malformed(): Error {
    const found = this.#text.charAt(this.#at);
    const what = found === '' ? 'unexpected end of input' : `unexpected character '${found}'`;
    return new Error(`Invalid JSON format:${what} at character ${this.#at}`);
  }
}

/** Compact JSON text of a node. */
export function writeJson(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'boolean':
      return String(node.value);
    case 'number':
      return node.text;
    case 'string':
      return quoteJson(node.value);
    case 'array':
      return `[${node.items.map(writeJson).join(',')}]`;
    case 'object': {
      const fields = Array.from(
        node.fields,
        ([name, value]) => `${quoteJson(name)}:${writeJson(value)}`,
      );
      return `{${fields.join(',')}}`;
    }
  }
}

/** As `writeJson`, but a text stands without quotes: how single values are handed to SQL. */
export function jsonAsText(node: JsonNode): string {
  return node.kind === 'string' ? node.value : writeJson(node);
}

const shortEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string escaped as Jackson does: only what must be, control characters in upper-case hex. */
export function quoteJson(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be escaped.
  const escaped = text.replace(/["\\\u0000-\u001f]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return shortEscapes[character] ?? `\\u${code}`;
  });
  return `"${escaped}"`;
}
