/** Runs the blocks of a script against an engine, in one of several modes that must all give the same text. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderProblem } from '../../grammar/messages.ts';
import { type Engine, StatementFailure } from '../../src/engine/api.ts';
import { openLocalEngine } from '../../src/engine/open.ts';
import { systemEnv } from '../../src/engine/system-env.ts';
import { ThreadEngine } from '../../src/engine/thread/thread-engine.ts';
import '../engine/thread-cache.ts';
import { replyText } from './entity-text.ts';
import { formatRecord, type KeyWindow, parseRecord } from './records.ts';
import type { ScriptBlock, ScriptCommand } from './script-file.ts';

export interface ScriptMode {
  readonly name: string;
  readonly log: 'memory' | 'durable';
  readonly engine: 'inline' | 'threaded';
  /** Records go one by one, each with all that follows from it before the next; or all that stand together in one request. */
  readonly produce: 'each' | 'together';
  /** Close the engine and open it on the same directory between any two commands. */
  readonly restarts: boolean;
}

/** The first is the one that writes expectations. */
export const scriptModes: readonly ScriptMode[] = [
  { name: 'memory', log: 'memory', engine: 'inline', produce: 'each', restarts: false },
  {
    name: 'memory, settled at the end',
    log: 'memory',
    engine: 'inline',
    produce: 'together',
    restarts: false,
  },
  {
    name: 'durable, restarted between commands',
    log: 'durable',
    engine: 'inline',
    produce: 'each',
    restarts: true,
  },
  {
    name: 'durable, threaded',
    log: 'durable',
    engine: 'threaded',
    produce: 'together',
    restarts: false,
  },
];

const fetchBytes = 16 * 1024 * 1024;
const hour = 3_600_000;

/** The output of each block. */
export async function runScript(
  blocks: readonly ScriptBlock[],
  mode: ScriptMode,
): Promise<readonly string[]> {
  const run = new ScriptRun(mode);
  try {
    await run.open();
    const outputs: string[] = [];
    for (const block of blocks) outputs.push(await run.block(block));
    return outputs;
  } finally {
    await run.close();
  }
}

class ScriptRun {
  readonly #mode: ScriptMode;
  readonly #directory: string | null;
  readonly #properties: Record<string, string> = {};
  readonly #variables: Record<string, string> = {};
  /** Next offset to print, by topic and partition. */
  readonly #printed = new Map<string, number>();
  #engine: Engine | null = null;

  constructor(mode: ScriptMode) {
    this.#mode = mode;
    this.#directory = mode.log === 'memory' ? null : mkdtempSync(join(tmpdir(), 'leat-script-'));
  }

  async open(): Promise<void> {
    const { log, engine } = this.#mode;
    const durability = log === 'memory' ? 'memory' : 'process';
    // Nothing happens because time passes: records of 1970 would not be kept.
    const config = {
      directory: this.#directory,
      durability,
      // On disk, next to no state is in memory.
      properties: log === 'memory' ? {} : { 'leat.limit.state.memory': '1' },
      timers: false,
    } as const;
    const onFatal = (error: unknown) => {
      throw error;
    };
    this.#engine =
      engine === 'threaded'
        ? await ThreadEngine.open(config, { onFatal })
        : // A clock that stands still: what depends on it shows.
          await openLocalEngine(config, {
            env: { ...systemEnv(), clock: { now: () => 500_000 * hour } },
          });
  }

  async close(): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]();
    if (this.#directory !== null) rmSync(this.#directory, { recursive: true });
  }

  async block({ commands }: ScriptBlock): Promise<string> {
    const lines: string[] = [];
    for (const command of commands) {
      if (this.#mode.restarts) await this.#restart();
      lines.push(...(await this.#command(command)));
    }
    // A blank line would end the output.
    return lines
      .flatMap((line) => line.split('\n'))
      .filter((line) => line.trim() !== '')
      .join('\n');
  }

  get #open(): Engine {
    if (this.#engine === null) throw new Error('the engine is not open');
    return this.#engine;
  }

  async #restart(): Promise<void> {
    if (this.#mode.log === 'memory') return;
    await this.#open.settle();
    await this.#open[Symbol.asyncDispose]();
    this.#engine = null;
    await this.open();
  }

  async #command(command: ScriptCommand): Promise<readonly string[]> {
    if (command.kind === 'sql') return this.#sql(command.text);
    const [topic = '', window = 'none'] = command.args;
    switch (command.name) {
      case 'produce':
        await this.#produce(topic, command.lines);
        return [];
      case 'print':
        return this.#print(topic, window as KeyWindow);
      case 'restart':
        await this.#restart();
        return [];
      case 'failures':
        return (await this.#open.settle()).map(({ queryId, message }) => `${queryId}: ${message}`);
      default:
        throw new Error(`unknown command ${command.name}`);
    }
  }

  async #produce(topic: string, lines: readonly string[]): Promise<void> {
    const records = lines.map((line) => parseRecord(topic, line));
    if (this.#mode.produce === 'together') await this.#open.produce(records);
    else {
      for (const record of records) {
        await this.#open.produce([record]);
        await this.#open.settle();
      }
    }
  }

  async #sql(text: string): Promise<readonly string[]> {
    const isQuery = /^(SELECT|PRINT)\b/.test(text);
    // Statements on what runs are about what has been processed; definitions need not wait for it.
    if (!/^(CREATE|INSERT)\b/.test(text) || this.#mode.produce === 'each')
      await this.#open.settle();
    const request = { sql: text, properties: this.#properties, variables: this.#variables };
    try {
      return isQuery ? await this.#query(request) : await this.#statements(request);
    } catch (error) {
      if (!(error instanceof StatementFailure)) throw error;
      return [`refused [${error.data.problem.code}] ${renderProblem(text, error.data.problem)}`];
    }
  }

  async #statements(request: Parameters<Engine['execute']>[0]): Promise<readonly string[]> {
    const replies = await this.#open.execute(request);
    for (const { session } of replies) {
      merge(this.#properties, session?.properties ?? {});
      merge(this.#variables, session?.variables ?? {});
    }
    return replies.flatMap(replyText);
  }

  async #query(request: Parameters<Engine['query']>[0]): Promise<readonly string[]> {
    const stream = await this.#open.query(request);
    const lines = [stream.head.columns.map(({ name }) => name).join(', ')];
    for await (const { rows, tombstones } of stream) {
      lines.push(
        ...rows.map((row, at) => `${row}${tombstones?.includes(at) === true ? ' tombstone' : ''}`),
      );
    }
    return stream.end() === 'limit' ? [...lines, '(limit)'] : lines;
  }

  /** What the topic has received since it was last printed, partition by partition. */
  async #print(topic: string, window: KeyWindow): Promise<readonly string[]> {
    await this.#open.settle();
    const spec = (await this.#open.topics()).find(({ name }) => name === topic);
    if (spec === undefined) {
      for (const at of this.#printed.keys())
        if (at.startsWith(`${topic}/`)) this.#printed.delete(at);
      return [`no topic ${topic}`];
    }
    const lines: string[] = [];
    for (let partition = 0; partition < spec.partitions; partition++) {
      const at = `${topic}/${partition}`;
      const records = await this.#open.fetch(
        topic,
        partition,
        this.#printed.get(at) ?? 0,
        fetchBytes,
      );
      const last = records.at(-1);
      if (last !== undefined) this.#printed.set(at, last.offset + 1);
      lines.push(
        ...records.map((record) =>
          formatRecord(record, { window, showPartition: spec.partitions > 1 }),
        ),
      );
    }
    return lines;
  }
}

function merge(
  into: Record<string, string>,
  changes: Readonly<Record<string, string | null>>,
): void {
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete into[name];
    else into[name] = value;
  }
}
