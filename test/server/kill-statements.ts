/**
 * Statements under the kill loop: streams are made over a source and dropped again while the server is being killed. What was
 * acknowledged is in force for ever; what was not either is or is not, but not in part.
 */
import { Client } from '../../src/client/client.ts';
import type { Engine } from '../../src/engine/api.ts';
import { request } from '../engine/topics.ts';

export interface StatementLedger {
  /** Numbers of the streams that were asked for, made and dropped; a number is used once. */
  asked: number;
  readonly made: Set<number>;
  readonly dropAsked: Set<number>;
  readonly dropped: Set<number>;
}

export function statementLedger(): StatementLedger {
  return { asked: 0, made: new Set(), dropAsked: new Set(), dropped: new Set() };
}

/** Makes a stream, drops the one before it, and so on until the server is gone. */
export async function statementLife(
  url: string,
  ledger: StatementLedger,
  stop: AbortSignal,
): Promise<void> {
  const client = new Client(url);
  try {
    while (!stop.aborted) {
      const number = ledger.asked++;
      await client.execute(
        request(`CREATE STREAM x${number} AS SELECT k, seq FROM events WHERE v = ${number % 100};`),
      );
      ledger.made.add(number);
      const before = [...ledger.made].filter(
        (made) => made < number && !ledger.dropAsked.has(made),
      );
      for (const made of before) {
        ledger.dropAsked.add(made);
        await client.execute(request(`DROP STREAM x${made};`));
        ledger.dropped.add(made);
      }
    }
  } catch (error) {
    // The connection broke; an answer that says no is another matter.
    if (!stop.aborted) throw error;
  }
}

/** Where the catalog disagrees with the ledger: one line each. */
export async function checkStatements(engine: Engine, ledger: StatementLedger): Promise<string[]> {
  const { sources, queries } = await engine.describe();
  const there = new Set(sources.map(({ name }) => name).filter((name) => /^X\d+$/.test(name)));
  const running = new Set(queries.map(({ sink }) => sink));
  const wrong: string[] = [];
  for (const number of ledger.made) {
    if (!ledger.dropAsked.has(number) && !there.has(`X${number}`))
      wrong.push(`X${number} was made and is not there`);
  }
  for (const number of ledger.dropped)
    if (there.has(`X${number}`)) wrong.push(`X${number} was dropped and is there`);
  for (const name of there) {
    if (Number(name.slice(1)) >= ledger.asked) wrong.push(`${name} was never asked for`);
    if (!running.has(name)) wrong.push(`${name} is there without its query`);
  }
  for (const sink of running)
    if (sink !== null && /^X\d+$/.test(sink) && !there.has(sink))
      wrong.push(`the query of ${sink} is there without it`);
  return wrong;
}
