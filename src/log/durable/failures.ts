/**
 * What a failed write means (reliability: "Commit outcomes"). Full and read-only are rolled back and known; whatever else the
 * storage says, nobody knows whether the commit is there: with an injected fsync error, four of five commits that failed were
 * present after a restart. Then the log stops and has to be opened again.
 */
import { type ProblemError, problem } from '../../base/errors.ts';

const FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT']);

function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** The problem for a write that certainly did not happen, or null if that is not certain. */
export function knownFailure(error: unknown): ProblemError | null {
  const code = codeOf(error);
  if (FULL.has(code)) return diskFull('the disk is full', error);
  if (code.startsWith('SQLITE_READONLY') || code === 'EROFS') {
    return problem('log.read-only', 'the data directory cannot be written to', { cause: error });
  }
  return null;
}

export function diskFull(what: string, cause?: unknown): ProblemError {
  return problem('log.disk-full', `nothing was written: ${what}`, {
    hint: 'Make room: DROP … DELETE TOPIC what is not needed, or delete other files. Writing goes on by itself then.',
    cause,
  });
}

export function outcomeUnknown(cause: unknown): ProblemError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return problem(
    'log.outcome-unknown',
    `the storage failed, the last write may or may not have happened: ${reason}`,
    { hint: 'The log must be opened again.', cause },
  );
}
