/** The text of types and schemas as messages, DESCRIBE and SHOW print them (spec: sql-statements.md §2). */
import type { Field, HeaderColumn, Schema, SqlType } from './type.ts';

/** How a name is written inside a type: quoted always, never, or only where the language needs it. */
export type QuoteName = (name: string) => string;

/** Always back-quoted, as in messages. */
export const quoteAlways: QuoteName = (name) => `\`${name.replaceAll('`', '``')}\``;
/** The bare name, as functions' parameter lists and some listings print it. */
export const quoteNever: QuoteName = (name) => name;

/** Canonical text: `DECIMAL(4, 2)`, ``STRUCT<`F0` STRING, `F1` INTEGER>``; an empty struct is `STRUCT< >`. */
export function formatType(type: SqlType, quote: QuoteName = quoteAlways): string {
  switch (type.kind) {
    case 'DECIMAL':
      return `DECIMAL(${type.precision}, ${type.scale})`;
    case 'ARRAY':
      return `ARRAY<${formatType(type.element, quote)}>`;
    case 'MAP':
      return `MAP<${formatType(type.key, quote)}, ${formatType(type.value, quote)}>`;
    case 'STRUCT':
      if (type.fields.length === 0) return 'STRUCT< >';
      return `STRUCT<${type.fields.map((field) => formatField(field, quote)).join(', ')}>`;
    default:
      return type.kind;
  }
}

/** As `formatType`; an unknown type (the literal NULL) prints as `null`. */
export function formatTypeOrNull(type: SqlType | null, quote: QuoteName = quoteAlways): string {
  return type === null ? 'null' : formatType(type, quote);
}

/** Columns in declaration order, keys first: ``  `K` STRING KEY, `V` INTEGER``; header columns carry `HEADERS` or `HEADER('k')`. */
export function formatSchema(schema: Schema, quote: QuoteName = quoteAlways): string {
  const keys = schema.key.map((field) => `${formatField(field, quote)} KEY`);
  const values = schema.value.map((column) => {
    const text = formatField(column, quote);
    return 'header' in column ? `${text} ${formatHeader(column)}` : text;
  });
  return [...keys, ...values].join(', ');
}

function formatField(field: Field, quote: QuoteName): string {
  return `${quote(field.name)} ${formatType(field.type, quote)}`;
}

function formatHeader(column: HeaderColumn): string {
  return column.header.all ? 'HEADERS' : `HEADER('${column.header.key.replaceAll("'", "''")}')`;
}
