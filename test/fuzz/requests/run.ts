/**
 * `node --expose-gc test/fuzz/requests/run.ts --requests 1000000 [--seed 1]`: damaged HTTP/1.1, HTTP/2 and WebSocket requests. Prints
 * each failure with the seed of its request and how the heap went, and exits with 1 if there was a failure or a leak.
 */
import { parseArgs } from 'node:util';
import { fuzzRequests } from './fuzz-requests.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '32' },
    lifetime: { type: 'string', default: '20000' },
  },
});
/** What the heap may grow by in the second half of the run: the first warms everything up. */
const GROWTH_BYTES_MAX = 32 * 1024 * 1024;

const started = performance.now();
const seconds = (): string => ((performance.now() - started) / 1000).toFixed(0);
const { failures, statuses, heapBytes } = await fuzzRequests({
  requests: Number(values.requests),
  seed: Number(values.seed),
  clients: Number(values.clients),
  lifetime: Number(values.lifetime),
  onLife: (done, bytes) =>
    console.error(`${done} requests, heap ${megabytes(bytes)} MB, ${seconds()} s`),
});
for (const failure of failures) console.log(failure);
for (const [kind, count] of [...statuses].sort()) console.log(`${kind.padEnd(16)} ${count}`);
const growth = heapBytes.at(-1)! - heapBytes[heapBytes.length >> 1]!;
const memory = process.memoryUsage();
console.log(
  `${values.requests} requests, ${failures.length} failures, heap grew by ${megabytes(growth)} MB in the second half, RSS ${megabytes(memory.rss)} MB, ${seconds()} s`,
);
process.exitCode = failures.length > 0 || growth > GROWTH_BYTES_MAX ? 1 : 0;

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
