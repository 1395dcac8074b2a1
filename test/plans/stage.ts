/** A log in memory that outlives its engines, with a clock and a random number that stand still. */
import type { Env } from '../../src/base/env.ts';
import { textOf } from '../../src/base/bytes.ts';
import { commandTopicName } from '../../src/engine/config.ts';
import { LocalEngine } from '../../src/engine/local-engine.ts';
import type { Append, Log, LogRecord, Offset, RecordData } from '../../src/log/log.ts';
import { createMemoryLog } from '../../src/log/memory-log.ts';
import { RecordBatchWriter } from '../../src/log/record-batch-writer.ts';
import { decodeRecords } from '../../src/log/record-cursor.ts';
import { bytesOfPayload, payloadOf } from './payload.ts';
import type { InputRecord, OutputRecord, OwnerRecord, PullRecord } from './recording.ts';

export const commandTopic: string = commandTopicName({});
export const schemasTopic = '_schemas';

const env: Env = {
  clock: { now: () => 1_700_000_000_000 },
  timers: { after: () => ({ [Symbol.dispose]() {} }) },
  random: { next: () => 0.5 },
  logger: { error() {}, warn() {}, info() {}, debug() {} },
};

/** A record with where it stands in the whole log. */
interface Placed extends LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly time: number;
}

export class Stage {
  readonly log: Log = createMemoryLog();
  /** Ends of partitions when the phase began. */
  #ends = new Map<string, Offset>();

  /** An engine over the log, as a server that starts. */
  start(properties: Readonly<Record<string, string>> = {}): Promise<LocalEngine> {
    return LocalEngine.open(
      withoutDispose(this.log),
      { directory: null, durability: 'memory', properties },
      {
        env,
        functions: [],
        timers: false,
        onFatal: (error) => {
          throw error;
        },
      },
    );
  }

  /** From here on `appended` tells what is new. */
  mark(): void {
    this.#ends = new Map();
    for (const { name, partitions } of this.log.topics()) {
      for (let partition = 0; partition < partitions; partition++) {
        const { end } = this.log.bounds({ topic: name, partition });
        this.#ends.set(`${name}/${partition}`, end);
      }
    }
  }

  /** Records of a topic since the mark, in order of logical time, then partition and offset. */
  async appended(topic: string): Promise<readonly Placed[]> {
    const spec = this.log.topics().find(({ name }) => name === topic);
    const found: Placed[] = [];
    for (let partition = 0; partition < (spec?.partitions ?? 0); partition++) {
      const of = { topic, partition };
      const { end } = this.log.bounds(of);
      for (let at = this.#ends.get(`${topic}/${partition}`) ?? 0; at < end; ) {
        for (const batch of await this.log.read(of, at, 1 << 20)) {
          const times = batch.times.flatMap(([time, count]) => new Array<number>(count).fill(time));
          for (const [index, record] of decodeRecords(batch).entries())
            if (record.offset >= at) found.push({ ...record, ...of, time: times[index] ?? 0 });
          at = batch.lastOffset + 1;
        }
      }
    }
    return found.sort(
      (a, b) => a.time - b.time || a.partition - b.partition || a.offset - b.offset,
    );
  }

  /** What the topics got since the mark, by topic, partition and offset. */
  async outputs(topics: readonly string[]): Promise<readonly OutputRecord[]> {
    const records = await Promise.all(topics.map((topic) => this.appended(topic)));
    return records
      .flatMap((list) => list.toSorted((a, b) => a.partition - b.partition || a.offset - b.offset))
      .map((record) => ({ offset: record.offset, ...shown(record) }));
  }

  /** Appends records as a client does, each in a batch of its own. */
  async append(
    topic: string,
    records: readonly (RecordData & { partition?: number })[],
  ): Promise<void> {
    for (const { partition = 0, ...record } of records) {
      await this.log.commit([
        { owner: null, appends: [batchOf(topic, partition, record)], offsets: [], state: [] },
      ]);
    }
  }

  /** Writes a command as a version stored it. */
  async command(text: string): Promise<void> {
    await this.append(commandTopic, [
      { key: null, value: Buffer.from(text), timestamp: env.clock.now(), headers: [] },
    ]);
  }

  /** The progress of every persistent query. */
  async state(): Promise<readonly OwnerRecord[]> {
    const owners: OwnerRecord[] = [];
    for (const owner of this.log.owners('query:')) {
      const { positions, stores } = await this.log.open(owner);
      owners.push({
        owner,
        positions: positions.map(({ of, next }) => [of.topic, of.partition, next]),
        stores: Object.fromEntries(
          [...stores].map(([name, entries]) => [
            name,
            [...entries].map(([key, value]) => [base64(key), base64(value)] as const),
          ]),
        ),
      });
    }
    return owners;
  }

  /** Makes what `state` told true. */
  async restore(owners: readonly OwnerRecord[]): Promise<void> {
    for (const { owner, positions, stores } of owners) {
      const offsets = positions.map(([topic, partition, next]) => ({
        of: { topic, partition },
        next,
      }));
      const state = Object.entries(stores).flatMap(([store, entries]) =>
        entries.map(([key, value]) => ({
          store,
          key: Buffer.from(key, 'base64'),
          value: Buffer.from(value, 'base64'),
        })),
      );
      await this.log.commit([{ owner: { id: owner, epoch: 0 }, appends: [], offsets, state }]);
    }
  }
}

/** Gives the records to the engine one after the other, and waits for what follows from them. */
export async function feed(engine: LocalEngine, inputs: readonly InputRecord[]): Promise<void> {
  for (const input of inputs) {
    const { partition, ...data } = dataOf(input);
    await engine.produce([{ topic: input.topic, partition, ...data }]);
  }
  const failures = await engine.settle();
  if (failures.length > 0) throw new Error(`${failures[0]?.queryId}: ${failures[0]?.message}`);
}

export async function pull(engine: LocalEngine, sql: string): Promise<PullRecord> {
  const rows: string[] = [];
  const stream = await engine.query({ sql, properties: {}, variables: {} });
  for await (const frame of stream) rows.push(...frame.rows);
  return { sql, rows };
}

export function dataOf(record: InputRecord): RecordData & { readonly partition: number } {
  return {
    partition: record.partition,
    timestamp: record.timestamp,
    key: bytesOfPayload(record.key),
    value: bytesOfPayload(record.value),
    headers: (record.headers ?? []).map(([name, value]) => [name, bytesOfPayload(value)] as const),
  };
}

export function shown(record: Placed): InputRecord {
  const { topic, partition, timestamp, headers } = record;
  return {
    topic,
    partition,
    timestamp,
    key: payloadOf(record.key),
    value: payloadOf(record.value),
    ...(headers.length === 0
      ? {}
      : { headers: headers.map(([name, value]) => [name, payloadOf(value)] as const) }),
  };
}

export function textOfValue(record: LogRecord): string {
  return record.value === null ? '' : textOf(record.value);
}

function batchOf(topic: string, partition: number, record: RecordData): Append {
  const writer = new RecordBatchWriter();
  writer.append(record.key, record.value, record.timestamp, record.headers);
  const { bytes, ...rest } = writer.finish();
  return { to: { topic, partition }, batch: bytes, ...rest, times: null };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** An engine owns its log and closes it; this one goes on. */
function withoutDispose(log: Log): Log {
  return new Proxy(log, {
    get(target, name) {
      if (name === Symbol.asyncDispose) return async () => {};
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
