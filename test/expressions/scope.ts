/** What a random expression may refer to: the columns of a row, its key, its time, and the inputs of lambdas around it. */
import type { Field, SqlType } from '../../src/types/type.ts';
import { typesEqual } from '../../src/types/equal-types.ts';
import type { Expression } from '../../src/plan/expression.ts';
import type { InterpretedRow } from './interpreter.ts';
import type { Random } from './random.ts';
import { nullable, PRIMITIVES, randomType, presentValue } from './values.ts';

export interface RowShape {
  readonly key: readonly Field[];
  /** The key is followed by the bounds of a window. */
  readonly windowed: boolean;
  readonly value: readonly Field[];
}

/** Two columns of every primitive type and some containers; a key of two columns. */
export function randomShape(random: Random): RowShape {
  const named = (type: SqlType, index: number): Field => ({ name: `C${index}`, type });
  const containers = random.list(4, 8, () => randomType(random, 2));
  return {
    key: [random.pick(PRIMITIVES), random.pick(PRIMITIVES)].map(named),
    windowed: random.oneIn(2),
    value: [...PRIMITIVES, ...PRIMITIVES, ...containers].map(named),
  };
}

export function randomRow(random: Random, shape: RowShape): InterpretedRow {
  const key = shape.key.map(({ type }) => nullable(random, type));
  const start = random.next();
  return {
    key: random.oneIn(8) ? null : shape.windowed ? [...key, start, start + 10] : key,
    value: shape.value.map(({ type }) => nullable(random, type)),
    timestamp: random.next() * 400,
  };
}

export interface Scope {
  readonly shape: RowShape;
  readonly params: readonly Field[];
}

/** Everything in reach that has the type. */
export function references(scope: Scope, type: SqlType): readonly Expression[] {
  const column = (side: 'key' | 'value') => (field: Field, index: number) =>
    typesEqual(field.type, type)
      ? [{ kind: 'column', type, side, index, name: field.name } as const]
      : [];
  const times: Expression[] =
    type.kind !== 'BIGINT'
      ? []
      : [
          { kind: 'rowtime', type },
          ...(scope.shape.windowed
            ? (['start', 'end'] as const).map((bound) => ({ kind: 'window', type, bound }) as const)
            : []),
        ];
  return [
    ...scope.shape.value.flatMap(column('value')),
    ...scope.shape.key.flatMap(column('key')),
    ...times,
    ...scope.params.flatMap((param) =>
      typesEqual(param.type, type) ? [{ kind: 'param', type, name: param.name } as const] : [],
    ),
  ];
}

const WRITABLE: ReadonlySet<string> = new Set([
  'BOOLEAN',
  'INTEGER',
  'BIGINT',
  'DOUBLE',
  'DECIMAL',
  'STRING',
]);

/** A literal where the type has them, a NULL of the type now and then; null where there is neither. */
export function literal(random: Random, type: SqlType): Expression | null {
  if (random.oneIn(12)) return { kind: 'literal', type, value: null };
  if (!WRITABLE.has(type.kind)) return null;
  const value = presentValue(random, type) as boolean | number | bigint | string;
  return { kind: 'literal', type, value: typeof value === 'bigint' ? String(value) : value };
}
