/** SQL types and schemas (spec: sql-statements.md §2). */

export interface Field {
  readonly name: string;
  readonly type: SqlType;
}
export type PrimitiveKind =
  | 'BOOLEAN'
  | 'INTEGER'
  | 'BIGINT'
  | 'DOUBLE'
  | 'STRING'
  | 'BYTES'
  | 'DATE'
  | 'TIME'
  | 'TIMESTAMP';
export type SqlType =
  | { readonly kind: PrimitiveKind }
  | { readonly kind: 'DECIMAL'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'ARRAY'; readonly element: SqlType }
  | { readonly kind: 'MAP'; readonly key: SqlType; readonly value: SqlType }
  | { readonly kind: 'STRUCT'; readonly fields: readonly Field[] };
export type TypeKind = SqlType['kind'];

/** A column of a source that is filled from the record's headers: all of them, or the last with this name. */
export interface HeaderColumn extends Field {
  readonly header: { readonly all: true } | { readonly all: false; readonly key: string };
}
/** Columns of a source in declaration order; header columns are value columns (`headers` names which). */
export interface Schema {
  readonly key: readonly Field[];
  readonly value: readonly (Field | HeaderColumn)[];
}
