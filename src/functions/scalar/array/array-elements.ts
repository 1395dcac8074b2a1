/** Functions that look for, drop or join elements. */
import { javaDoubleText, textFunction } from '../../../types/java-text.ts';
import type { SqlType } from '../../../types/type.ts';
import type { Value } from '../../../types/value.ts';
import type { CallContext, ScalarDef } from '../../define.ts';
import { checkLimit, resultBytesMax, resultElementsMax } from '../limits.ts';
import { type Call, handled, handledBound, scalar, strict } from '../scalar.ts';
import { elementKey, elementType } from './elements.ts';

type Elements = readonly Value[];

/** ARRAY_CONCAT: NULL counts as nothing unless both are NULL. */
export const arrayConcat: ScalarDef = scalar({
  name: 'ARRAY_CONCAT',
  category: 'ARRAY',
  doc: 'The elements of one array, then those of another.',
  examples: [
    ['array_concat(ARRAY[1, 2], ARRAY[2, 3])', '[1, 2, 2, 3]'],
    ['array_concat(NULL, ARRAY[1])', '[1]'],
  ],
  overloads: [
    handled(
      '(ARRAY<T> left, ARRAY<T> right) -> ARRAY<T>',
      (left: Elements | null, right: Elements | null) => {
        if (left === null || right === null) return left ?? right;
        checkLimit(resultElementsMax, 'elements', left.length + right.length);
        return [...left, ...right];
      },
    ),
  ],
});

/** ARRAY_CONTAINS: finds NULL too. */
export const arrayContains: ScalarDef = scalar({
  name: 'ARRAY_CONTAINS',
  category: 'ARRAY',
  doc: 'Whether an array holds a value; false for a NULL array.',
  examples: [
    ["array_contains(ARRAY['a', 'b'], 'b')", 'true'],
    ["array_contains(ARRAY['a', NULL], NULL)", 'true'],
    ["array_contains(ARRAY['a'], 'b')", 'false'],
  ],
  overloads: [
    handledBound('(ARRAY<T> array, T value) -> BOOLEAN', (context) => {
      const keyOf = elementKey(context);
      return (array: Elements | null, value: Value) => {
        if (array === null) return false;
        const key = keyOf(value);
        return array.some((element) => keyOf(element) === key);
      };
    }),
  ],
});

/** ARRAY_REMOVE. */
export const arrayRemove: ScalarDef = scalar({
  name: 'ARRAY_REMOVE',
  category: 'ARRAY',
  doc: 'An array without the elements equal to a value.',
  examples: [
    ["array_remove(ARRAY['foo', 'bar', 'foo'], 'foo')", '[bar]'],
    ['array_remove(ARRAY[1, NULL, 2], NULL)', '[1, 2]'],
  ],
  overloads: [
    handledBound('(ARRAY<T> array, T victim) -> ARRAY<T>', (context) => {
      const keyOf = elementKey(context);
      return (array: Elements | null, victim: Value) => {
        if (array === null) return null;
        const key = keyOf(victim);
        return array.filter((element) => keyOf(element) !== key);
      };
    }),
  ],
});

/** ARRAY_LENGTH. */
export const arrayLength: ScalarDef = scalar({
  name: 'ARRAY_LENGTH',
  category: 'ARRAY',
  doc: 'The number of elements of an array, NULLs included.',
  examples: [['array_length(ARRAY[1, NULL, 3])', '3']],
  overloads: [strict('(ARRAY<T> array) -> INTEGER', (array: Elements) => array.length)],
});

function joinable(type: SqlType): ((value: Value) => string) | null {
  switch (type.kind) {
    case 'BOOLEAN':
    case 'INTEGER':
    case 'BIGINT':
    case 'STRING':
      return String;
    case 'DOUBLE':
      return (value) => javaDoubleText(value as number);
    case 'DECIMAL':
      return textFunction(type);
    default:
      return null;
  }
}

function bindJoin(context: CallContext): Call {
  const type = elementType(context);
  const text = type === null ? String : joinable(type);
  return (array: Elements | null, delimiter: string | null = ',') => {
    if (array === null) return null;
    if (text === null) {
      throw new Error(
        `ARRAY_JOIN can only join primitive elements, not ${type === null ? 'NULL' : type.kind}`,
      );
    }
    const joined = array
      .map((element) => (element === null ? 'null' : text(element)))
      .join(delimiter ?? '');
    checkLimit(resultBytesMax, 'text', joined.length);
    return joined;
  };
}

/** ARRAY_JOIN: a NULL delimiter is the empty one. */
export const arrayJoin: ScalarDef = scalar({
  name: 'ARRAY_JOIN',
  category: 'ARRAY',
  doc: 'The texts of the elements with a delimiter between them, a comma unless told otherwise.',
  examples: [
    ["array_join(ARRAY['a', NULL, 'b'])", 'a,null,b'],
    ["array_join(ARRAY[1.0E0, 1.0E10], '; ')", '1.0; 1.0E10'],
  ],
  overloads: [
    handledBound('(ARRAY<T> array) -> STRING', bindJoin),
    handledBound('(ARRAY<T> array, STRING delimiter) -> STRING', bindJoin),
  ],
});
