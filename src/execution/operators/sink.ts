/**
 * Writes rows to a topic. The partition is the one that Kafka's partitioner gives the key (a windowed key without its window);
 * rows without key stay in the partition they came from. Headers of the record at hand are forwarded. Whatever cannot be
 * written stops the query.
 */
import { partitionFor } from '../../base/hash.ts';
import { byteWriter } from '../../formats/byte-writer.ts';
import { type ByteWriter, type Codec, FormatError } from '../../formats/format.ts';
import { formatByName } from '../../formats/table.ts';
import { appendWindow } from '../../formats/windowed-key.ts';
import type { SinkArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import { TaskFailure } from '../task.ts';
import { TopicOutput } from '../topic-output.ts';
import { windowLayout } from '../window-layout.ts';
import type { OperatorDef } from './operator.ts';
import { timestampReader } from './timestamp.ts';

export const sink: OperatorDef<'sink@1'> = {
  op: 'sink@1',
  doc: 'Writes rows to a topic.',
  prepare(args, context) {
    const { record } = context;
    const partitions = context.partitions(args.topic);
    const output = new TopicOutput(args.topic, partitions);
    const key = new KeyEncoder(args);
    const value = valueEncoder(args);
    const write = (keyRow: Row | null, row: Row | null, timestamp: number): void => {
      const hasKey = key.encode(keyRow);
      const partition = hasKey
        ? partitionFor(key.out.bytes, partitions, 0, key.baseLength)
        : record.partition % partitions;
      const payload = row !== null && value.encode(row) ? value.out : null;
      output.append(partition, hasKey ? key.out : null, payload, timestamp, record);
    };
    if (args.timestamp === null) {
      return {
        takeAppends: () => output.take(),
        build: () => [(keyRow, after, _before, timestamp) => write(keyRow, after, timestamp)],
      };
    }
    const timestampOf = timestampReader(args.timestamp.column, args.timestamp.format, context);
    return {
      takeAppends: () => output.take(),
      build: () => [
        (keyRow, after, _before, timestamp) => {
          const time = after === null ? timestamp : timestampOf(keyRow, after, timestamp);
          if (typeof time === 'number' && time >= 0) write(keyRow, after, time);
          else context.report(2, `Error writing row with extracted timestamp: ${time}`);
        },
      ],
    };
  },
};

/** Key bytes in `out`; the first `baseLength` of them decide the partition. */
class KeyEncoder {
  readonly out: ByteWriter = byteWriter();
  baseLength = 0;
  readonly #codec: Codec | null;
  readonly #args: SinkArgs;

  constructor(args: SinkArgs) {
    this.#args = args;
    this.#codec =
      args.key.length === 0
        ? null
        : formatByName(args.keyFormat.format).codec({
            columns: args.key,
            needed: [],
            spec: args.keyFormat,
            side: 'key',
            topic: args.topic,
          });
  }

  /** False where the record has no key. */
  encode(key: Row | null): boolean {
    const { out } = this;
    out.length = 0;
    if (key === null || this.#codec === null) return false;
    if (!encodeOrStop(this.#codec, key, out)) return false;
    this.baseLength = out.length;
    const { window } = this.#args;
    if (window === null) return true;
    const startMs = key[key.length - 2] as number;
    const endMs = key[key.length - 1] as number;
    appendWindow(windowLayout(window), { startMs, endMs }, out);
    return true;
  }
}

function valueEncoder(args: SinkArgs): { encode(row: Row): boolean; readonly out: ByteWriter } {
  const codec = formatByName(args.valueFormat.format).codec({
    columns: args.value,
    needed: [],
    spec: args.valueFormat,
    side: 'value',
    topic: args.topic,
  });
  const out = byteWriter();
  return {
    out,
    encode(row) {
      out.length = 0;
      return encodeOrStop(codec, row, out);
    },
  };
}

function encodeOrStop(codec: Codec, row: Row, out: ByteWriter): boolean {
  try {
    return codec.encode(row, out);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new TaskFailure(error.message, { cause: error });
  }
}
