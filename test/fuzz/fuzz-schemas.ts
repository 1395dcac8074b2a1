/**
 * Damaged schema texts: a registry takes them from anybody. Each is taken or refused with a Problem; what is taken is a fixpoint of
 * `canonical`, is compatible with itself, and says its columns or why it has none.
 */
import { performance } from 'node:perf_hooks';
import { ProblemError } from '../../src/base/errors.ts';
import type { SchemaText, SchemaType } from '../../src/formats/schema.ts';
import { formats, schemaTypes } from '../../src/formats/table.ts';
import { Random } from '../expressions/random.ts';
import { randomType } from '../expressions/values.ts';
import { mutate } from './mutate.ts';

const HANG_MS = 3_000;
const FAILURES_MAX = 10;
const TEXTS_PER_SEED = 40;

export interface SchemaFuzzResult {
  readonly texts: number;
  readonly taken: number;
  readonly failures: readonly {
    readonly seed: number;
    readonly what: string;
    readonly text: string;
  }[];
}

export function fuzzSchemas(options: {
  readonly texts: number;
  readonly seed: number;
}): SchemaFuzzResult {
  const failures: { seed: number; what: string; text: string }[] = [];
  let texts = 0;
  let taken = 0;
  for (let seed = options.seed; texts < options.texts && failures.length < FAILURES_MAX; seed++) {
    const random = new Random(seed * 15_485_863);
    const originals = Object.values(schemaTypes).map(({ type }) => originalOf(random, type));
    for (const type of Object.keys(schemaTypes) as SchemaType[]) {
      for (let left = TEXTS_PER_SEED; left > 0; left--, texts++) {
        const other = random.pick(originals);
        const original = originals.find((schema) => schema.type === type)!;
        const text = damaged(random, original.text, other.text);
        const started = performance.now();
        try {
          if (check({ type, text, references: new Map() })) taken++;
        } catch (error) {
          failures.push({ seed, what: `${type}: ${(error as Error).stack}`, text });
        }
        if (performance.now() - started > HANG_MS)
          failures.push({ seed, what: `${type}: slow`, text });
      }
    }
  }
  return { texts, taken, failures };
}

/** The schema of random columns. */
function originalOf(random: Random, type: SchemaType): SchemaText {
  const format = formats.find((candidate) => candidate.schemas?.type === type)!;
  for (;;) {
    const columns = ['A', 'B', 'C', 'D']
      .slice(0, 1 + random.below(4))
      .map((name) => ({ name, type: randomType(random, 3) }));
    if (format.check(columns, 'value') !== null) continue;
    return format.schemas!.derive(columns, 'value', {
      format: format.name,
      properties: {},
      features: [],
    });
  }
}

function damaged(random: Random, text: string, other: string): string {
  const bytes = mutate(random, Buffer.from(text), Buffer.from(other), 0);
  return Buffer.from(bytes).toString(random.oneIn(10) ? 'latin1' : 'utf8');
}

/** Whether the text is a schema. Throws what is neither that nor a Problem. */
function check(schema: SchemaText): boolean {
  try {
    checkTaken(schema);
    return true;
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

function checkTaken(schema: SchemaText): void {
  const def = schemaTypes[schema.type];
  const text = def.canonical(schema);
  const kept = { ...schema, text };
  if (def.canonical(kept) !== text) throw new Error(`canonical is no fixpoint: ${text}`);
  def.identity(text);
  const reasons = def.incompatibilities(kept, kept);
  if (reasons.length > 0) throw new Error(`incompatible with itself: ${reasons.join('; ')}`);
  for (const { schemas } of formats) {
    if (schemas?.type !== schema.type) continue;
    for (const unwrapped of [false, true])
      schemas.infer(kept, { side: 'value', unwrapped, fullName: null, upperCase: true });
  }
}
