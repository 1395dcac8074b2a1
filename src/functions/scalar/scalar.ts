/** Shorthands in which the scalar functions are written. */
import type { Value } from '../../types/value.ts';
import type { CallContext, ScalarDef, ScalarOverload, SignatureText } from '../define.ts';

/** Any function of values; each overload fixes the argument types by its signature. */
export type Call = (...args: never[]) => Value;

/** A scalar function; spelled in lower case in messages, as ksqlDB does for most, unless told otherwise. */
export function scalar(definition: Omit<ScalarDef, 'kind'>): ScalarDef {
  return { kind: 'scalar', spelled: definition.name.toLowerCase(), ...definition };
}

/** An overload that is called only when no argument is NULL, and gives NULL otherwise. */
export function strict(signature: SignatureText, call: Call): ScalarOverload {
  return { signature, nulls: 'strict', bind: () => call };
}

/** An overload that looks at NULL arguments itself. */
export function handled(signature: SignatureText, call: Call): ScalarOverload {
  return { signature, nulls: 'handled', bind: () => call };
}

/** As `strict`, for a function that depends on the call site: argument types, properties, the clock. */
export function strictBound(
  signature: SignatureText,
  bind: (context: CallContext) => Call,
): ScalarOverload {
  return { signature, nulls: 'strict', bind };
}

/** As `handled`, for a function that depends on the call site. */
export function handledBound(
  signature: SignatureText,
  bind: (context: CallContext) => Call,
): ScalarOverload {
  return { signature, nulls: 'handled', bind };
}
