import { keyFunction } from '../../../types/value-key.ts';
import type { Value } from '../../../types/value.ts';
import type { CallContext, LambdaValue, ScalarDef } from '../../define.ts';
import { ResultSize } from '../limits.ts';
import { type Call, handled, handledBound, scalar } from '../scalar.ts';

function transformArray(array: readonly Value[] | null, change: LambdaValue): Value {
  if (array === null) return null;
  const size = new ResultSize();
  return array.map((element) => {
    const changed = change(element);
    size.add(changed);
    return changed;
  });
}

function bindTransformMap({ result }: CallContext): Call {
  const keyOf = result.kind === 'MAP' ? keyFunction(result.key) : String;
  return (
    map: ReadonlyMap<Value, Value> | null,
    changeKey: LambdaValue,
    changeValue: LambdaValue,
  ): Value => {
    if (map === null) return null;
    const seen = new Set<string>();
    const transformed = new Map<Value, Value>();
    const size = new ResultSize();
    for (const [key, value] of map) {
      const newKey = changeKey(key, value);
      const newValue = changeValue(key, value);
      if (newValue === null) throw new Error('TRANSFORM of a map cannot produce a NULL value');
      const identity = keyOf(newKey);
      if (seen.has(identity)) throw new Error(`Duplicate key ${identity} in TRANSFORM of a map`);
      seen.add(identity);
      size.add(newKey);
      size.add(newValue);
      transformed.set(newKey, newValue);
    }
    return transformed;
  };
}

/** TRANSFORM. */
export const transform: ScalarDef = scalar({
  name: 'TRANSFORM',
  category: 'LAMBDA',
  doc: 'An array with a lambda applied to each element, or a map with one applied to each key and another to each value.',
  examples: [
    ['transform(ARRAY[1, 2, 3], x => x * x)', '[1, 4, 9]'],
    ["transform(MAP('a' := 1), (k, v) => ucase(k), (k, v) => v + 1)", '{A=2}'],
  ],
  overloads: [
    handled('(ARRAY<T> array, LAMBDA(T) R change) -> ARRAY<R>', transformArray),
    handledBound(
      '(MAP<K, V> map, LAMBDA(K, V) R changeKey, LAMBDA(K, V) T changeValue) -> MAP<R, T>',
      bindTransformMap,
    ),
  ],
});
