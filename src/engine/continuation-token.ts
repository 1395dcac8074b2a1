/**
 * Continuation tokens of scalable push queries: how far a reader is in the topic that the query reads, opaque to clients. Given
 * back, the query goes on with the next row (spec: api.md §5, §6.1).
 */
import { type ProblemError, problem } from '../base/errors.ts';
import type { Offset } from '../log/log.ts';

/** `identity`: what stands for the source, none of whose characters is a `/`. */
export function continuationToken(identity: string, offsets: readonly Offset[]): string {
  return Buffer.from(`leat:1/${identity}/${offsets.join(',')}`).toString('base64');
}

/**
 * The next offset of each partition. Throws `push.bad-continuation` for what is no token, and `push.continuation-expired` where it
 * is not one of this source, or what follows it is not kept.
 */
export function continuationOffsets(
  token: string,
  identity: string,
  bounds: readonly { readonly start: Offset; readonly end: Offset }[],
): readonly Offset[] {
  const found = /^leat:1\/([^/]*)\/([\d,]*)$/.exec(Buffer.from(token, 'base64').toString());
  if (found === null)
    throw problem('push.bad-continuation', 'The continuation token is not one of this server');
  const offsets = (found[2] ?? '').split(',').map(Number);
  if (found[1] !== identity || offsets.length !== bounds.length)
    throw expired('its source has been made anew or is another one');
  const isKept = offsets.every((offset, at) => {
    const { start, end } = bounds[at]!;
    return offset >= start && offset <= end;
  });
  if (!isKept) throw expired('records after it are no longer kept');
  return offsets;
}

function expired(why: string): ProblemError {
  return problem(
    'push.continuation-expired',
    `The query cannot go on from the continuation token: ${why}`,
    { hint: 'Start it again without a token; what came meanwhile is in the source.' },
  );
}
