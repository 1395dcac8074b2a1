/** What the functions over arrays need to know of the elements' type. */
import { problem } from '../../../base/errors.ts';
import { type Compare, naturalOrder } from '../../../types/compare.ts';
import { formatType } from '../../../types/format-type.ts';
import type { SqlType } from '../../../types/type.ts';
import { keyFunction } from '../../../types/value-key.ts';
import type { Value } from '../../../types/value.ts';
import type { CallContext } from '../../define.ts';

/** The type of the elements of the first array among the arguments; null if all are untyped NULLs. */
export function elementType(context: CallContext): SqlType | null {
  for (const type of context.args) if (type?.kind === 'ARRAY') return type.element;
  return null;
}

/** The identity of elements, NULL among them. */
export function elementKey(context: CallContext): (value: Value) => string {
  const type = elementType(context);
  return type === null ? String : keyFunction(type);
}

/** The natural order of elements of a type that `refuseUnordered` let through. */
export function elementOrder(context: CallContext): Compare {
  const type = elementType(context);
  return (type === null ? null : naturalOrder(type)) ?? (() => 0);
}

/** Refuses an array whose elements have no order, while the statement is planned; an overload's `check`. */
export function refuseUnordered([array]: readonly (SqlType | null)[]): void {
  if (array?.kind !== 'ARRAY' || naturalOrder(array.element) !== null) return;
  throw problem(
    'functions.not-comparable',
    `elements of type ${formatType(array.element)} have no order`,
    { hint: 'Arrays of numbers, texts, booleans, bytes, dates and times can be ordered.' },
  );
}
