/** Temporal values that a payload claims, refused where the type has no such value. */
import { MS_PER_DAY } from '../types/temporal.ts';
import { FormatError } from './format.ts';

/** Days since 1970-01-01 that fit 32 bits. Throws FormatError. */
export function dateInRange(days: number): number {
  if (days === (days | 0)) return days;
  throw new FormatError(`a DATE of ${days} days is out of range`);
}

/** Milliseconds of a day, midnight at its end included, as Kafka Connect has it. Throws FormatError. */
export function timeInRange(timeMs: number): number {
  if (timeMs >= 0 && timeMs <= MS_PER_DAY) return timeMs;
  throw new FormatError(
    `Time values must use number of milliseconds greater than 0 and less than ${MS_PER_DAY}, not ${timeMs}`,
  );
}

/** Milliseconds since 1970 that a double holds exactly. Throws FormatError. */
export function timestampInRange(timestampMs: number): number {
  if (Number.isSafeInteger(timestampMs)) return timestampMs;
  throw new FormatError(`a TIMESTAMP of ${timestampMs} milliseconds is out of range`);
}
