/** Texts of .proto files become trees. Throws `schema.invalid`. */
import { checkSchemaText, invalidSchema, SCHEMA_ITEMS_MAX } from '../schema-limits.ts';
import type { SchemaText } from '../schema.ts';
import { knownFiles } from './known-files.ts';
import {
  type LibraryEnum,
  type LibraryField,
  type LibraryNamespace,
  type LibraryRoot,
  type LibraryType,
  type ProtobufLibrary,
  protobufLibrary,
} from './library.ts';
import type { ProtoField, ProtoFile, ProtoMessage, ProtoScalar, ProtoType } from './schema.ts';

const scalars: ReadonlySet<string> = new Set<ProtoScalar>([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);

export function parseProtobuf(schema: SchemaText): ProtoFile {
  for (const text of [schema.text, ...schema.references.values()])
    checkSchemaText('PROTOBUF', text);
  try {
    return parseFile(protobufLibrary(), schema);
  } catch (error) {
    if (!(error instanceof Error) || 'code' in error) throw error;
    throw invalidSchema('PROTOBUF', error.message);
  }
}

function parseFile(library: ProtobufLibrary, schema: SchemaText): ProtoFile {
  // Twice: once alone, to know which messages are the file's own, and once with everything it imports.
  const alone = new library.Root();
  const { package: name } = library.parse(schema.text, alone, { keepCase: true });
  const own = name === undefined ? alone : alone.lookup(name);
  const root = new library.Root();
  addFile(library, root, schema.text, schema.references, new Set());
  root.resolveAll();
  const converter = new Converter(library);
  const messages = messagesOf(library, own).map((message) => {
    const found = root.lookup(message.fullName);
    if (found instanceof library.Type) return converter.message(found as LibraryType);
    throw invalidSchema('PROTOBUF', `message ${message.fullName} is declared twice`);
  });
  return { package: name ?? '', messages };
}

function messagesOf(
  library: ProtobufLibrary,
  space: LibraryNamespace | null,
): readonly LibraryType[] {
  return (space?.nestedArray ?? []).filter(
    (nested): nested is LibraryType => nested instanceof library.Type,
  );
}

function addFile(
  library: ProtobufLibrary,
  root: LibraryRoot,
  text: string,
  references: ReadonlyMap<string, string>,
  added: Set<string>,
): void {
  const { imports, weakImports } = library.parse(text, root, { keepCase: true });
  for (const name of [...(imports ?? []), ...(weakImports ?? [])]) {
    if (added.has(name)) continue;
    added.add(name);
    const file = references.get(name) ?? knownFiles.get(name);
    const builtIn = library.common.get(name);
    if (file !== undefined) addFile(library, root, file, references, added);
    else if (builtIn !== null && builtIn !== undefined) root.addJSON(builtIn.nested);
    else throw invalidSchema('PROTOBUF', `unresolved import "${name}"`);
  }
}

class Converter {
  readonly #library: ProtobufLibrary;
  readonly #messages = new Map<LibraryType, ProtoMessage>();
  #items = 0;

  constructor(library: ProtobufLibrary) {
    this.#library = library;
  }

  message(type: LibraryType): ProtoMessage {
    const known = this.#messages.get(type);
    if (known !== undefined) return known;
    const message: ProtoMessage = {
      name: type.name,
      fullName: type.fullName.slice(1),
      fields: [],
      nested: [],
    };
    this.#messages.set(type, message);
    this.#count(1 + type.fieldsArray.length);
    message.nested = messagesOf(this.#library, type).map((nested) => this.message(nested));
    message.fields = type.fieldsArray
      .map((field) => this.#field(field, message))
      .sort((a, b) => a.number - b.number);
    return message;
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > SCHEMA_ITEMS_MAX) {
      throw invalidSchema('PROTOBUF', `more than ${SCHEMA_ITEMS_MAX} messages and fields`);
    }
  }

  #field(field: LibraryField, owner: ProtoMessage): ProtoField {
    const { partOf } = field;
    const base = {
      name: field.name,
      number: field.id,
      repeated: field.repeated || field.map,
      presence: field.hasPresence,
      oneof:
        partOf === null || partOf === undefined || partOf.isProto3Optional ? null : partOf.name,
      decimal: decimalOptions(field),
    };
    const type = this.#type(field);
    if (!field.map) return { ...base, type };
    const entry = entryMessage(owner, field, type);
    return { ...base, type: { kind: 'message', message: entry } };
  }

  #type(field: LibraryField): ProtoType {
    const { resolvedType } = field;
    if (resolvedType instanceof this.#library.Type) {
      return { kind: 'message', message: this.message(resolvedType as LibraryType) };
    }
    if (resolvedType instanceof this.#library.Enum) {
      const { values, name } = resolvedType as LibraryEnum;
      const byNumber = new Map<number, string>();
      for (const [symbol, number] of Object.entries(values)) {
        if (!byNumber.has(number)) byNumber.set(number, symbol);
      }
      return { kind: 'enum', name, values: byNumber };
    }
    if (!scalars.has(field.type)) throw invalidSchema('PROTOBUF', `no such type: ${field.type}`);
    return { kind: 'scalar', scalar: field.type as ProtoScalar };
  }
}

/** `map<k, v>` is a repeated message of key and value on the wire. */
function entryMessage(owner: ProtoMessage, field: LibraryField, value: ProtoType): ProtoMessage {
  const name = `${field.name}Entry`;
  const part = (partName: string, number: number, type: ProtoType): ProtoField => ({
    name: partName,
    number,
    repeated: false,
    presence: type.kind === 'message',
    type,
    oneof: null,
    decimal: partName === 'value' ? decimalOptions(field) : null,
  });
  const key: ProtoType = { kind: 'scalar', scalar: field.keyType as ProtoScalar };
  return {
    name,
    fullName: `${owner.fullName}.${name}`,
    fields: [part('key', 1, key), part('value', 2, value)],
    nested: [],
  };
}

/** `[(confluent.field_meta) = { params: [{ key: "precision", value: "4" }, …] }]` */
function decimalOptions(field: LibraryField): ProtoField['decimal'] {
  const params = new Map<string, number>();
  for (const option of field.parsedOptions ?? []) {
    const meta = option['(confluent.field_meta)'] as { readonly params?: unknown } | undefined;
    for (const param of [meta?.params ?? []].flat() as unknown as readonly Record<
      string,
      unknown
    >[]) {
      params.set(String(param['key']), Number(param['value']));
    }
  }
  const scale = params.get('scale');
  const precision = params.get('precision') ?? 64;
  if (scale === undefined || !Number.isInteger(scale) || !Number.isInteger(precision)) return null;
  return precision < 1 || scale < 0 || scale > precision ? null : { precision, scale };
}
