/** A minute of random cases, relations and simulated lives; `test/oracle/run.ts` runs as many as one likes. */
import { afterAll, expect, test } from 'vitest';
import { showCase } from '../oracle/case-text.ts';
import { checkCase } from '../oracle/check.ts';
import { generateCase } from '../oracle/generate-case.ts';
import { closeThreads, relations } from '../oracle/metamorphic.ts';
import { Random } from '../oracle/random.ts';
import { simulate } from '../oracle/simulation/simulate.ts';

afterAll(closeThreads);

test('2,500 random cases agree with the reference interpreter, batch SQL and pull queries', async () => {
  for (let seed = 10_000; seed < 12_500; seed++) {
    const of = generateCase(seed);
    expect(await checkCase(of), `seed ${seed}\n${showCase(of)}`).toBeNull();
  }
});

test.each(relations)('120 cases do not change by $name', async (relation) => {
  for (let seed = 20_000; seed < 20_120; seed++) {
    const of = generateCase(seed);
    expect(await relation.check(of, new Random(seed)), `seed ${seed}`).toBeNull();
  }
});

test('800 simulated lives lose nothing and repeat nothing', async () => {
  for (let seed = 30_000; seed < 30_800; seed++) {
    const { violation } = await simulate(seed);
    expect(violation, `seed ${seed}`).toBeNull();
  }
});
