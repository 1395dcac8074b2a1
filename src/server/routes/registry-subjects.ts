/** Subjects and their versions, as Confluent's Schema Registry serves them. */
import { problem } from '../../base/errors.ts';
import {
  flag,
  param,
  query,
  registryRoute,
  schemaBody,
  shownSchema,
  versionParam,
} from '../registry-exchange.ts';
import type { Route } from '../route.ts';

const subjects = registryRoute('GET', '/subjects', (exchange, engine) =>
  engine.registry<'subjects'>({
    op: 'subjects',
    prefix: query(exchange, 'subjectPrefix') ?? '',
    deleted: flag(exchange, 'deleted'),
  }),
);

const versions = registryRoute('GET', '/subjects/:subject/versions', (exchange, engine) =>
  engine.registry<'versions'>({
    op: 'versions',
    subject: param(exchange, 'subject'),
    deleted: flag(exchange, 'deleted'),
  }),
);

const register = registryRoute('POST', '/subjects/:subject/versions', async (exchange, engine) => {
  const { schema, id } = await schemaBody(exchange);
  const subject = param(exchange, 'subject');
  if (id !== null) {
    throw problem('registry.not-permitted', `Subject ${subject} is not in import mode`);
  }
  const registered = await engine.registry<'register'>({ op: 'register', subject, schema, id });
  return { id: registered.id };
});

const lookup = registryRoute('POST', '/subjects/:subject', async (exchange, engine) => {
  const { schema } = await schemaBody(exchange);
  const found = await engine.registry<'lookup'>({
    op: 'lookup',
    subject: param(exchange, 'subject'),
    schema,
    deleted: flag(exchange, 'deleted'),
  });
  const { subject, version, id } = found;
  return { subject, version, id, ...shownSchema(found) };
});

const version = registryRoute(
  'GET',
  '/subjects/:subject/versions/:version',
  async (exchange, engine) => {
    const found = await engine.registry<'version'>({
      op: 'version',
      subject: param(exchange, 'subject'),
      version: versionParam(exchange),
      deleted: flag(exchange, 'deleted'),
    });
    const { subject, version: number, id } = found;
    return { subject, version: number, id, ...shownSchema(found) };
  },
);

const versionSchema = registryRoute(
  'GET',
  '/subjects/:subject/versions/:version/schema',
  async (exchange, engine) => {
    const { text } = await engine.registry<'version'>({
      op: 'version',
      subject: param(exchange, 'subject'),
      version: versionParam(exchange),
      deleted: flag(exchange, 'deleted'),
    });
    return text;
  },
);

const referencedBy = registryRoute(
  'GET',
  '/subjects/:subject/versions/:version/referencedby',
  (exchange, engine) =>
    engine.registry<'referenced-by'>({
      op: 'referenced-by',
      subject: param(exchange, 'subject'),
      version: versionParam(exchange),
    }),
);

const deleteSubject = registryRoute('DELETE', '/subjects/:subject', (exchange, engine) =>
  engine.registry<'delete-subject'>({
    op: 'delete-subject',
    subject: param(exchange, 'subject'),
    permanent: flag(exchange, 'permanent'),
  }),
);

const deleteVersion = registryRoute(
  'DELETE',
  '/subjects/:subject/versions/:version',
  (exchange, engine) =>
    engine.registry<'delete-version'>({
      op: 'delete-version',
      subject: param(exchange, 'subject'),
      version: versionParam(exchange),
      permanent: flag(exchange, 'permanent'),
    }),
);

export const registrySubjectRoutes: readonly Route[] = [
  subjects,
  versions,
  register,
  lookup,
  version,
  versionSchema,
  referencedBy,
  deleteSubject,
  deleteVersion,
];
