/** Between the product and code it did not write: what is thrown, and what is returned. */
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import { checkLimit, resultElementsMax } from '../scalar/limits.ts';
import { valueCheck } from './value-check.ts';

/** The call with its result checked against the type, and whatever it throws as an evaluation error. */
export function guarded(
  name: string,
  call: (...args: never[]) => unknown,
  type: SqlType,
): (...args: Value[]) => Value {
  const check = valueCheck(type);
  const run = call as (...args: Value[]) => unknown;
  return (...args) => {
    try {
      return check(run(...args));
    } catch (error) {
      throw evaluationError(name, error);
    }
  };
}

/** As `guarded`, for rows; NULL arguments give none. */
export function guardedRows(
  name: string,
  call: (...args: never[]) => Iterable<unknown>,
  type: SqlType,
): (...args: Value[]) => readonly Value[] {
  const check = valueCheck(type);
  const run = call as (...args: Value[]) => Iterable<unknown> | null | undefined;
  return (...args) => {
    if (args.includes(null)) return [];
    try {
      const rows: Value[] = [];
      for (const row of run(...args) ?? []) {
        rows.push(check(row));
        checkLimit(resultElementsMax, 'the number of rows', rows.length);
      }
      return rows;
    } catch (error) {
      throw evaluationError(name, error);
    }
  };
}

/**
 * An `Error` of no special name: the engine takes anything else for a fault of its own and stops. The message of an `Error` is
 * kept as it is.
 */
function evaluationError(name: string, error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return new Error(message === '' ? `${name} failed` : message, { cause: error });
}
