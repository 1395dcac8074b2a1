/** A client that does not read: its query stands still meanwhile, and after a time it is told to go. */
import { type ProblemError, problem } from '../../base/errors.ts';

/** How long a client may take nothing of what is sent to it. */
export const stalledMsMax = 60_000;

export function slowConsumer(stalledMs: number): ProblemError {
  return problem(
    'push.slow-consumer',
    `the reader took nothing for ${stalledMs / 1000} s while rows waited for it`,
    { hint: 'Read faster, select fewer columns, or start the query again.' },
  );
}
