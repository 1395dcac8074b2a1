/** What a route is and what it is given. */
import type { Engine } from '../engine/api.ts';
import type { Cluster } from './cluster.ts';
import type { Exchange } from './exchange.ts';
import type { EngineHealth } from './metrics/health.ts';
import type { ServerMetrics } from './metrics/server-metrics.ts';

export interface RouteContext {
  readonly engine: Engine;
  /** What the server says of itself. */
  readonly identity: {
    readonly version: string;
    readonly clusterId: string;
    readonly serviceId: string;
  };
  /** Statuses of executed commands by id, e.g. "stream/`S1`/create". */
  readonly statuses: Map<string, Readonly<Record<string, unknown>>>;
  /** Whether statements are still taken; `/ksql/terminate` ends that. */
  readonly lifecycle: { state: 'READY' | 'TERMINATING' | 'TERMINATED' };
  readonly metrics: ServerMetrics;
  readonly health: EngineHealth;
  /** Connections, and requests and sockets under way. */
  readonly connections: () => {
    readonly open: number;
    readonly active: number;
    /** How many were refused, by the key of the limit. */
    readonly refused: ReadonlyMap<string, number>;
  };
  readonly cluster: Cluster;
  /** May a session set this property? Throws what is wrong with it. */
  readonly checkProperty: (name: string) => void;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments that begin with `:` are parameters. */
  readonly path: string;
  /** Errors thrown before anything is sent become the error reply. */
  handle(exchange: Exchange, context: RouteContext): Promise<void>;
}
