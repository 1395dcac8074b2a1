/** What statements see of the engine that carries them out. */
import type { Catalog } from '../../catalog/catalog.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import type { EngineParts } from '../config.ts';
import { type Runtime, runtimeView } from './runtime-view.ts';
import type { HostContext } from './statement-runner.ts';

export interface Hosted extends Runtime {
  readonly functions: FunctionRegistry;
  readonly catalog: Catalog;
}

/** As of now. */
export function hostContext(
  { env, topicDefaults }: Pick<EngineParts, 'env' | 'topicDefaults'>,
  hosted: Hosted,
): HostContext {
  const { functions, catalog, properties } = hosted;
  return {
    functions,
    runtime: runtimeView(hosted),
    properties: { ...properties, ...Object.fromEntries(catalog.properties) },
    now: env.clock.now(),
    random: () => env.random.next(),
    nextQueryNumber: catalog.version,
    ...(topicDefaults === undefined ? {} : { topicDefaults }),
  };
}
