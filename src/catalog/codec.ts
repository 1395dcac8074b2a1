/**
 * Commands as the command topic holds them: one JSON object, `{"version": 1, "command": {...}}`. Commands are JSON data
 * already, so the codec only adds and checks the version: a newer one is refused, never guessed.
 */
import { problem } from '../base/errors.ts';
import type { Command } from './command.ts';

/** Version that `encodeCommand` writes. A kind of command keeps its meaning for ever; the number grows with new kinds. */
export const commandVersion = 1;

const kinds: Readonly<Record<Command['kind'], true>> = {
  'define-source': true,
  'drop-source': true,
  'define-type': true,
  'drop-type': true,
  'start-query': true,
  'stop-query': true,
  'pause-query': true,
  'resume-query': true,
  'set-property': true,
  'set-connector': true,
};

/** The text that stands for a command in the command topic. */
export function encodeCommand(command: Command): string {
  return JSON.stringify({ version: commandVersion, command });
}

/**
 * Reads what `encodeCommand` wrote. Throws `catalog.newer-command` for a version or kind this program does not know and
 * `catalog.corrupt-command` for anything that is no command.
 */
export function decodeCommand(text: string): Command {
  const envelope = parse(text);
  if (!isObject(envelope)) throw corrupt(text);
  const { version, command } = envelope;
  if (typeof version !== 'number') throw corrupt(text);
  if (version > commandVersion) throw newer(`version ${version}`);
  if (!isObject(command) || typeof command['kind'] !== 'string') throw corrupt(text);
  if (!Object.hasOwn(kinds, command['kind'])) throw newer(`kind "${command['kind']}"`);
  return command as unknown as Command;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw problem('catalog.corrupt-command', 'command is not valid JSON', { cause });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function corrupt(text: string): Error {
  return problem('catalog.corrupt-command', `not a command: ${text.slice(0, 200)}`);
}

function newer(what: string): Error {
  return problem('catalog.newer-command', `command of ${what} is not known to this version`, {
    hint: 'The data directory was written by a newer version: run that or a newer one.',
  });
}
