/**
 * `/clusterStatus`, `/heartbeat` and `/lag`: not found unless `ksql.heartbeat.enable` is true (spec: api.md §11). One process is the
 * whole cluster; other hosts are shown where they send heartbeats, and nothing is asked of them.
 */
import { problem } from '../../base/errors.ts';
import type { StoreLag } from '../../engine/api.ts';
import type { Exchange } from '../exchange.ts';
import { json, ksqlJson, parseBody } from '../messages.ts';
import type { Route, RouteContext } from '../route.ts';

export const clusterStatusRoute: Route = {
  method: 'GET',
  path: '/clusterStatus',
  async handle(exchange, context) {
    const { cluster, engine, identity } = context;
    if (!cluster.isServed) return exchange.send('', 404);
    exchange.accepted([ksqlJson, json]);
    const now = Date.now();
    const stores = await engine.storeLags();
    const own = {
      hostAlive: true,
      lastStatusUpdateMs: now,
      activeStandbyPerQuery: Object.fromEntries(
        stores.map((store) => [store.query, active(store)]),
      ),
      hostStoreLags: {
        stateStoreLags: cluster.reportsLags
          ? Object.fromEntries(
              stores.map((store) => [storeId(store, identity.serviceId), lags(store)]),
            )
          : {},
        updateTimeMs: cluster.reportsLags ? now : 0,
      },
    };
    const others = cluster.others(now).map(({ name, isAlive, heardMs, lags: reported }) => [
      name,
      {
        hostAlive: isAlive,
        lastStatusUpdateMs: heardMs,
        activeStandbyPerQuery: {},
        hostStoreLags: reported ?? { stateStoreLags: {}, updateTimeMs: 0 },
      },
    ]);
    const host = cluster.own(exchange.request.headers.host ?? 'localhost');
    exchange.send({ clusterStatus: { ...Object.fromEntries(others), [host]: own } });
  },
};

export const heartbeatRoute: Route = {
  method: 'POST',
  path: '/heartbeat',
  async handle(exchange, { cluster }) {
    if (!cluster.isServed) return exchange.send('', 404);
    const { hostInfo, timestamp } = parseBody(await exchange.body());
    if (!Number.isSafeInteger(timestamp)) throw missing('timestamp');
    cluster.heard(hostName(hostInfo, 'hostInfo'), Date.now());
    exchange.send({ isOk: true });
  },
};

export const lagRoute: Route = {
  method: 'POST',
  path: '/lag',
  async handle(exchange: Exchange, { cluster }: RouteContext) {
    if (!cluster.isServed) return exchange.send('', 404);
    const { ksqlHost, hostStoreLags } = parseBody(await exchange.body());
    if (typeof hostStoreLags !== 'object' || hostStoreLags === null) throw missing('hostStoreLags');
    cluster.reported(hostName(ksqlHost, 'ksqlHost'), hostStoreLags, Date.now());
    exchange.send({ isOk: true });
  },
};

function hostName(value: unknown, field: string): string {
  if (typeof value === 'string' && /^[^\s/]{1,300}:\d{1,5}$/.test(value)) return value;
  throw missing(field);
}

function missing(field: string): Error {
  return problem('request.invalid-json', `Invalid JSON in request: "${field}" must be populated`);
}

function active({ store, partitions }: StoreLag): object {
  return {
    activeStores: [store],
    activePartitions: partitions.map(({ topic, partition }) => ({ topic, partition })),
    standByStores: [],
    standByPartitions: [],
  };
}

function storeId({ query, store }: StoreLag, serviceId: string): string {
  return `_confluent-ksql-${serviceId}query_${query}#${store}`;
}

/** By partition, over all topics that the query reads. */
function lags({ partitions }: StoreLag): object {
  const byPartition: Record<number, Record<string, number>> = {};
  for (const { partition, position, end } of partitions) {
    const before = byPartition[partition];
    byPartition[partition] = {
      currentOffsetPosition: (before?.['currentOffsetPosition'] ?? 0) + position,
      endOffsetPosition: (before?.['endOffsetPosition'] ?? 0) + end,
      offsetLag: (before?.['offsetLag'] ?? 0) + end - position,
    };
  }
  return { lagByPartition: byPartition };
}
