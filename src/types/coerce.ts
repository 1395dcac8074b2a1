/**
 * Strict coercion (spec: sql-statements.md §4.2): what INSERT may do unasked. Numbers widen, text is read as a temporal value or
 * bytes. Nothing converts to STRING or BOOLEAN.
 */
import { type Cast, castFunction } from './cast.ts';
import { typesEqual } from './equal-types.ts';
import type { SqlType, TypeKind } from './type.ts';

const STRICT: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  INTEGER: ['BIGINT', 'DECIMAL', 'DOUBLE'],
  BIGINT: ['DECIMAL', 'DOUBLE'],
  DECIMAL: ['DOUBLE'],
  STRING: ['TIMESTAMP', 'TIME', 'DATE', 'BYTES'],
};

/** By type alone; an INTEGER counts as coercible to every DECIMAL. */
export function canCoerceStrict(from: SqlType, to: SqlType): boolean {
  if (typesEqual(from, to)) return true;
  switch (from.kind) {
    case 'ARRAY':
      return to.kind === 'ARRAY' && canCoerceStrict(from.element, to.element);
    case 'MAP':
      return (
        to.kind === 'MAP' &&
        canCoerceStrict(from.key, to.key) &&
        canCoerceStrict(from.value, to.value)
      );
    case 'STRUCT':
      return (
        to.kind === 'STRUCT' &&
        to.fields.every((target) => {
          const source = from.fields.find((field) => field.name === target.name);
          return source === undefined || canCoerceStrict(source.type, target.type);
        })
      );
    case 'DECIMAL':
      if (to.kind === 'DECIMAL')
        return from.scale <= to.scale && from.precision - from.scale <= to.precision - to.scale;
      return STRICT.DECIMAL?.includes(to.kind) ?? false;
    default:
      return STRICT[from.kind]?.includes(to.kind) ?? false;
  }
}

/**
 * The function that coerces, or null. It may still fail on a value: an INTEGER that does not fit a DECIMAL, text that is no
 * date. NULL stays NULL.
 */
export function strictCoercion(from: SqlType, to: SqlType): Cast | null {
  return canCoerceStrict(from, to) ? castFunction(from, to) : null;
}
