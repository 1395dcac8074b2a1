/**
 * One function from a row to the record of the sink: the projections and the sink below a step that keeps state. The row's
 * columns go straight into the payload. Deletes, and rows that cannot be written, take the row path, which is the reference.
 */
import { byteWriter } from '../../formats/byte-writer.ts';
import { FormatError } from '../../formats/format.ts';
import { argsOf, type SinkArgs } from '../../plan/steps.ts';
import type { Row } from '../../types/value.ts';
import { KeyEncoder } from '../operators/key-encoder.ts';
import type { Push, StepContext } from '../operators/operator.ts';
import type { TopicOutput } from '../topic-output.ts';
import { rowScope } from './compile.ts';
import { emitColumn, type EmitScope } from './expression.ts';
import type { FusedStep } from './fusable.ts';
import { codecSource } from './fused-formats.ts';
import { Emitter } from './generate.ts';

export interface RowFuseRequest {
  /** Projections, in order. */
  readonly steps: readonly FusedStep[];
  readonly sink: {
    readonly args: SinkArgs;
    readonly output: TopicOutput;
    readonly context: StepContext;
  };
}

/** Writes the record of a row, given the row path of its partition. */
export type FusedRows = (slow: Push) => Push;

/** Null where the sink's format has no source text. */
export function fuseRows({ steps, sink }: RowFuseRequest): FusedRows | null {
  const { args, output, context } = sink;
  const { schemas } = context;
  const source = codecSource(args.value, [], {
    spec: args.valueFormat,
    side: 'value',
    topic: args.topic,
    schemas,
  });
  if (source === null) return null;
  const emitter = new Emitter();
  const refused = emitter.constant((error: unknown): void => {
    if (!(error instanceof FormatError)) throw error;
  });
  emitter.line('try{');
  const values = projected(steps, context, { emitter, width: args.value.length });
  emitter.line(`const out=${emitter.constant(byteWriter())};out.length=0;let written=true;`);
  emitter.line(source.encode(values, emitter.constant(source.constants), 'written'));
  const encoder = emitter.constant(new KeyEncoder(args, schemas));
  const append = `${emitter.constant(output)}.append`;
  const payload = 'written?out.bytes:null,out.length,timestamp';
  emitter.line(`if(!${encoder}.encode(key))${append}(null,0,0,0,${payload});`);
  emitter.line(
    `else ${append}(${encoder}.out.bytes,0,${encoder}.baseLength,${encoder}.out.length,${payload});`,
  );
  emitter.line(`}catch(e){${refused}(e);slow(key,value,null,timestamp);}`);
  const write = emitter.compile<
    (key: Row | null, value: Row, timestamp: number, slow: Push) => void
  >(['key', 'value', 'timestamp', 'slow']);
  return (slow) => (key, after, before, timestamp) => {
    if (after === null) slow(key, after, before, timestamp);
    else write(key, after, timestamp, slow);
  };
}

/** Texts of the sink's columns. */
function projected(
  steps: readonly FusedStep[],
  context: StepContext,
  { emitter, width }: { readonly emitter: Emitter; readonly width: number },
): readonly string[] {
  let row: EmitScope['column'] = rowScope(emitter, context.compile).column;
  let count = width;
  for (const { step, context: own } of steps) {
    const { columns } = argsOf(step, 'project@1');
    const below = row;
    const outer = rowScope(emitter, own.compile);
    const scope: EmitScope = {
      emitter,
      context: own.compile,
      column: below,
      // Asked for only where it is used: it costs a BigInt.
      get rowtime() {
        return outer.rowtime;
      },
      window: outer.window,
      params: outer.params,
    };
    const texts = columns.map((column, index) => emitter.atom(emitColumn(column, index, scope)));
    row = (side, index) => (side === 'key' ? below(side, index) : texts[index]!);
    count = columns.length;
  }
  return Array.from({ length: count }, (_, index) => row('value', index));
}
