/**
 * The shape of a function: scalar, aggregate or table. A function describes itself; DESCRIBE FUNCTION, docs and tests come
 * from the same object (spec: functions.md).
 */
import type { SqlType } from '../types/type.ts';
import type { Value } from '../types/value.ts';

interface Documented {
  /** Upper case, as SHOW FUNCTIONS lists it. */
  readonly name: string;
  /** As ksqlDB spells it in messages, when that differs from `name` (mostly lower case). */
  readonly spelled?: string;
  readonly category: Category;
  readonly doc: string;
  /** SQL expressions and the text of their results; run as tests, shown by DESCRIBE FUNCTION. */
  readonly examples: readonly (readonly [sql: string, result: string])[];
  /** Of functions that do not come with the product: what DESCRIBE FUNCTION shows of their origin. */
  readonly author?: string;
  readonly version?: string;
  /** File that defines it. */
  readonly path?: string;
}
export type Category =
  | 'CONDITIONAL'
  | 'MATHEMATICAL'
  | 'STRING'
  | 'REGULAR EXPRESSION'
  | 'JSON'
  | 'DATE / TIME'
  | 'ARRAY'
  | 'MAP'
  | 'URL'
  | 'OTHER'
  | 'AGGREGATE'
  | 'TABLE'
  | 'LAMBDA'
  | 'CONVERSIONS';

/** What a call knows when it is planned. */
export interface CallContext {
  /** Types of the arguments after implicit casts; null for an untyped NULL. Lambdas appear as their result type. */
  readonly args: readonly (SqlType | null)[];
  readonly result: SqlType;
  /** Server properties by full name, e.g. `ksql.functions.collect_list.limit`. */
  readonly property: (name: string) => string | undefined;
  /** Wall clock, for the functions that tell the time. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  /**
   * For aggregates: how many rows were aggregated before the one being added, over all groups, where accumulators are merged
   * (session windows). Absent or 0 where they are not.
   */
  readonly sequence?: () => number;
}

/**
 * A signature is text: `(STRING s, INTEGER n) -> STRING`. Types: SQL types; `DECIMAL` for any precision and scale; generics
 * `T`, `K`, `V`, `R`, `S` (single upper-case letters); `ANY`; `UNIT` for an interval unit; lambdas `LAMBDA(T, K) R` whose
 * result binds R; a trailing `...` marks a variadic parameter; a trailing `!` a primitive one (NULL there is an evaluation
 * error). Parsed by `signature.ts`, resolved by `resolve.ts` (spec: functions.md §1.2).
 */
export type SignatureText = string;

/** A lambda argument arrives as a plain function of its inputs. */
export type LambdaValue = (...inputs: Value[]) => Value;
export type Argument = Value | LambdaValue;

export interface ScalarOverload {
  readonly signature: SignatureText;
  /** Result type when the signature cannot say it (decimals). */
  readonly returns?: (args: readonly (SqlType | null)[]) => SqlType;
  /** Throws a problem where the signature lets arguments through that the function cannot take. */
  readonly check?: (args: readonly (SqlType | null)[]) => void;
  /** `strict`: any NULL argument gives NULL without a call. `handled`: NULLs are passed. */
  readonly nulls: 'strict' | 'handled';
  /** Called once per call site while planning; the returned function runs per row. Throws an Error to fail the evaluation. */
  readonly bind: (context: CallContext) => (...args: never[]) => Value;
}
export interface ScalarDef extends Documented {
  readonly kind: 'scalar';
  readonly overloads: readonly ScalarOverload[];
}

/**
 * An aggregate over rows. `init`, `add`, `undo`, `merge` and `result` are pure: they may return a new accumulator or the one
 * given, changed in place, if the accumulator is not a Value shared with anybody else (the caller never keeps an old one).
 * `stored` is the SQL type the accumulator is persisted as.
 */
export interface BoundAggregate {
  readonly stored: SqlType;
  init(): Value;
  add(accumulator: Value, ...args: Value[]): Value;
  /** Takes a row back; needed over tables. */
  readonly undo?: (accumulator: Value, ...args: Value[]) => Value;
  /** Joins two sessions' accumulators (earlier first). */
  merge(a: Value, b: Value): Value;
  result(accumulator: Value): Value;
}
export interface AggregateOverload {
  /** Column parameters first, then `init` ones after a semicolon: `(T value; INTEGER k) -> ARRAY<T>`. */
  readonly signature: SignatureText;
  readonly returns?: (args: readonly (SqlType | null)[]) => SqlType;
  /** `inits` are the values of the literal init arguments. */
  readonly bind: (context: CallContext, inits: readonly Value[]) => BoundAggregate;
}
export interface AggregateDef extends Documented {
  readonly kind: 'aggregate';
  readonly overloads: readonly AggregateOverload[];
}

export interface TableFunctionOverload {
  readonly signature: SignatureText;
  readonly returns?: (args: readonly (SqlType | null)[]) => SqlType;
  readonly bind: (context: CallContext) => (...args: never[]) => Iterable<Value>;
}
export interface TableFunctionDef extends Documented {
  readonly kind: 'table';
  readonly overloads: readonly TableFunctionOverload[];
}
export type FunctionDef = ScalarDef | AggregateDef | TableFunctionDef;

/** All functions of a server: the built-in table plus what was added. */
export interface FunctionRegistry {
  /** Case-insensitive. */
  get(name: string): FunctionDef | null;
  all(): Iterable<FunctionDef>;
}
