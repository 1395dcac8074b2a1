/** `node test/oracle/simulation/run.ts --seeds N --seed S`: simulated lives, one per seed, in memory or with `--durable` on disk. */
import { parseArgs } from 'node:util';
import { memoryDisk, realDisk, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    stop: { type: 'boolean', default: false },
    durable: { type: 'boolean', default: false },
  },
});
const first = Number(values.seed);
const count = Number(values.seeds);
const started = performance.now();
const totals = { commits: 0, full: 0, crashes: 0, acknowledged: 0, violations: 0 };
for (let seed = first; seed < first + count; seed++) {
  const { violation, counts, acknowledged } = await simulate(
    seed,
    values.durable ? realDisk() : memoryDisk(),
  );
  totals.commits += counts.commits;
  totals.full += counts.full;
  totals.crashes += counts.crashes;
  totals.acknowledged += acknowledged;
  if (violation !== null) {
    totals.violations++;
    if (values.stop) {
      console.log(`violation after ${seed - first + 1} seeds`);
      process.exit(1);
    }
    console.log(`\n=== seed ${seed}: ${violation}`);
  }
  const done = seed - first + 1;
  if (done % 1000 === 0 || done === count) {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${done} seeds, ${JSON.stringify(totals)}, ${seconds} s`);
  }
}
process.exitCode = totals.violations === 0 ? 0 : 1;
