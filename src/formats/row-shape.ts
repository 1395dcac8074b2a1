/** How a row of columns stands in a payload, and what all formats of records ask of types. */
import type { SqlType } from '../types/type.ts';
import type { CodecRequest } from './format.ts';

/** Does a row of these columns stand in a record, rather than being the one column's value itself? */
export function isRecord(request: Pick<CodecRequest, 'columns' | 'side' | 'spec'>): boolean {
  if (request.columns.length !== 1) return true;
  return request.side === 'value' && !request.spec.features.includes('UNWRAP_SINGLES');
}

/** Are the keys of all maps in the type STRING? */
export function mapsHaveTextKeys(type: SqlType): boolean {
  switch (type.kind) {
    case 'ARRAY':
      return mapsHaveTextKeys(type.element);
    case 'MAP':
      return type.key.kind === 'STRING' && mapsHaveTextKeys(type.value);
    case 'STRUCT':
      return type.fields.every((field) => mapsHaveTextKeys(field.type));
    default:
      return true;
  }
}
