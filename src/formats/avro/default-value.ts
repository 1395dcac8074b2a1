/** Defaults of fields: JSON values that must fit the field's type, the first branch of a union (Avro, "Complex Types"). */
import { isRawNumber, isSchemaArray, isSchemaObject, schemaNumber } from '../schema-json.ts';
import type { SchemaJson } from '../schema-json.ts';
import type { AvroSchema } from './schema.ts';

/** Why the value is no default for the type, or null. */
export function checkDefault(type: AvroSchema, value: SchemaJson): string | null {
  const wrong = `${JSON.stringify(value)} not a ${type.kind}`;
  const fits = (is: boolean): string | null => (is ? null : wrong);
  switch (type.kind) {
    case 'null':
      return fits(value === null);
    case 'boolean':
      return fits(typeof value === 'boolean');
    case 'int':
    case 'long':
      return fits(isInteger(value));
    case 'float':
    case 'double':
      return fits(schemaNumber(value) !== null);
    case 'string':
    case 'bytes':
    case 'fixed':
      return fits(typeof value === 'string');
    case 'enum':
      return fits(typeof value === 'string' && type.symbols.includes(value));
    case 'array':
      if (!isSchemaArray(value)) return wrong;
      return firstWrong(value.map((item) => checkDefault(type.items, item)));
    case 'map':
      if (!isSchemaObject(value)) return wrong;
      return firstWrong(Object.values(value).map((item) => checkDefault(type.values, item)));
    case 'union':
      return checkUnion(type.branches, value, wrong);
    case 'record':
      if (!isSchemaObject(value)) return wrong;
      return firstWrong(
        type.fields.map((field) => {
          const given = Object.hasOwn(value, field.name) ? value[field.name] : field.default;
          return given === undefined
            ? `no value for ${field.name}`
            : checkDefault(field.type, given);
        }),
      );
  }
}

function checkUnion(
  branches: readonly AvroSchema[],
  value: SchemaJson,
  wrong: string,
): string | null {
  const [first] = branches;
  return first === undefined ? wrong : checkDefault(first, value);
}

function firstWrong(results: readonly (string | null)[]): string | null {
  return results.find((result) => result !== null) ?? null;
}

function isInteger(value: SchemaJson): boolean {
  if (typeof value === 'number') return Number.isInteger(value);
  return isRawNumber(value) && /^-?\d+$/.test(value.rawJSON);
}

/** The integer as a bigint, whatever its size. */
export function defaultInteger(value: SchemaJson): bigint {
  return isRawNumber(value) ? BigInt(value.rawJSON) : BigInt(value as number);
}
