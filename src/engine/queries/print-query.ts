/** PRINT: the records of a topic as text lines, as they are committed (spec: api.md §10). */
import type { SchemaResolver } from '../../formats/schema.ts';
import type { Log, Offset } from '../../log/log.ts';
import { decodeRecords } from '../../log/record-cursor.ts';
import type { Effect } from '../../sql/statements/statement.ts';
import type { QueryHead } from '../api.ts';
import { catchUpBytesMax, pushBufferBytesMax } from '../limits.ts';
import type { WaitingRows } from '../push/waiting-rows.ts';
import { RecordPrinter } from './record-printer.ts';
import { RowQueue } from '../push/row-queue.ts';
import type { SchemaGate } from '../schemas/schema-gate.ts';
import type { Ticker } from '../tick/tick.ts';

export interface PrintQueryOptions {
  readonly head: QueryHead;
  readonly sql: string;
  readonly effect: Extract<Effect, { kind: 'print' }>;
  readonly log: Log;
  readonly schemas: SchemaResolver;
  /** Fetches schemas of a remote registry; null where the registry is the engine's own. */
  readonly gate: SchemaGate | null;
  readonly ticker: Ticker;
  readonly waiting: WaitingRows;
  readonly onEnd: () => void;
}

export class PrintQuery {
  readonly id: string;
  readonly sql: string;
  readonly rows: RowQueue;
  readonly #options: PrintQueryOptions;
  readonly #next: Offset[];
  readonly #printer: RecordPrinter;
  #read = 0;
  #printed = 0;
  #wake: (() => void) | null = null;
  #unsubscribe: Disposable | null = null;

  constructor(options: PrintQueryOptions) {
    this.#options = options;
    this.#printer = new RecordPrinter(options.schemas);
    this.id = options.head.queryId;
    this.sql = options.sql;
    this.rows = new RowQueue(options.head, {
      bytesMax: pushBufferBytesMax,
      waiting: options.waiting,
      onRead: () => this.#wake?.(),
      onClose: async () => this.#ended(),
    });
    const { topic, fromBeginning } = options.effect;
    const partitions = options.log.topics().find(({ name }) => name === topic)?.partitions ?? 0;
    this.#next = Array.from({ length: partitions }, (_, partition) => {
      const { start, end } = options.log.bounds({ topic, partition });
      return fromBeginning ? start : end;
    });
  }

  start(): void {
    this.#unsubscribe = this.#options.ticker.onCommitted(() => this.#wake?.());
    this.#run().catch((error: unknown) => this.onFailed(error));
  }

  finish(end: 'limit' | 'terminated'): void {
    this.rows.finish(end);
    this.#ended();
  }

  onFailed(error: unknown): void {
    this.rows.fail(error);
    this.#ended();
  }

  async #run(): Promise<void> {
    while (!this.rows.isEnded) {
      const lines = this.rows.isFull ? [] : await this.#readLines();
      if (lines.length > 0) this.rows.push({ rows: lines, tombstones: null });
      const { limit } = this.#options.effect;
      if (limit !== null && this.#printed >= limit) this.finish('limit');
      else if (lines.length === 0) await this.#change();
    }
  }

  async #readLines(): Promise<string[]> {
    const { effect, log, gate } = this.#options;
    const lines: string[] = [];
    for (const [partition, next] of this.#next.entries()) {
      const of = { topic: effect.topic, partition };
      if (next >= log.bounds(of).end) continue;
      for (const batch of await log.read(of, next, catchUpBytesMax)) {
        await gate?.ask(batch, this.#printer.framedSides);
        for (const record of decodeRecords(batch)) {
          if (record.offset < next) continue;
          if (effect.limit !== null && this.#printed >= effect.limit) return lines;
          if (this.#read++ % effect.interval !== 0) continue;
          this.#printed++;
          lines.push(...this.#printer.lines(record, partition));
        }
        this.#next[partition] = batch.lastOffset + 1;
      }
    }
    return lines;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #ended(): void {
    this.#unsubscribe?.[Symbol.dispose]();
    this.#wake?.();
    this.#options.onEnd();
  }
}
