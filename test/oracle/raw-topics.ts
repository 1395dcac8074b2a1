/** Topics byte by byte. */
import type { Engine } from '../../src/engine/api.ts';

/** By topic and partition, each record as text: logical time, timestamp, key, value. */
export type RawTopics = ReadonlyMap<string, readonly string[]>;

export async function rawTopics(engine: Engine, names: readonly string[]): Promise<RawTopics> {
  const topics = new Map<string, string[]>();
  for (const { name, partitions } of await engine.topics()) {
    if (!names.includes(name)) continue;
    for (let partition = 0; partition < partitions; partition++) {
      const records: string[] = [];
      for (let offset = 0; ; ) {
        const fetched = await engine.fetch(name, partition, offset, 1 << 30);
        if (fetched.length === 0) break;
        for (const { time, timestamp, key, value, headers } of fetched) {
          records.push(`#${time} @${timestamp} ${latin(key)} -> ${latin(value)} ${headers.length}`);
        }
        offset = fetched.at(-1)!.offset + 1;
      }
      topics.set(`${name}/${partition}`, records);
    }
  }
  return topics;
}

function latin(bytes: Uint8Array | null): string {
  return bytes === null ? 'null' : JSON.stringify(Buffer.from(bytes).toString('latin1'));
}
