/** A few of what `run.ts` runs thousands of; every case that ever failed. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { caseFromJson, caseToJson, showCase } from './case-text.ts';
import { checkCase } from './check.ts';
import { generateCase } from './generate-case.ts';
import { relations } from './metamorphic.ts';
import { Random } from './random.ts';
import { simulate } from './simulation/simulate.ts';

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);

test('random cases agree with the reference interpreter, batch SQL and pull queries', async () => {
  for (const seed of seeds) {
    const of = generateCase(seed);
    expect(await checkCase(of), `seed ${seed}\n${showCase(of)}`).toBeNull();
  }
});

describe('what must not change the result does not', () => {
  for (const relation of relations.filter(({ name }) => name !== 'threads')) {
    test(relation.name, async () => {
      // Restarts are of an engine on disk: half a second each.
      for (const seed of seeds.slice(0, relation.name === 'restarts' ? 5 : 12)) {
        const of = generateCase(seed);
        expect(await relation.check(of, new Random(seed)), `seed ${seed}`).toBeNull();
      }
    });
  }
});

test('simulated crashes lose nothing that was acknowledged and repeat nothing', async () => {
  for (const seed of seeds.slice(0, 60)) {
    const { violation } = await simulate(seed);
    expect(violation, `seed ${seed}`).toBeNull();
  }
});

describe('regressions', () => {
  const directory = new URL('./regressions/', import.meta.url);
  const files = readdirSync(directory).filter((name) => name.endsWith('.json'));
  for (const file of files) {
    test(file, async () => {
      const of = caseFromJson(readFileSync(new URL(file, directory), 'utf8'));
      expect(await checkCase(of), showCase(of)).toBeNull();
    });
  }
});

test('a case is the same when read back', () => {
  const of = generateCase(7);
  expect(caseFromJson(caseToJson(of))).toEqual(of);
});
