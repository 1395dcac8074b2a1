/**
 * Answers requests against a store. Nothing is changed here: what a request changes comes back as records, which count once
 * they are durable and applied. So the same function serves the engine and the validation of statements.
 */
import { unreachable } from '../base/assert.ts';
import { ProblemError, problem } from '../base/errors.ts';
import type { SchemaText } from '../formats/schema.ts';
import { schemaTypes } from '../formats/table.ts';
import {
  type CompatibilityLevel,
  compatibilityLevels,
  type RegistryOp,
  type RegistryReplies,
  type RegistryRequest,
  type RequestOf,
  type SchemaInput,
  type SubjectVersion,
  type VersionSpec,
} from './api.ts';
import { compatibilityReasons } from './compatibility.ts';
import {
  idTaken,
  incompatible,
  invalidLevel,
  invalidSchema,
  noLevel,
  notSoftDeleted,
  referenceExists,
  schemaNotFound,
  softDeleted,
  subjectNotFound,
  versionNotFound,
} from './problems.ts';
import type { RegistryRecord } from './record.ts';
import type { SchemaStore, VersionEntry } from './store.ts';

/** A reply and what must be made durable before it is given. */
export interface RegistryOutcome<Reply> {
  readonly reply: Reply;
  readonly records: readonly RegistryRecord[];
}

/** Versions under all subjects. */
const VERSIONS_MAX = 100_000;

/** Throws Problems `registry.*`. */
export function answer<Op extends RegistryOp>(
  store: SchemaStore,
  request: RequestOf<Op>,
): RegistryOutcome<RegistryReplies[Op]> {
  return outcomeOf(store, request) as RegistryOutcome<RegistryReplies[Op]>;
}

function outcomeOf(
  store: SchemaStore,
  request: RegistryRequest,
): RegistryOutcome<RegistryReplies[RegistryOp]> {
  const reading = (reply: RegistryReplies[RegistryOp]) => ({ reply, records: [] });
  switch (request.op) {
    case 'subjects':
      return reading(listSubjects(store, request));
    case 'versions':
      return reading(liveVersions(store, request.subject, request.deleted).map(numberOf));
    case 'version':
      return reading(findVersion(store, request.subject, request.version, request.deleted).schema);
    case 'schema': {
      const schema = store.schema(request.id);
      if (schema === null) throw schemaNotFound(request.id);
      return reading(schema);
    }
    case 'places':
      return reading(placesOf(store, request.id, request.deleted));
    case 'referenced-by':
      return reading(referencing(store, request.subject, request.version));
    case 'register':
      return register(store, request);
    case 'lookup':
      return reading(lookUp(store, request));
    case 'compatible':
      return reading(checkCompatibility(store, request));
    case 'delete-subject':
      return deleteSubject(store, request.subject, request.permanent);
    case 'delete-version':
      return deleteVersion(store, request.subject, request.version, request.permanent);
    case 'config':
      return reading(configOf(store, request.subject, request.fallback));
    case 'set-config':
      return setConfig(request.subject, request.level);
    case 'delete-config':
      return deleteConfig(store, request.subject);
    default:
      return unreachable(request);
  }
}

function numberOf({ schema }: VersionEntry): number {
  return schema.version;
}

function listSubjects(store: SchemaStore, request: RequestOf<'subjects'>): readonly string[] {
  return store.subjects().filter((subject) => {
    if (!subject.startsWith(request.prefix)) return false;
    return request.deleted || store.version(subject, 'latest') !== null;
  });
}

/** Not empty. */
function liveVersions(
  store: SchemaStore,
  subject: string,
  deleted: boolean,
): readonly VersionEntry[] {
  const entries = store.versions(subject).filter((entry) => deleted || !entry.deleted);
  if (entries.length === 0) throw subjectNotFound(subject);
  return entries;
}

function findVersion(
  store: SchemaStore,
  subject: string,
  version: VersionSpec,
  deleted: boolean,
): VersionEntry {
  const entries = liveVersions(store, subject, deleted);
  const found =
    version === 'latest'
      ? entries.at(-1)
      : entries.find(({ schema }) => schema.version === version);
  if (found === undefined) throw versionNotFound(version);
  return found;
}

function placesOf(store: SchemaStore, id: number, deleted: boolean): RegistryReplies['places'] {
  if (store.schema(id) === null) throw schemaNotFound(id);
  return [...store.entries()]
    .filter((entry) => entry.schema.id === id && (deleted || !entry.deleted))
    .map(({ schema: { subject, version } }) => ({ subject, version }));
}

function referencing(store: SchemaStore, subject: string, version: VersionSpec): readonly number[] {
  const { schema } = findVersion(store, subject, version, true);
  const ids = new Set<number>();
  for (const entry of store.entries()) {
    if (entry.deleted) continue;
    const refers = entry.schema.references.some(
      (reference) => reference.subject === subject && reference.version === schema.version,
    );
    if (refers) ids.add(entry.schema.id);
  }
  return [...ids].sort((a, b) => a - b);
}

/** The schema with its text as the registry keeps it, and with what it refers to. */
function prepared(
  store: SchemaStore,
  schema: SchemaInput,
): { readonly input: SchemaInput; readonly text: SchemaText } {
  const references = schema.references.map((reference) => {
    const version = reference.version === -1 ? 'latest' : reference.version;
    const entry = store.version(reference.subject, version);
    if (entry !== null) return { ...reference, version: entry.schema.version };
    throw invalidSchema(
      schema,
      `No schema reference found for subject "${reference.subject}" and version ${reference.version}`,
    );
  });
  const texts = store.resolve(references);
  if (texts === null) throw invalidSchema(schema, 'references nest too deep');
  try {
    const given = { type: schema.type, text: schema.text, references: texts };
    const text = schemaTypes[schema.type].canonical(given);
    return { input: { type: schema.type, text, references }, text: { ...given, text } };
  } catch (error) {
    if (error instanceof ProblemError) throw invalidSchema(schema, error.message);
    throw error;
  }
}

/** A schema that the subject already has is left as it is. */
function register(
  store: SchemaStore,
  { subject, schema, id }: RequestOf<'register'>,
): RegistryOutcome<SubjectVersion> {
  const { input, text } = prepared(store, schema);
  const known = store.versionOf(subject, input);
  if (known !== null && !known.deleted) return { reply: known.schema, records: [] };
  const reasons = compatibilityReasons(store.level(subject), text, textsBefore(store, subject));
  if (reasons.length > 0) throw incompatible(subject, reasons);
  const taken = id === null ? null : store.schema(id);
  if (id !== null && taken !== null && !isSame(taken, input)) throw idTaken(id);
  checkCount(store);
  const version = (store.versions(subject).at(-1)?.schema.version ?? 0) + 1;
  const registered = { subject, version, id: id ?? store.idFor(input), ...input };
  return {
    reply: registered,
    records: [{ kind: 'schema', schema: registered, deleted: false }],
  };
}

function isSame(a: SchemaInput, b: SchemaInput): boolean {
  const { identity } = schemaTypes[a.type];
  return a.type === b.type && identity(a.text) === identity(b.text);
}

function checkCount(store: SchemaStore): void {
  let count = 0;
  for (const _entry of store.entries()) count++;
  if (count < VERSIONS_MAX) return;
  throw problem(
    'registry.full',
    `LIMIT_EXCEEDED: schema versions are ${count}, limit ${VERSIONS_MAX} (leat.limit.schemas)`,
  );
}

function textsBefore(store: SchemaStore, subject: string): readonly SchemaText[] {
  return store
    .versions(subject)
    .filter(({ deleted }) => !deleted)
    .flatMap(({ schema }) => store.byId(schema.id) ?? []);
}

function lookUp(
  store: SchemaStore,
  { subject, schema, deleted }: RequestOf<'lookup'>,
): SubjectVersion {
  liveVersions(store, subject, deleted);
  const found = store.versionOf(subject, prepared(store, schema).input);
  if (found === null || (found.deleted && !deleted)) throw schemaNotFound(null);
  return found.schema;
}

function checkCompatibility(
  store: SchemaStore,
  { subject, version, schema }: RequestOf<'compatible'>,
): readonly string[] {
  const { text } = prepared(store, schema);
  const level = store.level(subject);
  if (version === null) return compatibilityReasons(level, text, textsBefore(store, subject));
  const { schema: other } = findVersion(store, subject, version, false);
  const before = store.byId(other.id);
  return compatibilityReasons(level, text, before === null ? [] : [before]);
}

function deleteSubject(
  store: SchemaStore,
  subject: string,
  permanent: boolean,
): RegistryOutcome<readonly number[]> {
  const entries = store.versions(subject);
  if (entries.length === 0) throw subjectNotFound(subject);
  const live = entries.filter(({ deleted }) => !deleted);
  if (permanent) {
    if (live.length > 0) throw notSoftDeleted(subject, null);
    const records = entries.map(
      ({ schema: { version } }): RegistryRecord => ({
        kind: 'remove-schema',
        subject,
        version,
      }),
    );
    const own: RegistryRecord = { kind: 'config', subject, level: null };
    return {
      reply: entries.map(numberOf),
      records: [...records, lastId(store), ...(store.ownLevel(subject) === null ? [] : [own])],
    };
  }
  if (live.length === 0) throw softDeleted(subject, null);
  for (const entry of live) refuseReferenced(store, entry);
  return {
    reply: live.map(numberOf),
    records: live.map(({ schema }) => ({ kind: 'schema', schema, deleted: true })),
  };
}

function deleteVersion(
  store: SchemaStore,
  subject: string,
  version: VersionSpec,
  permanent: boolean,
): RegistryOutcome<number> {
  const entry = findVersion(store, subject, version, true);
  const { schema, deleted } = entry;
  if (permanent) {
    if (!deleted) throw notSoftDeleted(subject, schema.version);
    return {
      reply: schema.version,
      records: [{ kind: 'remove-schema', subject, version: schema.version }, lastId(store)],
    };
  }
  if (deleted) throw softDeleted(subject, schema.version);
  refuseReferenced(store, entry);
  return { reply: schema.version, records: [{ kind: 'schema', schema, deleted: true }] };
}

function lastId(store: SchemaStore): RegistryRecord {
  return { kind: 'last-id', id: store.lastId };
}

function refuseReferenced(store: SchemaStore, { schema }: VersionEntry): void {
  const { subject, version } = schema;
  if (referencing(store, subject, version).length > 0) throw referenceExists(subject, version);
}

function configOf(
  store: SchemaStore,
  subject: string | null,
  fallback: boolean,
): CompatibilityLevel {
  if (subject !== null && !fallback && store.ownLevel(subject) === null) throw noLevel(subject);
  return store.level(subject);
}

function setConfig(subject: string | null, text: string): RegistryOutcome<CompatibilityLevel> {
  const level = compatibilityLevels.find((known) => known === text.toUpperCase());
  if (level === undefined) throw invalidLevel();
  return { reply: level, records: [{ kind: 'config', subject, level }] };
}

/** Answers with the level that there was. */
function deleteConfig(
  store: SchemaStore,
  subject: string | null,
): RegistryOutcome<CompatibilityLevel> {
  const before = store.ownLevel(subject);
  if (before === null && subject !== null) throw noLevel(subject);
  return { reply: store.level(subject), records: [{ kind: 'config', subject, level: null }] };
}
