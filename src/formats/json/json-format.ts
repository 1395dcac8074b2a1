/** The JSON format (spec: semantics.md §3.4). */
import type { Field, SqlType } from '../../types/type.ts';
import type { FormatDef } from '../format.ts';
import { jsonCodec } from './json-codec.ts';

export const jsonFormat: FormatDef = {
  name: 'JSON',
  doc: 'One JSON document: an object with a property for each column, or the value itself for a single column.',
  properties: [],
  singleDefault: 'wrapped',
  wrapping: [true, false],
  unwrapsKeys: true,
  multipleKeyColumns: true,
  registry: false,
  check(columns: readonly Field[]) {
    return columns.every((column) => hasTextKeys(column.type))
      ? null
      : { code: 'format.map-key', message: 'JSON only supports MAP types with STRING keys' };
  },
  codec: jsonCodec,
};

/** Are the keys of all maps in the type STRING? */
function hasTextKeys(type: SqlType): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return hasTextKeys(type.element);
    case 'MAP':
      return type.key.kind === 'STRING' && hasTextKeys(type.value);
    case 'STRUCT':
      return type.fields.every((field) => hasTextKeys(field.type));
    default:
      return true;
  }
}
