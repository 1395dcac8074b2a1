/** A pull query over materialised rows: runs between two ticks, so it sees one committed state. */
import { problem } from '../base/errors.ts';
import { compilePredicate, compileRow } from '../execution/codegen/compile.ts';
import type { MaterializedRow, Task } from '../execution/task.ts';
import type { FunctionRegistry } from '../functions/define.ts';
import type { Row } from '../types/value.ts';
import type { PullPlan, ResultColumn } from '../sql/statements/statement.ts';
import { pullResultRowsMax, pullScannedRowsMax } from './limits.ts';
import { rowTexter } from './row-text.ts';

export interface PullContext {
  readonly functions: FunctionRegistry;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly random: () => number;
  /** What the table's format makes of a row; null for the row itself. */
  readonly asStored: ((row: Row) => Row) | null;
}

/** Rows as JSON texts, in order of partition, then key. */
export function runPull(
  plan: Extract<PullPlan, { kind: 'table' }>,
  columns: readonly ResultColumn[],
  task: Task,
  context: PullContext,
): string[] {
  const predicate = plan.predicate === null ? null : compilePredicate(plan.predicate, context);
  const project = compileRow(plan.columns, context);
  const text = rowTexter(columns);
  const rows: string[] = [];
  let scanned = 0;
  for (const row of candidates(plan, task)) {
    if (plan.limit !== null && rows.length >= plan.limit) break;
    if (++scanned > pullScannedRowsMax) throw tooMuch('scans', pullScannedRowsMax);
    const { key, timestamp } = row;
    const value = context.asStored === null ? row.value : context.asStored(row.value);
    if (predicate !== null && !predicate(key, value, timestamp)) continue;
    rows.push(text(project(key, value, timestamp)));
    if (rows.length > pullResultRowsMax) throw tooMuch('returns', pullResultRowsMax);
  }
  return rows;
}

function* candidates(
  plan: Extract<PullPlan, { kind: 'table' }>,
  task: Task,
): Iterable<MaterializedRow> {
  if (plan.lookups === null) {
    yield* task.scan(plan.window);
    return;
  }
  for (const key of plan.lookups) yield* task.lookup(key, plan.window);
}

function tooMuch(what: string, limit: number): Error {
  return problem('pull.result-too-large', `pull query ${what} more than ${limit} rows`, {
    hint: 'Narrow it by its key or window, or add a LIMIT.',
  });
}
