/**
 * `node test/load/soak.ts [--minutes 10]`: a bit of everything at once against a server in a process of its own: rows, lookups,
 * scans, readers and subscribers who come and go, statements, scrapes. Prints how long things take and, for every minute, what
 * remains on the heaps of its two threads after they were collected. Ends with status 1 if the last third holds more than the
 * middle third by more than a margin. The server collects its garbage every ten seconds, which is part of what is measured.
 */
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { percentile } from '../bench/rounds.ts';
import { ksql, residentMegabytes, startServerProcess } from '../bench/server-process.ts';
import { pause, settings } from './settings.ts';
import {
  inserts,
  lookups,
  pushReaders,
  type SoakContext,
  SQL,
  scans,
  scrapes,
  statements,
  subscribers,
} from './soak-loads.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
/** By which a heap may grow from the middle third to the last: what is there at a moment is not the same at another. */
const MARGIN_MEGABYTES = 4;
const COLLECT_MS = 10_000;
/** Loops of each kind. */
const LOADS = [
  [inserts, 2],
  [lookups, 4],
  [scans, 1],
  [scrapes, 1],
  [statements, 1],
  [pushReaders, 15],
  [subscribers, 15],
] as const;

/** Every thread of the server collects its garbage now and then. */
const collect = `setInterval(() => globalThis.gc(), ${COLLECT_MS}).unref()`;
env['NODE_OPTIONS'] =
  `${env['NODE_OPTIONS'] ?? ''} --expose-gc --import data:text/javascript,${encodeURIComponent(collect)}`;

interface Sample {
  readonly second: number;
  /** Megabytes in use, by thread. */
  readonly heaps: Readonly<Record<string, number>>;
  readonly resident: number;
}

async function sample(url: string, pid: number, began: number): Promise<Sample> {
  const page = await (await fetch(`${url}/metrics`)).text();
  const found = page.matchAll(/^\w*heap_used_bytes\{thread="(\w+)"\} (\S+)$/gm);
  const heaps = Object.fromEntries(
    [...found].map(([, thread, bytes]) => [thread, Number(bytes) / 1e6]),
  );
  return { second: (performance.now() - began) / 1000, heaps, resident: residentMegabytes(pid) };
}

/** The least that a thread's heap held: what is there right after it was collected. */
function lowest(samples: readonly Sample[], thread: string): number {
  return Math.min(...samples.map(({ heaps }) => heaps[thread] ?? Number.NaN));
}

function between(samples: readonly Sample[], from: number, to: number): readonly Sample[] {
  return samples.filter(({ second }) => second >= from && second < to);
}

function printTimes(times: ReadonlyMap<string, readonly number[]>, seconds: number): void {
  for (const [kind, list] of times) {
    const sorted = list.toSorted((a, b) => a - b);
    const [p50, p99] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
    const perSecond = list.length / seconds;
    console.log(
      `${kind.padEnd(28)} ${perSecond.toFixed(1).padStart(8)} per s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    );
  }
}

const server = await startServerProcess('source', settings);
let status = 0;
try {
  await ksql(server.url, SQL);
  const began = performance.now();
  const seconds = minutes * 60;
  const times = new Map<string, number[]>();
  const context: SoakContext = {
    url: server.url,
    took: (kind, ms) => {
      const list = times.get(kind);
      if (list === undefined) times.set(kind, [ms]);
      else list.push(ms);
    },
    isOver: () => performance.now() - began > seconds * 1000,
  };
  const loops = LOADS.flatMap(([load, count]) =>
    Array.from({ length: count }, () => load(context)),
  );
  const all = Promise.all(loops);
  const samples: Sample[] = [];
  let minute = 0;
  const sampling = (async () => {
    while (!context.isOver()) {
      samples.push(await sample(server.url, server.pid, began));
      const { second, heaps, resident } = samples.at(-1)!;
      if (second > (minute + 1) * 60) {
        const past = between(samples, minute * 60, ++minute * 60);
        const texts = Object.keys(heaps).map(
          (name) => `${name} ${lowest(past, name).toFixed(1)} MB`,
        );
        console.log(
          `minute ${minute}: heap ${texts.join(', ')}; resident ${resident.toFixed(0)} MB`,
        );
      }
      await pause(250);
    }
  })();
  await Promise.all([all, sampling]);
  printTimes(times, seconds);
  for (const thread of Object.keys(samples.at(-1)?.heaps ?? {})) {
    const middle = lowest(between(samples, seconds / 3, (seconds * 2) / 3), thread);
    const last = lowest(between(samples, (seconds * 2) / 3, seconds), thread);
    const grew = last - middle;
    const isFlat = grew <= MARGIN_MEGABYTES;
    if (!isFlat) status = 1;
    console.log(
      `heap of ${thread}: ${middle.toFixed(1)} MB in the middle third, ${last.toFixed(1)} MB in the last: ${isFlat ? 'flat' : 'GROWS'}`,
    );
  }
} finally {
  await server.stop();
}
process.exit(status);
