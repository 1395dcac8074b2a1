/** The process as the operating system sees it. */
import { readdirSync } from 'node:fs';
import { type Samples, series } from '../../base/samples.ts';
import { version } from '../version.ts';

export function writeProcess(into: Samples): void {
  into[series('build_info', { version, node: process.versions.node })] = 1;
  into['process_start_time_seconds'] = Math.round(Date.now() / 1000 - process.uptime());
  into['process_resident_memory_bytes'] = process.memoryUsage.rss();
  const { user, system } = process.cpuUsage();
  into['process_cpu_seconds_total'] = (user + system) / 1e6;
  const descriptors = openDescriptors();
  if (descriptors !== null) into['process_open_fds'] = descriptors;
}

function openDescriptors(): number | null {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return null;
  }
}
