/// <reference lib="esnext.disposable" preserve="true" />
/**
 * `leat/client`: a typed client of a server, for Node and browsers.
 *
 * ```ts
 * import { connect } from 'leat/client';
 *
 * const client = connect('http://127.0.0.1:8088');
 * for await (const row of client.pull<{ ID: string; N: bigint }>('SELECT * FROM t WHERE id = ?;', ['a'])) console.log(row.N);
 * ```
 */
import { type ConnectOptions, LeatClient } from './leat-client.ts';

export type { InsertOptions, InsertStream } from './insert-stream.ts';
export type {
  ConnectOptions,
  LeatClient,
  Properties,
  ServerInfo,
  StatementOptions,
  SubscribeOptions,
} from './leat-client.ts';
export { LeatError } from './leat-error.ts';
export { type Decimal, decimal, type Parameter } from './literal.ts';
export type { AnyRow, Value } from './read-value.ts';
export type * from './replies.ts';
export type { Rows } from './rows.ts';
export type { BackOff } from './back-off.ts';
export type { Change, Subscription } from './subscription.ts';
export type { Authorization } from './transport.ts';
export type { Column } from './type-text.ts';

/** A client of the server at `url`, for example http://localhost:8088. Nothing is sent before something is asked. */
export function connect(url: string, options: ConnectOptions = {}): LeatClient {
  return new LeatClient(url, options);
}
