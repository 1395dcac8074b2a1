import { describe, expect, test } from 'vitest';
import { statements, testStatements } from './ast.test-support.ts';
import { ProblemError } from '../src/base/errors.ts';
import { complete } from './complete.ts';
import { renderProblem } from './messages.ts';
import { parse } from './parse.ts';
import { scan } from './scan.ts';
import { substituteVariables } from './variables.ts';

/** Mulberry32: the same numbers in [0, 1) for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const valid = [...statements, ...testStatements];
const words = [...new Set(valid.flatMap((sql) => scan(sql).map(({ image }) => image)))];
const characters = [...'\'"`;()[]<>,.=-+*/%|:@$ {}\\\n\t\u00000aZé😀'];

/** Drops, doubles, swaps, replaces and inserts tokens or characters. */
function mutate(sql: string, random: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const isOfTokens = random() < 0.7;
  const parts = isOfTokens ? scan(sql).map(({ image }) => image) : [...sql];
  const fresh = isOfTokens ? words : characters;
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random() * parts.length);
    const part = parts[at] ?? '';
    const kind = Math.floor(random() * 6);
    if (kind === 0) parts.splice(at, 1);
    else if (kind === 1) parts.splice(at, 0, part);
    else if (kind === 2) parts.splice(at, 1, pick(fresh));
    else if (kind === 3) parts.splice(at, 0, pick(fresh));
    else if (kind === 4) parts.splice(at, 2, parts[at + 1] ?? '', part);
    else parts.length = at;
  }
  return parts.join(isOfTokens ? ' ' : '');
}

describe('whatever the text, it parses or is refused', () => {
  const random = randomFrom(20_240_607);
  const mutants = Array.from({ length: 10_000 }, () =>
    mutate(valid[Math.floor(random() * valid.length)] ?? '', random),
  );

  test('10,000 mutations of valid statements', () => {
    let refused = 0;
    for (const sql of mutants) {
      try {
        parse(sql, { testStatements: true });
      } catch (error) {
        if (!(error instanceof ProblemError)) throw new Error(sql, { cause: error });
        refused++;
        const { span } = error;
        if (span === undefined || span.start > span.end || span.end > sql.length) {
          throw new Error(`no span within: ${sql}`, { cause: error });
        }
        expect(renderProblem(sql, error)).toContain(error.message);
      }
    }
    // A test of refusals, but not of nothing else.
    expect(refused).toBeGreaterThan(5_000);
    expect(refused).toBeLessThan(9_900);
  });

  test('completion and substitution take any text', () => {
    const variables = new Map([['a', 'x']]);
    for (const sql of mutants.slice(0, 1_000)) {
      complete(sql);
      expect(substituteVariables(sql, variables)).toBe(sql);
    }
  });
});
