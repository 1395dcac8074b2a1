/**
 * Continuation tokens of scalable push queries: how far a reader is in the topic that the query reads, opaque to clients. Given
 * back, the query goes on with the next row (spec: api.md §5, §6.1).
 */
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { queriesWriting } from '../../catalog/dependencies.ts';
import type { Log, Offset, TopicPartition } from '../../log/log.ts';

/** `identity`: what stands for the source, none of whose characters is a `/`. */
export function continuationToken(identity: string, offsets: readonly Offset[]): string {
  return Buffer.from(`leat:1/${identity}/${offsets.join(',')}`).toString('base64');
}

/**
 * The next offset of each partition. Throws `push.bad-continuation` for what is no token, and `push.continuation-expired` where it
 * is not one of this source, or what follows it is not kept.
 */
function continuationOffsets(
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

/** What stands for a source as it is: its topic and the queries that write it. */
export function sourceIdentity(catalog: Catalog, source: string | undefined): string {
  const writers = source === undefined ? [] : queriesWriting(catalog, source);
  return encodeURIComponent([topicOf(catalog, source), ...writers.map(({ id }) => id)].join(' '));
}

/** Where each partition goes on; throws what `continuationOffsets` throws. */
export function continuedFrom(
  token: string,
  source: string | undefined,
  { catalog, log }: { readonly catalog: Catalog; readonly log: Log },
): (of: TopicPartition) => Offset {
  const topic = topicOf(catalog, source);
  const partitions = log.topics().find(({ name }) => name === topic)?.partitions ?? 0;
  const bounds = Array.from({ length: partitions }, (_, partition) =>
    log.bounds({ topic, partition }),
  );
  const offsets = continuationOffsets(token, sourceIdentity(catalog, source), bounds);
  return ({ partition }) => offsets[partition] ?? 0;
}

function topicOf(catalog: Catalog, source: string | undefined): string {
  return catalog.sources.get(source ?? '')?.topic ?? '';
}

function expired(why: string): ProblemError {
  return problem(
    'push.continuation-expired',
    `The query cannot go on from the continuation token: ${why}`,
    { hint: 'Start it again without a token; what came meanwhile is in the source.' },
  );
}
