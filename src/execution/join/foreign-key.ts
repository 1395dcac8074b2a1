/**
 * Foreign-key join of two tables (spec: semantics.md §7.6). One instance for all partitions: a left row may refer to a right row
 * anywhere, and its results leave in the left row's partition. Left rows are indexed by foreign key.
 *
 * - Left upsert: the joined row if the right one exists. If not, LEFT pads; INNER gives a tombstone where the left row had a
 *   foreign key before, else nothing. Without foreign key, LEFT pads and INNER gives nothing.
 * - Left delete: a tombstone if the row was there (INNER: with a foreign key).
 * - Right upsert or delete: one result per left row that refers to it, in the order of the left keys' bytes.
 *
 * An INNER result outlives its left row's foreign key, since nothing is emitted when that becomes NULL. Such a result is
 * remembered: it is what the key's next result replaces.
 *
 * A change of a right row to which more left rows refer than one record may meet (`join.matches`) stops the query: to leave it
 * out would leave wrong rows behind.
 */
import { assert } from '../../base/assert.ts';
import { limitText } from '../../base/limits.ts';
import type { JoinArgs } from '../../plan/steps.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';
import { type KeyOrder, keyOrder } from '../aggregate/key-order.ts';
import { compileExpression } from '../codegen/compile.ts';
import { messageOf } from '../codegen/expression.ts';
import type { InstanceContext, PreparedStep, Push, StepContext } from '../operators/operator.ts';
import { TaskFailure } from '../task.ts';
import type { ExecutionLimits } from '../limits.ts';
import type { Identity } from '../state/identity.ts';
import { storedKeyTypes, TableStore } from '../state/table-store.ts';
import { References } from './references.ts';
import { nulls } from './rows.ts';

const INTEGER: SqlType = { kind: 'INTEGER' };

export function foreignKeyJoin(args: JoinArgs, context: StepContext): PreparedStep {
  let core: ForeignKeyJoin | null = null;
  return {
    build(instance) {
      core ??= new ForeignKeyJoin(args, context, instance);
      const { partition } = instance;
      const join = core;
      return [
        (key, after, _before, timestamp) => {
          if (key !== null) join.left(key, after, timestamp, partition);
        },
        (key, after, _before, timestamp) => {
          if (key !== null) join.right(key, after, timestamp);
        },
      ];
    },
  };
}

/** Left rows are stored with a last slot: the partition they came from. */
class ForeignKeyJoin {
  readonly #args: JoinArgs;
  readonly #instance: InstanceContext;
  readonly #lefts: TableStore;
  readonly #rights: TableStore;
  /** Results that stand though their left row refers to nothing any more. */
  readonly #outlived: TableStore;
  readonly #references: References;
  readonly #foreignKeyOf: (key: Row, row: Row, timestamp: number) => Value;
  readonly #order: KeyOrder;
  readonly #limits: ExecutionLimits;
  readonly #noRight: Row;
  readonly #outputs: Push[] = [];

  constructor(args: JoinArgs, context: StepContext, instance: InstanceContext) {
    assert(args.foreignKey !== null, 'a foreign-key join to have a foreign key');
    this.#args = args;
    this.#instance = instance;
    this.#limits = context.limits;
    const leftTypes = [...args.left.map((field) => field.type), INTEGER];
    const rightTypes = args.right.map((field) => field.type);
    const leftKey = storedKeyTypes(args.leftKey, args.window !== null);
    const rightKey = storedKeyTypes(args.rightKey, false);
    this.#lefts = new TableStore(`${context.step}-left/0`, leftKey, leftTypes);
    this.#rights = new TableStore(`${context.step}-right/0`, rightKey, rightTypes);
    this.#outlived = new TableStore(`${context.step}-outlived/0`, leftKey, [
      ...args.left.map((field) => field.type),
      ...rightTypes,
    ]);
    const extract = compileExpression(args.foreignKey, context.compile);
    this.#foreignKeyOf = (key, row, timestamp) => {
      try {
        return extract(key, row, timestamp);
      } catch (error) {
        context.report(1, `Error calculating left join expression: ${messageOf(error)}`);
        return null;
      }
    };
    this.#order = keyOrder(args.leftKey, args.keyFormat);
    this.#noRight = nulls(args.right);
    instance.open(this.#lefts);
    instance.open(this.#rights);
    instance.open(this.#outlived);
    this.#references = instance.open(
      new References(`${context.step}-references/0`, {
        foreignKey: rightKey[0]!,
        leftKey,
        foreignIdentity: this.#rights.identity,
        leftIdentity: this.#lefts.identity,
      }),
    );
    for (const { key, value, timestamp } of this.#lefts.entries()) {
      this.#refer(this.#foreignKeyOf(key, value!, timestamp), key);
      this.#references.makeRoom();
    }
  }

  left(key: Row, after: Row | null, timestamp: number, partition: number): void {
    const identity = this.#lefts.identity(key);
    const old = this.#lefts.get(identity);
    const oldRow = old?.value ?? null;
    const oldForeign = oldRow === null ? null : this.#foreignKeyOf(key, oldRow, timestamp);
    const before = oldRow === null ? null : this.#result(oldRow, this.#right(oldForeign));
    if (after === null) {
      this.#lefts.delete(identity);
      this.#unrefer(oldForeign, identity);
      const isGone = oldRow !== null && (this.#isLeft || oldForeign !== null);
      if (isGone) this.#emit(partition, identity)(key, null, before, timestamp);
      return;
    }
    const foreign = this.#foreignKeyOf(key, after, timestamp);
    this.#lefts.put(identity, key, [...after, partition], timestamp);
    // Not by ===: the two zeros are two keys.
    if (!Object.is(oldForeign, foreign)) this.#unrefer(oldForeign, identity);
    this.#refer(foreign, key);
    const right = this.#right(foreign);
    const result = foreign === null && !this.#isLeft ? null : this.#result(after, right);
    if (result === null && (foreign === null || oldForeign === null)) {
      if (before !== null) this.#outlived.put(identity, key, before, timestamp);
      return;
    }
    const time = Math.max(timestamp, right?.timestamp ?? timestamp);
    this.#emit(partition, identity)(key, result, before, time);
  }

  right(key: Row, after: Row | null, timestamp: number): void {
    const identity = this.#rights.identity(key);
    const old = this.#rights.get(identity);
    const oldRight = old === undefined ? null : { value: old.value!, timestamp: old.timestamp };
    if (after === null) this.#rights.delete(identity);
    else this.#rights.put(identity, key, after, timestamp);
    const right = after === null ? null : { value: after, timestamp };
    const references = this.#references.of(key[0]!);
    const { joinMatches } = this.#limits;
    if (references !== null && references.size > joinMatches.value)
      throw new TaskFailure(limitText(joinMatches, 'matches of one record', references.size));
    const lefts = references?.values() ?? [];
    for (const leftKey of this.#order(lefts, (item) => item)) {
      const leftIdentity = this.#lefts.identity(leftKey);
      const left = this.#lefts.get(leftIdentity)!;
      const row = left.value!;
      const partition = row[row.length - 1] as number;
      const time = after === null ? timestamp : Math.max(timestamp, left.timestamp);
      const before = this.#result(row, oldRight);
      this.#emit(partition, leftIdentity)(left.key, this.#result(row, right), before, time);
    }
  }

  get #isLeft(): boolean {
    return this.#args.type === 'LEFT';
  }

  /** Emits a result, which replaces one that outlived its foreign key. */
  #emit(partition: number, identity: Identity): Push {
    this.#outputs[partition] ??= this.#instance.emitTo(partition);
    const emit = this.#outputs[partition];
    const outlived = this.#outlived.get(identity)?.value ?? null;
    if (outlived === null) return emit;
    this.#outlived.delete(identity);
    return (key, after, _before, timestamp) => emit(key, after, outlived, timestamp);
  }

  #right(foreign: Value): { readonly value: Row; readonly timestamp: number } | null {
    if (foreign === null) return null;
    const entry = this.#rights.get(this.#rights.identity([foreign]));
    return entry === undefined ? null : { value: entry.value!, timestamp: entry.timestamp };
  }

  /** `left` may carry the partition behind its columns. */
  #result(left: Row, right: { readonly value: Row } | null): Row | null {
    if (right === null && !this.#isLeft) return null;
    const columns = left.slice(0, this.#args.left.length);
    return columns.concat(right?.value ?? this.#noRight);
  }

  #refer(foreign: Value, key: Row): void {
    if (foreign !== null) this.#references.add(foreign, key);
  }

  #unrefer(foreign: Value, left: Identity): void {
    if (foreign !== null) this.#references.remove(foreign, left);
  }
}
