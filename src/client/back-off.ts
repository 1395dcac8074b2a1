/** How long to wait before trying again: a random part of a span that doubles, so that many clients do not come back together. */

export interface BackOff {
  /** The span before the second attempt; 100 ms unless given. */
  readonly firstMs?: number;
  /** No span is longer; 10 s unless given. */
  readonly maxMs?: number;
}

/** Milliseconds before attempt `attempt`, 0 being the first that has to wait; `random` is from 0 to 1. */
export function backOffMs(
  attempt: number,
  random: number,
  { firstMs = 100, maxMs = 10_000 }: BackOff = {},
): number {
  return random * Math.min(maxMs, firstMs * 2 ** attempt);
}

/** Resolves after a time, or at once with the signal. */
export function delay(timeMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timeMs);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
