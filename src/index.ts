/**
 * Leat as a library: an engine in this process, on a thread of its own or inline, or a client of a server.
 *
 * ```ts
 * import { openEngine } from 'leat';
 *
 * await using engine = await openEngine({ directory: 'leat-data' });
 * await engine.execute({ sql: 'SHOW STREAMS;', properties: {}, variables: {} });
 * ```
 */
import { problem } from './base/errors.ts';
import type { Engine } from './engine/api.ts';
import type { EngineConfig } from './engine/config.ts';

export { ProblemError, type Problem } from './base/errors.ts';
export { Client } from './client/client.ts';
export {
  type ConsumedRecord,
  type Engine,
  type ProduceRecord,
  type QueryFrame,
  type QueryHead,
  type QueryStream,
  StatementFailure,
  type StatementReply,
  type StatementRequest,
} from './engine/api.ts';

export type { AggregateDef, CallContext, ScalarDef, TableFunctionDef } from './functions/define.ts';
export { aggregate, scalar, table } from './functions/user/define.ts';
export type { SqlType } from './types/type.ts';
export type { Value } from './types/value.ts';

export interface OpenOptions extends Partial<EngineConfig> {
  /** `thread` (default): processing on a thread of its own; `inline`: on the caller's. */
  readonly mode?: 'thread' | 'inline';
  /** The engine cannot go on: its log's outcome is unknown, or it is at fault. By default thrown where nobody catches it. */
  readonly onFatal?: (error: unknown) => void;
}

/** Opens an engine on `directory`, or in memory without one. Every query goes on where it was. */
export async function openEngine(options: OpenOptions = {}): Promise<Engine> {
  refuseOldNode();
  const config: EngineConfig = {
    directory: options.directory ?? null,
    durability: options.durability ?? (options.directory === undefined ? 'memory' : 'power'),
    properties: options.properties ?? {},
    functionsDirectory: options.functionsDirectory ?? null,
  };
  const onFatal =
    options.onFatal ??
    ((error: unknown) => {
      throw error;
    });
  if (options.mode === 'inline') {
    const { openLocalEngine } = await import('./engine/open.ts');
    return openLocalEngine(config, { onFatal });
  }
  const { ThreadEngine } = await import('./engine/thread/thread-engine.ts');
  return ThreadEngine.open(config, { onFatal });
}

/** The native storage engine kills an older Node with a segmentation fault. */
function refuseOldNode(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  throw problem(
    'engine.node-too-old',
    `leat needs Node 22.18 or later and this is ${process.versions.node}`,
  );
}
