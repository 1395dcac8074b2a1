/** What fused code asks of formats. */
import type { CodecSource } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import type { SinkArgs, SourceArgs } from '../../plan/steps.ts';

type CodecRest = Pick<
  Parameters<ReturnType<typeof formatByName>['codec']>[0],
  'spec' | 'side' | 'topic' | 'schemas'
>;

/** Source text of the codec of these columns. */
export function codecSource(
  columns: SourceArgs['value'],
  needed: readonly number[],
  rest: CodecRest,
): CodecSource | null {
  return formatByName(rest.spec.format).codec({ columns, needed, ...rest }).source;
}

/** Are keys in Kafka's own encoding, or absent? */
export function isKafkaKey(source: SourceArgs): boolean {
  return source.key.length === 0 || source.keyFormat.format === 'KAFKA';
}

/** The record's key is written as it came. */
export function isSameKafkaKey(source: SourceArgs, sink: SinkArgs): boolean {
  if (sink.window !== null || sink.keyFormat.format !== 'KAFKA' || !isKafkaKey(source))
    return false;
  const [from] = source.key;
  const [to] = sink.key;
  return from !== undefined && to !== undefined && from.type.kind === to.type.kind;
}

/** Whose UTF-8 is certainly valid. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > 0x7f) return false;
  return true;
}
