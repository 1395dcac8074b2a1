/** Schemas by id, as Confluent's Schema Registry serves them. */
import { flag, idParam, registryRoute, shownSchema } from '../registry-exchange.ts';
import type { Route } from '../route.ts';

const types = registryRoute('GET', '/schemas/types', async () => ['JSON', 'PROTOBUF', 'AVRO']);

const schema = registryRoute('GET', '/schemas/ids/:id', async (exchange, engine) =>
  shownSchema(await engine.registry<'schema'>({ op: 'schema', id: idParam(exchange) })),
);

const schemaText = registryRoute('GET', '/schemas/ids/:id/schema', async (exchange, engine) => {
  const { text } = await engine.registry<'schema'>({ op: 'schema', id: idParam(exchange) });
  return text;
});

const places = registryRoute('GET', '/schemas/ids/:id/versions', (exchange, engine) =>
  engine.registry<'places'>({
    op: 'places',
    id: idParam(exchange),
    deleted: flag(exchange, 'deleted'),
  }),
);

const subjects = registryRoute('GET', '/schemas/ids/:id/subjects', async (exchange, engine) => {
  const found = await engine.registry<'places'>({
    op: 'places',
    id: idParam(exchange),
    deleted: flag(exchange, 'deleted'),
  });
  return [...new Set(found.map(({ subject }) => subject))];
});

export const registrySchemaRoutes: readonly Route[] = [types, schema, schemaText, places, subjects];
