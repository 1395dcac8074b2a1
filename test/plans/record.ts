/**
 * Records what this version makes of the programs: `node test/plans/record.ts <version>`. A recording that is there stays as it
 * is: what a version wrote does not change afterwards.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit } from 'node:process';
import { encodeCommand } from '../../src/catalog/codec.ts';
import type { LocalEngine } from '../../src/engine/local-engine.ts';
import { payloadOf } from './payload.ts';
import { printJson } from './print-json.ts';
import type { Program, ProgramPhase } from './program.ts';
import { programs } from './programs.ts';
import type { Phase, Recording } from './recording.ts';
import { commandTopic, feed, pull, schemasTopic, shown, Stage, textOfValue } from './stage.ts';

/** Runs a program, a server's life for each of its phases. */
export async function record(program: Program): Promise<Recording> {
  const stage = new Stage();
  const phases: Phase[] = [];
  for (const phase of program.phases) {
    stage.mark();
    phases.push(await recordPhase(stage, phase, program.properties ?? {}));
  }
  return { about: program.about, phases };
}

async function recordPhase(
  stage: Stage,
  phase: ProgramPhase,
  properties: Readonly<Record<string, string>>,
): Promise<Phase> {
  const before = new Set(stage.log.topics().map(({ name }) => name));
  for (const command of phase.commands ?? []) await stage.command(encodeCommand(command));
  const engine = await stage.start(properties);
  const sql = phase.sql ?? [];
  const session = { 'auto.offset.reset': 'earliest', ...phase.session };
  for (const text of sql) await engine.execute({ sql: text, properties: session, variables: {} });
  const inserts = phase.inserts ?? [];
  for (const text of inserts) await engine.execute({ sql: text, properties: {}, variables: {} });
  await feed(engine, phase.records ?? []);
  const pulls = [];
  for (const text of phase.pulls ?? []) pulls.push(await pull(engine, text));
  const written = writtenBy(engine);
  await engine[Symbol.asyncDispose]();
  const topics = stage.log.topics().filter(({ name }) => !before.has(name));
  const given = stage.log
    .topics()
    .map(({ name }) => name)
    .filter((name) => ![commandTopic, schemasTopic, ...written].includes(name));
  const inputs = (await Promise.all(given.map((topic) => stage.appended(topic)))).flat();
  const commands = (await stage.appended(commandTopic)).map(textOfValue);
  for (const text of commands)
    if (JSON.stringify(JSON.parse(text)) !== text) throw new Error(`not kept as it is: ${text}`);
  return {
    sql: [...sql, ...inserts],
    topics,
    commands: commands.map((text) => JSON.parse(text)),
    schemas: (await stage.appended(schemasTopic)).map(({ key, value }) => [
      payloadOf(key),
      payloadOf(value),
    ]),
    inputs: inputs.sort((a, b) => a.time - b.time).map(shown),
    outputs: await stage.outputs(written),
    pulls,
    state: await stage.state(),
  };
}

/** Topics that queries write to. */
function writtenBy({ catalog }: LocalEngine): readonly string[] {
  const sinks = [...catalog.queries.values()].map(({ sink }) => sink);
  const topics = sinks.flatMap((sink) => catalog.sources.get(sink ?? '')?.topic ?? []);
  return [...new Set(topics)];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

if (argv[1] === import.meta.filename) {
  const version = argv[2];
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version))
    throw new Error('Say which version this is: node test/plans/record.ts 0.1.0');
  let exitCode = 0;
  const directory = join(import.meta.dirname, version);
  mkdirSync(directory, { recursive: true });
  for (const program of programs) {
    const path = join(directory, `${program.name}.json`);
    if (existsSync(path)) continue;
    try {
      writeFileSync(path, printJson(await record(program)));
    } catch (error) {
      console.error(`${program.name} could not be recorded: ${messageOf(error)}`);
      exitCode = 1;
    }
  }
  exit(exitCode);
}
