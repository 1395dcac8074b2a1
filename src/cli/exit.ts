/** How the process ends (ARCHITECTURE.md, "When something breaks"). */
import { ProblemError } from '../base/errors.ts';

export const exitCodes = {
  clean: 0,
  failed: 1,
  portInUse: 71,
  directoryInUse: 73,
  readOnly: 74,
  /** The log's outcome is unknown: start again and go on from what is durable. */
  restart: 75,
  corrupt: 76,
  tooNew: 77,
  badConfiguration: 78,
} as const;

const codesOfProblems: Readonly<Record<string, number>> = {
  'server.port-in-use': exitCodes.portInUse,
  'log.data-dir-in-use': exitCodes.directoryInUse,
  'log.read-only': exitCodes.readOnly,
  'log.outcome-unknown': exitCodes.restart,
  'log.corrupt': exitCodes.corrupt,
  'log.wal-mismatch': exitCodes.corrupt,
  'log.format-too-new': exitCodes.tooNew,
  'catalog.corrupt-command': exitCodes.corrupt,
  'catalog.newer-command': exitCodes.tooNew,
  'catalog.newer-plan': exitCodes.tooNew,
  'state.newer-layout': exitCodes.tooNew,
  'state.corrupt': exitCodes.corrupt,
  'config.invalid-limit': exitCodes.badConfiguration,
  'functions.directory': exitCodes.badConfiguration,
  'functions.module': exitCodes.badConfiguration,
  'functions.clash': exitCodes.badConfiguration,
  'functions.missing': exitCodes.badConfiguration,
};

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ProblemError)) return exitCodes.failed;
  return codesOfProblems[error.code] ?? exitCodes.failed;
}

/** Prints what went wrong: a line and a hint for the user's errors, the stack for ours. */
export function printFailure(error: unknown): void {
  process.stderr.write(`${failureText(error)}\n`);
}

export function failureText(error: unknown): string {
  if (error instanceof ProblemError) {
    return [
      `error: ${error.message}`,
      error.detail,
      error.hint === undefined ? undefined : `hint: ${error.hint}`,
    ]
      .filter((line) => line !== undefined)
      .join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
