/** A server of subscriptions that does what it is told: sends frames, then ends, breaks off, refuses or stays. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** What one connection is served. */
export interface Scene {
  readonly frames?: readonly object[];
  /** `cut`: the connection is destroyed; `close`: it ends without a word; `stay`: nothing more comes. */
  readonly ending?: 'end' | 'cut' | 'close' | 'stay';
  /** Instead of frames. */
  readonly refuse?: { readonly status: number; readonly body: object };
}

export interface ScriptedServer extends AsyncDisposable {
  readonly url: string;
  /** What each connection asked for, in order. */
  readonly requests: readonly Readonly<Record<string, unknown>>[];
  /** WebSockets that have been closed, by whomever. */
  readonly closedSockets: () => number;
}

/** Connections are served the scenes in their order; those beyond are destroyed. */
export async function scriptedServer(scenes: readonly Scene[]): Promise<ScriptedServer> {
  const requests: Readonly<Record<string, unknown>>[] = [];
  const next = (text: string): Scene => {
    requests.push(JSON.parse(text));
    return scenes[requests.length - 1] ?? { ending: 'cut' };
  };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const { frames = [], ending = 'end', refuse } = next(text);
    if (refuse !== undefined) {
      response.writeHead(refuse.status).end(JSON.stringify(refuse.body));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/vnd.leat.v1+json' });
    for (const frame of frames) response.write(`${JSON.stringify(frame)}\n\n`);
    if (ending === 'cut') setImmediate(() => response.destroy());
    if (ending === 'end' || ending === 'close') response.end();
  });
  const sockets = new WebSocketServer({ server });
  let closedSockets = 0;
  sockets.on('connection', (socket) => {
    socket.once('close', () => closedSockets++);
    socket.once('message', (data) => {
      const { frames = [], ending = 'end' } = next(String(data));
      for (const frame of frames) socket.send(JSON.stringify(frame));
      if (ending === 'cut') socket.terminate();
      if (ending === 'end') socket.close(1000);
      if (ending === 'close') socket.close(1001);
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    closedSockets: () => closedSockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export const schema: object = {
  type: 'schema',
  queryId: 'q1',
  table: true,
  columns: [
    { name: 'ID', type: 'STRING', key: true },
    { name: 'N', type: 'BIGINT', key: false },
    { name: 'D', type: 'DECIMAL(4, 2)', key: false },
  ],
};
