/**
 * Maxima. Each stands in its layer's `limits.ts`, has a key, and is passed with one shape of message; docs/limits.md lists all of
 * them. Those that an operator can set are read from server properties of the same name.
 */
import { problem } from './errors.ts';

export interface Limit {
  /** `leat.limit.state.rows`. */
  readonly key: string;
  readonly value: number;
}

/** The one shape of a passed limit; `what` names what was measured. */
export function limitText(limit: Limit, what: string, actual: number): string {
  return `LIMIT_EXCEEDED: ${what} is ${actual}, limit ${limit.value} (${limit.key})`;
}

/** The key of the limit that a message says was passed, or null. */
export function limitOf(message: string): string | null {
  return /^LIMIT_EXCEEDED: .* \(([\w.]+)\)$/m.exec(message)?.[1] ?? null;
}

/** The limit as the server's properties set it. Throws `config.invalid-limit` for what is no number from 1 to `max`. */
export function configuredLimit(
  limit: Limit,
  properties: Readonly<Record<string, string>>,
  max: number = Number.MAX_SAFE_INTEGER,
): Limit {
  const text = properties[limit.key]?.trim();
  if (text === undefined) return limit;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return { key: limit.key, value };
  throw problem(
    'config.invalid-limit',
    `${limit.key} is ${text}, which is no number from 1 to ${max}`,
    {
      hint: `Without it the limit is ${limit.value}.`,
    },
  );
}
