import type { Value } from '../../types/value.ts';
import type { AggregateDef, BoundAggregate, CallContext } from '../define.ts';
import { aggregate, decimalOverload, listOf, overload } from './aggregate.ts';
import { summation } from './arithmetic.ts';

const bindSum = ({ result: type }: CallContext): BoundAggregate => {
  const { zero, add, subtract } = summation(type);
  return {
    stored: type,
    init: () => zero,
    add: (sum, value) => (value === null ? sum : add(sum, value!)),
    undo: (sum, value) => (value === null ? sum : subtract(sum, value!)),
    merge: add,
    result: (sum) => sum,
  };
};

export const sum: AggregateDef = aggregate({
  name: 'SUM',
  doc: 'The sum of the values that are not NULL; 0 if there are none. INTEGER and BIGINT wrap around; a DECIMAL sum that outgrows its type ends the query.',
  examples: [
    ['sum(x) for x in 1, 2, NULL', '3'],
    ['sum(x) for x in 1.5, 2.25', '3.75'],
  ],
  overloads: [
    overload('(INTEGER value) -> INTEGER', bindSum),
    overload('(BIGINT value) -> BIGINT', bindSum),
    overload('(DOUBLE value) -> DOUBLE', bindSum),
    decimalOverload('(DECIMAL value) -> DECIMAL', bindSum),
  ],
});

const bindSumList = ({ result: type }: CallContext): BoundAggregate => {
  const { zero, add, subtract } = summation(type);
  const fold = (
    sum: Value,
    list: Value | undefined,
    step: (a: Value, b: Value) => Value,
  ): Value => {
    if (list === null || list === undefined) return sum;
    let folded = sum;
    for (const value of listOf(list)) if (value !== null) folded = step(folded, value);
    return folded;
  };
  return {
    stored: type,
    init: () => zero,
    add: (sum, list) => fold(sum, list, add),
    undo: (sum, list) => fold(sum, list, subtract),
    merge: add,
    result: (sum) => sum,
  };
};

export const sumList: AggregateDef = aggregate({
  name: 'SUM_LIST',
  doc: 'The sum of all elements of all lists; NULL lists and NULL elements do not count.',
  examples: [['sum_list(x) for x in ARRAY[1, 2], NULL, ARRAY[3, NULL]', '6']],
  overloads: [
    overload('(ARRAY<INTEGER> list) -> INTEGER', bindSumList),
    overload('(ARRAY<BIGINT> list) -> BIGINT', bindSumList),
    overload('(ARRAY<DOUBLE> list) -> DOUBLE', bindSumList),
  ],
});
