/** `leat datagen`: generated rows into a stream or table of a server, created if it is missing. */
import { ProblemError, problem } from '../base/errors.ts';
import { Client } from '../client/client.ts';
import { RowInserts } from '../client/inserter.ts';
import { createStatement, type Generator, generators, seededRandom } from './datagen/generators.ts';
import { authorizationHeaders, type Credentials } from './credentials.ts';
import { exitCodes } from './exit.ts';
import { onStop } from './signals.ts';

export interface DatagenOptions {
  readonly kind: string;
  readonly server: string;
  /** Who to be there; null: nobody. */
  readonly authorization: Credentials | null;
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

/** Resolves with the exit status when all is written, or on a signal. */
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
  const headers = authorizationHeaders(options.authorization);
  const client = new Client(options.server, { headers });
  await client.execute({ sql, properties: {}, variables: {} });
  const inserts = new RowInserts(options.server, kind, headers);
  let stopped = false;
  const signals = onStop(() => {
    stopped = true;
  });
  const began = Date.now();
  try {
    await writeRows(inserts, { ...options, next: generator.next, isStopped: () => stopped });
    await inserts.end();
  } catch (error) {
    throw explained(error, kind);
  } finally {
    await inserts[Symbol.asyncDispose]();
    signals[Symbol.dispose]();
  }
  const seconds = Math.max(0.001, (Date.now() - began) / 1000);
  process.stderr.write(
    `${inserts.acknowledged} rows into ${kind} (topic ${topic}), ${Math.round(inserts.acknowledged / seconds)} a second, all durable\n`,
  );
  return exitCodes.clean;
}

interface Writing extends Pick<DatagenOptions, 'recordsPerSecond' | 'records' | 'seed' | 'print'> {
  readonly next: Generator['next'];
  readonly isStopped: () => boolean;
}

/** Writes in turns, each with as many rows as the rate has made due since the start. */
async function writeRows(inserts: RowInserts, writing: Writing): Promise<void> {
  const { records, recordsPerSecond, next } = writing;
  const random = seededRandom(writing.seed);
  const began = Date.now();
  let written = 0;
  while (!writing.isStopped() && (records === 0 || written < records)) {
    const due =
      recordsPerSecond === 0
        ? fullSpeedBatch
        : Math.floor(((Date.now() - began) / 1000) * recordsPerSecond) - written;
    const left = records === 0 ? due : Math.min(due, records - written);
    const rows = Array.from({ length: Math.max(0, left) }, (_, at) =>
      next(written + at, random, Date.now()),
    );
    if (rows.length > 0) await inserts.write(rows);
    if (writing.print) process.stdout.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    written += rows.length;
    if (recordsPerSecond > 0) await new Promise((resolve) => setTimeout(resolve, turnMs));
  }
}

/** What the server refuses are rows that do not fit: the name was taken before. */
function explained(error: unknown, kind: string): unknown {
  if (!(error instanceof ProblemError) || error.code !== 'client.refused') return error;
  return problem(error.code, error.message, {
    hint: `${kind} exists with columns of its own: DROP it, or generate into another server.`,
    cause: error,
  });
}
