/** Every route of the server. */
import type { Route } from '../route.ts';
import {
  healthcheckRoute,
  infoRoute,
  liveRoute,
  metadataIdRoute,
  metadataRoute,
  readyRoute,
  rootRoute,
  statusesRoute,
  statusRoute,
  validPropertyRoute,
} from './about.ts';
import { clusterStatusRoute, heartbeatRoute, lagRoute } from './cluster.ts';
import { closeQueryRoute } from './close-query.ts';
import { insertsRoute, insertsStreamRoute } from './inserts-stream.ts';
import { livezRoute, readyzRoute } from './health.ts';
import { ksqlRoute } from './ksql.ts';
import { metricsRoute } from './metrics.ts';
import { openApiRoute } from './openapi.ts';
import { queryRoute, queryStreamRoute } from './query.ts';
import { registryConfigRoutes } from './registry-config.ts';
import { registrySchemaRoutes } from './registry-schemas.ts';
import { registrySubjectRoutes } from './registry-subjects.ts';
import { subscribeGetRoute, subscribePostRoute } from './subscribe.ts';
import { terminateRoute } from './terminate.ts';

export const routes: readonly Route[] = [
  rootRoute,
  ksqlRoute,
  terminateRoute,
  queryRoute,
  queryStreamRoute,
  insertsStreamRoute,
  insertsRoute,
  closeQueryRoute,
  subscribePostRoute,
  subscribeGetRoute,
  infoRoute,
  healthcheckRoute,
  statusRoute,
  statusesRoute,
  validPropertyRoute,
  clusterStatusRoute,
  heartbeatRoute,
  lagRoute,
  metadataRoute,
  metadataIdRoute,
  readyRoute,
  liveRoute,
  metricsRoute,
  livezRoute,
  readyzRoute,
  openApiRoute,
  ...registrySubjectRoutes,
  ...registrySchemaRoutes,
  ...registryConfigRoutes,
];
