/** The command topic: one partition, kept for ever; the catalog is the fold of its records. */
import type { Catalog } from '../../catalog/catalog.ts';
import { applyCommand, emptyCatalog } from '../../catalog/apply.ts';
import { decodeCommand, encodeCommand } from '../../catalog/codec.ts';
import type { Command } from '../../catalog/command.ts';
import { bytesOf, textOf } from '../../base/bytes.ts';
import type { Append, Commit, Log, TopicPartition } from '../../log/log.ts';
import { RecordBatchWriter } from '../../log/record-batch-writer.ts';
import { decodeRecords } from '../../log/record-cursor.ts';

const readBytesMax = 4 * 1024 * 1024;

export class CommandTopic {
  readonly #log: Log;
  readonly of: TopicPartition;

  constructor(log: Log, topic: string) {
    this.#log = log;
    this.of = { topic, partition: 0 };
  }

  /** The catalog that all commands so far make; creates the topic on first use. */
  async load(): Promise<Catalog> {
    const { topic } = this.of;
    if (!this.#log.topics().some(({ name }) => name === topic)) {
      await this.#log.createTopic({
        name: topic,
        partitions: 1,
        cleanup: 'delete',
        retentionMs: null,
      });
    }
    let catalog = emptyCatalog;
    const { end } = this.#log.bounds(this.of);
    for (let at = 0; at < end; ) {
      for (const batch of await this.#log.read(this.of, at, readBytesMax)) {
        for (const record of decodeRecords(batch)) {
          if (record.value !== null)
            catalog = applyCommand(catalog, decodeCommand(textOf(record.value)));
        }
        at = batch.lastOffset + 1;
      }
    }
    return catalog;
  }

  /** Makes the command durable, and with it what else is given, and folds it. Called between ticks. */
  async append(
    catalog: Catalog,
    command: Command,
    timestamp: number,
    others: readonly Append[] = [],
    alongside: readonly Commit[] = [],
  ): Promise<Catalog> {
    const writer = new RecordBatchWriter();
    writer.append(null, bytesOf(encodeCommand(command)), timestamp);
    const { bytes, ...rest } = writer.finish();
    // Who has filled the disk must be able to make room.
    const freesSpace = command.kind === 'drop-source' || command.kind === 'stop-query';
    const append = { to: this.of, batch: bytes, ...rest, times: null };
    await this.#log.commit([
      { owner: null, appends: [append, ...others], offsets: [], state: [], freesSpace },
      ...alongside,
    ]);
    return applyCommand(catalog, command);
  }
}
