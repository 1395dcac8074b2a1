/** Calls scalar functions the way a planned query does, for tests. */
import { castFunction } from '../../types/cast.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { Argument, CallContext } from '../define.ts';
import { createRegistry } from '../registry.ts';
import { type ArgumentType, resolveCall } from '../resolve.ts';
import { parseSignature } from '../signature.ts';
import { scalarFunctions } from './table.ts';

const registry = createRegistry(scalarFunctions);

export interface CallOptions {
  readonly properties?: Readonly<Record<string, string>>;
  readonly nowMs?: number;
  readonly random?: () => number;
}

/** The result's type and value; `types` are written as in signatures, `NULL` and `UNIT` among them. */
export interface CallResult {
  readonly type: SqlType;
  readonly value: Value;
}

/**
 * Resolves, casts, binds and calls; applies the rules for NULL. The type of a lambda is that of its result; throws what the
 * call throws.
 */
export function callScalar(
  name: string,
  types: readonly string[],
  values: readonly Argument[],
  options: CallOptions = {},
): CallResult {
  const def = registry.get(name);
  if (def?.kind !== 'scalar') throw new Error(`${name} is no scalar function`);
  const sqlTypes = types.map(typeOf);
  const resolved = resolveCall(
    def,
    values.map((value, index) => argumentType(types[index] ?? '', sqlTypes[index] ?? null, value)),
  );
  const context: CallContext = {
    args: resolved.args,
    result: resolved.result,
    property: (key) => options.properties?.[key],
    now: () => options.nowMs ?? 1_700_000_000_123,
    random: options.random ?? (() => 0.5),
  };
  const call = resolved.overload.bind(context) as (...given: Argument[]) => Value;
  const given = values.map((value, index) => {
    if (typeof value === 'function') return value;
    const from = sqlTypes[index] ?? null;
    const to = resolved.args[index] ?? null;
    return from === null || to === null ? value : (castFunction(from, to)?.(value) ?? null);
  });
  for (const [index, value] of given.entries()) {
    if (value === null && resolved.parameters[index]?.primitive) throw new Error('primitive NULL');
  }
  const isSkipped = resolved.overload.nulls === 'strict' && given.includes(null);
  return { type: resolved.result, value: isSkipped ? null : call(...given) };
}

/** The value alone. */
export function resultOf(
  name: string,
  types: readonly string[],
  ...values: readonly Argument[]
): Value {
  return callScalar(name, types, values).value;
}

function typeOf(text: string): SqlType | null {
  if (text === 'NULL' || text === 'UNIT') return null;
  const type = parseSignature(`(${text} value) -> STRING`).parameters[0]?.type;
  return (type as SqlType | undefined) ?? null;
}

function argumentType(text: string, type: SqlType | null, value: Argument): ArgumentType {
  if (text === 'UNIT') return { kind: 'unit' };
  if (typeof value !== 'function') return { kind: 'value', type };
  return { kind: 'lambda', inputCount: value.length, resultType: () => type };
}
