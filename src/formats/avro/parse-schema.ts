/** Texts of Avro schemas become trees; names, unions and defaults are checked. Throws `schema.invalid`. */
import { isRawNumber, isSchemaArray, isSchemaObject, parseSchemaJson } from '../schema-json.ts';
import { type SchemaJson, type SchemaObject, schemaNumber } from '../schema-json.ts';
import { invalidSchema, SCHEMA_ITEMS_MAX } from '../schema-limits.ts';
import type { SchemaText } from '../schema.ts';
import { checkDefault } from './default-value.ts';
import type { AvroField, AvroLogical, AvroPrimitive, AvroRecord, AvroSchema } from './schema.ts';

const primitives: ReadonlySet<string> = new Set<AvroPrimitive>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'string',
  'bytes',
]);
const namePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The tree; schemas it refers to define their names first. */
export function parseAvro(schema: SchemaText): AvroSchema {
  const parser = new AvroParser();
  for (const text of schema.references.values()) parser.parse(jsonOf(text), '');
  return parser.parse(jsonOf(schema.text), '');
}

/** A bare word is the name of a primitive, as Avro's own parser takes it. */
export function jsonOf(text: string): SchemaJson {
  const word = text.trim();
  return primitives.has(word) ? word : parseSchemaJson('AVRO', text);
}

/** `name` in the namespace of what surrounds it, unless it brings its own. */
export function fullNameOf(schema: SchemaObject, namespace: string): string {
  const { name, namespace: own } = schema;
  if (typeof name !== 'string') throw invalid('No name in schema');
  if (name.includes('.')) return name;
  const space = typeof own === 'string' ? own : namespace;
  return space === '' ? name : `${space}.${name}`;
}

class AvroParser {
  readonly #names = new Map<string, AvroSchema>();
  #items = 0;

  parse(json: SchemaJson | undefined, namespace: string): AvroSchema {
    if (++this.#items > SCHEMA_ITEMS_MAX) throw invalid(`more than ${SCHEMA_ITEMS_MAX} parts`);
    if (typeof json === 'string') return this.#named(json, namespace);
    if (isSchemaArray(json)) return this.#union(json, namespace);
    if (!isSchemaObject(json)) throw invalid(`No type: ${JSON.stringify(json ?? null)}`);
    const { type } = json;
    if (typeof type !== 'string') return this.parse(type, namespace);
    switch (type) {
      case 'record':
      case 'error':
        return this.#record(json, namespace);
      case 'enum':
        return this.#enum(json, namespace);
      case 'fixed':
        return this.#fixed(json, namespace);
      case 'array':
        return { kind: 'array', items: this.parse(json['items'], namespace) };
      case 'map':
        return { kind: 'map', values: this.parse(json['values'], namespace) };
      default:
        if (!primitives.has(type)) return this.#named(type, namespace);
        return { kind: type as AvroPrimitive, logical: logicalOf(json, type, null) };
    }
  }

  #named(name: string, namespace: string): AvroSchema {
    if (primitives.has(name)) return { kind: name as AvroPrimitive, logical: null };
    const inside = namespace === '' || name.includes('.') ? name : `${namespace}.${name}`;
    const found = this.#names.get(inside) ?? this.#names.get(name);
    if (found === undefined) throw invalid(`Undefined name: "${name}"`);
    return found;
  }

  #union(json: readonly SchemaJson[], namespace: string): AvroSchema {
    const branches = json.map((branch) => this.parse(branch, namespace));
    const names = new Set<string>();
    for (const branch of branches) {
      if (branch.kind === 'union') throw invalid('Nested union');
      const name = 'name' in branch ? branch.name : branch.kind;
      if (names.has(name)) throw invalid(`Duplicate in union:${name}`);
      names.add(name);
    }
    return { kind: 'union', branches };
  }

  /** Makes the name known before what is inside is looked at. */
  #define<Named extends AvroSchema & { readonly name: string }>(schema: Named): Named {
    for (const part of schema.name.split('.')) checkName(part);
    if (primitives.has(schema.name))
      throw invalid(`Schemas may not be named after primitives: ${schema.name}`);
    if (this.#names.has(schema.name)) throw invalid(`Can't redefine: ${schema.name}`);
    this.#names.set(schema.name, schema);
    return schema;
  }

  #record(json: SchemaObject, namespace: string): AvroSchema {
    const name = fullNameOf(json, namespace);
    const record: AvroRecord = this.#define({
      kind: 'record',
      name,
      aliases: textsOf(json['aliases']),
      fields: [],
      isMapEntry: json['connect.internal.type'] === 'MapEntry',
    });
    const { fields } = json;
    if (!isSchemaArray(fields)) throw invalid(`Record has no fields: ${name}`);
    const own = name.includes('.') ? name.slice(0, name.lastIndexOf('.')) : '';
    const names = new Set<string>();
    record.fields = fields.map((field): AvroField => {
      const parsed = this.#field(field, own);
      if (names.has(parsed.name)) throw invalid(`Duplicate field ${parsed.name} in record ${name}`);
      names.add(parsed.name);
      return parsed;
    });
    return record;
  }

  #field(json: SchemaJson, namespace: string): AvroField {
    if (!isSchemaObject(json) || typeof json['name'] !== 'string') throw invalid('No field name');
    const name = json['name'];
    checkName(name);
    const type = this.parse(json['type'], namespace);
    const value = json['default'];
    const field = { name, aliases: textsOf(json['aliases']), type, default: value };
    if (value !== undefined) {
      const wrong = checkDefault(type, value);
      if (wrong !== null) throw invalid(`Invalid default for field ${name}: ${wrong}`);
    }
    return field;
  }

  #enum(json: SchemaObject, namespace: string): AvroSchema {
    const { symbols } = json;
    const list = textsOf(symbols);
    if (!isSchemaArray(symbols) || list.length !== symbols.length) {
      throw invalid('Enum has no symbols');
    }
    for (const symbol of list) checkName(symbol);
    if (new Set(list).size !== list.length) throw invalid('Duplicate enum symbol');
    const fallback = typeof json['default'] === 'string' ? json['default'] : null;
    return this.#define({
      kind: 'enum',
      name: fullNameOf(json, namespace),
      aliases: textsOf(json['aliases']),
      symbols: list,
      default: fallback,
    });
  }

  #fixed(json: SchemaObject, namespace: string): AvroSchema {
    const size = schemaNumber(json['size']);
    if (size === null || !Number.isInteger(size) || size < 0) throw invalid('Invalid or no size');
    return this.#define({
      kind: 'fixed',
      name: fullNameOf(json, namespace),
      aliases: textsOf(json['aliases']),
      size,
      logical: logicalOf(json, 'fixed', size),
    });
  }
}

function checkName(name: string): void {
  if (namePattern.test(name)) return;
  const isInitial = name === '' || !/^[A-Za-z_]/.test(name);
  throw invalid(
    `Illegal ${isInitial ? 'initial ' : ''}character${isInitial ? '' : ' in'}: ${name}`,
  );
}

/** A logical type that does not fit what it stands on is ignored, as Avro says. */
function logicalOf(json: SchemaObject, on: string, size: number | null): AvroLogical | null {
  const logical = json['logicalType'];
  if (logical === 'decimal' && (on === 'bytes' || on === 'fixed')) {
    return decimalOf(json, size);
  }
  const isInt = on === 'int' && (logical === 'date' || logical === 'time-millis');
  const isLong =
    on === 'long' &&
    (logical === 'timestamp-millis' || logical === 'timestamp-micros' || logical === 'time-micros');
  return isInt || isLong ? { kind: logical as 'date' } : null;
}

/** Avro asks for a precision; Connect takes 64 where there is none. */
function decimalOf(json: SchemaObject, size: number | null): AvroLogical | null {
  const parameters = json['connect.parameters'];
  const declared = isSchemaObject(parameters) ? parameters['connect.decimal.precision'] : undefined;
  const precision = numberOf(json['precision']) ?? numberOf(declared) ?? 64;
  const scale = numberOf(json['scale']) ?? 0;
  const isWhole = Number.isInteger(precision) && Number.isInteger(scale);
  if (!isWhole || precision < 1 || scale < 0 || scale > precision) return null;
  if (size !== null && precision > Math.floor(Math.log10(2) * (8 * size - 1))) return null;
  return { kind: 'decimal', precision, scale };
}

function numberOf(json: SchemaJson | undefined): number | null {
  if (typeof json === 'string' && /^\d+$/.test(json)) return Number(json);
  return typeof json === 'number' || isRawNumber(json) ? schemaNumber(json) : null;
}

function textsOf(json: SchemaJson | undefined): readonly string[] {
  return isSchemaArray(json) ? json.filter((item): item is string => typeof item === 'string') : [];
}

function invalid(reason: string): Error {
  return invalidSchema('AVRO', reason);
}
