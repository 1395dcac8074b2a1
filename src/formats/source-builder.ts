/**
 * Collects the text and the constants of one generated function of a format. The text holds no name or literal of a user's:
 * what is not a number of the layout comes in as a constant.
 */
import { assert } from '../base/assert.ts';

const ALPHABET = /^[0-9A-Za-z_$.,;:?!&|^=<>+\-*/%()[\]{} \n"]*$/;

export class SourceBuilder {
  readonly #constants: unknown[] = [];
  readonly #places = new Map<unknown, string>();
  #names = 0;
  /** How many values more may be written out in the text; the others go through functions. */
  valuesLeft: number;

  constructor(valuesMax: number) {
    this.valuesLeft = valuesMax;
  }

  /** The name of a constant; the same constant has one name. */
  constant(value: unknown): string {
    const known = this.#places.get(value);
    if (known !== undefined) return known;
    const name = `k${this.#constants.length}`;
    this.#constants.push(value);
    this.#places.set(value, name);
    return name;
  }

  /** A name that nothing else has. */
  name(): string {
    return `$t${this.#names++}`;
  }

  /** May one value more be written out? */
  takeValue(): boolean {
    return this.valuesLeft-- > 0;
  }

  /** The function of these parameters and this body. */
  compile<T>(parameters: string, body: string): T {
    assert(ALPHABET.test(body), 'generated code to hold no text of a user');
    const names = this.#constants.map((_, place) => `k${place} = k[${place}]`);
    const declared = names.length === 0 ? '' : `const ${names.join(', ')};`;
    const text = `"use strict"; ${declared}\nreturn function (${parameters}) {\n${body}\n};`;
    return new Function('k', text)(this.#constants) as T;
  }
}
