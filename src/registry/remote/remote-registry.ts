/** A Confluent-compatible registry somewhere else: every request of the engine's own registry as a request of its REST API. */
import { unreachable } from '../../base/assert.ts';
import type { Json } from '../../base/env.ts';
import { type ProblemCode, type ProblemError, problem } from '../../base/errors.ts';
import type { SchemaType } from '../../formats/schema.ts';
import type {
  CompatibilityLevel,
  RegistryOp,
  RegistryReplies,
  RegistryRequest,
  RequestOf,
  SchemaInput,
  SchemaReference,
  SubjectVersion,
} from '../api.ts';
import type { HttpRequest, RegistryHttp } from './http.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Confluent's error codes. */
const codes: ReadonlyMap<unknown, ProblemCode> = new Map([
  [40401, 'registry.subject-not-found'],
  [40402, 'registry.version-not-found'],
  [40403, 'registry.schema-not-found'],
  [40404, 'registry.subject-soft-deleted'],
  [40405, 'registry.subject-not-soft-deleted'],
  [40406, 'registry.version-soft-deleted'],
  [40407, 'registry.version-not-soft-deleted'],
  [40408, 'registry.no-level'],
  [409, 'registry.incompatible'],
  [42201, 'registry.invalid-schema'],
  [42202, 'registry.invalid-version'],
  [42203, 'registry.invalid-level'],
  [42205, 'registry.not-permitted'],
  [42206, 'registry.reference-exists'],
  [42101, 'registry.chained'],
]);

export class RemoteRegistry {
  readonly #http: RegistryHttp;

  constructor(http: RegistryHttp) {
    this.#http = http;
  }

  /** Where it is, for people. */
  get urls(): string {
    return this.#http.urls;
  }

  /** Throws Problems `registry.*`, `registry.unreachable` among them. */
  async request<Op extends RegistryOp>(request: RequestOf<Op>): Promise<RegistryReplies[Op]> {
    return (await this.#reply(request)) as RegistryReplies[Op];
  }

  async #reply(request: RegistryRequest): Promise<RegistryReplies[RegistryOp]> {
    switch (request.op) {
      case 'schema': {
        const fields = await this.#fields({ method: 'GET', path: `/schemas/ids/${request.id}` });
        return { id: request.id, ...this.#schema(fields) };
      }
      case 'version':
      case 'lookup':
        return this.#version(await this.#fields(httpOf(request)));
      case 'register': {
        await this.#send(httpOf(request));
        const { subject, schema } = request;
        return this.request<'lookup'>({ op: 'lookup', subject, schema, deleted: false });
      }
      case 'compatible': {
        const { is_compatible, messages } = await this.#fields(httpOf(request));
        if (is_compatible === true) return [];
        return Array.isArray(messages) && messages.length > 0 ? messages : ['incompatible'];
      }
      case 'config':
      case 'delete-config':
      case 'set-config': {
        const fields = await this.#fields(httpOf(request));
        return (fields['compatibilityLevel'] ?? fields['compatibility']) as CompatibilityLevel;
      }
      case 'subjects':
      case 'versions':
      case 'places':
      case 'referenced-by':
      case 'delete-subject': {
        const list = await this.#send(httpOf(request));
        if (Array.isArray(list)) return list;
        throw this.#strange();
      }
      case 'delete-version':
        return (await this.#send(httpOf(request))) as number;
      default:
        return unreachable(request);
    }
  }

  async #fields(request: HttpRequest): Promise<Fields> {
    const body = await this.#send(request);
    if (typeof body === 'object' && body !== null) return body as Fields;
    throw this.#strange();
  }

  async #send(request: HttpRequest): Promise<unknown> {
    const { status, body } = await this.#http.send(request);
    if (status < 400) return body;
    const { error_code, message } = (body ?? {}) as Fields;
    const code = codes.get(error_code) ?? 'registry.refused';
    const text = typeof message === 'string' ? message : `HTTP status ${status}`;
    throw problem(code, text, { hint: `So says the Schema Registry at ${this.urls}.` });
  }

  #version(fields: Fields): SubjectVersion {
    const { subject, version, id } = fields;
    if (typeof subject !== 'string' || !isNumber(version) || !isNumber(id)) throw this.#strange();
    return { subject, version, id, ...this.#schema(fields) };
  }

  #schema({ schema, schemaType = 'AVRO', references }: Fields): SchemaInput {
    const isKnown = schemaType === 'AVRO' || schemaType === 'PROTOBUF' || schemaType === 'JSON';
    if (typeof schema !== 'string' || !isKnown) throw this.#strange();
    return {
      type: schemaType satisfies SchemaType,
      text: schema,
      references: Array.isArray(references) ? (references as readonly SchemaReference[]) : [],
    };
  }

  #strange(): ProblemError {
    return problem('registry.unreachable', 'Failed to understand the answer of Schema Registry', {
      hint: `Is there a Schema Registry at ${this.urls} (ksql.schema.registry.url)?`,
    });
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

type Listed = Exclude<RegistryRequest, RequestOf<'schema'>>;

function httpOf(request: Listed): HttpRequest {
  switch (request.op) {
    case 'subjects': {
      const { prefix, deleted } = request;
      return get(`/subjects?subjectPrefix=${encodeURIComponent(prefix)}&deleted=${deleted}`);
    }
    case 'versions':
      return get(`${subjectPath(request.subject)}/versions?deleted=${request.deleted}`);
    case 'version':
      return get(`${versionPath(request)}?deleted=${request.deleted}`);
    case 'places':
      return get(`/schemas/ids/${request.id}/versions?deleted=${request.deleted}`);
    case 'referenced-by':
      return get(`${versionPath(request)}/referencedby`);
    case 'register':
      return post(`${subjectPath(request.subject)}/versions`, request.schema);
    case 'lookup':
      return post(`${subjectPath(request.subject)}?deleted=${request.deleted}`, request.schema);
    case 'compatible': {
      const { subject, version } = request;
      const path = `/compatibility${subjectPath(subject)}/versions`;
      return post(`${path}${version === null ? '' : `/${version}`}?verbose=true`, request.schema);
    }
    case 'delete-subject':
      return remove(`${subjectPath(request.subject)}?permanent=${request.permanent}`);
    case 'delete-version':
      return remove(`${versionPath(request)}?permanent=${request.permanent}`);
    case 'config':
      return get(`${configPath(request.subject)}?defaultToGlobal=${request.fallback}`);
    case 'set-config':
      return {
        method: 'PUT',
        path: configPath(request.subject),
        body: { compatibility: request.level },
      };
    case 'delete-config':
      return remove(configPath(request.subject));
    default:
      return unreachable(request);
  }
}

function get(path: string): HttpRequest {
  return { method: 'GET', path };
}

function remove(path: string): HttpRequest {
  return { method: 'DELETE', path };
}

function post(path: string, { type, text, references }: SchemaInput): HttpRequest {
  const body: Json = {
    schema: text,
    ...(type === 'AVRO' ? {} : { schemaType: type }),
    ...(references.length === 0 ? {} : { references: references.map((one) => ({ ...one })) }),
  };
  return { method: 'POST', path, body };
}

function subjectPath(subject: string): string {
  return `/subjects/${encodeURIComponent(subject)}`;
}

function versionPath(of: { readonly subject: string; readonly version: number | string }): string {
  return `${subjectPath(of.subject)}/versions/${of.version}`;
}

function configPath(subject: string | null): string {
  return subject === null ? '/config' : `/config/${encodeURIComponent(subject)}`;
}
