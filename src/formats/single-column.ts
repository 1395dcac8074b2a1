/** Columns for schemas that are not records. */
import type { Problem } from '../base/errors.ts';
import type { Field, SqlType } from '../types/type.ts';

/** The one column that an unwrapped schema stands for. */
export function singleColumn(side: 'key' | 'value', type: SqlType): Field {
  return { name: side === 'key' ? 'ROWKEY' : 'ROWVAL', type };
}

/** Why a schema that is no record gives no columns by itself. */
export function anonymousType(): Problem {
  return {
    code: 'schema.anonymous',
    message:
      "Schema returned from schema registry is anonymous type. To use this schema with ksqlDB, set 'WRAP_SINGLE_VALUE=false' in the WITH clause properties.",
  };
}
