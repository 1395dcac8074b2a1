/** What the registry's routes share: Confluent's content type, parameters and error codes (Schema Registry API reference). */
import { ProblemError, problem } from '../base/errors.ts';
import type { SchemaType } from '../formats/schema.ts';
import {
  forwardedHeader,
  type RegistryOp,
  type RegistryReplies,
  type RequestOf,
  type SchemaInput,
  type SchemaReference,
  type VersionSpec,
} from '../registry/api.ts';
import type { Exchange } from './exchange.ts';
import type { Route, RouteContext } from './route.ts';

const contentType = 'application/vnd.schemaregistry.v1+json';

/** By the code of the problem; the status is the number, or its first three digits. */
const codes: Readonly<Record<string, number>> = {
  'registry.subject-not-found': 40401,
  'registry.version-not-found': 40402,
  'registry.schema-not-found': 40403,
  'registry.subject-soft-deleted': 40404,
  'registry.subject-not-soft-deleted': 40405,
  'registry.version-soft-deleted': 40406,
  'registry.version-not-soft-deleted': 40407,
  'registry.no-level': 40408,
  'registry.incompatible': 409,
  'registry.chained': 42101,
  'registry.invalid-schema': 42201,
  'schema.invalid': 42201,
  'registry.invalid-version': 42202,
  'registry.invalid-level': 42203,
  'registry.not-permitted': 42205,
  'registry.id-taken': 42205,
  'registry.reference-exists': 42206,
  'registry.full': 50001,
  'registry.unreachable': 50003,
  'request.too-large': 413,
  'registry.bad-request': 400,
};

/** A route whose answer is what `answer` resolves with; a text is sent as it is. */
export function registryRoute(
  method: Route['method'],
  path: string,
  answer: (
    exchange: Exchange,
    engine: Pick<RouteContext['engine'], 'registry'>,
  ) => Promise<unknown>,
): Route {
  return {
    method,
    path,
    async handle(exchange, { engine }) {
      const forwarded = exchange.request.headers[forwardedHeader] !== undefined;
      const registry = <Op extends RegistryOp>(
        request: RequestOf<Op>,
      ): Promise<RegistryReplies[Op]> => engine.registry<Op>({ ...request, forwarded });
      try {
        exchange.send(await answer(exchange, { registry }), 200, contentType);
      } catch (error) {
        const code = error instanceof ProblemError ? codes[error.code] : undefined;
        if (code === undefined || !(error instanceof ProblemError)) throw error;
        const status = code < 1000 ? code : Math.floor(code / 100);
        exchange.send({ error_code: code, message: error.message }, status, contentType);
      }
    },
  };
}

/** A path parameter. */
export function param({ params }: Exchange, name: string): string {
  return params[name] ?? '';
}

/** A query parameter that is `true` or not. */
export function flag(exchange: Exchange, name: string): boolean {
  return query(exchange, name)?.toLowerCase() === 'true';
}

/** A query parameter, or null. */
export function query({ request }: Exchange, name: string): string | null {
  return new URL(request.url ?? '/', 'http://localhost').searchParams.get(name);
}

/** The parameter `version`: a number, `latest` or `-1`. */
export function versionParam(exchange: Exchange): VersionSpec {
  const text = param(exchange, 'version');
  if (text === 'latest' || text === '-1') return 'latest';
  const version = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (version >= 1 && version <= 0x7fff_ffff) return version;
  throw problem(
    'registry.invalid-version',
    `The specified version '${text}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
  );
}

/** The parameter `id`. */
export function idParam(exchange: Exchange): number {
  const text = param(exchange, 'id');
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw problem('registry.schema-not-found', `Schema ${text} not found`);
}

/** A body that is a JSON object. */
export async function objectBody(exchange: Exchange): Promise<Readonly<Record<string, unknown>>> {
  const text = await exchange.body();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw badRequest('Unable to process JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw badRequest('Unable to process JSON: an object is expected');
}

export interface SchemaBody {
  readonly schema: SchemaInput;
  /** null: the registry gives one. */
  readonly id: number | null;
}

/** `{"schema": text, "schemaType"?: …, "references"?: […], "id"?: n}` */
export async function schemaBody(exchange: Exchange): Promise<SchemaBody> {
  const body = await objectBody(exchange);
  const { schema, schemaType = 'AVRO', references = [], id } = body;
  if (typeof schema !== 'string' || schema.trim() === '') {
    throw problem('registry.invalid-schema', 'Empty schema');
  }
  if (schemaType !== 'AVRO' && schemaType !== 'PROTOBUF' && schemaType !== 'JSON') {
    throw problem('registry.invalid-schema', `Invalid schema type ${String(schemaType)}`);
  }
  const list = Array.isArray(references) ? references.map(referenceOf) : [];
  return {
    schema: { type: schemaType satisfies SchemaType, text: schema, references: list },
    id: typeof id === 'number' && Number.isInteger(id) && id > 0 ? id : null,
  };
}

function referenceOf(value: unknown): SchemaReference {
  const { name, subject, version } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof name === 'string' && typeof subject === 'string' && typeof version === 'number') {
    return { name, subject, version };
  }
  throw badRequest('A reference has a name, a subject and a version');
}

/** How a schema is shown: AVRO is not said, as nothing else was in the first version of the API. */
export function shownSchema({ type, text, references }: SchemaInput): Record<string, unknown> {
  return {
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    ...(references.length === 0 ? {} : { references }),
    schema: text,
  };
}

function badRequest(message: string): ProblemError {
  return problem('registry.bad-request', message);
}
