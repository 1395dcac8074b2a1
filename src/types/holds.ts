/** Looks for a kind of type in a type: is it one, or does it hold one anywhere? */
import type { SqlType } from './type.ts';

export function holds(type: SqlType, kind: SqlType['kind']): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return holds(type.element, kind);
    case 'MAP':
      return holds(type.key, kind) || holds(type.value, kind);
    case 'STRUCT':
      return type.fields.some((field) => holds(field.type, kind));
    default:
      return type.kind === kind;
  }
}
