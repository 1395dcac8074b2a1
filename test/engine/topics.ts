/** What topics hold, in a form that two engines can be compared by. */
import type { ConsumedRecord, Engine, StatementRequest } from '../../src/engine/api.ts';

const fetchBytes = 4 * 1024 * 1024;

/** Every record of a partition, in order. */
export async function recordsOf(
  engine: Engine,
  topic: string,
  partition: number,
): Promise<ConsumedRecord[]> {
  const records: ConsumedRecord[] = [];
  for (let offset = 0; ; offset = (records.at(-1)?.offset ?? -1) + 1) {
    const fetched = await engine.fetch(topic, partition, offset, fetchBytes);
    if (fetched.length === 0) return records;
    for (const record of fetched) records.push(record);
  }
}

/** Every record of a topic as text, bytes as base64: one list per partition. */
export async function topicText(
  engine: Engine,
  topic: string,
): Promise<readonly (readonly string[])[]> {
  const spec = (await engine.topics()).find(({ name }) => name === topic);
  const partitions = Array.from({ length: spec?.partitions ?? 0 }, (_, partition) => partition);
  return Promise.all(
    partitions.map(async (partition) =>
      (await recordsOf(engine, topic, partition)).map(recordText),
    ),
  );
}

export function recordText({ offset, timestamp, key, value, headers }: ConsumedRecord): string {
  const text = (bytes: Uint8Array | null) =>
    bytes === null ? 'null' : Buffer.from(bytes).toString('latin1');
  return `${offset} @${timestamp} ${text(key)} ${text(value)} ${headers.map(([name, of]) => `${name}=${text(of)}`)}`;
}

/** All rows of a query that ends by itself. */
export async function rowsOf(engine: Pick<Engine, 'query'>, sql: string): Promise<string[]> {
  const rows: string[] = [];
  for await (const frame of await engine.query(request(sql))) rows.push(...frame.rows);
  return rows;
}

export function request(
  sql: string,
  properties: Readonly<Record<string, string>> = {},
): StatementRequest {
  return { sql, properties, variables: {} };
}
