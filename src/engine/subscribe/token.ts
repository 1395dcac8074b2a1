/**
 * Tokens: where in the log a subscriber is, and of which subscription. `1.<wall>.<time>.<offsets>.<identity>`, numbers in base 36.
 * Opaque to clients. The position is the same for all subscribers of a topic; the identity stands for the query with all that its
 * meaning depends on, so a token serves no other query, nor one over a source that has been made anew.
 */
import { createHash } from 'node:crypto';
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Offset } from '../../log/log.ts';

export interface Position {
  /** When it was given, by the server's clock. */
  readonly wallMs: number;
  /** The log's next logical time then. */
  readonly time: number;
  /** Next offset per partition. */
  readonly offsets: readonly Offset[];
}

/** Everything of a token but the identity. */
export function positionText({ wallMs, time, offsets }: Position): string {
  const places = offsets.map((offset) => offset.toString(36)).join('-');
  return `1.${wallMs.toString(36)}.${time.toString(36)}.${places}`;
}

export function tokenText(position: string, identity: string): string {
  return `${position}.${identity}`;
}

/** 16 characters that differ for different things. */
export function identityOf(...parts: readonly unknown[]): string {
  const text = JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'bigint' ? `${value}n` : value,
  );
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

/** Throws `subscribe.bad-token` for what no server gave, and `subscribe.expired` for a token of something else. */
export function positionOf(token: string, identity: string): Position {
  const found = /^1\.([0-9a-z]{1,11})\.([0-9a-z]{1,11})\.([0-9a-z-]*)\.([\w-]{16})$/.exec(token);
  if (found === null)
    throw problem('subscribe.bad-token', 'this is no token of a subscription', {
      hint: 'Tokens come with the tick frames of /leat/v1/subscribe; pass them on as they are.',
    });
  const [, wall = '', time = '', places = '', own] = found;
  if (own !== identity)
    throw expired('it is of another query, or of a source that has been made anew');
  const number = (text: string): number => Number.parseInt(text, 36);
  const offsets = places === '' ? [] : places.split('-').map(number);
  return { wallMs: number(wall), time: number(time), offsets };
}

/** The token cannot be gone on from. */
export function expired(why: string): ProblemError {
  return problem('subscribe.expired', `RESUME_EXPIRED: the token cannot be resumed from: ${why}`, {
    hint: 'Start over with a snapshot.',
  });
}
