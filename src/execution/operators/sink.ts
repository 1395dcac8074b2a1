/**
 * Writes rows to a topic: see src/execution/topic-output.ts for partitions and batches. A row that cannot be written stops the
 * query.
 */
import { byteWriter } from '../../formats/byte-writer.ts';
import type { ByteWriter } from '../../formats/format.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import type { SinkArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import { TopicOutput } from '../topic-output.ts';
import { encodeOrStop, KeyEncoder } from './key-encoder.ts';
import type { OperatorDef } from './operator.ts';
import { timestampReader } from './timestamp.ts';

export const sink: OperatorDef<'sink@1'> = {
  op: 'sink@1',
  doc: 'Writes rows to a topic.',
  prepare(args, context) {
    const output = new TopicOutput(args.topic, context.partitions(args.topic), context.record);
    const key = new KeyEncoder(args, context.schemas);
    const value = valueEncoder(args, context.schemas);
    const write = (keyRow: Row | null, row: Row | null, timestamp: number): void => {
      const payload = row !== null && value.encode(row) ? value.out.bytes : null;
      const { length } = value.out;
      if (!key.encode(keyRow)) output.append(null, 0, 0, 0, payload, length, timestamp);
      else
        output.append(key.out.bytes, 0, key.baseLength, key.out.length, payload, length, timestamp);
    };
    if (args.timestamp === null) {
      return {
        output,
        takeAppends: () => output.take(),
        build: () => [(keyRow, after, _before, timestamp) => write(keyRow, after, timestamp)],
      };
    }
    const timestampOf = timestampReader(args.timestamp.column, args.timestamp.format, context);
    return {
      output,
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

function valueEncoder(
  args: SinkArgs,
  schemas: SchemaResolver | undefined,
): { encode(row: Row): boolean; readonly out: ByteWriter } {
  const codec = formatByName(args.valueFormat.format).codec({
    columns: args.value,
    needed: [],
    spec: args.valueFormat,
    side: 'value',
    topic: args.topic,
    schemas,
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
