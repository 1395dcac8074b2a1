/** How the process ends (ARCHITECTURE.md, "When something breaks"). */
import { type Problem, ProblemError } from '../base/errors.ts';
import { StatementFailure } from '../engine/api.ts';

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
  interrupted: 130,
} as const;

/** The problems that end the process with a status of their own; docs/errors.md lists them. */
export const codesOfProblems: Readonly<Record<string, number>> = {
  'server.port-in-use': exitCodes.portInUse,
  'log.data-dir-in-use': exitCodes.directoryInUse,
  'log.read-only': exitCodes.readOnly,
  'log.outcome-unknown': exitCodes.restart,
  'log.corrupt-record': exitCodes.corrupt,
  'log.corrupt-state': exitCodes.corrupt,
  'log.wal-mismatch': exitCodes.corrupt,
  'log.format-too-new': exitCodes.tooNew,
  'catalog.corrupt-command': exitCodes.corrupt,
  'catalog.newer-command': exitCodes.tooNew,
  'catalog.newer-plan': exitCodes.tooNew,
  'state.newer-layout': exitCodes.tooNew,
  'state.corrupt': exitCodes.corrupt,
  'config.invalid-limit': exitCodes.badConfiguration,
  'config.listeners': exitCodes.badConfiguration,
  'config.tls': exitCodes.badConfiguration,
  'config.users': exitCodes.badConfiguration,
  'config.authentication': exitCodes.badConfiguration,
  'config.unprotected': exitCodes.badConfiguration,
  'config.invalid-property': exitCodes.badConfiguration,
  'config.unknown-property': exitCodes.badConfiguration,
  'config.unreadable': exitCodes.badConfiguration,
  'functions.directory': exitCodes.badConfiguration,
  'functions.module': exitCodes.badConfiguration,
  'functions.clash': exitCodes.badConfiguration,
  'functions.missing': exitCodes.badConfiguration,
  'engine.node-too-old': exitCodes.badConfiguration,
  'log.engine-unsafe': exitCodes.badConfiguration,
  'log.network-file-system': exitCodes.badConfiguration,
  'log.not-a-directory': exitCodes.badConfiguration,
  'server.bad-address': exitCodes.badConfiguration,
};

/** The exit status for what ended a command; 1 for what has none of its own. */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof ProblemError)) return exitCodes.failed;
  return codesOfProblems[error.code] ?? exitCodes.failed;
}

/** Prints what went wrong: a line and a hint for the user's errors, the stack for ours. */
export function printFailure(error: unknown): void {
  process.stderr.write(`${failureText(error)}\n`);
}

/** A user's error as its message, detail and hint; the stack of any other. */
export function failureText(error: unknown): string {
  const told = error instanceof StatementFailure ? error.data.problem : error;
  if (error instanceof StatementFailure || told instanceof ProblemError) {
    const { message, detail, hint } = told as Problem;
    return [`error: ${message}`, detail, hint === undefined ? undefined : `hint: ${hint}`]
      .filter((line) => line !== undefined)
      .join('\n');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
