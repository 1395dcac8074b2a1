/** What the oracles say of a case, compared with what the engine did. */
import { StatementFailure } from '../../src/engine/api.ts';
import { comparePulled } from './compare-pull.ts';
import type { Case, TopicRecord, Value } from './model.ts';
import { Random } from './random.ts';
import { type Expected, interpret } from './reference/interpreter.ts';
import { type Outcome, openMemoryEngine, runCase } from './run-engine.ts';
import { sourceNamed, sourcesOf } from './schema.ts';
import { compareAtRest, isCompared } from './sqlite/compare.ts';
import { openSqlite } from './sqlite/oracle.ts';

/** `kind` groups failures of one cause. */
export interface Difference {
  readonly kind: 'refused' | 'failed' | 'sequence' | 'batch' | 'pull' | 'crash';
  readonly message: string;
}

export function valueText(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(',')}]`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0e0' : `${value}e0`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

export function rowText(row: readonly Value[] | null): string {
  return row === null ? 'null' : `(${row.map(valueText).join(', ')})`;
}

export function recordText(record: Expected): string {
  const { key, window, value, timestamp, time } = record;
  const bounds = window === null ? '' : `[${window.start},${window.end})`;
  return `${rowText(key)}${bounds} -> ${rowText(value)} @${timestamp} #${time}`;
}

/** null: the topic holds what the reference interpreter says, in its order. */
export function compareSequences(
  expected: readonly Expected[],
  actual: readonly TopicRecord[],
  partitions: number,
): string | null {
  for (let partition = 0; partition < partitions; partition++) {
    const of = (records: readonly Expected[]): string[] =>
      records.filter((record) => record.partition === partition).map(recordText);
    const wanted = of(expected);
    const found = of(actual.toSorted((a, b) => a.offset - b.offset));
    const at = wanted.findIndex((text, index) => text !== found[index]);
    if (at < 0 && wanted.length === found.length) continue;
    const place = at < 0 ? wanted.length : at;
    const lines = Array.from({ length: Math.max(wanted.length, found.length) }, (_, index) => {
      const mark = wanted[index] === found[index] ? ' ' : '!';
      return `${mark} expected ${wanted[index] ?? '-'}\n${mark}   actual ${found[index] ?? '-'}`;
    });
    return `partition ${partition}, record ${place}:\n${lines.join('\n')}`;
  }
  return null;
}

/** Runs the case in a fresh engine and asks the oracles; null if they agree. */
export async function checkCase(of: Case): Promise<Difference | null> {
  await using engine = await openMemoryEngine();
  let outcome: Outcome;
  try {
    outcome = await runCase(engine, of, new Random(of.seed));
  } catch (error) {
    if (error instanceof StatementFailure) {
      return { kind: 'refused', message: `${error.message}\n${error.data.statementText}` };
    }
    return { kind: 'crash', message: error instanceof Error ? (error.stack ?? '') : String(error) };
  }
  if (outcome.failures.length > 0) return { kind: 'failed', message: outcome.failures.join('\n') };
  return checkOutcome(of, outcome);
}

/** How many queries batch SQL had a say in, and how many not. */
export const batchCounts = { compared: 0, skipped: 0 };
let database: ReturnType<typeof openSqlite> | null = null;

export function checkOutcome(of: Case, outcome: Outcome): Difference | null {
  const sources = sourcesOf(of);
  const all = [...outcome.topics.values()].flat();
  // A TIMESTAMP column may give a later time than the record's own.
  const streamTime = Math.max(0, ...all.map((record) => record.timestamp)) + 3000;
  database ??= openSqlite();
  for (const query of of.queries) {
    const sink = sourceNamed(sources, query.sink);
    const actual = outcome.topics.get(sink.topic)!;
    const backlogEnds = outcome.backlogs.get(query.sink)!;
    const input = { query, sources, records: outcome.topics, backlogEnds };
    const difference = compareSequences(interpret(input), actual, sink.partitions);
    if (difference !== null) return { kind: 'sequence', message: `${query.sink} ${difference}` };
    const db = database;
    const batch = isCompared(() => compareAtRest(db, input, actual));
    batchCounts[batch.isCompared ? 'compared' : 'skipped']++;
    if (batch.difference !== null)
      return { kind: 'batch', message: `${query.sink} ${batch.difference}` };
    const pulled = outcome.pulled.get(query.sink);
    const pull = pulled && comparePulled(query, sink, { records: actual, pulled, streamTime });
    if (pull) return { kind: 'pull', message: `${query.sink} ${pull}` };
  }
  return null;
}
