/**
 * How a user writes functions (docs/user-functions.md): `scalar`, `aggregate` and `table` turn a definition with TypeScript
 * functions into what the built-in ones are made of.
 *
 * The product trusts its own functions and not a user's: whatever is thrown becomes an evaluation error, results are checked
 * against the declared type and copied where they are containers, so that a mistake never reaches a store or a codec.
 */
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type {
  AggregateDef,
  AggregateOverload,
  CallContext,
  Category,
  ScalarDef,
  ScalarOverload,
  TableFunctionDef,
  TableFunctionOverload,
} from '../define.ts';
import { guarded, guardedRows } from './guard.ts';
import type { AddCall, HandledCall, RowsCall, StrictCall } from './signature-types.ts';
import { storedType } from './stored-type.ts';

/** What every function says of itself. */
interface Description {
  /** As SQL calls it; case does not matter. Letters, digits and underscores. */
  readonly name: string;
  /** One or two sentences; DESCRIBE FUNCTION shows them. */
  readonly doc: string;
  /** Calls and the text of their results: `["initials('Ada Lovelace')", 'AL']`. `leat functions check` runs them. */
  readonly examples: readonly (readonly [sql: string, result: string])[];
  readonly author?: string;
  readonly version?: string;
}

/** Where a call needs its types, settings or the clock: made once per place in a query that calls the function. */
interface Bound {
  readonly nulls?: 'strict' | 'handled';
  /** Result type when the signature cannot say it: DECIMAL of any precision. */
  readonly returns?: (args: readonly (SqlType | null)[]) => SqlType;
  readonly bind: (context: CallContext) => (...args: never[]) => Value;
}

/** `nulls`: by default (`strict`) any NULL argument gives NULL without a call; `handled` passes NULLs. */
type UserScalarOverload<S extends string> = { readonly signature: S } & (
  | { readonly nulls?: 'strict'; readonly call: StrictCall<S> }
  | { readonly nulls: 'handled'; readonly call: HandledCall<S> }
  | Bound
);

export interface UserScalar<S extends readonly string[]> extends Description {
  readonly category?: Category;
  readonly overloads: readonly [...{ [K in keyof S]: UserScalarOverload<S[K]> }];
}

/** A function of one row's values. */
export function scalar<const S extends readonly string[]>(definition: UserScalar<S>): ScalarDef {
  const { category = 'OTHER', overloads, ...description } = definition;
  return {
    kind: 'scalar',
    ...described(description),
    category,
    overloads: (overloads as readonly UserScalarOverload<string>[]).map((overload) =>
      scalarOverload(definition.name, overload),
    ),
  };
}

function scalarOverload(name: string, overload: UserScalarOverload<string>): ScalarOverload {
  const bind =
    'bind' in overload ? overload.bind : (): ((...args: never[]) => Value) => overload.call;
  return {
    signature: overload.signature,
    nulls: overload.nulls ?? 'strict',
    ...('returns' in overload && overload.returns !== undefined
      ? { returns: overload.returns }
      : {}),
    bind: (context) => guarded(name, bind(context), context.result),
  };
}

/** `strict`, the default: a row with a NULL argument contributes nothing. */
type UserTableOverload<S extends string> = {
  readonly signature: S;
  readonly returns?: Bound['returns'];
} & (
  | { readonly call: RowsCall<S> }
  | { readonly bind: (context: CallContext) => (...args: never[]) => Iterable<Value> }
);

export interface UserTable<S extends readonly string[]> extends Description {
  readonly overloads: readonly [...{ [K in keyof S]: UserTableOverload<S[K]> }];
}

/** A function that gives any number of rows for one. */
export function table<const S extends readonly string[]>(
  definition: UserTable<S>,
): TableFunctionDef {
  const { overloads, ...description } = definition;
  return {
    kind: 'table',
    ...described(description),
    category: 'TABLE',
    overloads: (overloads as readonly UserTableOverload<string>[]).map((overload) =>
      tableOverload(definition.name, overload),
    ),
  };
}

function tableOverload(name: string, overload: UserTableOverload<string>): TableFunctionOverload {
  const { signature, returns } = overload;
  const bind = 'bind' in overload ? overload.bind : () => overload.call;
  return {
    signature,
    ...(returns === undefined ? {} : { returns }),
    bind: (context) => guardedRows(name, bind(context), context.result),
  };
}

/**
 * What is kept of the rows of a group. All functions are pure: they return a new accumulator and leave the one given alone.
 * A row with a NULL argument is passed over unless `nulls` is `handled`.
 */
type UserAggregateOverload<S extends string> = UserAccumulator<S> &
  (
    | {
        readonly nulls?: 'strict';
        /** The accumulator with one more row. */
        readonly add: AddCall<S, never>;
        /** The accumulator without a row that was added; with it the function works over tables. */
        readonly undo?: AddCall<S, never>;
      }
    | {
        readonly nulls: 'handled';
        readonly add: AddCall<S, null>;
        readonly undo?: AddCall<S, null>;
      }
  );
interface UserAccumulator<S extends string> {
  /** Column parameters first, then literal ones after a semicolon: `(DOUBLE value; INTEGER k) -> ARRAY<DOUBLE>`. */
  readonly signature: S;
  /** SQL type of the accumulator, in which it is stored; by default the result's. */
  readonly state?: string | ((context: CallContext) => SqlType);
  readonly returns?: Bound['returns'];
  /** The accumulator of no rows; gets the literal arguments. */
  readonly init: (...literals: never[]) => Value;
  /** Of two sessions that became one, the earlier first. */
  readonly merge: (a: never, b: never) => Value;
  /** By default the accumulator itself. */
  readonly result?: (accumulator: never, ...literals: never[]) => Value;
}

export interface UserAggregate<S extends readonly string[]> extends Description {
  readonly overloads: readonly [...{ [K in keyof S]: UserAggregateOverload<S[K]> }];
}

/** A function of the rows of a group. */
export function aggregate<const S extends readonly string[]>(
  definition: UserAggregate<S>,
): AggregateDef {
  const { overloads, ...description } = definition;
  return {
    kind: 'aggregate',
    ...described(description),
    category: 'AGGREGATE',
    overloads: (overloads as readonly UserAggregateOverload<string>[]).map((overload) =>
      aggregateOverload(definition.name, overload),
    ),
  };
}

type Call = (...args: Value[]) => Value;

function aggregateOverload(
  name: string,
  overload: UserAggregateOverload<string>,
): AggregateOverload {
  const { signature, returns, undo } = overload;
  return {
    signature,
    ...(returns === undefined ? {} : { returns }),
    bind(context, literals) {
      const stored = storedType(name, overload, context);
      const isStrict = overload.nulls !== 'handled';
      const kept = (call: unknown): Call => guarded(name, call as Call, stored);
      const changed = (call: unknown): Call => {
        const change = kept(call);
        if (!isStrict) return change;
        return (accumulator, ...args) =>
          args.includes(null) ? accumulator! : change(accumulator!, ...args);
      };
      const init = kept(overload.init);
      const result = guarded(
        name,
        (overload.result ?? ((accumulator: Value) => accumulator)) as Call,
        context.result,
      );
      return {
        stored,
        init: () => init(...literals),
        add: changed(overload.add),
        ...(undo === undefined ? {} : { undo: changed(undo) }),
        merge: kept(overload.merge),
        result: (accumulator) => result(accumulator, ...literals),
      };
    },
  };
}

function described<D extends Description>(
  description: D,
): Omit<D, 'name'> & { name: string; spelled: string } {
  return { ...description, name: description.name.toUpperCase(), spelled: description.name };
}
