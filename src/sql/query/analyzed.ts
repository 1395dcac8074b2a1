/** What analysis takes and what it gives. */
import type * as ast from '../../../grammar/ast.ts';
import type { TimestampMs } from '../../base/env.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { SourceDef } from '../../catalog/command.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { LogicalPlan, WindowedKey } from '../../plan/logical.ts';
import type { Field } from '../../types/type.ts';
import type { ResultColumn } from '../statements/statement.ts';

export interface QueryContext {
  readonly catalog: Catalog;
  readonly functions: FunctionRegistry;
  /** Server properties overlaid by the session's. */
  readonly properties: Readonly<Record<string, string>>;
  /** The whole text that the spans of the syntax tree index into. */
  readonly text: string;
  /** Partitions of a topic; null if there is no such topic (nothing is checked then). */
  readonly partitions: (topic: string) => number | null;
  /** For constants in pull queries that tell the time or are random. */
  readonly now?: TimestampMs;
  readonly random?: () => number;
}

/** What a persistent query is for: its sink and the words that messages call its statement by. */
export interface PersistentTarget {
  readonly sink: string;
  readonly statement: 'CREATE STREAM AS SELECT' | 'CREATE TABLE AS SELECT' | 'INSERT INTO';
}

interface AnalyzedBase {
  readonly collection: 'stream' | 'table';
  /** Names of the sources read, left to right. */
  readonly sources: readonly string[];
  /** The source that formats, partitions and retention are inherited from. */
  readonly leftmost: SourceDef;
  /**
   * The query with everything written out: columns qualified, stars expanded, every item and source with its alias; what ksqlDB
   * shows and stores (spec: sql-statements.md §1.3).
   */
  readonly resolved: ast.Query;
  /** Texts for the user, such as deprecations. */
  readonly warnings: readonly string[];
}

/** A query inside CREATE … AS or INSERT INTO: `plan` has no sink yet; its rows have exactly the columns `key` and `value`. */
export interface PersistentQuery extends AnalyzedBase {
  readonly kind: 'persistent';
  readonly plan: LogicalPlan;
  readonly key: readonly Field[];
  readonly value: readonly Field[];
  readonly window: WindowedKey | null;
  /** The largest RETENTION of the query's windows, in milliseconds; null without a window. */
  readonly retentionMs: number | null;
}

/** A push query: `plan` has an `emit` root. */
export interface TransientQuery extends AnalyzedBase {
  readonly kind: 'transient';
  readonly plan: LogicalPlan;
  readonly columns: readonly ResultColumn[];
  readonly limit: number | null;
}

/** An item of the SELECT after stars are expanded and names are given. */
export interface SelectColumn {
  readonly name: string;
  readonly expression: ast.Expression;
  /** The name was written with AS. */
  readonly aliased: boolean;
  /** Came from a star. */
  readonly star: boolean;
}
