import type { Value } from '../../../types/value.ts';
import type { LambdaValue, ScalarDef } from '../../define.ts';
import { hashOrdered } from '../map/hash-order.ts';
import { handled, scalar } from '../scalar.ts';

function reduceArray(array: readonly Value[] | null, init: Value, step: LambdaValue): Value {
  if (init === null || array === null) return init;
  let state: Value = init;
  for (const element of array) state = step(state, element);
  return state;
}

function reduceMap(map: ReadonlyMap<Value, Value> | null, init: Value, step: LambdaValue): Value {
  if (init === null || map === null) return init;
  let state: Value = init;
  for (const [key, value] of hashOrdered(map)) state = step(state, key, value);
  return state;
}

/** REDUCE: a NULL state gives NULL without a step; a NULL collection gives the state. */
export const reduce: ScalarDef = scalar({
  name: 'REDUCE',
  category: 'LAMBDA',
  doc: 'A state carried over the elements of an array, or entries of a map, by a lambda.',
  examples: [
    ['reduce(ARRAY[1, 2, 3], 10, (s, x) => s + x)', '16'],
    ["reduce(MAP('a' := 1, 'b' := 2), 0, (s, k, v) => s + v)", '3'],
  ],
  overloads: [
    handled('(ARRAY<T> array, S init, LAMBDA(S, T) S step) -> S', reduceArray),
    handled('(MAP<K, V> map, S init, LAMBDA(S, K, V) S step) -> S', reduceMap),
  ],
});
