import { naturalOrder } from '../../../types/compare.ts';
import { powerOfTen } from '../../../types/decimal.ts';
import { type DecimalType, widenDecimals } from '../../../types/numeric-types.ts';
import type { PrimitiveKind, SqlType } from '../../../types/type.ts';
import type { Value } from '../../../types/value.ts';
import type { CallContext, ScalarDef, ScalarOverload } from '../../define.ts';
import { type Call, handledBound, scalar } from '../scalar.ts';

const kinds: readonly PrimitiveKind[] = [
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'STRING',
  'BYTES',
  'DATE',
  'TIME',
  'TIMESTAMP',
];

/** 1 for the greatest, -1 for the least; of equal values the first counts. */
type Direction = 1 | -1;

function bindChoice(direction: Direction): (context: CallContext) => Call {
  return ({ result }) => {
    const order = naturalOrder(result) ?? (() => 0);
    return (...values: Value[]): Value => {
      let chosen: Value = null;
      for (const value of values) {
        if (value === null) continue;
        if (chosen === null || order(value, chosen) * direction > 0) chosen = value;
      }
      return chosen;
    };
  };
}

/** Decimals of several scales are brought to that of the result first. */
function bindDecimalChoice(direction: Direction): (context: CallContext) => Call {
  return (context) => {
    const choose = bindChoice(direction)(context) as (...values: Value[]) => Value;
    const { args, result } = context;
    const scale = result.kind === 'DECIMAL' ? result.scale : 0;
    const factors = args.map((type) => powerOfTen(scale - (decimalOf(type)?.scale ?? scale)));
    // One array may stand for all the others: then its elements' scale holds from there on.
    const rest = factors.at(-1) ?? 1n;
    return (...values: (bigint | null)[]): Value =>
      choose(
        ...values.map((value, index) => (value === null ? null : value * (factors[index] ?? rest))),
      );
  };
}

function decimalOf(type: SqlType | null): DecimalType | null {
  if (type?.kind === 'ARRAY') return decimalOf(type.element);
  return type?.kind === 'DECIMAL' ? type : null;
}

function widest(args: readonly (SqlType | null)[]): SqlType {
  const [first, ...others] = args.map(decimalOf).filter((type) => type !== null);
  if (first === undefined) return { kind: 'DECIMAL', precision: 1, scale: 0 };
  return others.reduce(widenDecimals, first);
}

function overloads(direction: Direction): readonly ScalarOverload[] {
  const signature = (type: string): string => `(${type} first, ${type}... others) -> ${type}`;
  return [
    ...kinds.map((kind) => handledBound(signature(kind), bindChoice(direction))),
    { ...handledBound(signature('DECIMAL'), bindDecimalChoice(direction)), returns: widest },
  ];
}

/** GREATEST. */
export const greatest: ScalarDef = scalar({
  name: 'GREATEST',
  category: 'CONDITIONAL',
  doc: 'The greatest argument; NULLs are passed over.',
  examples: [
    ['greatest(1, NULL, 3, 2)', '3'],
    ['greatest(1.5, 1.25)', '1.50'],
    ["greatest('apple', 'banana')", 'banana'],
  ],
  overloads: overloads(1),
});

/** LEAST. */
export const least: ScalarDef = scalar({
  name: 'LEAST',
  category: 'CONDITIONAL',
  doc: 'The least argument; NULLs are passed over.',
  examples: [
    ['least(1, NULL, 3, 2)', '1'],
    ["least('apple', 'Zebra')", 'Zebra'],
  ],
  overloads: overloads(-1),
});
