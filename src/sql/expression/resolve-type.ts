/** From written types to SQL types (spec: sql-statements.md §2). */
import type * as ast from '../../../grammar/ast.ts';
import { typeWords } from '../../../grammar/rules/type.ts';
import { unreachable } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { similarHint } from '../suggest.ts';

/** `custom` are the types that CREATE TYPE registered; they are expanded. */
export function resolveType(type: ast.Type, custom: ReadonlyMap<string, SqlType>): SqlType {
  switch (type.kind) {
    case 'primitiveType':
      return { kind: type.name };
    case 'decimalType':
      return resolveDecimal(type);
    case 'arrayType':
      return { kind: 'ARRAY', element: resolveType(type.element, custom) };
    case 'mapType':
      return {
        kind: 'MAP',
        key: resolveType(type.key, custom),
        value: resolveType(type.value, custom),
      };
    case 'structType': {
      const fields = type.fields.map((field) => ({
        name: field.name.name,
        type: resolveType(field.type, custom),
      }));
      checkFieldNames(fields, type.span);
      return { kind: 'STRUCT', fields };
    }
    case 'customType': {
      const found = custom.get(type.name.name);
      if (found !== undefined) return found;
      throw problem('type.unknown', `Cannot resolve unknown type: ${type.name.name}`, {
        span: type.span,
        ...similarHint(type.name.name, [...typeWords, ...custom.keys()]),
      });
    }
    default:
      return unreachable(type);
  }
}

/** Refuses a struct in which a name stands twice. */
export function checkFieldNames(fields: readonly Field[], span: ast.AstNode['span']): void {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of fields) {
    if (seen.has(name)) twice.add(name);
    seen.add(name);
  }
  if (twice.size === 0) return;
  const names = [...twice].map((name) => `'${name}'`).join(', ');
  throw problem('analyze.duplicate-field', `Duplicate field names found in STRUCT: ${names}.`, {
    span,
  });
}

function resolveDecimal({ precision, scale, span }: ast.DecimalType): SqlType {
  const text = `DECIMAL(${precision},${scale})`;
  const refuse = (rule: string): Error =>
    problem('analyze.invalid-decimal', `DECIMAL ${rule}: ${text}`, { span });
  if (precision < 1) throw refuse('precision must be >= 1');
  if (scale < 0) throw refuse('scale must be >= 0');
  if (precision < scale) throw refuse('precision must be >= scale');
  return { kind: 'DECIMAL', precision, scale };
}
