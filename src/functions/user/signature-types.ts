/**
 * The TypeScript types that a signature's text stands for, so that a call that does not fit its signature is marked in the
 * editor: `StrictCall<'(STRING text, INTEGER n) -> ARRAY<STRING>'>` is `(text: string, n: number) => readonly (string | null)[] | null`.
 *
 * What is nested deeper than one level of ARRAY or MAP, structs, generics and ANY are `Value`.
 */
import type { Bytes } from '../../base/env.ts';
import type { Value } from '../../types/value.ts';
import type { LambdaValue } from '../define.ts';

/** A call that sees no NULL. */
export type StrictCall<S extends string> = (...args: Arguments<S, never>) => ResultOf<S> | null;
/** A call that sees NULLs. */
export type HandledCall<S extends string> = (...args: Arguments<S, null>) => ResultOf<S> | null;
/** A table function's call: the rows. */
export type RowsCall<S extends string> = (
  ...args: Arguments<S, never>
) => Iterable<ResultOf<S> | null>;
/** An aggregate's step: the accumulator and a row's arguments; literal arguments are not among them. */
export type AddCall<S extends string, Null> = (
  accumulator: never,
  ...args: Arguments<Columns<S>, Null>
) => Value;

interface Primitives {
  readonly BOOLEAN: boolean;
  readonly INTEGER: number;
  readonly INT: number;
  readonly BIGINT: bigint;
  readonly DOUBLE: number;
  readonly DECIMAL: bigint;
  readonly STRING: string;
  readonly VARCHAR: string;
  readonly BYTES: Bytes;
  readonly DATE: number;
  readonly TIME: number;
  readonly TIMESTAMP: number;
  readonly UNIT: string;
}

type Trim<S extends string> = S extends ` ${infer R}` | `${infer R} ` ? Trim<R> : S;
/** What stands before the first space, mark or bracket. */
type Head<S extends string> = S extends `${infer H}${' ' | '.' | '!' | '<' | '('}${string}`
  ? Head<H>
  : S;

type TypeOf<S extends string> = S extends `ARRAY<${infer E}>${string}`
  ? readonly (Inner<E> | null)[]
  : S extends `MAP<${infer K},${infer V}>${string}`
    ? ReadonlyMap<Inner<K>, Inner<Trim<V>> | null>
    : S extends `STRUCT<${string}`
      ? readonly Value[]
      : S extends `LAMBDA(${string}`
        ? LambdaValue
        : Inner<Head<S>>;
type Inner<S extends string> = S extends keyof Primitives
  ? Primitives[S]
  : S extends `DECIMAL(${string}`
    ? bigint
    : Value;

type Count<
  S extends string,
  C extends string,
  N extends 0[] = [],
> = S extends `${string}${C}${infer R}` ? Count<R, C, [...N, 0]> : N['length'];
type IsBalanced<S extends string> = [Count<S, '<'>, Count<S, '('>] extends [
  Count<S, '>'>,
  Count<S, ')'>,
]
  ? true
  : false;

/** The parameters between commas that stand in no brackets. */
type Split<S extends string, Before extends string = ''> = S extends `${infer H},${infer R}`
  ? IsBalanced<`${Before}${H}`> extends true
    ? [Trim<`${Before}${H}`>, ...Split<R>]
    : Split<R, `${Before}${H},`>
  : Trim<`${Before}${S}`> extends ''
    ? []
    : [Trim<`${Before}${S}`>];

type Typed<P extends readonly string[], Null> = P extends readonly [
  infer H extends string,
  ...infer R extends readonly string[],
]
  ? H extends `${string}...${string}`
    ? [...(TypeOf<H> | Null)[], ...Typed<R, Null>]
    : [TypeOf<H> | Null, ...Typed<R, Null>]
  : [];

/** Without what stands behind the semicolon. */
type Columns<S extends string> = string extends S
  ? S
  : S extends `(${infer C};${string}) -> ${infer R}`
    ? `(${C}) -> ${R}`
    : S;

type Arguments<S extends string, Null> = string extends S
  ? never[]
  : S extends `(${infer P}) -> ${string}`
    ? Typed<Split<P>, Null>
    : never[];
type ResultOf<S extends string> = string extends S
  ? Value
  : S extends `${string}) -> ${infer R}`
    ? TypeOf<R>
    : Value;
