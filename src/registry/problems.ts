/** The registry's errors in Confluent's words. The server knows which number each code has. */
import { type ProblemError, problem } from '../base/errors.ts';
import { compatibilityLevels, type SchemaInput } from './api.ts';

export function subjectNotFound(subject: string): ProblemError {
  return problem('registry.subject-not-found', `Subject '${subject}' not found.`);
}

export function versionNotFound(version: number | string): ProblemError {
  return problem('registry.version-not-found', `Version ${version} not found.`);
}

/** By id, or, without one, the schema that was looked up. */
export function schemaNotFound(id: number | null): ProblemError {
  return problem(
    'registry.schema-not-found',
    id === null ? 'Schema not found' : `Schema ${id} not found`,
  );
}

export function softDeleted(subject: string, version: number | null): ProblemError {
  return version === null
    ? problem(
        'registry.subject-soft-deleted',
        `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`,
      )
    : problem(
        'registry.version-soft-deleted',
        `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`,
      );
}

export function notSoftDeleted(subject: string, version: number | null): ProblemError {
  return version === null
    ? problem(
        'registry.subject-not-soft-deleted',
        `Subject '${subject}' was not deleted first before being permanently deleted`,
      )
    : problem(
        'registry.version-not-soft-deleted',
        `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
      );
}

export function invalidSchema(schema: SchemaInput, details: string): ProblemError {
  const references = schema.references.map(({ name }) => name).join(', ');
  return problem(
    'registry.invalid-schema',
    `Invalid schema ${schema.text} with refs [${references}] of type ${schema.type}, details: ${details}`,
  );
}

export function invalidLevel(): ProblemError {
  const levels = compatibilityLevels.map((level) => level.toLowerCase()).join(', ');
  return problem(
    'registry.invalid-level',
    `Invalid compatibility level. Valid values are ${levels}`,
  );
}

export function noLevel(subject: string): ProblemError {
  return problem(
    'registry.no-level',
    `Subject '${subject}' does not have subject-level compatibility configured`,
  );
}

export function referenceExists(subject: string, version: number): ProblemError {
  return problem(
    'registry.reference-exists',
    `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}.`,
  );
}

export function incompatible(subject: string, reasons: readonly string[]): ProblemError {
  return problem(
    'registry.incompatible',
    `Schema being registered is incompatible with an earlier schema for subject "${subject}", details: [${reasons.join(', ')}]`,
  );
}

export function idTaken(id: number): ProblemError {
  return problem(
    'registry.id-taken',
    `Overwrite new schema with id ${id} is not permitted: another schema has it.`,
  );
}
