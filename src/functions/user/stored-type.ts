/** The SQL type in which an aggregate's accumulator is stored. */
import type { SqlType } from '../../types/type.ts';
import type { CallContext } from '../define.ts';
import { resolveCall } from '../resolve.ts';

interface Stored {
  readonly signature: string;
  readonly state?: string | ((context: CallContext) => SqlType);
}

/** Generics in `state` stand for what they stand for in the signature. */
export function storedType(
  name: string,
  { signature, state }: Stored,
  context: CallContext,
): SqlType {
  if (state === undefined) return context.result;
  if (typeof state === 'function') return state(context);
  const text = stateSignature(signature, state);
  const probe = { signature: text, nulls: 'handled' as const, bind: () => () => null };
  return resolveCall(
    { kind: 'scalar', name, category: 'OTHER', doc: '', examples: [], overloads: [probe] },
    context.args.map((type) => ({ kind: 'value', type })),
  ).result;
}

/** The signature with the accumulator's type in the place of the result's: what binds the generics of both. */
export function stateSignature(signature: string, state: string): string {
  return `${signature.slice(0, signature.lastIndexOf('->'))}-> ${state}`;
}
