/** Stands between a client and a server and cuts connections at random places of what the server sends. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy extends AsyncDisposable {
  readonly url: string;
  readonly cuts: () => number;
  /** Everything gets through until `storm`, and again from `calm` on. */
  storm(): void;
  calm(): void;
}

/**
 * Each connection lives for up to `bytesMax` bytes, and a quarter more with every cut: what gathers while there is no connection
 * must get through some time. `random` gives numbers from 0 to 1.
 */
export async function cuttingProxy(
  port: number,
  bytesMax: number,
  random: () => number,
): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let cuts = 0;
  let isCalm = true;
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let left = Math.ceil(random() * bytesMax * (1 + cuts / 4));
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', end).on('close', end);
    }
    client.pipe(upstream);
    upstream.on('data', (bytes) => {
      if (isCalm || bytes.length <= left) {
        left -= bytes.length;
        client.write(bytes);
        return;
      }
      cuts++;
      client.write(bytes.subarray(0, Math.max(0, left)), () => client.destroy());
      upstream.destroy();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    cuts: () => cuts,
    storm() {
      isCalm = false;
    },
    calm() {
      isCalm = true;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
