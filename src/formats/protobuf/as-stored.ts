/**
 * What is left of a row that has been written as Protobuf and read again: NULL numbers and texts have become their type's default,
 * NULL lists and maps are empty (spec: semantics.md §3.8). ksqlDB keeps the rows of a table in its value format, so that this is
 * what a pull query finds there.
 */
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import type { FormatSpec } from '../format.ts';

type Restore = (value: Value) => Value;

/** null where nothing changes, because the representation tells NULL from the default. */
export function rowAsStored(
  types: readonly SqlType[],
  spec: FormatSpec,
): ((row: Row) => Row) | null {
  if (spec.properties.nullableRepresentation !== undefined) return null;
  const restores = types.map(restoreOf);
  return (row) => row.map((value, index) => restores[index]!(value));
}

function restoreOf(type: SqlType): Restore {
  switch (type.kind) {
    case 'BOOLEAN':
      return (value) => value ?? false;
    case 'INTEGER':
    case 'DOUBLE':
      return (value) => value ?? 0;
    case 'BIGINT':
      return (value) => value ?? 0n;
    case 'STRING':
      return (value) => value ?? '';
    case 'BYTES':
      return (value) => value ?? new Uint8Array(0);
    case 'ARRAY': {
      const restore = restoreOf(type.element);
      return (value) => ((value ?? []) as readonly Value[]).map(restore);
    }
    case 'MAP': {
      const restore = restoreOf(type.value);
      return (value) => {
        const entries = [...((value ?? new Map()) as ReadonlyMap<Value, Value>)];
        return new Map(entries.map(([key, item]) => [key, restore(item)]));
      };
    }
    case 'STRUCT': {
      const restores = type.fields.map((field) => restoreOf(field.type));
      return (value) =>
        value === null ? null : (value as Row).map((item, index) => restores[index]!(item));
    }
    default:
      return (value) => value;
  }
}
