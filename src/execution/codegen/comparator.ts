/** How values of two types compare in generated code: inline where JavaScript's operators do, else by the types' comparator. */
import { assert } from '../../base/assert.ts';
import { comparator } from '../../types/compare.ts';
import { powerOfTen } from '../../types/decimal.ts';
import { asDecimalType } from '../../types/numeric-types.ts';
import type { SqlType } from '../../types/type.ts';
import type { Emitter } from './generate.ts';

/** A value in the text, possibly NULL. */
export interface Operand {
  readonly text: string;
  readonly nullable: boolean;
  readonly type: SqlType | null;
}

export type ComparisonPlan =
  /** `left` and `right` turn the texts into ones that JavaScript's operators compare; `partial`: there is NaN. */
  | {
      readonly kind: 'inline';
      readonly left: (text: string) => string;
      readonly right: (text: string) => string;
      readonly partial: boolean;
    }
  /** `compare` names a function that gives a negative number, 0, a positive one or NaN. */
  | { readonly kind: 'ordered'; readonly compare: string }
  /** `equals` names a function that gives a boolean. */
  | { readonly kind: 'equality'; readonly equals: string };

const same = (text: string): string => text;
const MIXED_WITH_DOUBLE: ReadonlySet<string> = new Set([
  'INTEGER DOUBLE',
  'DOUBLE INTEGER',
  'BIGINT DOUBLE',
  'DOUBLE BIGINT',
]);

/** The plan for two types that the analysis has found comparable. */
export function comparison(left: SqlType, right: SqlType, emitter: Emitter): ComparisonPlan {
  if (left.kind === right.kind && isPlain(left)) {
    return { kind: 'inline', left: same, right: same, partial: left.kind === 'DOUBLE' };
  }
  const mixed = mixedNumbers(left, right);
  if (mixed !== null) return mixed;
  const found = comparator(left, right);
  assert(found !== null, 'a comparison that was checked when the statement was analysed');
  return found.kind === 'ordered'
    ? { kind: 'ordered', compare: emitter.constant(found.compare) }
    : { kind: 'equality', equals: emitter.constant(found.equals) };
}

function isPlain(type: SqlType): boolean {
  switch (type.kind) {
    case 'ARRAY':
    case 'MAP':
    case 'STRUCT':
    case 'BYTES':
    case 'DECIMAL':
      return false;
    default:
      return true;
  }
}

function mixedNumbers(left: SqlType, right: SqlType): ComparisonPlan | null {
  const kinds = `${left.kind} ${right.kind}`;
  if (kinds === 'INTEGER BIGINT' || kinds === 'BIGINT INTEGER')
    return { kind: 'inline', left: same, right: same, partial: false };
  if (MIXED_WITH_DOUBLE.has(kinds))
    return { kind: 'inline', left: same, right: same, partial: true };
  if (left.kind !== 'DECIMAL' && right.kind !== 'DECIMAL') return null;
  const a = asDecimalType(left);
  const b = asDecimalType(right);
  if (a === null || b === null) return null;
  const scale = Math.max(a.scale, b.scale);
  return {
    kind: 'inline',
    left: scaler(left, scale - a.scale),
    right: scaler(right, scale - b.scale),
    partial: false,
  };
}

function scaler(type: SqlType, places: number): (text: string) => string {
  const bigint = type.kind === 'INTEGER' ? (text: string): string => `BigInt(${text})` : same;
  return places === 0 ? bigint : (text) => `(${bigint(text)}*${powerOfTen(places)}n)`;
}
