/** What the figures were measured on. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { withDirectory } from './directory.ts';
import { percentile } from './rounds.ts';

/** One line: processor, cores, memory, Node, and what a flush to the disk takes. */
export async function describeMachine(): Promise<string> {
  const { p50, p99 } = await flushTimes();
  return [
    `${cpus()[0]?.model.trim()} × ${cpus().length}`,
    `${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
    `Node ${process.versions.node}`,
    `fdatasync of 4 KiB p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`,
  ].join(' · ');
}

function flushTimes(): Promise<{ readonly p50: number; readonly p99: number }> {
  return withDirectory(async (directory) => {
    const file = openSync(join(directory, 'flush'), 'w');
    const block = Buffer.alloc(4096);
    const times: number[] = [];
    for (let count = 0; count < 300; count++) {
      const started = performance.now();
      writeSync(file, block);
      fdatasyncSync(file);
      times.push(performance.now() - started);
    }
    closeSync(file);
    return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  });
}
