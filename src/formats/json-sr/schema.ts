/**
 * JSON schemas as Kafka Connect understands them (spec: semantics.md §3.7a): what ksqlDB writes, and of what others write the part
 * that has a SQL type. Texts become trees; `$ref` is followed inside the document and to referenced schemas.
 */
import {
  isSchemaArray,
  isSchemaObject,
  parseSchemaJson,
  type SchemaJson,
  type SchemaObject,
  schemaNumber,
} from '../schema-json.ts';
import { invalidSchema } from '../schema-limits.ts';
import type { SchemaText } from '../schema.ts';
import { hashOrder } from './hash-order.ts';

/** A schema object and the document that its references are relative to. */
export interface JsonSchemaNode {
  readonly json: SchemaObject;
  readonly document: SchemaJson;
}

export class JsonSchema {
  readonly root: JsonSchemaNode;
  readonly #documents: ReadonlyMap<string, SchemaJson>;

  /** Throws `schema.invalid`. */
  constructor(schema: SchemaText) {
    this.#documents = new Map(
      [...schema.references].map(([name, text]) => [name, parseSchemaJson('JSON', text)]),
    );
    const document = parseSchemaJson('JSON', schema.text);
    this.root = this.#node(document, document);
  }

  /** The node without references to others, nor the one way to say that it may be null. */
  plain(node: JsonSchemaNode): JsonSchemaNode {
    let current = node;
    for (let step = 0; step < 100; step++) {
      const { $ref: reference } = current.json;
      const alternatives = this.alternatives(current);
      if (typeof reference === 'string') current = this.#follow(reference, current.document);
      else if (alternatives.length === 1) current = alternatives[0]!;
      else return current;
    }
    throw invalidSchema('JSON', 'references that go round in circles');
  }

  /** What `oneOf` or `anyOf` offer besides null; nothing without them. */
  alternatives(node: JsonSchemaNode): readonly JsonSchemaNode[] {
    const list = node.json['oneOf'] ?? node.json['anyOf'];
    if (!isSchemaArray(list)) return [];
    return list
      .map((item) => this.#node(item, node.document))
      .filter(({ json }) => json['type'] !== 'null');
  }

  /** The one type besides null; null where there is none or several. */
  typeOf({ json }: JsonSchemaNode): string | null {
    const { type } = json;
    if (typeof type === 'string') return type;
    const types = isSchemaArray(type) ? type.filter((item) => item !== 'null') : [];
    if (types.length === 1 && typeof types[0] === 'string') return types[0];
    return json['properties'] === undefined ? null : 'object';
  }

  /** Properties by `connect.index`; those without one as a Java hash map keeps them, which is what Connect iterates over. */
  properties(node: JsonSchemaNode): readonly (readonly [name: string, node: JsonSchemaNode])[] {
    const { properties } = node.json;
    if (!isSchemaObject(properties)) return [];
    const byIndex = new Map<number, readonly [string, JsonSchemaNode]>();
    for (const name of hashOrder(Object.keys(properties))) {
      const child = this.#node(properties[name]!, node.document);
      const index = schemaNumber(child.json['connect.index']) ?? byIndex.size;
      byIndex.set(index, [name, child]);
    }
    return [...byIndex].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }

  /** A sub-schema under this keyword, or null. */
  child(node: JsonSchemaNode, keyword: string): JsonSchemaNode | null {
    const json = node.json[keyword];
    return isSchemaObject(json) ? { json, document: node.document } : null;
  }

  #node(json: SchemaJson, document: SchemaJson): JsonSchemaNode {
    // `true` allows everything, `false` nothing: neither has a type.
    if (typeof json === 'boolean') return { json: {}, document };
    if (isSchemaObject(json)) return { json, document };
    throw invalidSchema('JSON', `no schema: ${JSON.stringify(json)}`);
  }

  /** `#/definitions/X`, `other.json`, `other.json#/definitions/X`. */
  #follow(reference: string, document: SchemaJson): JsonSchemaNode {
    const [name = '', pointer = ''] = reference.split('#');
    const target = name === '' ? document : this.#documents.get(name);
    if (target === undefined) throw invalidSchema('JSON', `unresolved reference ${reference}`);
    let at: SchemaJson | undefined = target;
    for (const part of pointer.split('/').filter((text) => text !== '')) {
      const key = decodePointer(part);
      at = isSchemaArray(at) ? at[Number(key)] : isSchemaObject(at) ? own(at, key) : undefined;
    }
    if (at === undefined) throw invalidSchema('JSON', `unresolved reference ${reference}`);
    return this.#node(at, target);
  }
}

function own(object: SchemaObject, key: string): SchemaJson | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** RFC 6901, in a URI fragment. */
function decodePointer(part: string): string {
  const text = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
