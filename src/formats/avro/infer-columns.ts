/** Columns of Avro schemas (spec: sql-statements.md §5.4, semantics.md §3.7). */
import { type Problem, ProblemError } from '../../base/errors.ts';
import type { Field, SqlType } from '../../types/type.ts';
import { anonymousType, singleColumn } from '../single-column.ts';
import type { InferOptions, InferredColumns, SchemaText } from '../schema.ts';
import { parseAvro } from './parse-schema.ts';
import {
  type AvroLogical,
  type AvroSchema,
  branchName,
  mapEntryOf,
  nonNullBranches,
} from './schema.ts';

/** A problem says why the schema gives no columns. */
export function inferAvro(schema: SchemaText, options: InferOptions): InferredColumns | Problem {
  try {
    const parsed = parseAvro(schema);
    const fullName = 'name' in parsed ? parsed.name : null;
    if (options.unwrapped) {
      return { columns: [singleColumn(options.side, sqlType(parsed, options, []))], fullName };
    }
    const branches = nonNullBranches(parsed);
    const record = branches.length === 1 ? branches[0] : undefined;
    if (record?.kind !== 'record') return anonymousType();
    return { columns: fieldsOf(record, options, []), fullName };
  } catch (error) {
    if (error instanceof ProblemError || error instanceof Unsupported) {
      return { code: 'schema.unsupported', message: error.message };
    }
    throw error;
  }
}

/** A type that SQL has no counterpart for. Fields of such types are left out. */
class Unsupported extends Error {}

type Naming = Pick<InferOptions, 'upperCase'>;
/** The records around, from the outside in. */
type Path = readonly AvroSchema[];

function fieldsOf(
  schema: Extract<AvroSchema, { kind: 'record' }>,
  naming: Naming,
  path: Path,
): Field[] {
  if (path.includes(schema)) throw new Unsupported('Recursive schemas are not supported.');
  const inside = [...path, schema];
  return schema.fields.flatMap((field) => {
    try {
      return [{ name: fold(field.name, naming), type: sqlType(field.type, naming, inside) }];
    } catch (error) {
      if (error instanceof Unsupported) return [];
      throw error;
    }
  });
}

function fold(name: string, naming: Naming): string {
  return naming.upperCase ? name.toUpperCase() : name;
}

function sqlType(schema: AvroSchema, naming: Naming, path: Path): SqlType {
  switch (schema.kind) {
    case 'boolean':
      return { kind: 'BOOLEAN' };
    case 'int':
    case 'long':
    case 'bytes':
    case 'fixed':
      return logicalType(schema.logical, plain[schema.kind]);
    case 'float':
    case 'double':
      return { kind: 'DOUBLE' };
    case 'string':
    case 'enum':
      return { kind: 'STRING' };
    case 'array': {
      const entry = mapEntryOf(schema.items);
      if (entry !== null) {
        const key = sqlType(entry.key, naming, path);
        return { kind: 'MAP', key, value: sqlType(entry.value, naming, path) };
      }
      return { kind: 'ARRAY', element: sqlType(schema.items, naming, path) };
    }
    case 'map': {
      const value = sqlType(schema.values, naming, path);
      return { kind: 'MAP', key: { kind: 'STRING' }, value };
    }
    case 'record':
      return structOf(fieldsOf(schema, naming, path));
    case 'union':
      return unionType(schema, naming, path);
    case 'null':
      throw new Unsupported('Unsupported type: null');
  }
}

const plain: Readonly<Record<'int' | 'long' | 'bytes' | 'fixed', SqlType>> = {
  int: { kind: 'INTEGER' },
  long: { kind: 'BIGINT' },
  bytes: { kind: 'BYTES' },
  fixed: { kind: 'BYTES' },
};

function logicalType(logical: AvroLogical | null, otherwise: SqlType): SqlType {
  switch (logical?.kind) {
    case 'decimal':
      return { kind: 'DECIMAL', precision: logical.precision, scale: logical.scale };
    case 'date':
      return { kind: 'DATE' };
    case 'time-millis':
      return { kind: 'TIME' };
    case 'timestamp-millis':
      return { kind: 'TIMESTAMP' };
    default:
      return otherwise;
  }
}

/** A union with null is the other type; a union of several is a struct with a field for each, of which one is set. */
function unionType(
  schema: Extract<AvroSchema, { kind: 'union' }>,
  naming: Naming,
  path: Path,
): SqlType {
  const branches = nonNullBranches(schema);
  const [only] = branches;
  if (only === undefined) throw new Unsupported('Unsupported type: null');
  if (branches.length === 1) return sqlType(only, naming, path);
  return structOf(
    branches.map((branch) => ({
      name: fold(branchName(branch), naming),
      type: sqlType(branch, naming, path),
    })),
  );
}

function structOf(fields: readonly Field[]): SqlType {
  if (fields.length === 0) throw new Unsupported('Unsupported type: a record without fields');
  return { kind: 'STRUCT', fields };
}
