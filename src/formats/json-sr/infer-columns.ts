/** Columns of JSON schemas (spec: sql-statements.md §5.4, semantics.md §3.7a). */
import { type Problem, problem, ProblemError } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { anonymousType, singleColumn } from '../single-column.ts';
import { isSchemaObject, schemaNumber } from '../schema-json.ts';
import type { InferOptions, InferredColumns, SchemaText } from '../schema.ts';
import { JsonSchema, type JsonSchemaNode } from './schema.ts';

/** A problem says why the schema gives no columns. */
export function inferJson(schema: SchemaText, options: InferOptions): InferredColumns | Problem {
  try {
    const inference = new Inference(new JsonSchema(schema), options.upperCase);
    const type = inference.root();
    if (options.unwrapped && type !== null) {
      return { columns: [singleColumn(options.side, type)], fullName: null };
    }
    return type?.kind === 'STRUCT' ? { columns: type.fields, fullName: null } : anonymousType();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const { message, hint } = error;
    return { code: 'schema.unsupported', message, ...(hint === undefined ? {} : { hint }) };
  }
}

class Inference {
  readonly #schema: JsonSchema;
  readonly #upperCase: boolean;
  /** The objects around, from the outside in: one that holds itself is left out. */
  readonly #path: unknown[] = [];

  constructor(schema: JsonSchema, upperCase: boolean) {
    this.#schema = schema;
    this.#upperCase = upperCase;
  }

  root(): SqlType | null {
    return this.#type(this.#schema.root);
  }

  /** null for what SQL has no type for, such as several alternatives: fields of it are left out. Throws `schema.unsupported`. */
  #type(given: JsonSchemaNode): SqlType | null {
    const node = this.#schema.plain(given);
    const { json } = node;
    if (json['allOf'] !== undefined) {
      throw problem('schema.unsupported', 'JSON schemas with allOf cannot be read as columns', {
        hint: 'Put the properties of all its parts into one object, or declare the columns in the statement.',
      });
    }
    const connect = json['connect.type'];
    const logical = logicalType(json['title'], node);
    if (logical !== null) return logical;
    if (this.#schema.alternatives(node).length > 1) return null;
    switch (this.#schema.typeOf(node)) {
      case 'boolean':
        return { kind: 'BOOLEAN' };
      case 'integer':
        return {
          kind:
            typeof connect === 'string' && /^int(8|16|32)$/.test(connect) ? 'INTEGER' : 'BIGINT',
        };
      case 'number':
        return { kind: 'DOUBLE' };
      case 'string':
        return { kind: connect === 'bytes' ? 'BYTES' : 'STRING' };
      case 'array':
        return connect === 'map' ? this.#entries(node) : this.#array(node);
      case 'object':
        return connect === 'map' ? this.#map(node) : this.#struct(node);
      default:
        return json['enum'] !== undefined || json['const'] !== undefined
          ? { kind: 'STRING' }
          : null;
    }
  }

  #array(node: JsonSchemaNode): SqlType | null {
    const items = this.#schema.child(node, 'items');
    const element = items === null ? null : this.#type(items);
    return element === null ? null : { kind: 'ARRAY', element };
  }

  #map(node: JsonSchemaNode): SqlType | null {
    const values = this.#schema.child(node, 'additionalProperties');
    const value = values === null ? null : this.#type(values);
    return value === null ? null : { kind: 'MAP', key: { kind: 'STRING' }, value };
  }

  /** A map whose keys are no texts: an array of objects with key and value. */
  #entries(node: JsonSchemaNode): SqlType | null {
    const items = this.#schema.child(node, 'items');
    const entry = items === null ? null : this.#type(items);
    if (entry?.kind !== 'STRUCT') return null;
    const part = (name: string): SqlType | undefined =>
      entry.fields.find((field) => field.name.toLowerCase() === name)?.type;
    const [key, value] = [part('key'), part('value')];
    return key === undefined || value === undefined ? null : { kind: 'MAP', key, value };
  }

  #struct(node: JsonSchemaNode): SqlType | null {
    if (this.#path.includes(node.json)) return null;
    this.#path.push(node.json);
    const fields = this.#schema.properties(node).flatMap(([name, child]): Field[] => {
      const type = this.#type(child);
      return type === null ? [] : [{ name: this.#upperCase ? name.toUpperCase() : name, type }];
    });
    this.#path.pop();
    return fields.length === 0 ? null : { kind: 'STRUCT', fields };
  }
}

const connectData = 'org.apache.kafka.connect.data.';

function logicalType(title: unknown, { json }: JsonSchemaNode): SqlType | null {
  switch (title) {
    case `${connectData}Decimal`: {
      const given = json['connect.parameters'];
      const parameters = isSchemaObject(given) ? given : {};
      const number = (name: string): number | null => {
        const value = parameters[name];
        const parsed = typeof value === 'string' ? Number(value) : schemaNumber(value);
        return parsed !== null && Number.isInteger(parsed) && parsed >= 0 ? parsed : null;
      };
      const precision = number('connect.decimal.precision') ?? 64;
      return { kind: 'DECIMAL', precision, scale: number('scale') ?? 0 };
    }
    case `${connectData}Date`:
      return { kind: 'DATE' };
    case `${connectData}Time`:
      return { kind: 'TIME' };
    case `${connectData}Timestamp`:
      return { kind: 'TIMESTAMP' };
    default:
      return null;
  }
}
