/**
 * Shorthands in which the aggregates are written.
 *
 * Accumulators are never changed in place: `add` returns a new one or, if nothing changed, the one given. So a result may be the
 * accumulator itself and still be kept by whoever received it.
 *
 * Examples are read as `<call> for <names> in <rows>`: `sum(x) for x in 1, 2, NULL` or `f(x, y) for (x, y) in (1, 2), (3, 4)`.
 */
import { problem } from '../../base/errors.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { resultElementsMax } from '../scalar/limits.ts';
import type {
  AggregateDef,
  AggregateOverload,
  BoundAggregate,
  CallContext,
  SignatureText,
} from '../define.ts';

export const INTEGER: SqlType = { kind: 'INTEGER' };
export const BIGINT: SqlType = { kind: 'BIGINT' };
export const DOUBLE: SqlType = { kind: 'DOUBLE' };

/** An aggregate function. */
export function aggregate(definition: Omit<AggregateDef, 'kind' | 'category'>): AggregateDef {
  return { kind: 'aggregate', category: 'AGGREGATE', ...definition };
}

/** An overload without initial arguments whose result type the signature says. */
export function overload(
  signature: SignatureText,
  bind: (context: CallContext) => BoundAggregate,
): AggregateOverload {
  return { signature, bind };
}

/** An overload over a DECIMAL, or an array of them, of any precision and scale, with a result of the argument's type. */
export function decimalOverload(
  signature: SignatureText,
  bind: (context: CallContext) => BoundAggregate,
): AggregateOverload {
  return { signature, returns: firstArgument, bind };
}

/** The type of the first argument, for `returns`. A literal NULL has none, so it is refused. */
export function firstArgument(args: readonly (SqlType | null)[]): SqlType {
  return knownType(args[0] ?? null);
}

/** Throws for a literal NULL. */
export function knownType(type: SqlType | null): SqlType {
  if (type === null)
    throw problem(
      'functions.untyped-argument',
      "Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).",
    );
  return type;
}

/** The type of the first column of a call; a call over a literal NULL counts as text. */
export function valueType(context: CallContext): SqlType {
  return context.args[0] ?? { kind: 'STRING' };
}

/** A struct type from its fields in order. */
export function structType(fields: Readonly<Record<string, SqlType>>): SqlType {
  return {
    kind: 'STRUCT',
    fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
  };
}

/**
 * A limit from a property: the number of elements, or Infinity if it is negative. Differs: ksqlDB collects without end where it is
 * unset; here as many as a function may give (`function.elements`), since each change writes the whole list.
 */
export function limitProperty(context: CallContext, name: string): number {
  const text = context.property(name)?.trim() ?? '';
  if (!/^-?\d+$/.test(text)) return resultElementsMax.value;
  return Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text);
}

/** The accumulator of a struct, list or set. */
export function listOf(accumulator: Value): readonly Value[] {
  return accumulator as readonly Value[];
}
