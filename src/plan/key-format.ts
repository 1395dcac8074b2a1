/** Key formats between steps (spec: semantics.md §3.1). */
import type { FormatSpec } from '../formats/format.ts';
import type { Field } from '../types/type.ts';

const KAFKA_KEY_TYPES: readonly string[] = ['INTEGER', 'BIGINT', 'DOUBLE', 'STRING', 'BYTES'];

/** The source's key format, with KAFKA giving way to JSON for what it cannot hold. */
export function internalKeyFormat(source: FormatSpec, key: readonly Field[]): FormatSpec {
  const isKafka = source.format === 'KAFKA' || source.format === 'NONE';
  if (!isKafka) return source;
  const kafka: FormatSpec = { format: 'KAFKA', properties: {}, features: [] };
  if (key.length === 0) return kafka;
  const fits = key.length === 1 && KAFKA_KEY_TYPES.includes(key[0]!.type.kind);
  if (fits) return kafka;
  const features = key.length === 1 ? (['UNWRAP_SINGLES'] as const) : [];
  return { format: 'JSON', properties: {}, features };
}
