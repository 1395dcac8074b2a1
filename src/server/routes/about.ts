/** What the server says of itself: identity, health, statuses of commands (spec: api.md §11). */
import { problem } from '../../base/errors.ts';
import { liveSilenceMsMax } from '../metrics/health.ts';
import type { Exchange } from '../exchange.ts';
import { json, ksqlJson } from '../media-types.ts';
import type { Route } from '../route.ts';

export const rootRoute: Route = {
  method: 'GET',
  path: '/',
  async handle({ response }) {
    response.writeHead(307, { location: '/info' });
    response.end();
  },
};

/** What is not streamed is JSON, whichever of its names the client accepts (spec: api.md §1). */
function answer(exchange: Exchange, body: unknown): void {
  exchange.accepted([ksqlJson, json]);
  exchange.send(body);
}

export const infoRoute: Route = {
  method: 'GET',
  path: '/info',
  async handle(exchange, { identity }) {
    answer(exchange, {
      KsqlServerInfo: {
        version: identity.version,
        kafkaClusterId: identity.clusterId,
        ksqlServiceId: identity.serviceId,
        serverStatus: 'RUNNING',
      },
    });
  },
};

/** Healthy when the engine answers. */
export const healthcheckRoute: Route = {
  method: 'GET',
  path: '/healthcheck',
  async handle(exchange, { health, lifecycle }) {
    const isHealthy = (await health.silentMs()) < liveSilenceMsMax;
    const part = { isHealthy };
    answer(exchange, {
      isHealthy,
      details: { metastore: part, kafka: part, commandRunner: part },
      serverState: isHealthy ? lifecycle.state : 'TERMINATING',
    });
  },
};

export const statusRoute: Route = {
  method: 'GET',
  path: '/status/:type/:entity/:action',
  async handle(exchange, { statuses }) {
    const { type, entity, action } = exchange.params;
    const status =
      statuses.get(`${type}/${entity}/${action}`) ??
      statuses.get(`${type}/\`${entity}\`/${action}`);
    if (status === undefined) throw problem('server.not-found', 'Command not found');
    answer(exchange, status);
  },
};

export const statusesRoute: Route = {
  method: 'GET',
  path: '/status',
  async handle(exchange, { statuses }) {
    answer(exchange, {
      commandStatuses: Object.fromEntries(
        [...statuses].map(([id, status]) => [id, status['status']]),
      ),
    });
  },
};

export const validPropertyRoute: Route = {
  method: 'GET',
  path: '/is_valid_property/:name',
  async handle(exchange, { checkProperty }) {
    checkProperty(exchange.params['name'] as string);
    answer(exchange, 'true');
  },
};

function clusterId(identity: { readonly clusterId: string; readonly serviceId: string }): object {
  return {
    id: '',
    scope: {
      path: [],
      clusters: { 'kafka-cluster': identity.clusterId, 'ksql-cluster': identity.serviceId },
    },
  };
}

export const metadataRoute: Route = {
  method: 'GET',
  path: '/v1/metadata',
  async handle(exchange, { identity }) {
    answer(exchange, { version: identity.version, clusterId: clusterId(identity) });
  },
};

export const metadataIdRoute: Route = {
  method: 'GET',
  path: '/v1/metadata/id',
  async handle(exchange, { identity }) {
    answer(exchange, clusterId(identity));
  },
};

export const readyRoute: Route = {
  method: 'GET',
  path: '/chc/ready',
  handle: async (exchange) => exchange.send({}),
};
export const liveRoute: Route = {
  method: 'GET',
  path: '/chc/live',
  handle: async (exchange) => exchange.send({}),
};
