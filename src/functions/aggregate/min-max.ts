import { assert } from '../../base/assert.ts';
import { naturalOrder } from '../../types/compare.ts';
import type { Value } from '../../types/value.ts';
import type { AggregateDef, AggregateOverload, BoundAggregate, CallContext } from '../define.ts';
import { aggregate, decimalOverload, overload } from './aggregate.ts';

/** Keeps the value that is `sign` times the greatest; of equal ones the first. */
function bindExtreme(sign: 1 | -1): (context: CallContext) => BoundAggregate {
  return ({ result: type }) => {
    const order = naturalOrder(type);
    assert(order !== null, 'a type whose values have an order');
    const better = (kept: Value, value: Value): Value => {
      if (value === null || kept === null) return value ?? kept;
      return sign * order(value, kept) > 0 ? value : kept;
    };
    return {
      stored: type,
      init: () => null,
      add: (kept, value) => better(kept, value!),
      merge: better,
      result: (kept) => kept,
    };
  };
}

function overloads(sign: 1 | -1): readonly AggregateOverload[] {
  const bind = bindExtreme(sign);
  return [
    overload('(INTEGER value) -> INTEGER', bind),
    overload('(BIGINT value) -> BIGINT', bind),
    overload('(DOUBLE value) -> DOUBLE', bind),
    decimalOverload('(DECIMAL value) -> DECIMAL', bind),
    overload('(DATE value) -> DATE', bind),
    overload('(TIME value) -> TIME', bind),
    overload('(TIMESTAMP value) -> TIMESTAMP', bind),
    overload('(STRING value) -> STRING', bind),
    overload('(BYTES value) -> BYTES', bind),
  ];
}

export const max: AggregateDef = aggregate({
  name: 'MAX',
  doc: 'The greatest value that is not NULL; NULL if there is none.',
  examples: [
    ['max(x) for x in 1, NULL, 3, 2', '3'],
    ["max(x) for x in 'b', 'a'", 'b'],
  ],
  overloads: overloads(1),
});

export const min: AggregateDef = aggregate({
  name: 'MIN',
  doc: 'The least value that is not NULL; NULL if there is none.',
  examples: [
    ['min(x) for x in 2, NULL, 1, 3', '1'],
    ['min(x) for x in 1.25, -2.00', '-2.00'],
  ],
  overloads: overloads(-1),
});
