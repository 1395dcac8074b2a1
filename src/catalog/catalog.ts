/** The catalog: an immutable value folded from the command topic by `applyCommand` (apply.ts). */
import type { Offset } from '../log/log.ts';
import type { SqlType } from '../types/type.ts';
import type { QueryDef, SourceDef } from './command.ts';

export interface Catalog {
  /** Offset the next command will get; numbers new query ids. */
  readonly version: Offset;
  /** By name, in order of creation. */
  readonly sources: ReadonlyMap<string, SourceDef>;
  readonly queries: ReadonlyMap<string, QueryDef>;
  readonly types: ReadonlyMap<string, SqlType>;
  readonly properties: ReadonlyMap<string, string>;
  readonly connectors: ReadonlyMap<string, unknown>;
}
