/**
 * What a rule is written with: chevrotain's parsing methods (which it keeps protected) and a few of ours. Rules are functions over
 * this, so that they can live in several files.
 *
 * A rule's body runs once while the grammar is recorded, on tokens and results that are not real: whatever looks into them
 * belongs inside `ACTION`. The first argument of a method tells apart its uses within one rule.
 */
import type { IToken, ParserMethod, TokenType } from 'chevrotain';
import { Comma } from './tokens.ts';
import type { Span } from '../src/base/errors.ts';

export type Rule<T> = ParserMethod<[], T>;

/** Chevrotain's own shapes: made by the functions below. */
export interface Alternative<T> {
  readonly ALT: () => T;
  readonly GATE?: () => boolean;
}
export interface Guarded<T> {
  readonly DEF: () => T;
  readonly GATE: () => boolean;
}
export interface Separated {
  readonly SEP: TokenType;
  readonly DEF: () => void;
}

/** One way on for `or`. */
export function alt<T>(body: () => T): Alternative<T> {
  return { ALT: body };
}

/** One way on for `or`, passed over while the gate is shut; gates look ahead. */
export function altIf<T>(gate: () => boolean, body: () => T): Alternative<T> {
  return { ALT: body, GATE: gate };
}

/** For `option` and `many`: not entered while the gate is shut. */
export function guarded<T>(gate: () => boolean, body: () => T): Guarded<T> {
  return { DEF: body, GATE: gate };
}

/** For the lists: `body` takes one item. */
export function commaSeparated(body: () => void): Separated {
  return { DEF: body, SEP: Comma };
}

export interface Dsl {
  RULE<T>(name: string, body: () => T): Rule<T>;
  ACTION<T>(action: () => T): T;
  /** The n-th token ahead, 1 being the next and 0 the last one consumed. */
  LA(howMany: number): IToken;
  consume(use: number, type: TokenType): IToken;
  subrule<T>(use: number, rule: Rule<T>): T;
  option<T>(use: number, body: (() => T) | Guarded<T>): T | undefined;
  or<T>(use: number, alternatives: readonly Alternative<T>[]): T;
  many(use: number, body: (() => void) | Guarded<void>): void;
  atLeastOne(use: number, body: (() => void) | Guarded<void>): void;
  MANY_SEP(options: Separated): void;
  AT_LEAST_ONE_SEP(options: Separated): void;
  AT_LEAST_ONE_SEP1(options: Separated): void;

  /** Where the next token starts. */
  start(): number;
  /** From `start` to the end of the last token consumed. */
  spanFrom(start: number): Span;
  /** The text being parsed. */
  sql(): string;
  /** Counts nesting, in halves of a level; throws when it gets too deep. */
  enter(halves: 1 | 2 | 3): void;
  leave(halves: 1 | 2 | 3): void;
}

/** Whether the n-th token ahead is of this type, or of this category. */
export function isAhead(dsl: Dsl, howMany: number, type: TokenType): boolean {
  return isOfType(dsl.LA(howMany).tokenType, type);
}

/** Whether a token of type `actual` will do where `wanted` is wanted. */
export function isOfType(actual: TokenType, wanted: TokenType): boolean {
  return actual === wanted || (actual.CATEGORIES?.includes(wanted) ?? false);
}

/** Takes an optional token; whether it was there. */
export function flag(dsl: Dsl, use: number, type: TokenType): boolean {
  return dsl.option(use, () => dsl.consume(use, type)) !== undefined;
}
