/** Limits of the listeners: what anybody who reaches the port may take (docs/limits.md). Properties of the server set them. */
import { configuredLimit, type Limit } from '../base/limits.ts';

/** Connections that are not WebSockets. */
export const connectionsMax: Limit = { key: 'leat.limit.http.connections', value: 1_000 };
/** WebSocket connections. */
export const webSocketsMax: Limit = { key: 'leat.limit.ws.connections', value: 10_000 };
/** Connections of one address. */
export const connectionsPerIpMax: Limit = { key: 'leat.limit.connections.per.ip', value: 200 };
/** Connections on which nobody has said yet who they are, where users are asked to. */
export const unauthenticatedMax: Limit = {
  key: 'leat.limit.connections.unauthenticated',
  value: 100,
};
/** Until a connection has said what it speaks: the TLS handshake and the first bytes, an HTTP/1 head included. */
export const handshakeMsMax: Limit = { key: 'leat.limit.timeout.handshake.ms', value: 10_000 };
/** Until a request has arrived whole; also until the first request of an HTTP/2 connection has come. */
export const requestMsMax: Limit = { key: 'leat.limit.timeout.request.ms', value: 30_000 };
/** Bytes of a request's head, and how many headers. */
export const headerBytesMax: Limit = { key: 'leat.limit.http.header.bytes', value: 16_384 };
export const headersMax: Limit = { key: 'leat.limit.http.headers', value: 100 };
/** Bytes of a request's body, inflated. */
export const bodyBytesMax: Limit = { key: 'leat.limit.http.body', value: 8_388_608 };
/** HTTP/2: streams of a connection at a time; per minute streams that its client took back, and pings and settings. */
export const streamsMax: Limit = { key: 'leat.limit.http2.streams', value: 100 };
export const resetsMax: Limit = { key: 'leat.limit.http2.resets', value: 200 };
export const controlFramesMax: Limit = { key: 'leat.limit.http2.control.frames', value: 600 };
/** Bytes and fragments of a message that a WebSocket client sends. */
export const messageBytesMax: Limit = { key: 'leat.limit.ws.message', value: 1_048_576 };
export const fragmentsMax: Limit = { key: 'leat.limit.ws.fragments', value: 1_000 };
/** Failed logins of one address per minute. */
export const loginFailuresMax: Limit = { key: 'leat.limit.login.failures', value: 5 };
/** Passwords that are checked at a time, 128 MiB and a thread each, and that wait to be. */
export const passwordChecksMax = 2;
export const waitingChecksMax = 100;
/** Credentials that are known to be right, and addresses whose failures are counted. */
export const knownCredentialsMax = 1_000;
export const countedAddressesMax = 10_000;
/** How long an HTTP/2 connection may be without an open stream (`ksql.idle.connection.timeout.seconds`), and an insert stream without a byte. */
export const idleMax = 600;
/** The longest that a WebSocket may live on one token (`ksql.websocket.connection.max.timeout.ms`). */
export const webSocketLifeMsMax = 3_600_000;

/** Milliseconds that a timer of Node's can count. */
const timerMsMax = 2 ** 31 - 1;

export interface ListenerLimits {
  readonly connections: Limit;
  readonly webSockets: Limit;
  readonly connectionsPerIp: Limit;
  readonly unauthenticated: Limit;
  readonly handshakeMs: Limit;
  readonly requestMs: Limit;
  readonly headerBytes: Limit;
  readonly headers: Limit;
  readonly bodyBytes: Limit;
  readonly streams: Limit;
  readonly resets: Limit;
  readonly controlFrames: Limit;
  readonly messageBytes: Limit;
  readonly fragments: Limit;
  readonly loginFailures: Limit;
  readonly idleMs: number;
}

/** The limits as the server's properties set them; throws `config.invalid-limit`. */
export function listenerLimits(properties: Readonly<Record<string, string>>): ListenerLimits {
  const idle = configuredLimit(
    { key: 'ksql.idle.connection.timeout.seconds', value: idleMax },
    properties,
    Math.floor(timerMsMax / 1000),
  );
  return {
    connections: configuredLimit(connectionsMax, properties, 100_000),
    webSockets: configuredLimit(webSocketsMax, properties, 100_000),
    connectionsPerIp: configuredLimit(connectionsPerIpMax, properties, 100_000),
    unauthenticated: configuredLimit(unauthenticatedMax, properties, 100_000),
    handshakeMs: configuredLimit(handshakeMsMax, properties, timerMsMax),
    requestMs: configuredLimit(requestMsMax, properties, timerMsMax),
    headerBytes: configuredLimit(headerBytesMax, properties, 1_048_576),
    headers: configuredLimit(headersMax, properties, 1_000),
    bodyBytes: configuredLimit(bodyBytesMax, properties, 268_435_456),
    streams: configuredLimit(streamsMax, properties, 10_000),
    resets: configuredLimit(resetsMax, properties, 100_000),
    controlFrames: configuredLimit(controlFramesMax, properties, 100_000),
    messageBytes: configuredLimit(messageBytesMax, properties, 8_388_608),
    fragments: configuredLimit(fragmentsMax, properties, 100_000),
    loginFailures: configuredLimit(loginFailuresMax, properties, 100_000),
    idleMs: idle.value * 1000,
  };
}

/** The longest that a WebSocket may live on one token, as the server's properties set it. */
export function webSocketLifeMs(properties: Readonly<Record<string, string>>): number {
  const key = 'ksql.websocket.connection.max.timeout.ms';
  return configuredLimit({ key, value: webSocketLifeMsMax }, properties, timerMsMax).value;
}
