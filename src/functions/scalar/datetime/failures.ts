/** The wording of failures to format or parse dates and times. */

export type Attempt = 'Failed to parse' | 'Failed to format';

/** Runs and, should it fail, throws `Failed to parse date '…' at timezone '…' with formatter '…': reason`. */
export function attempt<T>(
  what: Attempt,
  kind: 'date' | 'time' | 'timestamp',
  subject: string | number | bigint,
  pattern: string,
  zone: string | null,
  run: () => T,
): T {
  try {
    return run();
  } catch (error) {
    const at = zone === null ? '' : ` at timezone '${zone}'`;
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${what} ${kind} '${subject}'${at} with formatter '${pattern}': ${reason}`, {
      cause: error,
    });
  }
}
