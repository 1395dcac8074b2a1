/** What holds of every aggregate, checked on the rows of an example. */
import { rowCodec } from '../../execution/state/row-codec.ts';
import type { BoundAggregate } from '../../functions/define.ts';
import { valuesEqual } from '../../types/compare.ts';
import { textFunction } from '../../types/java-text.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

/**
 * The result over the rows. Throws if it changes when the accumulator is stored and read back after every row, or when it is
 * merged into an empty one, as the first session of a window is.
 */
export function aggregateLaws(
  aggregate: BoundAggregate,
  type: SqlType,
  rows: readonly Row[],
): Value {
  const codec = rowCodec([aggregate.stored]);
  const add = (accumulator: Value, row: Row): Value => aggregate.add(accumulator, ...row);
  const plain = rows.reduce(add, aggregate.init());
  const result = aggregate.result(plain);
  const stored = rows.reduce<Value>(
    (accumulator, row) => codec.decode(codec.encode([add(accumulator, row)]))[0]!,
    aggregate.init(),
  );
  const same = (other: Value, what: string): void => {
    if (isSame(type, result, other)) return;
    throw new Error(`the result is ${text(type, result)}, but ${text(type, other)} ${what}`);
  };
  same(aggregate.result(stored), 'when the accumulator is stored in between');
  same(aggregate.result(aggregate.merge(aggregate.init(), plain)), 'merged into an empty one');
  return result;
}

function isSame(type: SqlType, a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : valuesEqual(type, a, b);
}

function text(type: SqlType, value: Value): string {
  return value === null ? 'NULL' : textFunction(type)(value);
}
