/** The remote registry that the configuration names. */
import type { Timers } from '../../base/env.ts';
import { registryAddress } from './address.ts';
import { RegistryHttp } from './http.ts';
import { RemoteRegistry } from './remote-registry.ts';

/** null where the registry is the engine's own. Nothing is asked yet. Throws `property.invalid`. */
export function remoteRegistryOf(
  properties: Readonly<Record<string, string>>,
  timers: Timers,
): RemoteRegistry | null {
  const address = registryAddress(properties);
  if (address === null) return null;
  const { fetch } = globalThis;
  return new RemoteRegistry(new RegistryHttp({ ...address, timers, fetch }));
}
