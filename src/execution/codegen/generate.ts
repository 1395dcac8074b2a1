/**
 * The one place where text becomes code. Generated text is a factory `(k) => function`: constants arrive by closure as
 * `k0, k1, ...`, so no name or literal of a user's is ever part of the text (reliability: generated code). The text's
 * alphabet is checked in production too.
 */
import { assert } from '../../base/assert.ts';

const ALPHABET = /^[0-9A-Za-z_$.,;:?!&|^~=<>+\-*/%()[\]{} \n"']*$/;

/** Collects statements and constants of one generated function. */
export class Emitter {
  readonly #lines: string[] = [];
  readonly #constants: unknown[] = [];
  readonly #constantNames = new Map<unknown, string>();
  readonly #prelude: string[] = [];
  readonly #loaded = new Map<string, string>();
  #names = 0;

  /** Name of a constant in the text; the same object gives the same name. */
  constant(value: unknown): string {
    const known = this.#constantNames.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#constants.length}`;
    this.#constants.push(value);
    this.#constantNames.set(value, name);
    return name;
  }

  /** A fresh local name. */
  name(): string {
    return `t${this.#names++}`;
  }

  line(text: string): void {
    this.#lines.push(text);
  }

  /** Declares a fresh local with this value. */
  local(value: string): string {
    const name = this.name();
    this.line(`let ${name}=${value};`);
    return name;
  }

  /** The value as a name or literal that can be repeated at no cost. */
  atom(value: string): string {
    return /^(?:[\w$]+|-?\d+n?)$/.test(value) ? value : this.local(value);
  }

  /** A local loaded once at the start of the function, however deep its first use. */
  load(value: string): string {
    const known = this.#loaded.get(value);
    if (known !== undefined) return known;
    const name = `c${this.#loaded.size}`;
    this.#loaded.set(value, name);
    this.#prelude.push(`const ${name}=${value};`);
    return name;
  }

  /** Runs `body` and gives back the lines it wrote instead of keeping them. */
  capture(body: () => void): string {
    const start = this.#lines.length;
    body();
    return this.#lines.splice(start).join('\n');
  }

  /** Compiles what was collected into a function of these parameters. */
  compile<T>(params: readonly string[]): T {
    const names = this.#constants.map((_, index) => `k${index}=k[${index}]`);
    const text = [
      '"use strict";',
      names.length === 0 ? '' : `const ${names.join(',')};`,
      `return function(${params.join(',')}){`,
      ...this.#prelude,
      ...this.#lines,
      '};',
    ].join('\n');
    return generate<T>(text, this.#constants);
  }
}

/** Compiles the body of a factory of `k`. */
export function generate<T>(text: string, constants: readonly unknown[]): T {
  assert(ALPHABET.test(text), 'generated code to hold no text of a user');
  const factory = new Function('k', text) as (k: readonly unknown[]) => T;
  return factory(constants);
}
