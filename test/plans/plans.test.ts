import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { programs } from './programs.ts';
import { record } from './record.ts';
import { recordings, versions } from './recordings.ts';
import { replay, resume } from './replay.ts';

describe.each(recordings)('%s', (_name, recording) => {
  test('runs from its first command on, and writes the same bytes', async () => {
    const results = await replay(recording);
    expect(results).toEqual(recording.phases.map(({ outputs, pulls }) => ({ outputs, pulls })));
  });

  test.each([...recording.phases.keys()].slice(1))(
    'goes on in phase %i from what that version left behind',
    async (at) => {
      const { outputs, pulls } = recording.phases[at]!;
      expect(await resume(recording, at)).toEqual({ outputs, pulls });
    },
  );
});

test.each(programs.map((program) => [program.name, program] as const))(
  '%s: what this version stores, it reads',
  async (_name, program) => {
    const recording = await record(program);
    const results = await replay(recording);
    expect(results).toEqual(recording.phases.map(({ outputs, pulls }) => ({ outputs, pulls })));
  },
);

test('every program is recorded: node test/plans/record.ts <version>', () => {
  const missing = programs
    .map(({ name }) => `${versions.at(-1)}/${name}.json`)
    .filter((file) => !existsSync(join(import.meta.dirname, file)));
  expect(missing).toEqual([]);
});
