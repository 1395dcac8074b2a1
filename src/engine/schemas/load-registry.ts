/** What the engine knows of schemas when it starts: its own registry, or what was seen of the remote one. */
import type { Env } from '../../base/env.ts';
import type { Log, TopicSpec } from '../../log/log.ts';
import { RegistryMirror } from '../../registry/remote/mirror.ts';
import { remoteRegistryOf } from '../../registry/remote/open.ts';
import { loadSchemas, schemasTopic, seenSchemasTopic } from '../../registry/schemas-topic.ts';
import type { SchemaStore } from '../../registry/store.ts';
import { serviceId } from '../config.ts';

export interface LoadedRegistry {
  readonly store: SchemaStore;
  /** Where the store's records are. */
  readonly topic: TopicSpec;
  /** Of the remote registry, over `store`; null: the registry is the engine's own. */
  readonly mirror: RegistryMirror | null;
}

/** The remote registry is not asked anything yet. Throws `property.invalid`. */
export async function loadRegistry(
  log: Log,
  properties: Readonly<Record<string, string>>,
  { timers }: Env,
): Promise<LoadedRegistry> {
  const remote = remoteRegistryOf(properties, timers);
  const topic = remote === null ? schemasTopic : seenSchemasTopic(serviceId(properties));
  const store = await loadSchemas(log, topic);
  return { store, topic, mirror: remote === null ? null : new RegistryMirror(remote, store) };
}
