/** Every route of the server. */
import type { Route } from '../route.ts';
import {
  clusterStatusRoute,
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
import { closeQueryRoute } from './close-query.ts';
import { insertsStreamRoute } from './inserts-stream.ts';
import { ksqlRoute } from './ksql.ts';
import { queryRoute, queryStreamRoute } from './query.ts';

export const routes: readonly Route[] = [
  rootRoute,
  ksqlRoute,
  queryRoute,
  queryStreamRoute,
  insertsStreamRoute,
  closeQueryRoute,
  infoRoute,
  healthcheckRoute,
  statusRoute,
  statusesRoute,
  validPropertyRoute,
  clusterStatusRoute,
  metadataRoute,
  metadataIdRoute,
  readyRoute,
  liveRoute,
];
