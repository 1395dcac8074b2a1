/** Sums by type: what INTEGER, BIGINT, DOUBLE and DECIMAL do when added up. */
import { ensureFit } from '../../types/decimal.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';

export interface Summation {
  readonly zero: Value;
  readonly add: (a: Value, b: Value) => Value;
  readonly subtract: (a: Value, b: Value) => Value;
}

const SUMMATIONS: Readonly<Record<'INTEGER' | 'BIGINT' | 'DOUBLE', Summation>> = {
  INTEGER: {
    zero: 0,
    add: (a, b) => ((a as number) + (b as number)) | 0,
    subtract: (a, b) => ((a as number) - (b as number)) | 0,
  },
  BIGINT: {
    zero: 0n,
    add: (a, b) => BigInt.asIntN(64, (a as bigint) + (b as bigint)),
    subtract: (a, b) => BigInt.asIntN(64, (a as bigint) - (b as bigint)),
  },
  DOUBLE: {
    zero: 0,
    add: (a, b) => (a as number) + (b as number),
    subtract: (a, b) => (a as number) - (b as number),
  },
};

/** Integers wrap around; a decimal that outgrows its type throws `Numeric field overflow: ...`. */
export function summation(type: SqlType): Summation {
  switch (type.kind) {
    case 'INTEGER':
    case 'BIGINT':
    case 'DOUBLE':
      return SUMMATIONS[type.kind];
    case 'DECIMAL': {
      const { precision, scale } = type;
      return {
        zero: 0n,
        add: (a, b) => ensureFit((a as bigint) + (b as bigint), precision, scale),
        subtract: (a, b) => ensureFit((a as bigint) - (b as bigint), precision, scale),
      };
    }
    default:
      throw new Error(`${type.kind} does not add up`);
  }
}
