/** Which versions a new schema is held against, and in which direction (Confluent, "Schema Evolution and Compatibility"). */
import type { SchemaText } from '../formats/schema.ts';
import { schemaTypes } from '../formats/table.ts';
import type { CompatibilityLevel } from './api.ts';

/** Reasons why the schema is not compatible with those before it, given in ascending order of versions; empty when it is. */
export function compatibilityReasons(
  level: CompatibilityLevel,
  schema: SchemaText,
  before: readonly SchemaText[],
): readonly string[] {
  if (level === 'NONE') return [];
  const latest = before.at(-1);
  if (latest === undefined) return [];
  const against = level.endsWith('_TRANSITIVE') ? before.toReversed() : [latest];
  for (const other of against) {
    const reasons = reasonsBetween(level, schema, other);
    if (reasons.length > 0)
      return [...reasons, `{oldSchema: '${other.text}'}`, `{compatibility: '${level}'}`];
  }
  return [];
}

function reasonsBetween(
  level: CompatibilityLevel,
  schema: SchemaText,
  other: SchemaText,
): readonly string[] {
  if (schema.type !== other.type) {
    return [`{errorType:'SCHEMA_TYPE_CHANGED', description:'${other.type} became ${schema.type}'}`];
  }
  const { incompatibilities } = schemaTypes[schema.type];
  const backward = level.startsWith('FORWARD') ? [] : incompatibilities(schema, other);
  const forward = level.startsWith('BACKWARD') ? [] : incompatibilities(other, schema);
  return [...backward, ...forward];
}
