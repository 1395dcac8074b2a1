/** The only doors to the outside world for everything below `engine`. Handed in, never imported. */

export type Bytes = Uint8Array;
/** Milliseconds since 1970-01-01T00:00Z. */
export type TimestampMs = number;
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export interface Clock {
  now(): TimestampMs;
}
export interface Timers {
  /** Runs `run` once, after `delayMs`, unless disposed before. */
  after(delayMs: number, run: () => void): Disposable;
}
export interface Random {
  /** In [0, 1). */
  next(): number;
}
/** Events are codes in kebab case that stay the same; what differs stands in the fields. Nothing is logged per record but at `debug`. */
export interface Logger {
  error(event: string, fields?: Json): void;
  warn(event: string, fields?: Json): void;
  info(event: string, fields?: Json): void;
  debug(event: string, fields?: Json): void;
}
export interface Env {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly logger: Logger;
}
