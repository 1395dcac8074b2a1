/** POST /query and POST /query-stream: one SELECT or PRINT (spec: api.md §5, §6). */
import type { StatementRequest } from '../../engine/api.ts';
import { queryFailure } from '../errors.ts';
import type { Exchange } from '../exchange.ts';
import {
  delimited,
  json,
  ksqlJson,
  ksqlProtobuf,
  ksqlRequest,
  parseBody,
  queryStreamRequest,
} from '../messages.ts';
import type { Route, RouteContext } from '../route.ts';
import { framings, sendLines, sendRows } from '../row-stream.ts';

export const queryRoute: Route = {
  method: 'POST',
  path: '/query',
  async handle(exchange, context) {
    const type = exchange.accepted([ksqlJson, delimited, json, ksqlProtobuf]);
    await run(
      exchange,
      context,
      ksqlRequest(parseBody(await exchange.body())),
      type === json ? ksqlJson : type,
    );
  },
};

export const queryStreamRoute: Route = {
  method: 'POST',
  path: '/query-stream',
  async handle(exchange, context) {
    const type = exchange.accepted([delimited, json, ksqlJson, ksqlProtobuf]);
    await run(exchange, context, queryStreamRequest(parseBody(await exchange.body())), type);
  },
};

async function run(
  exchange: Exchange,
  { engine }: RouteContext,
  request: StatementRequest,
  type: string,
): Promise<void> {
  const stream = await engine.query(request).catch((error: unknown) => {
    throw queryFailure(error, request.sql);
  });
  if (stream.head.kind === 'print') return sendLines(exchange, stream);
  const framing = framings[type] as NonNullable<(typeof framings)[string]>;
  try {
    return await sendRows(exchange, stream, framing(stream.head), type);
  } finally {
    await stream.close();
  }
}
