/**
 * Sources and the schema registry (spec: sql-statements.md §5.4): columns that a statement leaves out are read from registered
 * schemas, and what a statement defines is registered.
 */
import { type ProblemError, problem } from '../base/errors.ts';
import type { SourceDef } from '../catalog/command.ts';
import type { FormatDef, FormatSpec } from '../formats/format.ts';
import {
  type InferredColumns,
  type SchemaResolver,
  type SchemaType,
  type StoredSchema,
  subjectOf,
} from '../formats/schema.ts';
import { formatByName } from '../formats/table.ts';
import { typesEqual } from '../types/equal-types.ts';
import { formatType, quoteAlways } from '../types/format-type.ts';
import type { Field } from '../types/type.ts';
import type { SchemaChange } from './schema-change.ts';
import type { SourceProperties } from './source-properties.ts';

export type Side = 'key' | 'value';

/** One side of a source whose columns are in the registry. */
export interface InferenceRequest {
  readonly side: Side;
  readonly topic: string;
  readonly format: FormatDef;
  readonly with: SourceProperties;
  readonly schemas: SchemaResolver | undefined;
}

/** Columns of the registered schema, and the full name of the record that they were read from. */
export function inferColumns(request: InferenceRequest): InferredColumns {
  const { side, format } = request;
  const schema = registeredSchema(request);
  const given = request.with;
  const fullName = side === 'key' ? given.keySchemaFullName : given.valueSchemaFullName;
  const unwrapped = side === 'key' ? format.unwrapsKeys : given.wrapSingleValue === false;
  const inferred = format.schemas?.infer(schema, {
    side,
    unwrapped,
    fullName,
    upperCase: schemaIdOf(request) === null,
  });
  if (inferred === undefined) throw notConfigured(request.topic, format);
  if (!('code' in inferred)) return inferred;
  if (inferred.code === 'schema.several' || inferred.code === 'schema.unknown-name') {
    throw problem('source.inference', inferred.message);
  }
  throw problem(
    'source.inference',
    `Unable to verify if the ${side} schema for topic: ${request.topic} is compatible with ksqlDB.\nReason: ${inferred.message}\n\nPlease see https://github.com/confluentinc/ksql/issues/ to see if this particular reason is already known.\nIf not, log a new issue, including this full error message.\nSchema:${schema.text}`,
  );
}

/** The schema by the id that the statement gives, or else the subject's latest. */
function registeredSchema(request: InferenceRequest): StoredSchema {
  const { side, topic, format, schemas } = request;
  if (schemas === undefined || format.schemas === undefined) throw notConfigured(topic, format);
  const id = schemaIdOf(request);
  const schema = id === null ? schemas.latest(subjectOf(topic, side)) : schemas.byId(id);
  if (schema === null) throw missingSchema(topic, side, id);
  if (schema.type === format.schemas.type) return schema;
  throw wrongType(request, schema);
}

function schemaIdOf({ side, with: given }: Pick<InferenceRequest, 'side' | 'with'>): number | null {
  return side === 'key' ? given.keySchemaId : given.valueSchemaId;
}

/** Whom to blame where there is no registry. */
function notConfigured(topic: string, format: FormatDef): ProblemError {
  return problem(
    'registry.not-configured',
    `Cannot create topic '${topic}' with format ${format.name} without configuring 'ksql.schema.registry.url'`,
  );
}

function missingSchema(topic: string, side: Side, id: number | null): ProblemError {
  const where = id === null ? `Subject: ${subjectOf(topic, side)}` : `Schema Id: ${id}`;
  return problem(
    'source.schema-missing',
    `Schema for message ${side}s on topic '${topic}' does not exist in the Schema Registry.${where}
Possible causes include:
- The topic itself does not exist
\t-> Use SHOW TOPICS; to check
- Messages on the topic are not serialized using a format Schema Registry supports
\t-> Use PRINT '${topic}' FROM BEGINNING; to verify
- Messages on the topic have not been serialized using a Confluent Schema Registry supported serializer
\t-> See https://docs.confluent.io/current/schema-registry/docs/serializer-formatter.html
- The schema is registered on a different instance of the Schema Registry
\t-> Use the REST API to list available subjects\thttps://docs.confluent.io/current/schema-registry/docs/api.html#get--subjects
- You do not have permissions to access the Schema Registry.
\t-> See https://docs.confluent.io/current/schema-registry/docs/security.html`,
  );
}

/** The format that ksqlDB would suggest for a kind of schema. */
const formatNames: Readonly<Record<SchemaType, string>> = {
  AVRO: 'AVRO',
  PROTOBUF: 'PROTOBUF',
  JSON: 'JSON_SR',
};

function wrongType({ side, topic, format }: InferenceRequest, schema: StoredSchema): ProblemError {
  const title = side === 'key' ? 'Key' : 'Value';
  const actual = formatNames[schema.type];
  return problem(
    'source.schema-type',
    `${title} schema is not in the expected format. You may want to set ${side.toUpperCase()}_FORMAT to '${actual}'.\ntopic: ${topic}\nsubject: ${subjectOf(topic, side)}\nschema id: ${schema.id}\nexpected format: ${format.name}\nactual format from Schema Registry: ${actual}`,
  );
}

/**
 * What registers the schemas of a source: those of columns that a CREATE lists, only where the subject has none; those of a
 * sink in any case. Nothing for sides without columns and for formats without a registry.
 */
export function schemaChanges(
  source: Pick<SourceDef, 'topic' | 'schema' | 'keyFormat' | 'valueFormat'>,
  sides: readonly Side[],
  onlyFirst: boolean,
): readonly SchemaChange[] {
  return sides.flatMap((side) => {
    const spec = side === 'key' ? source.keyFormat : source.valueFormat;
    const columns = columnsOf(source, side);
    return changeOf({ topic: source.topic, side, spec, columns, onlyFirst });
  });
}

function columnsOf(source: Pick<SourceDef, 'schema'>, side: Side): readonly Field[] {
  if (side === 'key') return source.schema.key;
  return source.schema.value.filter((column) => !('header' in column));
}

function changeOf(of: {
  readonly topic: string;
  readonly side: Side;
  readonly spec: FormatSpec;
  readonly columns: readonly Field[];
  readonly onlyFirst: boolean;
}): readonly SchemaChange[] {
  const { topic, side, spec, columns, onlyFirst } = of;
  const use = formatByName(spec.format).schemas;
  if (use === undefined || columns.length === 0) return [];
  const subject = subjectOf(topic, side);
  const { schemaId } = spec.properties;
  if (schemaId !== undefined) return [{ kind: 'register-id', topic, subject, id: schemaId }];
  const schema = use.derive(columns, side, spec);
  return [{ kind: 'register', topic, subject, schema, onlyFirst }];
}

/** Those of the changes that the registry does not have yet. */
export function missingSchemas(
  changes: readonly SchemaChange[],
  schemas: SchemaResolver | undefined,
): readonly SchemaChange[] {
  return changes.filter((change) => {
    if (change.kind !== 'register' || schemas === undefined) return false;
    const { subject, schema } = change;
    return schemas.latest(subject) === null || schemas.find(subject, schema) === null;
  });
}

/** The subjects of a source whose topic is deleted. */
export function deletedSubjects(
  source: Pick<SourceDef, 'topic' | 'keyFormat' | 'valueFormat'>,
): readonly SchemaChange[] {
  const sides: readonly Side[] = ['key', 'value'];
  return sides.flatMap((side): SchemaChange[] => {
    const spec = side === 'key' ? source.keyFormat : source.valueFormat;
    if (formatByName(spec.format).schemas === undefined) return [];
    return [{ kind: 'delete-subject', subject: subjectOf(source.topic, side) }];
  });
}

/**
 * The full name of the record with the schema id that a sink's WITH clause gives, after checking that the query's columns are
 * the first of the schema's; null without an id. Refuses with ksqlDB's list of columns.
 */
export function checkedSinkSchema(
  request: InferenceRequest,
  columns: readonly Field[],
): string | null {
  if (schemaIdOf(request) === null) return null;
  const inferred = inferColumns(request);
  const changed = columns.filter((column, index) => {
    const other = inferred.columns[index];
    return (
      other === undefined || other.name !== column.name || !typesEqual(other.type, column.type)
    );
  });
  if (changed.length === 0) return inferred.fullName;
  const { side } = request;
  throw problem(
    'sink.schema',
    `The following ${side} columns are changed, missing or reordered: ${list(changed, side)}. Schema from schema registry is ${list(inferred.columns, side)}`,
  );
}

function list(columns: readonly Field[], side: Side): string {
  const mark = side === 'key' ? ' KEY' : '';
  const texts = columns.map(({ name, type }) => `${quoteAlways(name)} ${formatType(type)}${mark}`);
  return `[${texts.join(', ')}]`;
}
