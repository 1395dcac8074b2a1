/**
 * Records as lines of text, in and out: `KEY: VALUE @TIMESTAMP`, then ` p1` for a partition and ` name=value` for a header.
 *
 * A payload is `null`, `int(7)` (4 bytes), `bigint(7)`, `double(1.5)` (8 bytes each), `hex(00ff)`, or else UTF-8 text as it
 * stands. Printed keys may end with their window: `a[1000..]`, a session's `a[1000..1500]`.
 */
import type { ConsumedRecord, ProduceRecord } from '../../src/engine/api.ts';

export type KeyWindow = 'none' | 'time' | 'session';

const numbers: Readonly<Record<string, (text: string) => Buffer>> = {
  int(text) {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(Number(text));
    return bytes;
  },
  bigint(text) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64BE(BigInt(text));
    return bytes;
  },
  double(text) {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleBE(Number(text));
    return bytes;
  },
  hex: (text) => Buffer.from(text, 'hex'),
};

function payload(text: string): Uint8Array | null {
  if (text === 'null') return null;
  const [, kind = '', inner = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  return new Uint8Array(numbers[kind]?.(inner) ?? Buffer.from(text, 'utf8'));
}

export function parseRecord(topic: string, line: string): ProduceRecord {
  const found = /^\s+(.*?): (.*) @(-?\d+)(?: p(\d+))?((?: \w+=\S+)*)$/.exec(line);
  if (found === null) throw new Error(`not a record: ${line}`);
  const [, key = '', value = '', timestamp, partition, headers = ''] = found;
  return {
    topic,
    partition: partition === undefined ? null : Number(partition),
    key: payload(key),
    value: payload(value),
    timestamp: Number(timestamp),
    headers: [...headers.matchAll(/(\w+)=(\S+)/g)].map(
      ([, name = '', of = '']) => [name, payload(of)] as const,
    ),
  };
}

export function formatRecord(
  record: ConsumedRecord,
  options: { readonly window: KeyWindow; readonly showPartition: boolean },
): string {
  const partition = options.showPartition ? ` p${record.partition}` : '';
  const headers = record.headers.map(([name, value]) => ` ${name}=${bytesText(value)}`).join('');
  const key = keyText(record.key, options.window);
  return `${key}: ${bytesText(record.value)} @${record.timestamp}${partition}${headers}`;
}

function keyText(key: Uint8Array | null, window: KeyWindow): string {
  if (key === null || window === 'none') return bytesText(key);
  const bounds = window === 'time' ? 8 : 16;
  const plain = bytesText(key.subarray(0, key.length - bounds));
  const tail = Buffer.from(key.subarray(key.length - bounds));
  if (window === 'time') return `${plain}[${tail.readBigInt64BE(0)}..]`;
  return `${plain}[${tail.readBigInt64BE(8)}..${tail.readBigInt64BE(0)}]`;
}

function bytesText(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null';
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  if (/^[\x20-\uD7FF\uE000-\uFFFC]*$/.test(text) && Buffer.from(text, 'utf8').equals(buffer))
    return text;
  if (buffer.length === 4) return `int(${buffer.readInt32BE(0)})`;
  if (buffer.length === 8) return `bigint(${buffer.readBigInt64BE(0)})`;
  return `hex(${buffer.toString('hex')})`;
}
