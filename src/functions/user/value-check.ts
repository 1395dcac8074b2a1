/** Whether what a user's function returned is a value of the declared type. */
import { unreachable } from '../../base/assert.ts';
import { isInt64 } from '../../types/integer.ts';
import { formatType } from '../../types/format-type.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { checkLimit, resultBytesMax, resultElementsMax } from '../scalar/limits.ts';

/** Gives the value, containers copied; `undefined` counts as NULL. Throws an Error that says what was expected. */
export type ValueCheck = (value: unknown) => Value;

/** The check for a type, put together once. */
export function valueCheck(type: SqlType): ValueCheck {
  const check = presentCheck(type);
  return (value) => (value === null || value === undefined ? null : check(value));
}

const MS_PER_DAY = 86_400_000;

function presentCheck(type: SqlType): ValueCheck {
  switch (type.kind) {
    case 'BOOLEAN':
      return expecting(type, 'a boolean', (value) => typeof value === 'boolean');
    case 'INTEGER':
    case 'DATE':
      return expecting(
        type,
        type.kind === 'DATE' ? 'days since 1970-01-01 as a whole number' : 'a 32-bit whole number',
        (value) => typeof value === 'number' && value === (value | 0) && !Object.is(value, -0),
      );
    case 'BIGINT':
      return expecting(
        type,
        'a 64-bit bigint',
        (value) => typeof value === 'bigint' && isInt64(value),
      );
    case 'DOUBLE':
      return expecting(type, 'a number', (value) => typeof value === 'number');
    case 'DECIMAL': {
      const limit = 10n ** BigInt(type.precision);
      return expecting(
        type,
        `a bigint of at most ${type.precision} digits, the value times 10^${type.scale}`,
        (value) => typeof value === 'bigint' && value < limit && value > -limit,
      );
    }
    case 'STRING':
      return expecting(type, 'a string', (value) => {
        if (typeof value === 'string') checkLimit(resultBytesMax, 'text', value.length);
        return typeof value === 'string';
      });
    case 'BYTES':
      return expecting(type, 'a Uint8Array', (value) => {
        if (value instanceof Uint8Array) checkLimit(resultBytesMax, 'bytes', value.length);
        return value instanceof Uint8Array;
      });
    case 'TIME':
      return expecting(type, 'milliseconds of a day as a whole number', (value) =>
        Number.isInteger(value) ? (value as number) >= 0 && (value as number) <= MS_PER_DAY : false,
      );
    case 'TIMESTAMP':
      return expecting(type, 'milliseconds since 1970 as a whole number', Number.isSafeInteger);
    case 'ARRAY':
      return arrayCheck(type);
    case 'MAP':
      return mapCheck(type);
    case 'STRUCT':
      return structCheck(type);
    default:
      return unreachable(type);
  }
}

function expecting(
  type: SqlType,
  expectation: string,
  holds: (value: unknown) => boolean,
): ValueCheck {
  return (value) => {
    if (!holds(value)) throw mismatch(type, expectation, value);
    return value as Value;
  };
}

function arrayCheck(type: Extract<SqlType, { kind: 'ARRAY' }>): ValueCheck {
  const element = valueCheck(type.element);
  return (value) => {
    if (!Array.isArray(value)) throw mismatch(type, 'an array', value);
    checkLimit(resultElementsMax, 'the number of elements', value.length);
    return Array.from(value as readonly unknown[], element);
  };
}

function mapCheck(type: Extract<SqlType, { kind: 'MAP' }>): ValueCheck {
  const key = valueCheck(type.key);
  const entry = valueCheck(type.value);
  return (value) => {
    if (!(value instanceof Map)) throw mismatch(type, 'a Map', value);
    checkLimit(resultElementsMax, 'the number of entries', value.size);
    const copy = new Map<Value, Value>();
    for (const [name, item] of value as Map<unknown, unknown>) copy.set(key(name), entry(item));
    return copy;
  };
}

function structCheck(type: Extract<SqlType, { kind: 'STRUCT' }>): ValueCheck {
  const fields = type.fields.map((field) => valueCheck(field.type));
  return (value) => {
    if (!Array.isArray(value) || value.length !== fields.length)
      throw mismatch(type, `an array of ${fields.length}, a slot for each field`, value);
    return fields.map((field, index) => field(value[index]));
  };
}

function mismatch(type: SqlType, expectation: string, value: unknown): Error {
  return new Error(
    `${formatType(type)} is ${expectation}, but the function returned ${describe(value)}`,
  );
}

function describe(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `the string '${value.slice(0, 40)}'`;
    case 'number':
    case 'boolean':
      return `the ${typeof value} ${Object.is(value, -0) ? '-0' : value}`;
    case 'bigint':
      return `the bigint ${value}`;
    case 'object':
      return `an object of ${value?.constructor?.name ?? 'no class'}`;
    default:
      return `a ${typeof value}`;
  }
}
