/** Types as written become types: custom names are expanded, impossible ones refused (spec: sql-statements.md §2). */
import type { Type } from '../../grammar/ast.ts';
import { unreachable } from '../base/assert.ts';
import { problem } from '../base/errors.ts';
import type { SqlType } from '../types/type.ts';
import { similarHint } from './suggest.ts';

/** `types` are the ones that CREATE TYPE registered, by name. A custom type is expanded, so that dropping it later changes nothing. */
export function resolveType(type: Type, types: ReadonlyMap<string, SqlType>): SqlType {
  switch (type.kind) {
    case 'primitiveType':
      return { kind: type.name };
    case 'decimalType':
      return decimal(type.precision, type.scale);
    case 'arrayType':
      return { kind: 'ARRAY', element: resolveType(type.element, types) };
    case 'mapType':
      return {
        kind: 'MAP',
        key: resolveType(type.key, types),
        value: resolveType(type.value, types),
      };
    case 'structType':
      return struct(type, types);
    case 'customType': {
      const found = types.get(type.name.name);
      if (found !== undefined) return found;
      throw problem('type.unknown', `Cannot resolve unknown type: ${type.name.name}`, {
        span: type.span,
        ...similarHint(type.name.name, types.keys()),
      });
    }
    default:
      return unreachable(type);
  }
}

function decimal(precision: number, scale: number): SqlType {
  const text = `DECIMAL(${precision}, ${scale})`;
  if (precision < 1) throw problem('type.decimal', `DECIMAL precision must be >= 1: ${text}`);
  if (scale < 0) throw problem('type.decimal', `DECIMAL scale must be >= 0: ${text}`);
  if (precision < scale) {
    throw problem('type.decimal', `DECIMAL precision must be >= scale: ${text}`);
  }
  return { kind: 'DECIMAL', precision, scale };
}

function struct(
  type: Type & { readonly kind: 'structType' },
  types: ReadonlyMap<string, SqlType>,
): SqlType {
  const fields = type.fields.map((field) => ({
    name: field.name.name,
    type: resolveType(field.type, types),
  }));
  const seen = new Set<string>();
  const twice = fields.filter(({ name }) => seen.size === seen.add(name).size);
  if (twice.length > 0) {
    const names = twice.map(({ name }) => name).join(', ');
    throw problem('type.duplicate-field', `Duplicate field names found in STRUCT: '${names}'`, {
      span: type.span,
    });
  }
  return { kind: 'STRUCT', fields };
}
