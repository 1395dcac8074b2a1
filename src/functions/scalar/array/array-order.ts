/** Functions that order the elements of an array. */
import type { Compare } from '../../../types/compare.ts';
import type { Value } from '../../../types/value.ts';
import type { CallContext, ScalarDef, ScalarOverload, SignatureText } from '../../define.ts';
import { type Call, scalar, strictBound } from '../scalar.ts';
import { elementOrder, refuseUnordered } from './elements.ts';

type Elements = readonly Value[];

function ordering(signature: SignatureText, bind: (context: CallContext) => Call): ScalarOverload {
  return { ...strictBound(signature, bind), check: refuseUnordered };
}

function bindExtreme(direction: 1 | -1): (context: CallContext) => Call {
  return (context) => {
    const order = elementOrder(context);
    return (array: Elements): Value => {
      let chosen: Value = null;
      for (const element of array) {
        if (element === null) continue;
        if (chosen === null || order(element, chosen) * direction > 0) chosen = element;
      }
      return chosen;
    };
  };
}

/** ARRAY_MAX. */
export const arrayMax: ScalarDef = scalar({
  name: 'ARRAY_MAX',
  category: 'ARRAY',
  doc: 'The greatest element of an array, passing over NULLs.',
  examples: [
    ["array_max(ARRAY['foo', NULL, 'Food', 'food'])", 'food'],
    ['array_max(ARRAY[false, true])', 'true'],
  ],
  overloads: [ordering('(ARRAY<T> array) -> T', bindExtreme(1))],
});

/** ARRAY_MIN. */
export const arrayMin: ScalarDef = scalar({
  name: 'ARRAY_MIN',
  category: 'ARRAY',
  doc: 'The least element of an array, passing over NULLs.',
  examples: [['array_min(ARRAY[3, NULL, 1])', '1']],
  overloads: [ordering('(ARRAY<T> array) -> T', bindExtreme(-1))],
});

const directions: ReadonlyMap<string, 1 | -1> = new Map([
  ['ASC', 1],
  ['ASCENDING', 1],
  ['DESC', -1],
  ['DESCENDING', -1],
]);

function sorted(array: Elements, order: Compare, direction: 1 | -1): Elements {
  const present = array.filter((element) => element !== null);
  present.sort((a, b) => order(a, b) * direction);
  return [...present, ...new Array<null>(array.length - present.length).fill(null)];
}

function bindSort(context: CallContext): Call {
  const order = elementOrder(context);
  return (array: Elements, name = 'ASC') => {
    const direction = directions.get(name.toUpperCase());
    return direction === undefined ? null : sorted(array, order, direction);
  };
}

/** ARRAY_SORT: NULLs come last in both directions. */
export const arraySort: ScalarDef = scalar({
  name: 'ARRAY_SORT',
  category: 'ARRAY',
  doc: 'The elements of an array in order, ascending unless told DESC, NULLs last; NULL for another direction.',
  examples: [
    ['array_sort(ARRAY[2, NULL, 1])', '[1, 2, null]'],
    ["array_sort(ARRAY[2, NULL, 1], 'desc')", '[2, 1, null]'],
  ],
  overloads: [
    ordering('(ARRAY<T> array) -> ARRAY<T>', bindSort),
    ordering('(ARRAY<T> array, STRING direction) -> ARRAY<T>', bindSort),
  ],
});
