import type { Duration, TimeUnit } from './ast.ts';

const UNIT_MS: Readonly<Record<TimeUnit, number>> = {
  DAYS: 86_400_000,
  HOURS: 3_600_000,
  MINUTES: 60_000,
  SECONDS: 1_000,
  MILLISECONDS: 1,
};

/** The length in milliseconds; a safe integer, since the parser refuses longer ones. */
export function durationMs(duration: Pick<Duration, 'amount' | 'unit'>): number {
  return duration.amount * UNIT_MS[duration.unit];
}
