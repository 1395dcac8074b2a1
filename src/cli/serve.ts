/** `leat serve`: one data directory, one port. */
import type { Logger } from '../base/env.ts';
import type { LogFormat, LogLevel, LogOptions } from '../base/log-line.ts';
import type { Durability } from '../log/log.ts';
import { systemLogger } from '../engine/system-env.ts';
import { ThreadEngine } from '../engine/thread/thread-engine.ts';
import { listenerLimits } from '../server/limits.ts';
import { listenersOf } from '../server/listener/listeners.ts';
import { checkExposure } from '../server/security/exposure.ts';
import { loadSecurity } from '../server/security/load.ts';
import { version } from '../server/version.ts';
import {
  type ConfigSources,
  effectiveSettings,
  propertiesOf,
  unknownSettings,
} from './config/effective.ts';
import { exitCodeOf, exitCodes, failureText } from './exit.ts';
import { onStop, type StopCause } from './signals.ts';

export interface ServeOptions {
  readonly data: string;
  /** null: as the property `listeners` has it, or loopback and 8088. */
  readonly host: string | null;
  readonly port: number | null;
  /** What may be missing outside loopback. */
  readonly insecure: { readonly withoutTls: boolean; readonly withoutUsers: boolean };
  readonly durability: Durability;
  readonly config: ConfigSources;
  /** A format of null: text in a terminal, else JSON. */
  readonly log: { readonly level: LogLevel; readonly format: LogFormat | null };
  /** Directory of user functions. */
  readonly functions: string | null;
  readonly allowHosts: readonly string[];
  readonly allowOrigins: readonly string[];
}

/** After a signal the process is gone within ten seconds, whatever hangs: nothing that was acknowledged depends on a clean end. */
const stopMsMax = 9_500;

/** Serves until a signal; resolves with the exit status. */
export async function serve(options: ServeOptions): Promise<number> {
  const log: LogOptions = {
    level: options.log.level,
    format: options.log.format ?? (process.stderr.isTTY ? 'text' : 'json'),
  };
  const logger = systemLogger(log);
  const properties = configured(options, logger);
  // Before anything is opened: a server that may not be reached does not start.
  const security = await loadSecurity(properties, listenerLimits(properties));
  const listeners = listenersOf(properties, { ...options, hasTls: security.tls !== null });
  checkExposure(listeners, { hasUsers: security.authenticator !== null, ...options.insecure });
  let finish: (status: number) => void = () => undefined;
  const finished = new Promise<number>((resolve) => {
    finish = resolve;
  });
  // From here on a signal ends the server cleanly, also one that comes while it starts.
  const signals = onStop((cause) => {
    stopping(logger, cause);
    finish(exitCodes.clean);
  });
  const opening = ThreadEngine.open(
    {
      directory: options.data,
      durability: options.durability,
      properties,
      functionsDirectory: options.functions,
      log,
    },
    {
      onFatal(error) {
        logger.error('engine-failed', { message: failureText(error) });
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
      listeners,
      security,
      insecure: options.insecure,
      policy: {
        hosts: options.allowHosts,
        origins: [...options.allowOrigins, ...origins(properties)],
      },
      properties,
      logger,
    });
    process.stdout.write(
      `leat serves ${options.data} at ${server.url}\n  ${shellCommand(server.url, properties)}\n`,
    );
    const { data, durability } = options;
    logger.info('server-started', { url: server.url, data, durability, version, pid: process.pid });
    const status = await finished;
    await server.close();
    return status;
  } finally {
    await engine[Symbol.asyncDispose]();
    signals[Symbol.dispose]();
    logger.info('server-stopped');
  }
}

/** What to type on this machine to talk to the server: nobody calls an address that stands for all. */
function shellCommand(url: string, properties: Readonly<Record<string, string>>): string {
  const near = url.replace(/\/\/(?:0\.0\.0\.0|\[::\])(?=:)/, '//localhost');
  return `leat sql --server ${near}${properties['leat.users.file'] === undefined ? '' : ' --user NAME'}`;
}

/** The properties as set; tells of those that nobody knows. */
function configured({ config }: ServeOptions, logger: Logger): Readonly<Record<string, string>> {
  const settings = effectiveSettings(config);
  for (const unknown of unknownSettings(settings)) logger.warn('config-unknown-property', unknown);
  return propertiesOf(settings);
}

function origins(properties: Readonly<Record<string, string>>): readonly string[] {
  const list = properties['access.control.allow.origin'] ?? '';
  return list
    .split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
}

function stopping(logger: Logger, cause: StopCause): void {
  logger.info('server-stopping', { cause });
  setTimeout(() => {
    logger.warn('server-stopped-late', { afterMs: stopMsMax });
    process.exit(exitCodes.clean);
  }, stopMsMax).unref();
}
