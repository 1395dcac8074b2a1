/** Leat's own properties: those of limits with their values from where they are kept, and those of security. All begin with `leat.`. */
import type { Limit } from '../../base/limits.ts';
import * as engine from '../../engine/limits.ts';
import { subscriptionsMax } from '../../engine/subscribe/limits.ts';
import * as execution from '../../execution/limits.ts';
import * as server from '../../server/limits.ts';
import * as sql from '../../sql/limits.ts';

export interface LeatProperty {
  readonly name: string;
  readonly type: 'number' | 'string' | 'list' | 'password';
  /** null: none. */
  readonly default: string | null;
  readonly meaning: string;
}

function limit({ key, value }: Limit, meaning: string): LeatProperty {
  return { name: key, type: 'number', default: String(value), meaning };
}

function text(name: string, meaning: string, fallback: string | null = null): LeatProperty {
  return { name, type: 'string', default: fallback, meaning };
}

export const leatTable: readonly LeatProperty[] = [
  limit(engine.statementsMax, 'Statements of one request.'),
  limit(sql.nodesMax, 'Nodes of a statement: expressions, types, clauses.'),
  limit(sql.columnsMax, 'Columns of a source, and of a SELECT.'),
  limit(sql.inItemsMax, 'Items of an IN list.'),
  limit(sql.joinsMax, 'Joins of a query.'),
  limit(sql.windowHopsMax, 'Hopping windows of one row: size over advance.'),
  limit(
    execution.stateRowsMax,
    'Rows that a query keeps: keys, windows, sessions, rows that wait in joins.',
  ),
  limit(execution.stateBytesMax, 'Bytes that these rows take, in memory and on disk.'),
  limit(
    execution.stateMemoryMax,
    'Bytes of memory that rows of state take before they go to disk.',
  ),
  limit(execution.stateSpillMax, 'Bytes of disk that they take there.'),
  limit(execution.sessionsMax, 'Sessions of one key.'),
  limit(execution.joinMatchesMax, 'Rows that one record meets in a join.'),
  limit(execution.explodedRowsMax, 'Rows that table functions make of one record.'),
  limit(engine.pullMsMax, 'Milliseconds that a pull query takes.'),
  limit(engine.pullScannedRowsMax, 'Rows that a pull query looks at.'),
  limit(engine.pullResultRowsMax, 'Rows that a pull query returns.'),
  limit(engine.pullResultBytesMax, 'Bytes that a pull query returns.'),
  limit(
    engine.pushWaitingBytesMax,
    'Bytes of rows that wait for all readers of push queries, and no more than a quarter of the heap unless set.',
  ),
  limit(subscriptionsMax, 'Subscriptions that are open.'),
  limit(server.connectionsMax, 'Connections that are no WebSockets.'),
  limit(server.webSocketsMax, 'WebSockets.'),
  limit(server.connectionsPerIpMax, 'Connections of one address.'),
  limit(server.unauthenticatedMax, 'Connections on which nobody has logged in, where users must.'),
  limit(server.handshakeMsMax, 'Milliseconds until a connection has said what it speaks.'),
  limit(server.requestMsMax, 'Milliseconds until a request has arrived.'),
  limit(server.headerBytesMax, 'Bytes of a request’s headers.'),
  limit(server.headersMax, 'Headers of a request.'),
  limit(server.bodyBytesMax, 'Bytes of a request’s body.'),
  limit(server.streamsMax, 'HTTP/2 streams of a connection at a time.'),
  limit(server.resetsMax, 'HTTP/2 streams that a client takes back per minute.'),
  limit(server.controlFramesMax, 'HTTP/2 pings and settings of a client per minute.'),
  limit(server.messageBytesMax, 'Bytes of a message that a WebSocket client sends.'),
  limit(server.fragmentsMax, 'Fragments of such a message.'),
  limit(server.loginFailuresMax, 'Failed logins of one address per minute.'),
  text('leat.users.file', 'File with users, their passwords and roles (`leat user add`).'),
  text('leat.tls.certificate', 'PEM file with the certificate and its chain.'),
  text('leat.tls.key', 'PEM file with its key.'),
  text('leat.tls.client.ca', 'PEM file with the authorities of clients’ certificates.'),
  text('leat.tls.client.role', 'Role of clients that show a certificate.'),
  text('leat.jwt.jwks', 'File or URL with the keys that sign tokens.'),
  text('leat.jwt.public.key', 'PEM file with the one key that signs tokens.'),
  text('leat.jwt.algorithms', 'Algorithms of signatures that are taken.'),
  text('leat.jwt.issuer', 'Issuer that tokens must name.'),
  text('leat.jwt.audience', 'Audience that tokens must name.'),
  text('leat.jwt.clock.tolerance.seconds', 'How far clocks may be apart.'),
  text('leat.jwt.role.claim', 'Claim that holds the role.'),
  text('leat.jwt.name.claim', 'Claim that holds the name.'),
];
