/**
 * Types and column lists as servers write them (``STRUCT<`A` INTEGER, `B` ARRAY<STRING>>``, `` `ID` STRING KEY``), read
 * without the language's parser, which is larger than the rest of a client. Names may be bare.
 */
import type { Field, PrimitiveKind, SqlType } from '../types/type.ts';
import { LeatError } from './leat-error.ts';

/** A column of a result; `key` where the server marks it. */
export interface Column extends Field {
  readonly key: boolean;
}

const primitives: ReadonlySet<string> = new Set<PrimitiveKind>([
  'BOOLEAN',
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'STRING',
  'BYTES',
  'DATE',
  'TIME',
  'TIMESTAMP',
]);

/** The type of its text. Throws `client.bad-answer`. */
export function parseType(text: string): SqlType {
  const reader = new Reader(text);
  const type = reader.type();
  reader.end();
  return type;
}

/** The columns of a schema's text, none for an empty one. Throws `client.bad-answer`. */
export function parseColumns(text: string): readonly Column[] {
  const reader = new Reader(text);
  const columns: Column[] = [];
  if (reader.isAtEnd()) return columns;
  do {
    const name = reader.name();
    const type = reader.type();
    columns.push({ name, type, key: reader.takes('KEY') });
    if (reader.takes('HEADERS') || !reader.takes('HEADER')) continue;
    reader.wants('(');
    reader.take(/'(?:[^']|'')*'/y);
    reader.wants(')');
  } while (reader.takes(','));
  reader.end();
  return columns;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  type(): SqlType {
    const kind = this.take(/\w+/y).toUpperCase();
    if (primitives.has(kind)) return { kind: kind as PrimitiveKind };
    switch (kind) {
      case 'DECIMAL': {
        const [precision, scale] = this.#between('(', ')', () => Number(this.take(/\d+/y)));
        return { kind, precision: precision ?? 0, scale: scale ?? 0 };
      }
      case 'ARRAY': {
        const [element] = this.#between('<', '>', () => this.type());
        return { kind, element: element ?? this.#fail() };
      }
      case 'MAP': {
        const [key, value] = this.#between('<', '>', () => this.type());
        return { kind, key: key ?? this.#fail(), value: value ?? this.#fail() };
      }
      case 'STRUCT':
        return {
          kind,
          fields: this.#between('<', '>', () => ({ name: this.name(), type: this.type() })),
        };
      default:
        return this.#fail();
    }
  }

  /** In back quotes, or all up to the next space. */
  name(): string {
    const name = this.take(/`(?:[^`]|``)*`|[^\s`<>,]+/y);
    return name.startsWith('`') ? name.slice(1, -1).replaceAll('``', '`') : name;
  }

  /** Skips `word` if it is next. */
  takes(word: string): boolean {
    this.#skipSpace();
    if (!this.#text.startsWith(word, this.#at)) return false;
    if (/\w/.test(word) && /\w/.test(this.#text.charAt(this.#at + word.length))) return false;
    this.#at += word.length;
    return true;
  }

  wants(word: string): void {
    if (!this.takes(word)) this.#fail();
  }

  /** What the pattern, a sticky one, matches here. */
  take(pattern: RegExp): string {
    this.#skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return this.#fail();
    this.#at += found.length;
    return found;
  }

  isAtEnd(): boolean {
    this.#skipSpace();
    return this.#at === this.#text.length;
  }

  end(): void {
    if (!this.isAtEnd()) this.#fail();
  }

  #between<Item>(open: string, close: string, item: () => Item): readonly Item[] {
    this.wants(open);
    const items: Item[] = [];
    if (this.takes(close)) return items;
    do items.push(item());
    while (this.takes(','));
    this.wants(close);
    return items;
  }

  #skipSpace(): void {
    while (this.#text.charAt(this.#at) === ' ') this.#at++;
  }

  #fail(): never {
    throw new LeatError({
      code: 'client.bad-answer',
      message: `the server describes a type as ${JSON.stringify(this.#text)}, which cannot be read at ${this.#at}`,
    });
  }
}
