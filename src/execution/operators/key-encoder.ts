/** Keys as a sink writes them. */
import { byteWriter } from '../../formats/byte-writer.ts';
import { type ByteWriter, type Codec, FormatError } from '../../formats/format.ts';
import type { SchemaResolver } from '../../formats/schema.ts';
import { formatByName } from '../../formats/table.ts';
import { appendWindow } from '../../formats/windowed-key.ts';
import type { SinkArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import { TaskFailure } from '../task.ts';
import { windowLayout } from '../window-layout.ts';

/** Key bytes in `out`; the first `baseLength` of them decide the partition. */
export class KeyEncoder {
  readonly out: ByteWriter = byteWriter();
  baseLength = 0;
  readonly #codec: Codec | null;
  readonly #args: SinkArgs;

  constructor(args: SinkArgs, schemas: SchemaResolver | undefined) {
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
            schemas,
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

/** A row that cannot be written stops the query. */
export function encodeOrStop(codec: Codec, row: Row, out: ByteWriter): boolean {
  try {
    return codec.encode(row, out);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new TaskFailure(error.message, { cause: error });
  }
}
