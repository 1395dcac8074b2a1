/** Compatibility levels, checks against them, and the mode, as Confluent's Schema Registry serves them. */
import { problem } from '../../base/errors.ts';
import type { VersionSpec } from '../../registry/api.ts';
import type { Exchange } from '../exchange.ts';
import {
  flag,
  objectBody,
  param,
  registryRoute,
  schemaBody,
  versionParam,
} from '../registry-exchange.ts';
import type { Route, RouteContext } from '../route.ts';

type Engine = Pick<RouteContext['engine'], 'registry'>;

/** With and without a subject. */
function both(
  method: Route['method'],
  path: string,
  answer: (exchange: Exchange, engine: Engine, subject: string | null) => Promise<unknown>,
): readonly Route[] {
  return [
    registryRoute(method, path, (exchange, engine) => answer(exchange, engine, null)),
    registryRoute(method, `${path}/:subject`, (exchange, engine) =>
      answer(exchange, engine, param(exchange, 'subject')),
    ),
  ];
}

const readConfig = both('GET', '/config', async (exchange, engine, subject) => ({
  compatibilityLevel: await engine.registry<'config'>({
    op: 'config',
    subject,
    fallback: flag(exchange, 'defaultToGlobal'),
  }),
}));

const writeConfig = both('PUT', '/config', async (exchange, engine, subject) => {
  const { compatibility } = await objectBody(exchange);
  const level = typeof compatibility === 'string' ? compatibility : '';
  return {
    compatibility: await engine.registry<'set-config'>({ op: 'set-config', subject, level }),
  };
});

const deleteConfig = both('DELETE', '/config', async (_exchange, engine, subject) => ({
  compatibilityLevel: await engine.registry<'delete-config'>({ op: 'delete-config', subject }),
}));

const readMode = both('GET', '/mode', async () => ({ mode: 'READWRITE' }));

const writeMode = both('PUT', '/mode', async () => {
  throw problem('registry.not-permitted', 'The mode cannot be changed: it is READWRITE');
});

async function check(
  exchange: Exchange,
  engine: Engine,
  version: VersionSpec | null,
): Promise<unknown> {
  const { schema } = await schemaBody(exchange);
  const messages = await engine.registry<'compatible'>({
    op: 'compatible',
    subject: param(exchange, 'subject'),
    version,
    schema,
  });
  return {
    is_compatible: messages.length === 0,
    ...(flag(exchange, 'verbose') ? { messages } : {}),
  };
}

const checkVersion = registryRoute(
  'POST',
  '/compatibility/subjects/:subject/versions/:version',
  (exchange, engine) => check(exchange, engine, versionParam(exchange)),
);
const checkSubject = registryRoute(
  'POST',
  '/compatibility/subjects/:subject/versions',
  (exchange, engine) => check(exchange, engine, null),
);

export const registryConfigRoutes: readonly Route[] = [
  ...readConfig,
  ...writeConfig,
  ...deleteConfig,
  ...readMode,
  ...writeMode,
  checkVersion,
  checkSubject,
];
