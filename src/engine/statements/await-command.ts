/** Waiting for a command that a client knows of (`commandSequenceNumber`, spec: api.md §4). */
import type { Env } from '../../base/env.ts';
import { problem } from '../../base/errors.ts';
import { propertyValue } from '../../sql/properties.ts';
import { commandPollMs } from '../limits.ts';

/** `count` is how many commands have been carried out: number 0 is the first. Throws `engine.command-timeout`. */
export async function awaitCommand(
  sequence: number,
  count: () => number,
  properties: Readonly<Record<string, string>>,
  { clock, timers }: Env,
): Promise<void> {
  const name = 'ksql.server.command.response.timeout.ms';
  const deadline = clock.now() + Number(propertyValue(properties, name) ?? 5_000);
  while (sequence >= count()) {
    if (clock.now() >= deadline)
      throw problem(
        'engine.command-timeout',
        `Timed out while waiting for a previous command to execute. command sequence number: ${sequence}`,
      );
    await new Promise<void>((resolve) => {
      timers.after(commandPollMs, resolve);
    });
  }
}
