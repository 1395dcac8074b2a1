/**
 * A process that uses a log and is killed by its parent: `node log-child.ts <mode> <directory> [durability]`.
 *
 * - `hold` makes ten commits without any checkpoint, and stays.
 * - `write` commits without end, and says the number of each commit once it is acknowledged.
 * - `leave` commits enough to start checkpoints and comes to its end without closing the log.
 */
import { writeSync } from 'node:fs';
import { openDurableLog } from '../../src/log/durable/open.ts';
import type { Durability, Log } from '../../src/log/log.ts';
import { append, change, produce, T0, T1, topic } from './log-workload.ts';

const [mode, directory, durability = 'power'] = process.argv.slice(2);

function say(text: string): void {
  writeSync(1, `${text}\n`);
}

/** Commit n appends record n to both partitions, moves the position to n + 1 and sets the state to n. */
async function commitNumber(log: Log, epoch: number, number: number): Promise<void> {
  const value = 'x'.repeat(number % 5 === 0 ? 90_000 : number % 700);
  await log.commit([
    { owner: null, appends: [append(T0, `${number}=${value}@1`)], offsets: [], state: [] },
    {
      owner: { id: 'q', epoch },
      appends: [append(T1, `${number}=@1`)],
      offsets: [{ of: T0, next: number + 1 }],
      state: [change('last', 'number', `${number}`), change('all', `${number % 100}`, 'seen')],
    },
  ]);
}

async function main(): Promise<void> {
  const log = await openDurableLog({
    directory: directory!,
    durability: durability as Durability,
    walBytesMax: (mode === 'hold' ? 64 : 4) * 1024 * 1024,
    segmentBytesMax: 1024 * 1024,
  });
  if (log.topics().length === 0) await log.createTopic(topic('t'));
  const { epoch } = await log.open('q');
  const first = log.bounds(T0).end;
  say('open');
  if (mode === 'hold') {
    for (let number = first; number < first + 10; number++) await commitNumber(log, epoch, number);
    say('held');
    setInterval(() => log.topics(), 1000);
    return;
  }
  for (let number = first; mode === 'write' || number < first + 100; number++) {
    await commitNumber(log, epoch, number);
    say(`${number}`);
    if (number % 20 === 0) await log.maintain(2, 5);
  }
  await log.commit([produce(append(T0, `k=${'y'.repeat(100_000)}@1`))]);
  say('left');
}

await main();
