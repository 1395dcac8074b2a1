/** How a line of the log reads: one JSON object, or text for people. One line per change of state, none per record. */
import type { Json, TimestampMs } from './env.ts';

/** From the most to the least urgent. */
export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];
export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

export interface LogOptions {
  /** What is less urgent is left out. */
  readonly level: LogLevel;
  readonly format: LogFormat;
}

/** Is a line of `level` written where `least` is asked for? */
export function isLogged(level: LogLevel, least: LogLevel): boolean {
  return logLevels.indexOf(level) <= logLevels.indexOf(least);
}

/** One line without its end: time (ISO 8601, UTC), level, event, then its fields. Fields that are no object become `detail`. */
export function logLine(
  format: LogFormat,
  ts: TimestampMs,
  level: LogLevel,
  event: string,
  fields: Json = {},
): string {
  const time = new Date(ts).toISOString();
  const named: Readonly<Record<string, Json>> =
    typeof fields === 'object' && fields !== null && !Array.isArray(fields)
      ? (fields as Readonly<Record<string, Json>>)
      : { detail: fields };
  if (format === 'json') return JSON.stringify({ ts: time, level, event, ...named });
  const texts = Object.entries(named).map(([name, value]) => `${name}=${shown(value)}`);
  return [time, level.toUpperCase().padEnd(5), event, ...texts].join(' ');
}

/** Texts without blanks as they are, everything else as JSON, so that a line is a line. */
function shown(value: Json): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
