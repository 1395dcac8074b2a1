/** The column list of CREATE STREAM and CREATE TABLE becomes a schema (spec: sql-statements.md §5.1). */
import type { SourceType, TableElement } from '../../grammar/ast.ts';
import { problem } from '../base/errors.ts';
import { typesEqual } from '../types/equal-types.ts';
import { formatType, quoteAlways } from '../types/format-type.ts';
import type { Field, HeaderColumn, Schema, SqlType } from '../types/type.ts';
import { lineAndColumn } from './expression/location.ts';
import { resolveType } from './expression/resolve-type.ts';

/** Names that no column may have: they are pseudo columns. */
export const reservedColumns: ReadonlySet<string> = new Set([
  'ROWTIME',
  'ROWPARTITION',
  'ROWOFFSET',
  'WINDOWSTART',
  'WINDOWEND',
]);

const headersType: SqlType = {
  kind: 'ARRAY',
  element: {
    kind: 'STRUCT',
    fields: [
      { name: 'KEY', type: { kind: 'STRING' } },
      { name: 'VALUE', type: { kind: 'BYTES' } },
    ],
  },
};

/** What the elements are read with: custom types, and the whole text that was parsed, for locations. */
export interface ElementsContext {
  readonly types: ReadonlyMap<string, SqlType>;
  readonly text: string;
}

/** Key columns and value columns in their order; throws Problems `source.*`. An empty list gives an empty schema. */
export function schemaOfElements(
  elements: readonly TableElement[],
  sourceType: SourceType,
  context: ElementsContext,
): Schema {
  checkNames(elements.map(({ name }) => name.name));
  const key: Field[] = [];
  const value: (Field | HeaderColumn)[] = [];
  for (const element of elements) {
    const field: Field = {
      name: element.name.name,
      type: resolveType(element.type, context.types),
    };
    const { constraint } = element;
    if (constraint === null) value.push(field);
    else if (constraint.kind === 'headers' || constraint.kind === 'header') {
      value.push(headerColumn(field, constraint.kind === 'header' ? constraint.key : null, value));
    } else {
      checkKeyKind(element, sourceType, context.text);
      key.push(field);
    }
  }
  return { key, value };
}

/** Refuses names twice and names of pseudo columns. */
export function checkNames(names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.filter((name) => seen.size === seen.add(name).size);
  if (twice.length > 0) {
    throw problem('source.duplicate-column', `Duplicate column names: ${twice.join(', ')}`);
  }
  for (const name of names) refuseReservedColumn(name);
}

/** Refuses a column with the name of a pseudo column. */
export function refuseReservedColumn(name: string): void {
  if (!reservedColumns.has(name)) return;
  throw problem(
    'source.reserved-column',
    `'${name}' is a reserved column name. You cannot use it as a name for a column.`,
  );
}

function checkKeyKind(element: TableElement, sourceType: SourceType, text: string): void {
  const isPrimary = element.constraint?.kind === 'primaryKey';
  if (isPrimary === (sourceType === 'TABLE')) return;
  const name = quoteAlways(element.name.name);
  const rest = isPrimary
    ? "is a 'PRIMARY KEY' column: please use 'KEY' for streams."
    : "is a 'KEY' column: please use 'PRIMARY KEY' for tables.";
  throw problem(
    'source.key-kind',
    `${lineAndColumn(text, element.span.start)}: Column ${name} ${rest}`,
    {
      span: element.span,
    },
  );
}

function headerColumn(
  field: Field,
  key: string | null,
  before: readonly (Field | HeaderColumn)[],
): HeaderColumn {
  const headers = before.filter((column) => 'header' in column);
  if (headers.some(({ header }) => header.all) || (key === null && headers.length > 0)) {
    throw problem('source.headers', 'Schema already contains a HEADERS column.');
  }
  if (key === null) {
    if (typesEqual(field.type, headersType)) return { ...field, header: { all: true } };
    throw problem(
      'source.headers',
      `Invalid type for HEADERS column: expected ${formatType(headersType)}, got ${formatType(field.type)}`,
    );
  }
  if (headers.some(({ header }) => !header.all && header.key === key)) {
    throw problem('source.headers', `Schema already contains a HEADER('${key}') column.`);
  }
  if (field.type.kind === 'BYTES') return { ...field, header: { all: false, key } };
  throw problem(
    'source.headers',
    `Invalid type for HEADER('${key}') column: expected BYTES, got ${formatType(field.type)}`,
  );
}
