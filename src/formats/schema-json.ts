/** JSON texts of schemas: numbers keep their digits, so that a canonical text says what the given one said. */
import { checkSchemaText, invalidSchema } from './schema-limits.ts';

export type SchemaJson =
  | null
  | boolean
  | string
  | number
  | RawNumber
  | readonly SchemaJson[]
  | SchemaObject;
export interface SchemaObject {
  readonly [name: string]: SchemaJson;
}
/** A number that JavaScript would print differently (`1.0`, integers beyond 2^53). */
export interface RawNumber {
  readonly rawJSON: string;
}

/** Node has both; the TypeScript library does not know them yet. */
const json = JSON as unknown as {
  parse(
    text: string,
    revive: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): SchemaJson;
  rawJSON(text: string): RawNumber;
  isRawJSON(value: unknown): boolean;
};

/** Throws `schema.invalid`. */
export function parseSchemaJson(type: string, text: string): SchemaJson {
  checkSchemaText(type, text);
  try {
    return json.parse(text, (_key, value, { source }) =>
      typeof value === 'number' && source !== undefined && String(value) !== source
        ? json.rawJSON(source)
        : value,
    );
  } catch (error) {
    throw invalidSchema(type, error instanceof Error ? error.message : String(error));
  }
}

/** Compact, in the order of the properties. */
export function printSchemaJson(value: SchemaJson): string {
  return JSON.stringify(value);
}

export function isSchemaObject(value: SchemaJson | undefined): value is SchemaObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value)
  );
}

export function isRawNumber(value: SchemaJson | undefined): value is RawNumber {
  return json.isRawJSON(value);
}

export function isSchemaArray(value: SchemaJson | undefined): value is readonly SchemaJson[] {
  return Array.isArray(value);
}

/** The number, or null where the value is none. */
export function schemaNumber(value: SchemaJson | undefined): number | null {
  if (typeof value === 'number') return value;
  return isRawNumber(value) ? Number(value.rawJSON) : null;
}
