/**
 * One function from a record's bytes to what it becomes: decoding, filters, projections, new keys, and then either the record of
 * the sink or the row for the first operator that keeps state. No row is made in between: columns are local variables, a column
 * that passes through unchanged is copied as bytes where both formats spell values alike.
 *
 * Whatever is not the ordinary case (no value, a payload that does not decode, a key outside ASCII, a value that cannot be
 * written) is handed to the row path, the reference, which then says what is to be said. Fused code has had no effect by then.
 *
 * Steps are emitted before the decoding that stands in front of them, because only then it is known which columns are read.
 */
import { byteWriter } from '../../formats/byte-writer.ts';
import { type CodecSource, FormatError, type RangeVariables } from '../../formats/format.ts';
import type { Expression, NamedExpression } from '../../plan/expression.ts';
import { argsOf, type ExchangeArgs, type JoinArgs, type SinkArgs } from '../../plan/steps.ts';
import type { SqlType } from '../../types/type.ts';
import type { StepContext } from '../operators/operator.ts';
import { exchangePartition } from '../operators/exchange.ts';
import { KeyEncoder } from '../operators/key-encoder.ts';
import { isOwnIdentity, keyIdentity } from '../state/identity.ts';
import type { TopicOutput } from '../topic-output.ts';
import {
  emitColumn,
  emitExpression,
  emitPredicate,
  type EmitScope,
  messageOf,
} from './expression.ts';
import type { FusedStage, FusedStep, FuseRequest } from './fusable.ts';
import { codecSource, isAscii, isKafkaKey, isSameKafkaKey } from './fused-formats.ts';
import { Emitter } from './generate.ts';

/** Compiles the stage, or null where some format has no source text. */
export function fuse(request: FuseRequest): FusedStage | null {
  return new Fusion(request).compile();
}

/** Where a column comes from: a column of the source as it is, or a computed text. */
type Origin =
  | { readonly kind: 'source'; readonly index: number }
  | { readonly kind: 'text'; readonly text: string };

class Fusion {
  readonly #request: FuseRequest;
  readonly #emitter = new Emitter();
  readonly #keySource: CodecSource | null;
  readonly #sinkSource: CodecSource | null;
  /** Source columns whose values are read, and those that are copied as bytes. */
  readonly #read = new Set<number>();
  readonly #copied = new Set<number>();
  #isKeyRead = false;
  /** Texts of the key columns; null while the key is the source's own. */
  #key: readonly string[] | null = null;
  #value: readonly Origin[];

  constructor(request: FuseRequest) {
    const { source, sink } = request;
    this.#request = request;
    this.#isKeyRead = source.collection === 'table';
    this.#value = source.value.map((_, index) => ({ kind: 'source', index }));
    this.#keySource = codecSource(source.key, [...source.key.keys()], {
      spec: source.keyFormat,
      side: 'key',
      topic: source.topic,
      schemas: this.#request.context.schemas,
    });
    this.#sinkSource =
      sink === null
        ? null
        : codecSource(sink.args.value, [], {
            spec: sink.args.valueFormat,
            side: 'value',
            topic: sink.args.topic,
            schemas: request.context.schemas,
          });
  }

  compile(): FusedStage | null {
    const { sink, source } = this.#request;
    if (this.#keySource === null || (sink !== null && this.#sinkSource === null)) return null;
    const body = this.#emitter.capture(() => {
      for (const step of this.#request.steps) this.#emitStep(step);
      if (sink === null) this.#emitPush();
      else this.#emitRecord(sink.args, sink.output);
    });
    const needed = [...this.#read, ...this.#copied].sort((a, b) => a - b);
    const value = codecSource(source.value, needed, {
      spec: source.valueFormat,
      side: 'value',
      topic: source.topic,
      schemas: this.#request.context.schemas,
    });
    if (value === null) return null;
    const refused = this.#emitter.constant((error: unknown): void => {
      if (!(error instanceof FormatError)) throw error;
    });
    this.#emitter.line('try{');
    this.#emitDecoding(value, needed);
    this.#emitter.line(body);
    this.#emitter.line(`}catch(e){${refused}(e);slow(cursor);}`);
    return this.#emitter.compile<FusedStage>(['cursor', 'partition', 'slow']);
  }

  #emitDecoding(value: CodecSource, needed: readonly number[]): void {
    const emitter = this.#emitter;
    const { source } = this.#request;
    emitter.line('if(cursor.valueStart<0){slow(cursor);return;}');
    emitter.line('const bytes=cursor.bytes;');
    emitter.line('const timestamp=cursor.timestamp;');
    emitter.line('let part=partition;');
    if (this.#isKeyRead || !isKafkaKey(source)) this.#emitKeyDecoding();
    else this.#emitKeyCheck();
    for (const index of needed) emitter.line(`let v${index}=null;`);
    for (const index of this.#copied) emitter.line(`let b${index}=-1,e${index}=-1;`);
    emitter.line('let present=true;');
    emitter.line('{const start=cursor.valueStart,end=cursor.valueEnd;');
    const slots = needed.map((index) => `v${index}`);
    const ranges = needed.map((index) => this.#range(index));
    const constants = emitter.constant(value.constants);
    const hasRanges = this.#copied.size > 0;
    emitter.line(value.decode(slots, constants, 'present', ...(hasRanges ? [ranges] : [])));
    emitter.line('}');
    emitter.line('if(!present){slow(cursor);return;}');
    if (source.collection === 'table') emitter.line('if(!hasKey)return;');
  }

  /** Locals `y0…` and `hasKey`. */
  #emitKeyDecoding(): void {
    const emitter = this.#emitter;
    const { key } = this.#request.source;
    const slots = key.map((_, index) => `y${index}`);
    for (const slot of slots) emitter.line(`let ${slot}=null;`);
    emitter.line(`let hasKey=${key.length > 0 ? 'cursor.keyStart>=0' : 'false'};`);
    if (key.length === 0) return;
    emitter.line('if(hasKey){const start=cursor.keyStart,end=cursor.keyEnd;');
    emitter.line(
      this.#keySource!.decode(slots, emitter.constant(this.#keySource!.constants), 'hasKey'),
    );
    emitter.line('}');
  }

  #range(index: number): RangeVariables | null {
    return this.#copied.has(index) ? { start: `b${index}`, end: `e${index}` } : null;
  }

  #scope(context: StepContext): EmitScope {
    return {
      emitter: this.#emitter,
      context: context.compile,
      column: (side, index) => (side === 'key' ? this.#keyColumn(index) : this.#column(index)),
      rowtime: 'BigInt(timestamp)',
      window: () => '0n',
      params: new Map(),
    };
  }

  #keyColumn(index: number): string {
    if (this.#key !== null) return this.#key[index]!;
    this.#isKeyRead = true;
    return `y${index}`;
  }

  #column(index: number): string {
    const origin = this.#value[index]!;
    if (origin.kind === 'text') return origin.text;
    this.#read.add(origin.index);
    return `v${origin.index}`;
  }

  #emitStep({ step, context }: FusedStep): void {
    const scope = this.#scope(context);
    switch (step.op) {
      case 'filter@1': {
        const { predicate, text } = argsOf(step, 'filter@1');
        this.#emitter.line(`if(!${emitPredicate(predicate, text, scope)})return;`);
        return;
      }
      case 'project@1':
        this.#value = this.#columns(argsOf(step, 'project@1').columns, scope);
        return;
      case 'exchange@1':
        this.#emitExchange(argsOf(step, 'exchange@1'));
        return;
      case 'join@1':
        this.#emitLookup(step.id, argsOf(step, 'join@1'));
        return;
      case 'rekey@1':
        this.#key = argsOf(step, 'rekey@1').by.map((column, index) =>
          this.#emitter.local(emitColumn(column, index, scope)),
        );
        return;
      default: {
        const { by, columns } = argsOf(step, 'group@1');
        const key = by.map((column, index) =>
          this.#groupColumn(column.expression, index, { scope, context }),
        );
        this.#value = this.#columns(columns, scope);
        this.#key = key;
      }
    }
  }

  #emitExchange(args: ExchangeArgs): void {
    const partitionOf = exchangePartition(args, this.#request.partitions(args.like));
    if (partitionOf === null) this.#emitter.line('part=0;');
    else this.#emitter.line(`part=${this.#emitter.constant(partitionOf)}(${this.#keyRow()},part);`);
  }

  /** The row of a table, as it stands. Rows with a NULL join key are left out. */
  #emitLookup(step: string, args: JoinArgs): void {
    const tables = this.#perPartition((partition) => this.#request.table(step, partition));
    const isInner = args.type === 'INNER';
    const cell = this.#isTextKey(args)
      ? this.#lookupByBytes(tables, isInner)
      : this.#lookupByIdentity(tables, args, isInner);
    const right = args.right.map((_, index): Origin => ({ kind: 'text', text: cell(index) }));
    this.#value = [...this.#value, ...right];
  }

  /** Is the join key the record's own, in a spelling of which every text has one? */
  #isTextKey(args: JoinArgs): boolean {
    const { source } = this.#request;
    const [key, ...others] = args.rightKey;
    const isText = key?.type.kind === 'STRING' && others.length === 0;
    return isText && this.#key === null && source.key.length === 1 && isKafkaKey(source);
  }

  /** Needs no text of the key, and no row. */
  #lookupByBytes(table: string, isInner: boolean): (index: number) => string {
    const emitter = this.#emitter;
    emitter.line('if(cursor.keyStart<0)return;');
    const rows = emitter.local(`${table}.byBytes()`);
    const at = emitter.local(`${rows}.find(bytes,cursor.keyStart,cursor.keyEnd)`);
    if (isInner) emitter.line(`if(${at}<0)return;`);
    const cells = emitter.local(`${rows}.cells`);
    return isInner
      ? (index) => `${cells}[${at}+${index}]`
      : (index) => `(${at}<0?null:${cells}[${at}+${index}])`;
  }

  #lookupByIdentity(table: string, args: JoinArgs, isInner: boolean): (index: number) => string {
    const emitter = this.#emitter;
    const key = args.leftKey.map((_, index) => this.#keyColumn(index));
    if (this.#key === null) emitter.line('if(!hasKey)return;');
    for (const column of key) emitter.line(`if(${column}===null)return;`);
    const types = args.rightKey.map((field) => field.type);
    const identity = isOwnIdentity(types)
      ? key[0]
      : `${emitter.constant(keyIdentity(types))}([${key.join(',')}])`;
    const entry = emitter.local(`${table}.get(${identity})`);
    const row = emitter.local(`${entry}===undefined?null:${entry}.value`);
    if (isInner) emitter.line(`if(${row}===null)return;`);
    return isInner
      ? (index) => `${row}[${index}]`
      : (index) => `(${row}===null?null:${row}[${index}])`;
  }

  /** Text of what `open` gives for the current partition, opened once. */
  #perPartition(open: (partition: number) => unknown): string {
    const opened = this.#emitter.constant([]);
    const make = this.#emitter.constant(open);
    return `(${opened}[part]??=${make}(part))`;
  }

  /** A plain column stays what it is; everything else is computed into a local. */
  #columns(columns: readonly NamedExpression[], scope: EmitScope): readonly Origin[] {
    return columns.map((column, index): Origin => {
      const { expression } = column;
      if (expression.kind === 'column' && expression.side === 'value')
        return this.#value[expression.index]!;
      return { kind: 'text', text: this.#emitter.atom(emitColumn(column, index, scope)) };
    });
  }

  /** Part of a grouping key: without it the row belongs to no group. */
  #groupColumn(
    e: Expression,
    index: number,
    { scope, context }: { readonly scope: EmitScope; readonly context: StepContext },
  ): string {
    const emitter = this.#emitter;
    const exclude = emitter.constant((error: unknown): void => {
      const why = error === null ? 'resolved to null' : `failed: ${messageOf(error)}`;
      context.report(
        1,
        `Group-by column with index ${index} ${why}. The source row will be excluded from the table.`,
      );
    });
    const part = emitter.local('null');
    emitter.line('try{');
    emitter.line(`${part}=${emitExpression(e, scope).text};`);
    emitter.line(`}catch(e){${exclude}(e);return;}`);
    emitter.line(`if(${part}===null){${exclude}(null);return;}`);
    return part;
  }

  #emitPush(): void {
    const value = this.#value.map((_, index) => this.#pushed(index));
    const push = this.#perPartition(this.#request.push);
    this.#emitter.line(`${push}(${this.#keyRow()},[${value.join(',')}],null,timestamp);`);
  }

  /** Columns that nobody below reads are not decoded. */
  #pushed(index: number): string {
    const origin = this.#value[index]!;
    const { source } = this.#request;
    if (origin.kind === 'source' && !source.needed.includes(origin.index)) return 'null';
    return this.#column(index);
  }

  #keyRow(): string {
    if (this.#key !== null) return `[${this.#key.join(',')}]`;
    this.#isKeyRead = true;
    if (this.#request.source.key.length === 0) return 'null';
    const columns = this.#request.source.key.map((_, index) => `y${index}`);
    return `(hasKey?[${columns.join(',')}]:null)`;
  }

  #emitRecord(args: SinkArgs, output: TopicOutput): void {
    const emitter = this.#emitter;
    const origins = this.#value;
    const canCopy = args.value.map((column, index) => this.#canCopy(origins[index]!, column.type));
    const values = origins.map((origin, index) =>
      canCopy[index] && origin.kind === 'source' ? `v${origin.index}` : this.#column(index),
    );
    for (const [index, origin] of origins.entries()) {
      if (origin.kind === 'source' && canCopy[index]) this.#copied.add(origin.index);
    }
    const ranges = origins.map((origin, index) =>
      origin.kind === 'source' && canCopy[index] ? this.#range(origin.index) : null,
    );
    const out = byteWriter();
    emitter.line(`const out=${emitter.constant(out)};out.length=0;let written=true;`);
    const constants = emitter.constant(this.#sinkSource!.constants);
    const given = this.#copied.size > 0 ? [ranges] : [];
    emitter.line(this.#sinkSource!.encode(values, constants, 'written', ...given));
    const value = 'written?out.bytes:null,out.length,timestamp';
    const append = `${emitter.constant(output)}.append`;
    if (this.#key === null && isSameKafkaKey(this.#request.source, args)) {
      emitter.line(`if(cursor.keyStart<0)${append}(null,0,0,0,${value});`);
      emitter.line(`else ${append}(bytes,cursor.keyStart,cursor.keyEnd,cursor.keyEnd,${value});`);
      return;
    }
    const key = emitter.constant(new KeyEncoder(args, this.#request.context.schemas));
    emitter.line(`if(!${key}.encode(${this.#keyRow()}))${append}(null,0,0,0,${value});`);
    emitter.line(
      `else ${append}(${key}.out.bytes,0,${key}.baseLength,${key}.out.length,${value});`,
    );
  }

  /** A source column that nobody reads, whose bytes can stand in the sink as they are. */
  #canCopy(origin: Origin, type: SqlType): boolean {
    if (origin.kind !== 'source' || this.#read.has(origin.index)) return false;
    const { source } = this.#request;
    const spelling = codecSource(source.value, [], {
      spec: source.valueFormat,
      side: 'value',
      topic: source.topic,
      schemas: this.#request.context.schemas,
    })?.spelling;
    if (spelling === null || spelling === undefined) return false;
    if (spelling !== this.#sinkSource!.spelling) return false;
    return JSON.stringify(source.value[origin.index]!.type) === JSON.stringify(type);
  }

  /** A key that nobody reads must still be one that could be read. */
  #emitKeyCheck(): void {
    const kind = this.#request.source.key[0]?.type.kind;
    const length = kind === 'INTEGER' ? 4 : 8;
    if (kind === undefined || kind === 'BYTES') return;
    const isPlain =
      kind === 'STRING'
        ? `${this.#emitter.constant(isAscii)}(bytes,cursor.keyStart,cursor.keyEnd)`
        : `cursor.keyEnd-cursor.keyStart===${length}`;
    this.#emitter.line(`if(cursor.keyStart>=0&&!(${isPlain})){slow(cursor);return;}`);
  }
}
