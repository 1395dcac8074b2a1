/** The line under the output while statements run: how long, how many rows, how to stop. */

/** Nothing is shown for what is done sooner; a query shows itself at once. */
const quietMs = 150;
/** An interrupt that has not worked for so long may be repeated to leave the shell. */
const patienceMs = 2_000;

export interface Running {
  readonly startedAt: number;
  /** Rows of the query; null while there is none. */
  readonly rows: number | null;
  /** When Ctrl-C was pressed. */
  readonly interruptedAt: number | null;
}

/** Null while there is nothing worth saying. `now` in milliseconds, as all times here. */
export function statusLine(running: Running, now: number): string | null {
  const { startedAt, rows, interruptedAt } = running;
  if (rows === null && now - startedAt < quietMs) return null;
  const parts = [
    ...(rows === null ? [] : [`${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`]),
    duration(now - startedAt),
  ];
  if (interruptedAt === null) parts.push('Press CTRL-C to interrupt');
  else if (mayLeave(running, now)) parts.push('Still running. Press CTRL-C to leave the shell');
  else parts.push('Stopping');
  return parts.join(' · ');
}

/** Whether another Ctrl-C leaves the shell. */
export function mayLeave({ interruptedAt }: Running, now: number): boolean {
  return interruptedAt !== null && now - interruptedAt >= patienceMs;
}

function duration(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
