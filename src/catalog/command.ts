/** Commands of the command topic: everything the catalog is made of. JSON on disk; a kind keeps its meaning for ever. */
import type { Json } from '../base/env.ts';
import type { FormatSpec } from '../formats/format.ts';
import type { Offset, TopicSpec } from '../log/log.ts';
import type { WindowedKey } from '../plan/logical.ts';
import type { PhysicalPlan } from '../plan/physical.ts';
import type { Schema, SqlType } from '../types/type.ts';

export interface SourceDef {
  readonly name: string;
  readonly collection: 'stream' | 'table';
  readonly schema: Schema;
  readonly topic: string;
  readonly keyFormat: FormatSpec;
  readonly valueFormat: FormatSpec;
  readonly window: WindowedKey | null;
  /** Column that gives ROWTIME, with its pattern when it is text. */
  readonly timestamp: { readonly column: string; readonly format: string | null } | null;
  /** CREATE SOURCE: read-only. */
  readonly isSource: boolean;
  /** The statement that made it. */
  readonly sql: string;
  /** Id of the query that fills it since its creation (CSAS, CTAS; CST_ for materialised source tables). */
  readonly query: string | null;
  /** CSAS and CTAS: names of the sources that the creating SELECT reads; they cannot be dropped before this one. */
  readonly derivedFrom?: readonly string[];
}

export interface QueryDef {
  readonly id: string;
  readonly sql: string;
  /** Name of the source written to; null for CST_ queries, which only materialise. */
  readonly sink: string | null;
  /** Names of the sources read. */
  readonly sources: readonly string[];
  readonly plan: PhysicalPlan;
  /** Properties in force when it was created, e.g. `auto.offset.reset`. */
  readonly properties: Readonly<Record<string, string>>;
  /** Per topic read: where each partition ended when the query was created: the backlog, which is merged by timestamp. */
  readonly backlog: Readonly<Record<string, readonly Offset[]>>;
  readonly state: 'RUNNING' | 'PAUSED';
  /** What RANDOM() and UUID() derive from; absent in commands written before there was one. */
  readonly seed?: number;
  /** When it was created: what clock functions tell for its backlog; absent in commands written before there was one. */
  readonly createdMs?: number;
  /** Aggregations: columns read, in the order of the query; upgrades must not change them (spec: semantics.md §11). */
  readonly requiredColumns?: readonly string[];
}

export type Command =
  /** Defines a source, with the query that fills it; `replaces` is CREATE OR REPLACE or ALTER of an existing one. */
  | {
      readonly kind: 'define-source';
      readonly source: SourceDef;
      readonly query: QueryDef | null;
      readonly topic: TopicSpec | null;
      readonly replaces: boolean;
    }
  /** Also stops the query that the source was created with. */
  | { readonly kind: 'drop-source'; readonly name: string; readonly deleteTopic: boolean }
  | { readonly kind: 'define-type'; readonly name: string; readonly type: SqlType }
  | { readonly kind: 'drop-type'; readonly name: string }
  /** INSERT INTO … SELECT. */
  | { readonly kind: 'start-query'; readonly query: QueryDef }
  | { readonly kind: 'stop-query'; readonly ids: readonly string[] }
  | { readonly kind: 'pause-query'; readonly ids: readonly string[] }
  | { readonly kind: 'resume-query'; readonly ids: readonly string[] }
  | { readonly kind: 'set-property'; readonly name: string; readonly value: string | null }
  | { readonly kind: 'set-connector'; readonly name: string; readonly config: Json | null };
