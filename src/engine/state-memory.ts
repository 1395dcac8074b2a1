/** The memory and the disk that an engine has for the state of its queries. */
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { getHeapStatistics } from 'node:v8';
import { configuredLimit, type Limit } from '../base/limits.ts';
import {
  stateMemoryHighest,
  stateMemoryMax,
  stateSpillHighest,
  stateSpillMax,
} from '../execution/limits.ts';
import { StateMemory } from '../execution/state/memory.ts';
import { MemorySpillArea, type SpillArea } from '../execution/state/spill-area.ts';

/** Rows and everything that is made of them share the process's memory. */
const SHARE = 1 / 4;

/** Rows that have no room go to `area`; null: to memory, in less of it. Throws `config.invalid-limit`. */
export function stateMemory(
  properties: Readonly<Record<string, string>>,
  area: SpillArea | null,
): StateMemory {
  const system = systemBytes();
  const memory = configuredLimit(
    // Unless a property says otherwise: a share of what the process may use, up to the limit's own value.
    shareOf(Math.min(system, getHeapStatistics().heap_size_limit), stateMemoryMax),
    properties,
    stateMemoryHighest,
  );
  const spill = configuredLimit(
    area === null ? shareOf(system, stateSpillMax) : stateSpillMax,
    properties,
    stateSpillHighest,
  );
  return new StateMemory({ memory, spill }, area ?? new MemorySpillArea());
}

function shareOf(bytes: number, { key, value }: Limit): Limit {
  return { key, value: Math.min(value, Math.floor(bytes * SHARE)) };
}

/** Memory that the process may use; the system's own figure is 0 or beyond reach where nothing constrains it. */
function systemBytes(): number {
  return Math.min(constrainedMemory() || totalmem(), totalmem());
}
