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

/** A server keeps a processing log, and a stream over it, unless told otherwise; as ksqlDB's configuration files have it. */
const processingLogOn: Readonly<Record<string, string>> = {
  'ksql.logging.processing.topic.auto.create': 'true',
  'ksql.logging.processing.stream.auto.create': 'true',
};

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
      properties: { ...processingLogOn, ...options.properties },
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
  const loading = import('../server/start.ts');
  loading.catch(() => undefined);
  const engine = await opening;
  try {
    const { startServer } = await loading;
    const server = await startServer(engine, {
      host: options.host,
      port: options.port,
      policy: { hosts: options.allowHosts, origins: options.allowOrigins },
      properties: options.properties,
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
