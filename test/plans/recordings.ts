/** All recordings of all versions, by file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Recording } from './recording.ts';

/** Ascending. */
export const versions: readonly string[] = readdirSync(import.meta.dirname)
  .filter((name) => /^\d+\.\d+\.\d+$/.test(name))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

export const recordings: readonly (readonly [file: string, recording: Recording])[] =
  versions.flatMap((version) =>
    readdirSync(join(import.meta.dirname, version))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => {
        const text = readFileSync(join(import.meta.dirname, version, file), 'utf8');
        return [`${version}/${file}`, JSON.parse(text)] as const;
      }),
  );
