/** Random cases: sources, one query or a chain of two, and what stands in the topics. */
import { randomRecord, randomSource, type SourceWishes } from './generate-source.ts';
import { QueryGenerator } from './generate-query.ts';
import type { Case, InputRecord, Query, Source } from './model.ts';
import { Random } from './random.ts';
import { resultSource } from './schema.ts';

export interface CaseOptions {
  readonly recordsMax?: number;
}

export function generateCase(seed: number, options: CaseOptions = {}): Case {
  const random = new Random(seed);
  const sources = new Map<string, Source>();
  const made: Source[] = [];
  const create = (wishes: SourceWishes): Source => {
    const source = randomSource(random, `S${made.length}`, wishes);
    made.push(source);
    sources.set(source.name, source);
    return source;
  };
  const queries: Query[] = [];
  let left = create({ kind: random.chance(0.55) ? 'stream' : 'table' });
  const count = random.chance(0.3) ? 2 : 1;
  for (let at = 0; at < count; at++) {
    // Persistent queries over windowed tables are refused.
    if (left.window !== null) break;
    const generator = new QueryGenerator(random, { create, sources });
    const query = generator.query(left, `Q${at}`);
    queries.push(query);
    left = resultSource(query, sources);
    sources.set(left.name, left);
  }
  const records = randomRecords(random, made, options.recordsMax ?? 40);
  const backlog = random.chance(0.25) ? random.between(0, records.length) : 0;
  return { seed, sources: made, queries, records, backlog };
}

/** Time goes on by steps, with ties, rows that come late and leaps. */
function randomRecords(
  random: Random,
  sources: readonly Source[],
  recordsMax: number,
): InputRecord[] {
  const count = random.weighted([
    [1, random.between(0, 3)],
    [6, random.between(4, Math.max(4, recordsMax >> 1))],
    [3, random.between(4, recordsMax)],
  ]);
  const isOrdered = random.chance(0.3);
  // Windows, gaps and graces are of whole steps, so that rows often stand at their very edges.
  const step = random.chance(0.5) ? 500 : 1;
  const at = (time: number): number => Math.max(0, Math.round(time / step) * step);
  let now = random.between(0, 5000);
  return Array.from({ length: count }, () => {
    now += random.weighted([
      [3, 0],
      [8, random.between(0, 1500)],
      [1, random.between(2000, 9000)],
    ]);
    const late =
      isOrdered || random.chance(0.65) ? 0 : random.between(0, random.chance(0.7) ? 2500 : 12000);
    return randomRecord(random, random.pick(sources), at(now - late));
  });
}
