/** Engines that are wrong on purpose. Each says which check must notice; `mutation.ts` sees to it. */

export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  readonly caughtBy: 'cases' | 'restarts' | 'simulation';
}

const aggregates = 'src/execution/aggregate';
const joins = 'src/execution/join';
const operators = 'src/execution/operators';

export const mutants: readonly Mutant[] = [
  {
    name: 'acknowledged though the commit failed',
    file: 'src/engine/tick/produce-queue.ts',
    find: 'for (const { request } of this.requests) request.reject(error);',
    replace:
      'for (const { request } of this.requests) request.resolve(request.records.map(() => ({ partition: 0, offset: 0 })));',
    caughtBy: 'simulation',
  },
  {
    name: 'positions outside the commit',
    file: 'src/execution/query-task.ts',
    find: 'return { appends, offsets, state };',
    replace: 'return { appends, offsets: [], state };',
    caughtBy: 'restarts',
  },
  {
    name: 'state outside the commit',
    file: 'src/execution/query-task.ts',
    find: 'return { appends, offsets, state };',
    replace: 'return { appends, offsets, state: [] };',
    caughtBy: 'restarts',
  },
  {
    name: 'positions outside the commit, under crashes',
    file: 'src/execution/query-task.ts',
    find: 'return { appends, offsets, state };',
    replace: 'return { appends, offsets: [], state };',
    caughtBy: 'simulation',
  },
  {
    name: 'resumes one record too early',
    file: 'src/execution/query-task.ts',
    find: 'positions.get(`${topic}/${partition}`) ?? options.start({ topic, partition });',
    replace:
      'Math.max(0, (positions.get(`${topic}/${partition}`) ?? options.start({ topic, partition })) - 1);',
    caughtBy: 'restarts',
  },
  {
    name: 'resumes one record too late',
    file: 'src/execution/query-task.ts',
    find: 'positions.get(`${topic}/${partition}`) ?? options.start({ topic, partition });',
    replace:
      'positions.has(`${topic}/${partition}`) ? positions.get(`${topic}/${partition}`)! + 1 : options.start({ topic, partition });',
    caughtBy: 'simulation',
  },
  {
    name: 'hopping windows share state',
    file: `${aggregates}/windowed.ts`,
    find: 'store.get(start, identity);',
    replace: 'store.get(Math.floor(start / sizeMs) * sizeMs, identity);',
    caughtBy: 'cases',
  },
  {
    name: 'a window takes rows at the very end of its grace',
    file: `${aggregates}/windowed.ts`,
    find: 'if (start + sizeMs > observed - graceMs)',
    replace: 'if (start + sizeMs >= observed - graceMs)',
    caughtBy: 'cases',
  },
  {
    name: 'EMIT FINAL emits windows again',
    file: `${aggregates}/windowed.ts`,
    find: 'store.windows(emitted + 1, last)',
    replace: 'store.windows(0, last)',
    caughtBy: 'cases',
  },
  {
    name: 'sessions do not meet at exactly the gap',
    file: `${aggregates}/session.ts`,
    find: 'store.find(identity, timestamp - gapMs, timestamp + gapMs)',
    replace: 'store.find(identity, timestamp - gapMs + 1, timestamp + gapMs - 1)',
    caughtBy: 'cases',
  },
  {
    name: 'a group keeps what a table row no longer is',
    file: `${aggregates}/plain.ts`,
    find: 'if (before !== null) functions.undo(current, before);',
    replace: '',
    caughtBy: 'cases',
  },
  {
    name: "an aggregate's timestamp goes back",
    file: `${aggregates}/plain.ts`,
    find: 'if (timestamp > entry.timestamp) entry.timestamp = timestamp;',
    replace: 'entry.timestamp = timestamp;',
    caughtBy: 'cases',
  },
  {
    name: 'the new group is told before the old one',
    file: `${operators}/group.ts`,
    find: 'if (oldKey !== null) emit(oldKey, null, oldRow, timestamp);\n    if (newKey !== null) emit(newKey, newRow, null, timestamp);',
    replace:
      'if (newKey !== null) emit(newKey, newRow, null, timestamp);\n    if (oldKey !== null) emit(oldKey, null, oldRow, timestamp);',
    caughtBy: 'cases',
  },
  {
    name: 'no tombstone where a row stops matching',
    file: `${operators}/filter.ts`,
    find: 'else if (matched !== null || !args.exact)',
    replace: 'else if (!args.exact)',
    caughtBy: 'cases',
  },
  {
    name: 'deleted rows stay in the view',
    file: `${operators}/materialize.ts`,
    find: 'else store.delete(identity);',
    replace: '',
    caughtBy: 'cases',
  },
  {
    name: 'a stream-table LEFT join drops rows without partner',
    file: `${joins}/stream-table.ts`,
    find: "args.type === 'LEFT' ? nulls(args.right) : null",
    replace: "args.type === 'FULL' ? nulls(args.right) : null",
    caughtBy: 'cases',
  },
  {
    name: 'WITHIN before and after are swapped',
    file: `${joins}/stream-stream.ts`,
    find: 'backMs: isLeft ? beforeMs : afterMs,\n      forthMs: isLeft ? afterMs : beforeMs,',
    replace: 'backMs: isLeft ? afterMs : beforeMs,\n      forthMs: isLeft ? beforeMs : afterMs,',
    caughtBy: 'cases',
  },
  {
    name: 'a join forgets rows too early',
    file: `${joins}/stream-stream.ts`,
    find: 'own.buffer.expire(own.observed - shared.retentionMs);',
    replace: 'own.buffer.expire(own.observed - shared.retentionMs + 500);',
    caughtBy: 'cases',
  },
  {
    name: "a table-table join's timestamp is that of the last change",
    file: `${joins}/table-table.ts`,
    find: 'Math.max(timestamp, partner?.timestamp ?? timestamp)',
    replace: 'timestamp',
    caughtBy: 'cases',
  },
  {
    name: 'a RIGHT table join pads nothing',
    file: `${joins}/table-table.ts`,
    find: "args.type === 'RIGHT' || args.type === 'FULL'",
    replace: "args.type === 'FULL'",
    caughtBy: 'cases',
  },
  {
    name: 'a changed foreign key still refers to its old row',
    file: `${joins}/foreign-key.ts`,
    find: 'if (oldForeign !== foreign) this.#unrefer(oldForeign, identity);',
    replace: '',
    caughtBy: 'cases',
  },
  {
    name: 'BIGINT does not wrap',
    file: 'src/execution/codegen/arithmetic.ts',
    find: 'return `BigInt.asIntN(64,${a}${e.op}${b})`;',
    replace: 'return `(${a}${e.op}${b})`;',
    caughtBy: 'cases',
  },
  {
    name: '<> is true of NULL',
    file: 'src/execution/codegen/comparison.ts',
    find: "text: emitter.local(and(test('!=')))",
    replace:
      "text: emitter.local(`(${nulls.map((one) => `${one}===null`).concat(test('!=')).join('||')})`)",
    caughtBy: 'cases',
  },
  {
    name: 'AVG counts NULLs',
    file: 'src/functions/aggregate/avg.ts',
    find: 'if (value === null) return accumulator;\n      const [sum, count] = listOf(accumulator);\n      return [add(',
    replace:
      'const [sum, count] = listOf(accumulator);\n      if (value === null) return [sum!, (count as bigint) + 1n];\n      return [add(',
    caughtBy: 'cases',
  },
  {
    name: 'keys are hashed with another seed',
    file: 'src/base/hash.ts',
    find: '0x9747b28c ^ length',
    replace: '0x9747b28d ^ length',
    caughtBy: 'cases',
  },
  {
    name: 'inputs are merged one after the other',
    file: 'src/execution/merge.ts',
    find: 'a.time - b.time || a.input - b.input ||',
    replace: 'a.input - b.input || a.time - b.time ||',
    caughtBy: 'cases',
  },
  {
    name: 'a backlog is not merged by time',
    file: 'src/execution/query-task.ts',
    find: 'inputs.length > 1 ||',
    replace: 'inputs.length > 99 ||',
    caughtBy: 'cases',
  },
];
