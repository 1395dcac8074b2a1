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
import type { SpillArea } from '../execution/state/spill-area.ts';

/** Rows and everything that is made of them share the process's memory. */
const SHARE = 1 / 4;

/** Throws `config.invalid-limit`. */
export function stateMemory(
  properties: Readonly<Record<string, string>>,
  area: SpillArea,
): StateMemory {
  const memory = configuredLimit(memoryLimit(), properties, stateMemoryHighest);
  const spill = configuredLimit(stateSpillMax, properties, stateSpillHighest);
  return new StateMemory({ memory, spill }, area);
}

/** Unless a property says otherwise: a quarter of what the process may use, up to the limit's own value. */
function memoryLimit(): Limit {
  const { key, value } = stateMemoryMax;
  // The system's is 0 or beyond reach where nothing constrains the process.
  const system = Math.min(constrainedMemory() || totalmem(), totalmem());
  const usable = Math.min(system, getHeapStatistics().heap_size_limit);
  return { key, value: Math.min(value, Math.floor(usable * SHARE)) };
}
