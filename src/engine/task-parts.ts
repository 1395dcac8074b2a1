/** What every task of an engine is made with, whoever runs it: a persistent query, readers, subscribers. */
import type { Env } from '../base/env.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { ExecutionLimits } from '../execution/limits.ts';
import type { StateMemory } from '../execution/state/memory.ts';
import type { SchemaResolver } from '../formats/schema.ts';
import type { FunctionRegistry } from '../functions/define.ts';
import type { Log } from '../log/log.ts';
import type { ProcessingLog } from './processing-log/processing-log.ts';
import type { SchemaGate } from './schemas/schema-gate.ts';
import type { Ticker } from './tick/tick.ts';

export interface TaskParts {
  readonly log: Log;
  readonly env: Env;
  readonly functions: FunctionRegistry;
  readonly schemas: SchemaResolver;
  /** null where every schema is at hand. */
  readonly gate: (catalog: Catalog) => SchemaGate | null;
  readonly ticker: Ticker;
  readonly limits: ExecutionLimits;
  readonly memory: StateMemory;
  /** null where none is kept. */
  readonly processingLog: ProcessingLog | null;
}
