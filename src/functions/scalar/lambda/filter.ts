import type { Value } from '../../../types/value.ts';
import type { LambdaValue, ScalarDef } from '../../define.ts';
import { handled, scalar } from '../scalar.ts';

/** A lambda that gives NULL fails the call, as unboxing it does in Java. */
function isKept(predicate: LambdaValue, ...inputs: Value[]): boolean {
  const kept = predicate(...inputs);
  if (kept === null) throw new Error('the lambda of FILTER returned NULL');
  return kept === true;
}

function filterArray(array: readonly Value[] | null, predicate: LambdaValue): Value {
  return array === null ? null : array.filter((element) => isKept(predicate, element));
}

function filterMap(map: ReadonlyMap<Value, Value> | null, predicate: LambdaValue): Value {
  if (map === null) return null;
  const kept = new Map<Value, Value>();
  for (const [key, value] of map) {
    if (!isKept(predicate, key, value)) continue;
    if (value === null) throw new Error('FILTER cannot keep an entry whose value is NULL');
    kept.set(key, value);
  }
  return kept;
}

/** FILTER. */
export const filter: ScalarDef = scalar({
  name: 'FILTER',
  category: 'LAMBDA',
  doc: 'The elements of an array, or entries of a map, for which a lambda is true.',
  examples: [
    ['filter(ARRAY[1, 5, 3], x => x > 2)', '[5, 3]'],
    ["filter(MAP('a' := 1, 'b' := 2), (k, v) => v > 1)", '{b=2}'],
  ],
  overloads: [
    handled('(ARRAY<T> array, LAMBDA(T) BOOLEAN predicate) -> ARRAY<T>', filterArray),
    handled('(MAP<K, V> map, LAMBDA(K, V) BOOLEAN predicate) -> MAP<K, V>', filterMap),
  ],
});
