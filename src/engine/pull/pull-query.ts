/** A pull query over materialised rows, compiled: its plan as functions, which may be kept and used again. */
import { compilePredicate, compileRow } from '../../execution/codegen/compile.ts';
import type { MaterializedReader, MaterializedRow } from '../../execution/task.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { PullPlan, ResultColumn } from '../../sql/statements/statement.ts';
import type { Row } from '../../types/value.ts';
import { rowTexter } from '../rows/row-text.ts';

export type TablePlan = Extract<PullPlan, { kind: 'table' }>;

export interface PullContext {
  readonly functions: FunctionRegistry;
  readonly properties: Readonly<Record<string, string>>;
  readonly now: () => number;
  readonly random: () => number;
  /** What the table's format makes of a row; null for the row itself. */
  readonly asStored: ((row: Row) => Row) | null;
}

export interface CompiledPull {
  readonly plan: TablePlan;
  readonly columns: readonly ResultColumn[];
  /** The row's part of the result as JSON text; null where it has none. */
  readonly text: (reader: MaterializedReader, row: MaterializedRow) => string | null;
}

export function compilePull(
  plan: TablePlan,
  columns: readonly ResultColumn[],
  context: PullContext,
): CompiledPull {
  const predicate = plan.predicate === null ? null : compilePredicate(plan.predicate, context);
  const project = compileRow(plan.columns, context);
  const text = rowTexter(columns);
  const { asStored } = context;
  const { window } = plan;
  return {
    plan,
    columns,
    text(reader, row) {
      if (window !== null && !reader.isWithin(row.key, window)) return null;
      const visible = reader.visible(row);
      if (visible === null) return null;
      const { key, timestamp } = visible;
      const value = asStored === null ? visible.value : asStored(visible.value);
      if (predicate !== null && !predicate(key, value, timestamp)) return null;
      return text(project(key, value, timestamp));
    },
  };
}

/** Rows looked at where a lookup is done at once. */
const rowsAtOnce = 1_000;

/** The rows of a few keys, in the order of the keys; null where that is more than should be done at once. */
export function lookUp(compiled: CompiledPull, reader: MaterializedReader): string[] | null {
  const { lookups, limit } = compiled.plan;
  if (lookups === null || lookups.length > rowsAtOnce) return null;
  const partitions = reader.partitions();
  const texts: string[] = [];
  let count = 0;
  for (const key of lookups) {
    for (const partition of partitions) {
      for (const row of reader.rows(partition, [key])) {
        if (texts.length === limit) return texts;
        if (++count > rowsAtOnce) return null;
        const text = compiled.text(reader, row);
        if (text !== null) texts.push(text);
      }
    }
  }
  return texts;
}
