/** `leat serve`: one data directory, one port. */
import type { Durability } from '../log/log.ts';
import { ThreadEngine } from '../engine/thread-engine.ts';
import { exitCodeOf, exitCodes, printFailure } from './exit.ts';
import { onStop } from './signals.ts';

export interface ServeOptions {
  readonly data: string;
  readonly host: string;
  readonly port: number;
  readonly durability: Durability;
  readonly properties: Readonly<Record<string, string>>;
  /** Directory of user functions. */
  readonly functions: string | null;
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
}

/** Serves until a signal; resolves with the exit status. */
export async function serve(options: ServeOptions): Promise<number> {
  let finish: (status: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  // From here on a signal ends the server cleanly, also one that comes while it starts.
  const signals = onStop(() => finish(exitCodes.clean));
  const opening = ThreadEngine.open(
    {
      directory: options.data,
      durability: options.durability,
      properties: options.properties,
      functionsDirectory: options.functions,
    },
    {
      onFatal(error) {
        printFailure(error);
        finish(exitCodeOf(error) === exitCodes.failed ? exitCodes.restart : exitCodeOf(error));
      },
    },
  );
  // While the engine's thread opens the log, this one loads the server.
  const [engine, { startServer }] = await Promise.all([opening, import('../server/start.ts')]);
  try {
    const server = await startServer(engine, {
      host: options.host,
      port: options.port,
      policy: { hosts: options.allowHosts, origins: options.allowOrigins },
      ...(options.properties['ksql.service.id'] === undefined
        ? {}
        : { serviceId: options.properties['ksql.service.id'] }),
    });
    process.stdout.write(
      `leat serves ${options.data} at ${server.url}\n  leat sql --server ${server.url}\n`,
    );
    const status = await finished;
    await server.close();
    return status;
  } finally {
    await engine[Symbol.asyncDispose]();
    signals[Symbol.dispose]();
  }
}
