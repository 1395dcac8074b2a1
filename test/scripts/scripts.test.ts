/** Every script of cases/ in every mode. `UPDATE=1 npx vitest run --project fast test/scripts` rewrites the expected output. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScript, scriptModes } from './run-script.ts';
import { formatScriptFile, parseScriptFile } from './script-file.ts';

const directory = join(import.meta.dirname, 'cases');
const isUpdate = process.env['UPDATE'] === '1';

describe.each(readdirSync(directory).sort())('%s', (file) => {
  const path = join(directory, file);

  test.each(scriptModes.map((mode, at) => ({ ...mode, writes: isUpdate && at === 0 })))(
    '$name',
    async (mode) => {
      const text = readFileSync(path, 'utf8');
      const blocks = parseScriptFile(text);
      const actual = formatScriptFile(blocks, await runScript(blocks, mode));
      if (mode.writes) writeFileSync(path, actual);
      else expect(actual).toBe(text);
    },
  );
});
