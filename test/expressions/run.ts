/**
 * Generated code against the interpreter: `node test/expressions/run.ts --pairs 1000000 [--seed 1] [--rows 20] [--depth 4]`. Prints each
 * disagreement with the seed that makes it again (`--seed N --pairs 1`), and exits with 1 if there was one.
 */
import { parseArgs } from 'node:util';
import { scalarFunctions } from '../../src/functions/scalar/table.ts';
import { compareOnRandom } from './agreement.ts';

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    rows: { type: 'string', default: '20' },
    depth: { type: 'string', default: '4' },
  },
});

const started = performance.now();
let shown = started;
const result = compareOnRandom({
  pairs: Number(values.pairs),
  seed: Number(values.seed),
  rowsPerExpression: Number(values.rows),
  depth: Number(values.depth),
  onProgress(pairs) {
    if (performance.now() - shown < 10_000) return;
    shown = performance.now();
    console.error(`${pairs} pairs`);
  },
});
for (const { seed, expressions, row, compiled, interpreted } of result.disagreements) {
  console.log(`seed ${seed}`);
  for (const expression of expressions) console.log(`  ${JSON.stringify(expression)}`);
  console.log('  row', row);
  console.log(`  compiled    ${compiled}\n  interpreted ${interpreted}\n`);
}
const seconds = (performance.now() - started) / 1000;
const missing = scalarFunctions.filter(({ name }) => !result.calls.has(name));
console.log(
  `${result.pairs} pairs, ${result.failures} of them failing, ${result.calls.size} functions, ` +
    `${result.disagreements.length} disagreements, ${seconds.toFixed(1)} s`,
);
if (missing.length > 0) console.log(`never called: ${missing.map(({ name }) => name).join(', ')}`);
process.exitCode = result.disagreements.length > 0 ? 1 : 0;
