import type { SqlType } from './type.ts';

/** Full equality: decimals by precision and scale, structs by field names and types in order. */
export function typesEqual(a: SqlType, b: SqlType): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'DECIMAL':
      return b.kind === 'DECIMAL' && a.precision === b.precision && a.scale === b.scale;
    case 'ARRAY':
      return b.kind === 'ARRAY' && typesEqual(a.element, b.element);
    case 'MAP':
      return b.kind === 'MAP' && typesEqual(a.key, b.key) && typesEqual(a.value, b.value);
    case 'STRUCT':
      return (
        b.kind === 'STRUCT' &&
        a.fields.length === b.fields.length &&
        a.fields.every((field, index) => {
          const other = b.fields[index];
          return (
            other !== undefined && field.name === other.name && typesEqual(field.type, other.type)
          );
        })
      );
    default:
      return a.kind === b.kind;
  }
}
