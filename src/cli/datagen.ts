/** `leat datagen`: generated rows into a stream or table of a server, created if it is missing. */
import { problem } from '../base/errors.ts';
import { Client } from '../client/client.ts';
import { RowInserts } from '../client/inserter.ts';
import { createStatement, generators, seededRandom } from './datagen/generators.ts';
import { exitCodes } from './exit.ts';
import { onStop } from './signals.ts';

export interface DatagenOptions {
  readonly kind: string;
  readonly server: string;
  /** null: named like the kind. */
  readonly topic: string | null;
  /** 0: as fast as it can. */
  readonly recordsPerSecond: number;
  /** 0: until interrupted. */
  readonly records: number;
  readonly seed: number;
  readonly print: boolean;
}

const turnMs = 50;
const fullSpeedBatch = 1_000;

export async function datagen(options: DatagenOptions): Promise<number> {
  const kind = options.kind.toLowerCase();
  const generator = generators[kind];
  if (generator === undefined) {
    throw problem(
      'datagen.unknown',
      `Invalid quickstart in '${options.kind}'; was expecting one of [${Object.keys(generators).join(', ')}] (case-insensitive)`,
    );
  }
  const topic = options.topic ?? kind;
  const sql = createStatement(generator, kind, topic, 1);
  await new Client(options.server).execute({ sql, properties: {}, variables: {} });
  const inserts = new RowInserts(options.server, kind);
  const random = seededRandom(options.seed);
  const started = Date.now();
  let stopped = false;
  const signals = onStop(() => {
    stopped = true;
  });
  let written = 0;
  while (!stopped && (options.records === 0 || written < options.records)) {
    const due =
      options.recordsPerSecond === 0
        ? fullSpeedBatch
        : Math.floor(((Date.now() - started) / 1000) * options.recordsPerSecond) - written;
    const left = options.records === 0 ? due : Math.min(due, options.records - written);
    const rows = Array.from({ length: Math.max(0, left) }, (_, at) =>
      generator.next(written + at, random, Date.now()),
    );
    if (rows.length > 0) await inserts.write(rows);
    if (options.print) process.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    written += rows.length;
    if (options.recordsPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, turnMs));
  }
  await inserts.end();
  signals[Symbol.dispose]();
  const seconds = Math.max(0.001, (Date.now() - started) / 1000);
  process.stderr.write(
    `${inserts.acknowledged} rows into ${kind} (topic ${topic}), ${Math.round(inserts.acknowledged / seconds)} a second, all durable\n`,
  );
  return exitCodes.clean;
}
