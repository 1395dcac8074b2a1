/**
 * Signatures as text (see `SignatureText` in define.ts), read once:
 *
 *     signature := '(' [parameters] [';' parameters] ')' '->' type
 *     parameter := type { '...' | '!' } [name] { '...' | '!' }
 *     type      := ARRAY '<' type '>' | MAP '<' type ',' type '>' | STRUCT '<' [name type {',' name type}] '>'
 *                | LAMBDA '(' type {',' type} ')' type | DECIMAL ['(' p ',' s ')'] | ANY | UNIT | one upper-case letter | SQL type
 *
 * What comes after the semicolon are an aggregate's initial arguments. A signature that cannot be read, or whose result names a
 * generic that no parameter binds, is a mistake in our own tables and fails when the registry is made.
 */
import { assert } from '../base/assert.ts';
import type { PrimitiveKind } from '../types/type.ts';
import type { SignatureText } from './define.ts';

/** A SQL type with variables in it. */
export type ParameterType =
  | { readonly kind: PrimitiveKind }
  /** Null precision and scale: any. */
  | { readonly kind: 'DECIMAL'; readonly precision: number | null; readonly scale: number | null }
  | { readonly kind: 'ARRAY'; readonly element: ParameterType }
  | { readonly kind: 'MAP'; readonly key: ParameterType; readonly value: ParameterType }
  | { readonly kind: 'STRUCT'; readonly fields: readonly ParameterField[] }
  | { readonly kind: 'GENERIC'; readonly name: string }
  | { readonly kind: 'ANY' }
  | { readonly kind: 'UNIT' }
  | {
      readonly kind: 'LAMBDA';
      readonly inputs: readonly ParameterType[];
      readonly result: ParameterType;
    };
interface ParameterField {
  readonly name: string;
  readonly type: ParameterType;
}

export interface Parameter {
  readonly type: ParameterType;
  readonly name: string | null;
  /** Stands for any number of arguments, none included. */
  readonly variadic: boolean;
  /** NULL there is an evaluation error. */
  readonly primitive: boolean;
}

export interface Signature {
  /** Columns first, then the initial arguments of an aggregate; at most one is variadic. */
  readonly parameters: readonly Parameter[];
  /** How many of `parameters` are columns; all of them unless the text has a semicolon. */
  readonly columnCount: number;
  /** -1 if none is. */
  readonly variadicIndex: number;
  readonly result: ParameterType;
}

const parsed = new Map<SignatureText, Signature>();

/** Reads a signature; the same text gives the same object. */
export function parseSignature(text: SignatureText): Signature {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const signature = new SignatureParser(text).signature();
  parsed.set(text, signature);
  return signature;
}

/** Does the type mention a generic? */
export function isGeneric(type: ParameterType): boolean {
  return genericNames(type).length > 0;
}

/** As messages print it: SQL names, `DECIMAL` for any decimal, `T` for generics, struct fields without quotes. */
export function formatParameterType(type: ParameterType): string {
  switch (type.kind) {
    case 'DECIMAL':
      return type.precision === null ? 'DECIMAL' : `DECIMAL(${type.precision}, ${type.scale})`;
    case 'ARRAY':
      return `ARRAY<${formatParameterType(type.element)}>`;
    case 'MAP':
      return `MAP<${formatParameterType(type.key)}, ${formatParameterType(type.value)}>`;
    case 'STRUCT':
      return `STRUCT<${type.fields.map((field) => `${field.name} ${formatParameterType(field.type)}`).join(', ')}>`;
    case 'GENERIC':
      return type.name;
    case 'UNIT':
      return 'INTERVALUNIT';
    case 'LAMBDA': {
      const inputs = type.inputs.map(formatParameterType).join(', ');
      return `LAMBDA (${inputs}) => ${formatParameterType(type.result)}`;
    }
    default:
      return type.kind;
  }
}

/** `TYPE name, TYPE... name`, for lists of alternatives. */
export function formatParameters(signature: Signature): string {
  return signature.parameters
    .map((parameter) => {
      const type = formatParameterType(parameter.type) + (parameter.variadic ? '...' : '');
      return parameter.name === null ? type : `${type} ${parameter.name}`;
    })
    .join(', ');
}

function genericNames(type: ParameterType): readonly string[] {
  switch (type.kind) {
    case 'GENERIC':
      return [type.name];
    case 'ARRAY':
      return genericNames(type.element);
    case 'MAP':
      return [...genericNames(type.key), ...genericNames(type.value)];
    case 'STRUCT':
      return type.fields.flatMap((field) => genericNames(field.type));
    case 'LAMBDA':
      return [...type.inputs.flatMap(genericNames), ...genericNames(type.result)];
    default:
      return [];
  }
}

const TOKEN = /\s*(->|\.\.\.|[A-Za-z_][A-Za-z0-9_]*|\d+|[()<>,;!])/y;
const WORD = /^[A-Za-z_]/;
const PRIMITIVES: Readonly<Record<string, PrimitiveKind>> = {
  BOOLEAN: 'BOOLEAN',
  INTEGER: 'INTEGER',
  INT: 'INTEGER',
  BIGINT: 'BIGINT',
  DOUBLE: 'DOUBLE',
  STRING: 'STRING',
  VARCHAR: 'STRING',
  BYTES: 'BYTES',
  DATE: 'DATE',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
};

class SignatureParser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let end = 0; end < text.trimEnd().length; end = TOKEN.lastIndex) {
      const match = TOKEN.exec(text);
      if (match === null) this.#fail(`a token at ${end}`);
      tokens.push(match[1]!);
    }
    this.#tokens = tokens;
  }

  signature(): Signature {
    this.#expect('(');
    const parameters = this.#parameters();
    let columnCount = parameters.length;
    if (this.#take(';')) parameters.push(...this.#parameters());
    else columnCount = parameters.length;
    this.#expect(')');
    this.#expect('->');
    const result = this.#type();
    if (this.#peek() !== undefined) this.#fail('the end');
    const variadicIndex = parameters.findIndex((parameter) => parameter.variadic);
    if (parameters.some((parameter, index) => parameter.variadic && index !== variadicIndex))
      this.#fail('at most one variadic parameter');
    const bound = new Set(parameters.flatMap((parameter) => genericNames(parameter.type)));
    if (genericNames(result).some((name) => !bound.has(name)))
      this.#fail('a result whose generics are bound by the parameters');
    return { parameters, columnCount, variadicIndex, result };
  }

  #parameters(): Parameter[] {
    const parameters: Parameter[] = [];
    if (this.#peek() === ')' || this.#peek() === ';') return parameters;
    do parameters.push(this.#parameter());
    while (this.#take(','));
    return parameters;
  }

  #parameter(): Parameter {
    const type = this.#type();
    const marks: string[] = this.#marks();
    const next = this.#peek();
    const name = next !== undefined && WORD.test(next) ? this.#next() : null;
    marks.push(...this.#marks());
    return { type, name, variadic: marks.includes('...'), primitive: marks.includes('!') };
  }

  #marks(): string[] {
    const marks: string[] = [];
    while (this.#peek() === '...' || this.#peek() === '!') marks.push(this.#next());
    return marks;
  }

  #type(): ParameterType {
    const word = this.#next();
    switch (word) {
      case 'ANY':
      case 'UNIT':
        return { kind: word };
      case 'DECIMAL':
        return this.#decimal();
      case 'ARRAY': {
        this.#expect('<');
        const element = this.#type();
        this.#expect('>');
        return { kind: 'ARRAY', element };
      }
      case 'MAP': {
        this.#expect('<');
        const key = this.#type();
        this.#expect(',');
        const value = this.#type();
        this.#expect('>');
        return { kind: 'MAP', key, value };
      }
      case 'STRUCT':
        return { kind: 'STRUCT', fields: this.#fields() };
      case 'LAMBDA': {
        this.#expect('(');
        const inputs: ParameterType[] = [];
        do inputs.push(this.#type());
        while (this.#take(','));
        this.#expect(')');
        return { kind: 'LAMBDA', inputs, result: this.#type() };
      }
    }
    if (/^[A-Z]$/.test(word)) return { kind: 'GENERIC', name: word };
    const kind = PRIMITIVES[word];
    if (kind === undefined) this.#fail(`a type instead of ${word}`);
    return { kind };
  }

  #decimal(): ParameterType {
    if (!this.#take('(')) return { kind: 'DECIMAL', precision: null, scale: null };
    const precision = Number(this.#next());
    this.#expect(',');
    const scale = Number(this.#next());
    this.#expect(')');
    return { kind: 'DECIMAL', precision, scale };
  }

  #fields(): readonly ParameterField[] {
    const fields: ParameterField[] = [];
    this.#expect('<');
    while (!this.#take('>')) {
      if (fields.length > 0) this.#expect(',');
      fields.push({ name: this.#next(), type: this.#type() });
    }
    return fields;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#position];
  }

  #next(): string {
    const token = this.#tokens[this.#position++];
    if (token === undefined) this.#fail('more');
    return token;
  }

  #take(token: string): boolean {
    if (this.#peek() !== token) return false;
    this.#position++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) this.#fail(`'${token}' instead of '${this.#peek() ?? 'the end'}'`);
  }

  #fail(expectation: string): never {
    assert(false, `${expectation} in the signature ${this.#text}`);
    throw new Error('unreachable');
  }
}
