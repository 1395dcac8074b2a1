/**
 * JSON Schemas (2020-12) as plain objects. Those of request bodies are checked by `checkBody` and shown at /openapi.json, so that what
 * is documented is what is asked for. Only the fields of a body are checked here; what is in them, whoever uses them looks at.
 */
import { type ProblemError, problem } from '../../base/errors.ts';

export type JsonType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'null';

export interface Schema {
  readonly type?: JsonType | readonly JsonType[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly enum?: readonly (string | number | boolean | null)[];
  readonly const?: string | number | boolean;
  readonly anyOf?: readonly Schema[];
  readonly minLength?: number;
  readonly $ref?: string;
}

/** A request's body: an object, of which fields that are required are texts with something in them. */
export interface BodySchema extends Schema {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, Schema>>;
}

const named: Readonly<Partial<Record<JsonType, string>>> = {
  object: 'an object',
  array: 'an array',
  string: 'a text',
  integer: 'an integer',
};

/**
 * Throws what is wrong with the fields of a body, in ksqlDB's words; `missing` makes the error of a required field that is not there.
 * Unknown fields are ignored, null is as good as absent.
 */
export function checkBody(
  schema: BodySchema,
  body: Readonly<Record<string, unknown>>,
  missing: (field: string) => ProblemError,
): void {
  for (const [field, { type }] of Object.entries(schema.properties)) {
    const value = body[field];
    if (schema.required?.includes(field)) {
      if (typeof value !== 'string' || value === '') throw missing(field);
      continue;
    }
    if (value === undefined || value === null) continue;
    const [first] = (typeof type === 'string' ? [type] : (type ?? [])) as readonly JsonType[];
    if (first !== undefined && !isOf(first, value))
      throw problem(
        'request.invalid-json',
        `Invalid JSON in request: "${field}" must be ${named[first] ?? first}`,
      );
  }
}

/** For bodies of which nothing is required, and those that have no better word. */
export function missing(field: string): ProblemError {
  return problem('request.missing', `"${field}" field must be populated`);
}

function isOf(type: JsonType, value: unknown): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

/** An object with these fields; all of them are there unless `optional` names them. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: readonly string[] = [],
): Schema & { readonly type: 'object' } {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', properties, required };
}

export function array(items: Schema): Schema {
  return { type: 'array', items };
}

/** The schema, or null. */
export function nullable(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] };
}

export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export const text: Schema = { type: 'string' };
export const integer: Schema = { type: 'integer' };
export const boolean: Schema = { type: 'boolean' };
export const anything: Schema = {};
/** An object with any fields. */
export const fields: Schema = { type: 'object', additionalProperties: true };
