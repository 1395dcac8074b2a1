/**
 * Whether documents of one JSON schema are documents of another, by the rules of fields: types may widen, properties may come
 * and go as long as nothing required is missing and nothing closed is opened by the other side.
 */
import { isSchemaArray, type SchemaJson } from '../schema-json.ts';
import type { JsonSchema, JsonSchemaNode } from './schema.ts';

/** A line for each reason why not. */
export function jsonIncompatibilities(reader: JsonSchema, writer: JsonSchema): readonly string[] {
  const checker = new Checker(reader, writer);
  checker.check(reader.root, writer.root, '#');
  return checker.reasons;
}

class Checker {
  readonly reasons: string[] = [];
  readonly #reader: JsonSchema;
  readonly #writer: JsonSchema;
  readonly #seen = new Map<SchemaJson, Set<SchemaJson>>();

  constructor(reader: JsonSchema, writer: JsonSchema) {
    this.#reader = reader;
    this.#writer = writer;
  }

  check(readerNode: JsonSchemaNode, writerNode: JsonSchemaNode, path: string): void {
    const wasNullable = isNullable(writerNode);
    if (wasNullable && !isNullable(readerNode) && !acceptsAll(readerNode)) {
      this.#refuse('NULL_REMOVED', path);
    }
    const reader = this.#reader.plain(readerNode);
    const writer = this.#writer.plain(writerNode);
    const seen = this.#seen.get(reader.json) ?? new Set();
    if (seen.has(writer.json)) return;
    this.#seen.set(reader.json, seen.add(writer.json));
    if (acceptsAll(reader)) return;
    this.#checkTypes(reader, writer, path);
  }

  #checkTypes(reader: JsonSchemaNode, writer: JsonSchemaNode, path: string): void {
    const [to, from] = [this.#reader.typeOf(reader), this.#writer.typeOf(writer)];
    const readers = this.#reader.alternatives(reader);
    if (readers.length > 0) {
      this.#checkAlternatives(readers, writer, path);
      return;
    }
    if (to !== from && !(to === 'number' && from === 'integer')) {
      this.#refuse('TYPE_CHANGED', path);
      return;
    }
    if (to === 'object') this.#checkProperties(reader, writer, path);
    if (to === 'array') this.#checkChildren(reader, writer, 'items', `${path}/items`);
    if (to === 'string') this.#checkSymbols(reader, writer, path);
  }

  #checkAlternatives(
    readers: readonly JsonSchemaNode[],
    writer: JsonSchemaNode,
    path: string,
  ): void {
    const given = this.#writer.alternatives(writer);
    for (const from of given.length > 0 ? given : [writer]) {
      const fits = readers.some((to) => {
        const trial = new Checker(this.#reader, this.#writer);
        trial.check(to, from, path);
        return trial.reasons.length === 0;
      });
      if (!fits) this.#refuse('SUM_TYPE_NARROWED', path);
    }
  }

  #checkProperties(reader: JsonSchemaNode, writer: JsonSchemaNode, path: string): void {
    const before = new Map(this.#writer.properties(writer));
    const after = new Map(this.#reader.properties(reader));
    const requiredBefore = textsOf(writer.json['required']);
    for (const [name, node] of before) {
      const other = after.get(name);
      const inner = `${path}/properties/${name}`;
      if (other !== undefined) this.check(other, node, inner);
      else if (reader.json['additionalProperties'] === false) {
        this.#refuse('PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL', inner);
      }
    }
    for (const name of textsOf(reader.json['required'])) {
      if (requiredBefore.includes(name) || hasDefault(after.get(name))) continue;
      this.#refuse('REQUIRED_ATTRIBUTE_ADDED', `${path}/properties/${name}`);
    }
    this.#checkChildren(reader, writer, 'additionalProperties', `${path}/additionalProperties`);
  }

  #checkChildren(
    reader: JsonSchemaNode,
    writer: JsonSchemaNode,
    keyword: string,
    path: string,
  ): void {
    const [to, from] = [this.#reader.child(reader, keyword), this.#writer.child(writer, keyword)];
    if (to !== null && from !== null) this.check(to, from, path);
  }

  #checkSymbols(reader: JsonSchemaNode, writer: JsonSchemaNode, path: string): void {
    const [to, from] = [reader.json['enum'], writer.json['enum']];
    if (!isSchemaArray(to)) return;
    const lost = isSchemaArray(from) ? from.some((symbol) => !to.includes(symbol)) : true;
    if (lost) this.#refuse('ENUM_ARRAY_NARROWED', path);
  }

  #refuse(type: string, path: string): void {
    this.reasons.push(`{errorType:"${type}", description:"at path '${path}'"}`);
  }
}

function isNullable({ json }: JsonSchemaNode): boolean {
  const list = json['oneOf'] ?? json['anyOf'];
  const { type } = json;
  if (isSchemaArray(type) && type.includes('null')) return true;
  return isSchemaArray(list) && list.some((item) => JSON.stringify(item) === '{"type":"null"}');
}

/** `{}` and `true` take any document. */
function acceptsAll({ json }: JsonSchemaNode): boolean {
  const words = [
    'type',
    'oneOf',
    'anyOf',
    'allOf',
    'properties',
    'enum',
    'const',
    '$ref',
    'required',
  ];
  return words.every((word) => json[word] === undefined);
}

function hasDefault(node: JsonSchemaNode | undefined): boolean {
  return node?.json['default'] !== undefined;
}

function textsOf(json: SchemaJson | undefined): readonly string[] {
  return isSchemaArray(json) ? json.filter((item): item is string => typeof item === 'string') : [];
}
