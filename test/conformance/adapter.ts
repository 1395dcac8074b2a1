/**
 * The adapter of the conformance suite: one JSON object per line on standard input, one per line on standard output. Every
 * `reset` makes a fresh engine in memory. The protocol is that of the suite's README.
 */
import { createInterface } from 'node:readline';
import { ProblemError } from '../../src/base/errors.ts';
import { type ConsumedRecord, type ProduceRecord, StatementFailure } from '../../src/engine/api.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv, systemLogger } from '../../src/engine/system-env.ts';
import { type RunningServer, startServer } from '../../src/server/start.ts';
import { testFunctions } from './test-functions.ts';

type Fields = Readonly<Record<string, unknown>>;
interface Request extends Fields {
  readonly id: number;
  readonly op: string;
}
interface WireRecord {
  readonly topic: string;
  readonly partition?: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly timestamp: number;
  readonly headers?: readonly { readonly key: string; readonly value: string | null }[];
}
/** What an operation that failed answers. */
class Refusal extends Error {
  readonly error: Fields;
  constructor(error: Fields) {
    super(String(error['message']));
    this.error = error;
  }
}

const fetchBytes = 64 * 1024 * 1024;
let engine: LocalEngine | null = null;
let server: RunningServer | null = null;

function current(): LocalEngine {
  if (engine === null) throw new Error('reset comes first');
  return engine;
}

function decoded(text: string | null): Uint8Array | null {
  return text === null ? null : new Uint8Array(Buffer.from(text, 'base64'));
}

function encoded(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}

function properties(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((value ?? {}) as Fields).map(([name, of]) => [name, String(of)]),
  );
}

async function close(): Promise<void> {
  await server?.close();
  server = null;
  await engine?.[Symbol.asyncDispose]();
  engine = null;
}

const operations: Readonly<Record<string, (fields: Fields) => Promise<unknown>>> = {
  async hello() {
    return { name: 'leat', capabilities: { testFunctions: true, internalTopics: false } };
  },

  async reset(fields) {
    await close();
    engine = await openLocalEngine(
      {
        directory: null,
        durability: 'memory',
        properties: {
          'auto.offset.reset': 'earliest',
          'ksql.service.id': 'some.ksql.service.id',
          ...properties(fields['properties']),
        },
      },
      {
        env: systemEnv(systemLogger()),
        functions: testFunctions,
        timers: fields['timers'] !== 'frozen',
      },
    );
    // The reference runner's registry takes any schema.
    await engine.registry<'set-config'>({ op: 'set-config', subject: null, level: 'NONE' });
    if (fields['timers'] === 'frozen') return {};
    server = await startServer(engine, { host: '127.0.0.1', port: 0 });
    return { server: server.url };
  },

  async createTopic(fields) {
    await current().createTopic({
      name: fields['name'] as string,
      partitions: fields['partitions'] as number,
      cleanup: 'delete',
      retentionMs: null,
    });
    return {};
  },

  async registerSchema(fields) {
    const { id } = await current().registry<'register'>({
      op: 'register',
      subject: fields['subject'] as string,
      schema: {
        type: fields['schemaType'] as 'AVRO',
        text: fields['schema'] as string,
        references: (fields['references'] ?? []) as [],
      },
      id: (fields['schemaId'] ?? null) as number | null,
    });
    return { schemaId: id };
  },

  async getSchema(fields) {
    const { id, type, text, references } =
      fields['schemaId'] === undefined
        ? await current().registry<'version'>({
            op: 'version',
            subject: fields['subject'] as string,
            version: (fields['version'] ?? 'latest') as number | 'latest',
            deleted: false,
          })
        : await current().registry<'schema'>({ op: 'schema', id: fields['schemaId'] as number });
    return { schemaId: id, schemaType: type, schema: text, references };
  },

  async execute(fields) {
    try {
      return await current().execute({
        sql: fields['sql'] as string,
        properties: properties(fields['properties']),
        variables: {},
      });
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      const { problem, statementText, replies, phase } = error.data;
      throw new Refusal({
        message: problem.message,
        ...(statementText === null ? {} : { statement: statementText }),
        executed: replies.length,
        ...(phase === 'parse' ? { kind: 'parse' } : {}),
      });
    }
  },

  async describe() {
    return current().describe();
  },

  async produce(fields) {
    const records = (fields['records'] as readonly WireRecord[]).map(
      (record): ProduceRecord => ({
        topic: record.topic,
        partition: record.partition ?? null,
        key: decoded(record.key),
        value: decoded(record.value),
        timestamp: record.timestamp,
        headers: (record.headers ?? []).map(({ key, value }) => [key, decoded(value)] as const),
      }),
    );
    // One by one: the suite reads a topic in the order in which its records were appended, over all partitions, and within
    // one request several partitions share their place in that order.
    for (const record of records) await current().produce([record]);
    return {};
  },

  async settle() {
    return { failures: await current().settle() };
  },

  async consume(fields) {
    const topic = fields['topic'] as string;
    const spec = (await current().topics()).find(({ name }) => name === topic);
    if (spec === undefined) return { records: [] };
    return { records: await consume(topic, spec.partitions) };
  },
};

/** All records of a topic in the order in which they were appended. */
async function consume(topic: string, partitions: number): Promise<unknown[]> {
  const records: ConsumedRecord[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    let offset = 0;
    for (;;) {
      const fetched = await current().fetch(topic, partition, offset, fetchBytes);
      if (fetched.length === 0) break;
      records.push(...fetched);
      offset = (fetched.at(-1)?.offset ?? offset) + 1;
    }
  }
  records.sort((a, b) => a.time - b.time || a.ordinal - b.ordinal);
  return records.map(({ partition, offset, timestamp, key, value, headers }) => ({
    partition,
    offset,
    timestamp,
    key: encoded(key),
    value: encoded(value),
    headers: headers.map(([name, of]) => ({ key: name, value: encoded(of) })),
  }));
}

async function answer(request: Request): Promise<void> {
  const { id, op } = request;
  let reply: Fields;
  try {
    const operation = operations[op];
    if (operation === undefined) throw new Error(`unknown operation ${op}`);
    reply = { id, ok: true, result: await operation(request) };
  } catch (error) {
    reply = {
      id,
      ok: false,
      error: error instanceof Refusal ? error.error : { message: messageOf(error) },
    };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

/** Errors that are nobody's fault but ours carry their stack, so that a report shows where. */
function messageOf(error: unknown): string {
  if (error instanceof ProblemError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  if (line.trim() !== '') void answer(JSON.parse(line) as Request);
});
lines.on('close', () => {
  void close().finally(() => process.exit(0));
});
