/**
 * `node test/oracle/run.ts --cases N --seed S`: random cases from seed S on. `--metamorphic` checks relations instead of results;
 * `--relation NAME` only one; `--stop` ends with the first failure. Every failure is shown with its seed and, made
 * small, as a SQL script with its records; `--save` writes it into regressions/.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { caseToJson, showCase } from './case-text.ts';
import { batchCounts, checkCase, type Difference } from './check.ts';
import { generateCase } from './generate-case.ts';
import { closeThreads, relations } from './metamorphic.ts';
import type { Case } from './model.ts';
import { Random } from './random.ts';
import { shrinkCase } from './shrink.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    failures: { type: 'string', default: '5' },
    save: { type: 'boolean', default: false },
    show: { type: 'boolean', default: false },
    metamorphic: { type: 'boolean', default: false },
    relation: { type: 'string' },
    stop: { type: 'boolean', default: false },
  },
});

/** The same failure, give or take names and numbers. */
function causeOf(difference: Difference): string {
  const isText = difference.kind === 'refused' || difference.kind === 'failed';
  if (!isText && difference.kind !== 'crash') return difference.kind;
  return `${difference.kind} ${difference.message.split('\n')[0]!.replace(/[\d'`"]+|\b[A-Z]\w*\d\b/g, '')}`;
}

/** Each relation in turn, one per case. */
async function checkRelation(of: Case): Promise<Difference | null> {
  const chosen = relations.filter(({ name }) => name === (values.relation ?? name));
  const relation = chosen[of.seed % chosen.length]!;
  const message = await relation.check(of, new Random(of.seed));
  return message === null ? null : { kind: 'sequence', message: `${relation.name}: ${message}` };
}

const check = values.metamorphic ? checkRelation : checkCase;

async function smallest(of: Case, cause: string): Promise<Case> {
  return shrinkCase(of, async (candidate) => {
    const difference = await check(candidate);
    return difference !== null && causeOf(difference) === cause;
  });
}

const first = Number(values.seed);
const count = Number(values.cases);
const started = performance.now();
const causes = new Map<string, number>();
let failures = 0;
let records = 0;
for (let seed = first; seed < first + count; seed++) {
  const of = generateCase(seed);
  if (values.show) console.log(`-- seed ${seed}\n${showCase(of)}\n`);
  records += of.records.length;
  const difference = await check(of);
  if (difference !== null) {
    failures++;
    if (values.stop) {
      console.log(`${difference.kind} after ${seed - first + 1} cases`);
      process.exit(1);
    }
    const cause = causeOf(difference);
    const seen = causes.get(cause) ?? 0;
    causes.set(cause, seen + 1);
    if (seen === 0 || (seen < Number(values.failures) && cause === difference.kind)) {
      const small = await smallest(of, cause);
      const why = await check(small);
      console.log(`\n=== seed ${seed}: ${difference.kind}\n${showCase(small)}\n${why?.message}`);
      if (values.save) {
        const file = new URL(`./regressions/${difference.kind}-${seed}.json`, import.meta.url);
        writeFileSync(file, `${caseToJson(small)}\n`);
      }
    }
  }
  const done = seed - first + 1;
  if (done % 1000 === 0 || done === count) {
    const seconds = (performance.now() - started) / 1000;
    const { compared, skipped } = batchCounts;
    console.log(
      `${done} cases, ${records} records, ${compared} queries by SQLite (${skipped} skipped), ${failures} failures, ${seconds.toFixed(0)} s`,
    );
  }
}
await closeThreads();
for (const [cause, times] of causes) console.log(`${times} x ${cause}`);
process.exitCode = failures === 0 ? 0 : 1;
