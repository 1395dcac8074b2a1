/** A real `leat serve` in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from './directory.ts';

/** From source, and as built by `npm run build`, when that was run. */
export const SOURCE: string = fileURLToPath(new URL('../../src/leat.js', import.meta.url));
const BUILT_MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Runs the built command line as the published package does. */
const RUN_BUILT = `
const { enableCompileCache } = await import('node:module');
const { dirname } = await import('node:path');
const { directory } = enableCompileCache();
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(directory);
const { main } = await import(${JSON.stringify(BUILT_MAIN)});
await main(process.argv.slice(2));`;

export type Build = 'source' | 'built';

export function isBuilt(): boolean {
  return existsSync(BUILT_MAIN);
}

export interface ServerProcess {
  readonly url: string;
  readonly pid: number;
  /** Milliseconds from starting the process until it said that it serves. */
  readonly readyMs: number;
  /** When the process was started, as `performance.now` has it. */
  readonly startedAt: number;
  stop(): Promise<void>;
}

/** Starts a server on a free port over a fresh directory, with `name=value` properties; resolves when it serves. */
export async function startServerProcess(
  build: Build,
  properties: readonly string[] = [],
): Promise<ServerProcess> {
  const directory = makeDirectory();
  const entry = build === 'source' ? SOURCE : join(directory, 'run.mjs');
  if (build === 'built') writeFileSync(entry, RUN_BUILT);
  const startedAt = performance.now();
  const settings = properties.flatMap((property) => ['--set', property]);
  const child = spawn(
    process.execPath,
    [entry, 'serve', '--data', directory, '--port', '0', ...settings],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const url = await announcedUrl(child);
  return {
    url,
    pid: child.pid as number,
    readyMs: performance.now() - startedAt,
    startedAt,
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function announcedUrl(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout as NodeJS.ReadableStream) {
    text += String(chunk);
    const url = /http:\/\/\S+/.exec(text)?.[0];
    if (url === undefined) continue;
    child.stdout?.resume();
    return url;
  }
  throw new Error(`the server ended before it served: ${text}`);
}

/** Resident memory of a process in MB (10⁶ bytes); Linux only, elsewhere NaN. */
export function residentMegabytes(pid: number): number {
  if (!existsSync(`/proc/${pid}/status`)) return Number.NaN;
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kibibytes) * 1024) / 1e6;
}

/** Processor time a process has used, in milliseconds. */
export function processorMs(pid: number): number {
  if (!existsSync(`/proc/${pid}/stat`)) return Number.NaN;
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Runs statements over HTTP. */
export async function ksql(url: string, sql: string): Promise<void> {
  const body = JSON.stringify({
    ksql: sql,
    streamsProperties: { 'auto.offset.reset': 'earliest' },
  });
  const response = await fetch(`${url}/ksql`, { method: 'POST', body });
  if (!response.ok) throw new Error(await response.text());
  await response.arrayBuffer();
}

/** The answer to a query over HTTP, as text. */
export async function queryText(url: string, sql: string): Promise<string> {
  const body = JSON.stringify({ sql, properties: { 'auto.offset.reset': 'earliest' } });
  const response = await fetch(`${url}/query-stream`, { method: 'POST', body });
  return response.text();
}
