/** Types and columns as the API shows them: schema objects and fields (spec: api.md §4). */
import type { Json } from '../../../base/env.ts';
import type { Field, HeaderColumn, Schema, SqlType } from '../../../types/type.ts';

/** `{type, fields, memberSchema}`, with `parameters` for DECIMAL. */
export function schemaJson(type: SqlType): Json {
  switch (type.kind) {
    case 'DECIMAL':
      return {
        type: 'DECIMAL',
        fields: null,
        memberSchema: null,
        parameters: { precision: type.precision, scale: type.scale },
      };
    case 'ARRAY':
      return { type: 'ARRAY', fields: null, memberSchema: schemaJson(type.element) };
    case 'MAP':
      return { type: 'MAP', fields: null, memberSchema: schemaJson(type.value) };
    case 'STRUCT':
      return {
        type: 'STRUCT',
        fields: type.fields.map(({ name, type: field }) => ({ name, schema: schemaJson(field) })),
        memberSchema: null,
      };
    default:
      return { type: type.kind, fields: null, memberSchema: null };
  }
}

/** Columns in declaration order, keys first; system columns are no columns. */
export function fieldsJson(schema: Schema): readonly Json[] {
  return [
    ...schema.key.map((field) => ({ ...plain(field), fieldType: 'KEY' })),
    ...schema.value.map(valueField),
  ];
}

function valueField(column: Field | HeaderColumn): Json {
  if (!('header' in column)) return plain(column);
  return {
    ...plain(column),
    fieldType: 'HEADER',
    ...(column.header.all ? {} : { headerKey: column.header.key }),
  };
}

function plain({ name, type }: Field): { readonly [key: string]: Json } {
  return { name, schema: schemaJson(type) };
}
