/**
 * Mutated records over all formats: `node test/fuzz/formats.ts --records 5000000 [--seed 1] [--format AVRO] [--schemas 500000]`. Prints
 * each failure with the seed that makes it again, and exits with 1 if there was one or memory passed the limit. `--schemas`: damaged
 * schema texts as well.
 */
import { parseArgs } from 'node:util';
import { fuzzFormats } from './fuzz-formats.ts';
import { fuzzSchemas } from './fuzz-schemas.ts';

const RSS_BYTES_MAX = 1024 * 1024 * 1024;

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    format: { type: 'string' },
    schemas: { type: 'string', default: '0' },
  },
});

const started = performance.now();
let shown = started;
const result = fuzzFormats({
  records: Number(values.records),
  seed: Number(values.seed),
  ...(values.format === undefined ? {} : { formats: [values.format] }),
  onProgress(records) {
    if (performance.now() - shown < 10_000) return;
    shown = performance.now();
    console.error(`${records} records`);
  },
});
for (const { seed, format, what, columns, payload } of result.failures)
  console.log(`seed ${seed} ${format}: ${what}\n  columns ${columns}\n  payload ${payload}\n`);
for (const [format, count] of result.byFormat) {
  console.log(
    `${format.padEnd(14)} ${count.decoded} decoded, ${count.empty} null, ${count.refused} refused, slowest ${count.slowestMs.toFixed(1)} ms`,
  );
}
const seconds = (performance.now() - started) / 1000;
const megabytes = Math.round(result.rssBytesMax / 1024 / 1024);
console.log(
  `${result.records} records, ${result.failures.length} failures, ${megabytes} MB at most, ${seconds.toFixed(1)} s`,
);
const schemas = fuzzSchemas({ texts: Number(values.schemas), seed: Number(values.seed) });
for (const { seed, what, text } of schemas.failures)
  console.log(`seed ${seed} ${what}\n  ${text}\n`);
console.log(
  `${schemas.texts} schemas, ${schemas.taken} taken, ${schemas.failures.length} failures`,
);
const failed = result.failures.length + schemas.failures.length > 0;
process.exitCode = failed || result.rssBytesMax > RSS_BYTES_MAX ? 1 : 0;
