/** Serves files of this repository to a browser, TypeScript without its types, and waits for what the page has to tell. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';

export interface PageServer extends AsyncDisposable {
  readonly origin: string;
  /** What the page posts to /result. */
  readonly result: Promise<unknown>;
  /** Files that were asked for. */
  readonly served: ReadonlySet<string>;
}

export async function pageServer(root: string): Promise<PageServer> {
  const served = new Set<string>();
  const { promise: result, resolve } = Promise.withResolvers<unknown>();
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://here').pathname);
    if (path === '/result') {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      resolve(JSON.parse(text));
      response.end();
      return;
    }
    try {
      const text = await readFile(join(root, path), 'utf8');
      served.add(path);
      const isScript = path.endsWith('.ts');
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? stripTypeScriptTypes(text) : text);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    result,
    served,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
