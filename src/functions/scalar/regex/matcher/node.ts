/** The tree a regular expression is read into. */

/** Does a code point belong? */
export type CharacterTest = (codePoint: number) => boolean;

/** Conditions on a position between characters. */
export type Assertion =
  | 'input-start'
  | 'input-end'
  | 'input-end-before-terminator'
  | 'input-end-before-newline'
  | 'line-start'
  | 'line-end'
  | 'unix-line-start'
  | 'unix-line-end'
  | 'word-boundary'
  | 'no-word-boundary'
  | 'last-match-end';

export type Node =
  | { readonly kind: 'character'; readonly test: CharacterTest }
  | { readonly kind: 'sequence'; readonly items: readonly Node[] }
  | { readonly kind: 'choice'; readonly options: readonly Node[] }
  /** `max` is Infinity for no limit; a lazy one tries fewer repetitions first. */
  | {
      readonly kind: 'repeat';
      readonly body: Node;
      readonly min: number;
      readonly max: number;
      readonly isLazy: boolean;
    }
  /** A capturing group, counted from 1. */
  | { readonly kind: 'group'; readonly index: number; readonly body: Node }
  | { readonly kind: 'assertion'; readonly assertion: Assertion };

export interface Pattern {
  readonly root: Node;
  readonly groupCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

/** The flags of `(?idmsuxU)`, as Java names them. */
export interface Flags {
  /** i: ASCII letters match either case; with u all letters. */
  readonly ignoreCase: boolean;
  /** d: only LF ends a line. */
  readonly unixLines: boolean;
  /** m: ^ and $ match at lines. */
  readonly multiline: boolean;
  /** s: a dot matches line terminators. */
  readonly dotAll: boolean;
  /** u */
  readonly unicodeCase: boolean;
  /** x: white space and comments are skipped. */
  readonly comments: boolean;
  /** U: predefined classes cover Unicode. */
  readonly unicodeClasses: boolean;
}

export const noFlags: Flags = {
  ignoreCase: false,
  unixLines: false,
  multiline: false,
  dotAll: false,
  unicodeCase: false,
  comments: false,
  unicodeClasses: false,
};

/** A pattern this matcher refuses because it cannot be matched in linear time. */
export function notLinear(feature: string): Error {
  return new Error(`REGEX_NOT_LINEAR: ${feature} cannot be matched in linear time`);
}

/** A pattern that is wrong at a position. */
export function syntaxError(description: string, pattern: string, at: number): Error {
  return new Error(
    `Invalid regular expression pattern: ${pattern} (${description} near index ${at})`,
  );
}
