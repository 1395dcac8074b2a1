/**
 * Canonical texts of Avro schemas, as Avro's Java library prints them: known attributes first in a fixed order, primitives
 * without attributes as a word, names without the namespace they are in. Equal schemas have equal texts.
 */
import {
  isSchemaArray,
  isSchemaObject,
  printSchemaJson,
  type SchemaJson,
  type SchemaObject,
} from '../schema-json.ts';
import { invalidSchema } from '../schema-limits.ts';
import { fullNameOf } from './parse-schema.ts';
import { namespaceOf, simpleName } from './schema.ts';

/** The canonical text of a schema that parses. */
export function printAvro(json: SchemaJson): string {
  return printSchemaJson(reorder(json, ''));
}

const known: Readonly<Record<string, readonly string[]>> = {
  array: ['items'],
  map: ['values'],
};
/** Attributes that have a place of their own; all others follow in the order given. */
const placed: ReadonlySet<string> = new Set(['type', 'name', 'namespace', 'doc', 'aliases']);

function reorder(json: SchemaJson | undefined, namespace: string): SchemaJson {
  if (json === undefined) throw invalidSchema('AVRO', 'No type');
  if (typeof json === 'string') return shortName(json, namespace);
  if (isSchemaArray(json)) return json.map((branch) => reorder(branch, namespace));
  if (!isSchemaObject(json)) return json;
  const { type } = json;
  if (typeof type !== 'string') return reorder(type, namespace);
  switch (type) {
    case 'record':
    case 'error':
      return record(json, namespace);
    case 'enum':
      return named(json, namespace, ['symbols', 'default']);
    case 'fixed':
      return named(json, namespace, ['size']);
    default:
      return plain(json, type, namespace);
  }
}

function plain(json: SchemaObject, type: string, namespace: string): SchemaJson {
  const parts = known[type] ?? [];
  const rest = others(json, parts);
  if (parts.length === 0 && Object.keys(rest).length === 0) return shortName(type, namespace);
  const inner = parts.map((name) => [name, reorder(json[name], namespace)] as const);
  return { type: shortName(type, namespace), ...Object.fromEntries(inner), ...rest };
}

function named(json: SchemaObject, namespace: string, parts: readonly string[]): SchemaJson {
  const head = nameOf(json, namespace);
  const own = parts.flatMap((name) =>
    json[name] === undefined ? [] : [[name, json[name]] as const],
  );
  return {
    type: json['type'] as string,
    ...head,
    ...Object.fromEntries(own),
    ...others(json, parts),
    ...aliases(json),
  };
}

function record(json: SchemaObject, namespace: string): SchemaJson {
  const own = namespaceOf(fullNameOf(json, namespace));
  const { fields } = json;
  return {
    type: json['type'] as string,
    ...nameOf(json, namespace),
    fields: isSchemaArray(fields) ? fields.map((field) => reorderField(field, own)) : [],
    ...others(json, ['fields']),
    ...aliases(json),
  };
}

function reorderField(field: SchemaJson, namespace: string): SchemaJson {
  if (!isSchemaObject(field)) return field;
  const { name, type, doc, default: value, aliases: _aliases, order, ...rest } = field;
  return {
    name: name as string,
    type: reorder(type, namespace),
    ...(doc === undefined ? {} : { doc }),
    ...(value === undefined ? {} : { default: value }),
    ...(order === undefined || order === 'ascending' ? {} : { order }),
    ...rest,
    ...aliases(field),
  };
}

/** The namespace only where it is not that of what surrounds the schema. */
function nameOf(json: SchemaObject, namespace: string): SchemaObject {
  const fullName = fullNameOf(json, namespace);
  const own = namespaceOf(fullName);
  const { doc } = json;
  return {
    name: simpleName(fullName),
    ...(own === namespace ? {} : { namespace: own }),
    ...(doc === undefined ? {} : { doc }),
  };
}

function aliases(json: SchemaObject): SchemaObject {
  const list = json['aliases'];
  return isSchemaArray(list) && list.length > 0 ? { aliases: list } : {};
}

function others(json: SchemaObject, parts: readonly string[]): SchemaObject {
  const entries = Object.entries(json).filter(
    ([name]) => !placed.has(name) && !parts.includes(name),
  );
  return Object.fromEntries(entries);
}

function shortName(name: string, namespace: string): string {
  return namespace !== '' && namespaceOf(name) === namespace ? simpleName(name) : name;
}
