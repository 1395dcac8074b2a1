/**
 * Compaction of one partition after the other (see ../compact-batch.ts for the method): a pass reads what is new, then
 * rewrites from the oldest batch on, a slice at a time. What a pass knows is in memory only: after a crash it begins again.
 */
import type { TimestampMs } from '../../base/env.ts';
import { ProblemError } from '../../base/errors.ts';
import { type Compacted, compactBatch, isCompactionDue, LatestOffsets } from '../compact-batch.ts';
import type { Offset, RecordBatch } from '../log.ts';
import type { Counters } from './counters.ts';
import type { Placement } from './placement.ts';
import type { Reader } from './reader.ts';
import type { Reclaim } from './reclaim.ts';
import type { Rows } from './rows.ts';
import type { Tail } from './tail.ts';
import type { Partition, Topics } from './topics.ts';
import type { Upkeep, UpkeepStep } from './upkeep.ts';
import type { Writer } from './writer.ts';

const SLICE_BYTES = 1024 * 1024;
/** Partitions looked at per step. */
const SLICE_PARTITIONS = 256;
/** Memory for the keys of one pass; a partition with more is compacted in several passes. */
const LATEST_BYTES_MAX = 64 * 1024 * 1024;

interface Pass {
  readonly partition: Partition;
  readonly latest: LatestOffsets;
  readonly now: TimestampMs;
  phase: 'note' | 'rewrite';
  /** Next offset to look at. */
  at: Offset;
  /** End of what was noted. */
  end: Offset;
  horizon: TimestampMs | null;
}

export interface CompactionParts {
  readonly topics: Topics;
  readonly rows: Rows;
  readonly reader: Reader;
  readonly tail: Tail;
  readonly writer: Writer;
  readonly placement: Placement;
  readonly counters: Counters;
  readonly reclaim: Reclaim;
}

export class Compaction implements Upkeep {
  readonly #parts: CompactionParts;
  /** Partitions with damaged batches: left alone until the log is opened again. */
  readonly #damaged = new Set<Partition>();
  #round: Iterator<Partition> | null = null;
  #pass: Pass | null = null;

  constructor(parts: CompactionParts) {
    this.#parts = parts;
  }

  async step(now: TimestampMs): Promise<UpkeepStep> {
    if (this.#pass === null) return this.#look(now);
    const pass = this.#pass;
    try {
      if (pass.partition.isDropped) this.#pass = null;
      else if (pass.phase === 'note') await this.#note(pass);
      else await this.#rewrite(pass);
    } catch (error) {
      this.#pass = null;
      if (!isDamage(error)) throw error;
      this.#damaged.add(pass.partition);
    }
    return 'worked';
  }

  /** Begins a pass where one is due. */
  #look(now: TimestampMs): UpkeepStep {
    this.#round ??= this.#parts.topics.compacted();
    for (let count = 0; count < SLICE_PARTITIONS; count++) {
      const next = this.#round.next();
      if (next.done === true) {
        this.#round = null;
        return 'idle';
      }
      const partition = next.value;
      if (partition.isDropped || this.#damaged.has(partition)) continue;
      if (!this.#isDue(partition, now)) continue;
      const at = Math.max(partition.start, partition.compactedTo);
      const latest = new LatestOffsets();
      this.#pass = { partition, latest, now, phase: 'note', at, end: at, horizon: null };
      return 'worked';
    }
    return 'looked';
  }

  #isDue(partition: Partition, now: TimestampMs): boolean {
    const { horizon, compactedTo, end } = partition;
    if (horizon === null && compactedTo >= end) return false;
    const { topics } = this.#parts;
    const [bytes, dirtyBytes] = [topics.bytes(partition), topics.dirtyBytes(partition)];
    return isCompactionDue({ bytes, dirtyBytes, horizon, now });
  }

  async #note(pass: Pass): Promise<void> {
    const { partition, latest } = pass;
    const batches = await this.#parts.reader.read(partition, pass.at, SLICE_BYTES);
    for (const batch of batches) {
      latest.add(batch);
      pass.at = batch.lastOffset + 1;
      if (latest.byteCount >= LATEST_BYTES_MAX) break;
    }
    if (batches.length > 0 && latest.byteCount < LATEST_BYTES_MAX) return;
    pass.end = pass.at;
    pass.phase = 'rewrite';
    pass.at = partition.start;
  }

  async #rewrite(pass: Pass): Promise<void> {
    const { partition, end } = pass;
    const read = await this.#parts.reader.read(partition, pass.at, SLICE_BYTES);
    const batches = read.filter((batch) => batch.baseOffset < end);
    const results = batches.map((batch) => ({
      batch,
      compacted: compactBatch(batch, pass.latest, pass.now),
    }));
    for (const { compacted } of results) note(pass, compacted);
    const isLast = batches.length < read.length || batches.length === 0;
    await this.#replace(pass, results, isLast);
    if (isLast) this.#pass = null;
    else pass.at = batches.at(-1)!.lastOffset + 1;
  }

  async #replace(
    pass: Pass,
    results: readonly { readonly batch: RecordBatch; readonly compacted: Compacted }[],
    isLast: boolean,
  ): Promise<void> {
    const { topics, rows, tail, writer, placement, counters, reclaim } = this.#parts;
    const { partition } = pass;
    const changed = results.filter(({ compacted }) => compacted.kind !== 'unchanged');
    if (changed.length === 0 && !isLast) return;
    const fresh = changed.flatMap(({ compacted }) =>
      compacted.kind === 'rewritten' ? [compacted.batch] : [],
    );
    const placed = await placement.write(fresh, 'synced');
    const saved = isLast
      ? { ...partition, compactedTo: pass.end, horizon: pass.horizon }
      : partition;
    const freed: (number | null)[] = [];
    let bytes = 0;
    writer.run(() => {
      let index = 0;
      for (const { batch, compacted } of changed) {
        const row = rows.find(partition.id, batch.baseOffset);
        freed.push(row.segment);
        bytes -= row.length;
        if (compacted.kind === 'empty') {
          rows.delete(row.id);
        } else if (compacted.kind === 'rewritten') {
          rows.replace(row.id, partition.id, compacted.batch, placed.place(index++));
          bytes += compacted.batch.bytes.length;
        }
      }
      topics.save(saved);
      counters.keep();
      placed.record();
    });
    placed.accept();
    Object.assign(partition, { compactedTo: saved.compactedTo, horizon: saved.horizon });
    if (partition.bytes !== null) partition.bytes += bytes;
    partition.dirtyBytes = null;
    partition.stoppedBy = null;
    if (changed.length > 0) tail.forget(partition);
    for (const segment of freed) reclaim.suspect(segment);
  }
}

function note(pass: Pass, compacted: Compacted): void {
  if (compacted.kind === 'empty' || compacted.horizon === null) return;
  pass.horizon = Math.min(pass.horizon ?? compacted.horizon, compacted.horizon);
}

function isDamage(error: unknown): boolean {
  return (
    error instanceof ProblemError &&
    (error.code === 'log.corrupt-record' || error.code === 'log.unsupported-compression')
  );
}
