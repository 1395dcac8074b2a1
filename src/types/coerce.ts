/**
 * Implicit coercion (spec: sql-statements.md §4.2). *Strict* is what INSERT and non-literal list items may do: widen numbers,
 * read text as a temporal value or bytes. *Lax*, for literals in lists, also turns values into text and text into BOOLEAN or a
 * number. Nothing converts to STRING or BOOLEAN strictly.
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
const LAX: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  BOOLEAN: ['STRING'],
  INTEGER: ['BIGINT', 'DECIMAL', 'DOUBLE', 'STRING'],
  BIGINT: ['DECIMAL', 'DOUBLE', 'STRING'],
  DECIMAL: ['DOUBLE', 'STRING'],
  DOUBLE: ['STRING'],
  STRING: [
    'BOOLEAN',
    'INTEGER',
    'BIGINT',
    'DECIMAL',
    'DOUBLE',
    'TIMESTAMP',
    'TIME',
    'DATE',
    'BYTES',
  ],
  TIMESTAMP: ['STRING'],
  TIME: ['STRING'],
  DATE: ['STRING'],
};

export function canCoerceStrict(from: SqlType, to: SqlType): boolean {
  return canCoerce(from, to, STRICT);
}

export function canCoerceLax(from: SqlType, to: SqlType): boolean {
  return canCoerce(from, to, LAX);
}

/**
 * The function that coerces, or null. It may still fail on a value: an INTEGER that does not fit a DECIMAL, text that is no
 * date. NULL stays NULL.
 */
export function strictCoercion(from: SqlType, to: SqlType): Cast | null {
  return canCoerceStrict(from, to) ? castFunction(from, to) : null;
}

/** As `strictCoercion`, with the lax table. */
export function laxCoercion(from: SqlType, to: SqlType): Cast | null {
  return canCoerceLax(from, to) ? castFunction(from, to) : null;
}

function canCoerce(from: SqlType, to: SqlType, table: typeof STRICT): boolean {
  if (typesEqual(from, to)) return true;
  switch (from.kind) {
    case 'ARRAY':
      return to.kind === 'ARRAY' && canCoerce(from.element, to.element, table);
    case 'MAP':
      return (
        to.kind === 'MAP' &&
        canCoerce(from.key, to.key, table) &&
        canCoerce(from.value, to.value, table)
      );
    case 'STRUCT':
      return (
        to.kind === 'STRUCT' &&
        to.fields.every((target) => {
          const source = from.fields.find((field) => field.name === target.name);
          return source === undefined || canCoerce(source.type, target.type, table);
        })
      );
    case 'DECIMAL':
      if (to.kind === 'DECIMAL')
        return from.scale <= to.scale && from.precision - from.scale <= to.precision - to.scale;
      return table.DECIMAL?.includes(to.kind) ?? false;
    default:
      return table[from.kind]?.includes(to.kind) ?? false;
  }
}
