/** Runs recordings on this version. */
import { bytesOfPayload } from './payload.ts';
import type { OutputRecord, Phase, PullRecord, Recording } from './recording.ts';
import { dataOf, feed, pull, schemasTopic, Stage } from './stage.ts';

/** What a phase gave this time. */
export interface Replayed {
  readonly outputs: readonly OutputRecord[];
  readonly pulls: readonly PullRecord[];
}

/** From the first command to the last record, starting anew for each phase. */
export async function replay(recording: Recording): Promise<readonly Replayed[]> {
  const stage = new Stage();
  const results: Replayed[] = [];
  for (const phase of recording.phases) results.push(await replayPhase(stage, phase));
  return results;
}

/** One phase, on the data directory that the recorded version left behind: its topics, positions and state. */
export async function resume(recording: Recording, at: number): Promise<Replayed> {
  const stage = new Stage();
  for (const phase of recording.phases.slice(0, at)) {
    await prepare(stage, phase);
    for (const record of [...phase.inputs, ...phase.outputs])
      await stage.append(record.topic, [dataOf(record)]);
  }
  await stage.restore(recording.phases[at - 1]?.state ?? []);
  return replayPhase(stage, recording.phases[at] as Phase);
}

async function replayPhase(stage: Stage, phase: Phase): Promise<Replayed> {
  await prepare(stage, phase);
  stage.mark();
  const engine = await stage.start();
  await feed(engine, phase.inputs);
  const pulls: PullRecord[] = [];
  for (const { sql } of phase.pulls) pulls.push(await pull(engine, sql));
  await engine[Symbol.asyncDispose]();
  const topics = new Set(phase.outputs.map(({ topic }) => topic));
  return { outputs: await stage.outputs([...topics]), pulls };
}

/** Makes the phase's topics and writes its commands and schemas. */
async function prepare(stage: Stage, phase: Phase): Promise<void> {
  for (const topic of phase.topics) await stage.log.createTopic(topic);
  for (const [key, value] of phase.schemas) {
    const record = {
      key: bytesOfPayload(key),
      value: bytesOfPayload(value),
      timestamp: 0,
      headers: [],
    };
    await stage.append(schemasTopic, [record]);
  }
  for (const command of phase.commands) await stage.command(JSON.stringify(command));
}
