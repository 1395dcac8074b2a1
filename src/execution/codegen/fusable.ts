/** What can be fused, and what fusing needs to know. */
import type { RecordCursor } from '../../log/record-cursor.ts';
import type { Step } from '../../plan/physical.ts';
import { argsOf, type SinkArgs, type SourceArgs } from '../../plan/steps.ts';
import type { Push, StepContext } from '../operators/operator.ts';
import type { RecordSink } from '../operators/source.ts';
import type { TableStore } from '../state/table-store.ts';
import type { TopicOutput } from '../topic-output.ts';

/** A stateless step with what it reports to. */
export interface FusedStep {
  readonly step: Step;
  readonly context: StepContext;
}

export interface FuseRequest {
  readonly source: SourceArgs;
  readonly context: StepContext;
  /** Filters, projections, new keys and groupings over streams, in order. */
  readonly steps: readonly FusedStep[];
  /** The sink, when it follows; otherwise rows are pushed. */
  readonly sink: { readonly args: SinkArgs; readonly output: TopicOutput } | null;
  /** Takes the rows of a partition where there is no sink. */
  readonly push: (partition: number) => Push;
  /** The rows that a stream-table join looks up. */
  readonly table: (joinStep: string, partition: number) => TableStore;
  /** Partition counts of topics. */
  readonly partitions: (topic: string) => number;
}

/** `partition` is the record's; `slow` is the row path. */
export type FusedStage = (cursor: RecordCursor, partition: number, slow: RecordSink) => void;

/** Can a step be fused with what comes to this input of it? A stream-table join can with its stream. */
export function isFusable(step: Step, input: number): boolean {
  switch (step.op) {
    case 'filter@1':
      return argsOf(step, 'filter@1').collection === 'stream';
    case 'group@1':
      return argsOf(step, 'group@1').collection === 'stream';
    case 'project@1':
    case 'exchange@1':
      return true;
    case 'rekey@1':
      return argsOf(step, 'rekey@1').by.length > 0;
    case 'join@1': {
      const { join, window } = argsOf(step, 'join@1');
      return join === 'stream-table' && window === null && input === 0;
    }
    default:
      return false;
  }
}

/** Sources whose records are fused: plain payload columns. */
export function isFusableSource(args: SourceArgs): boolean {
  return (
    args.window === null &&
    args.timestamp === null &&
    args.pseudo.length === 0 &&
    args.value.every((column) => !('header' in column))
  );
}
