/** `leat test`: SQL test scripts, in files or directories of them. Exit status 1 if any test failed or none was found. */
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { problem } from '../base/errors.ts';
import { exitCodes } from './exit.ts';
import { readScriptFile, type ScriptTest } from './script-test/script-file.ts';
import { runScriptTest } from './script-test/test-run.ts';

/** `functions`: a directory of user functions that the scripts may call. */
export async function testFiles(
  paths: readonly string[],
  functions: string | null = null,
): Promise<number> {
  const tests = paths.flatMap(filesIn).flatMap((file) => readScriptFile(file));
  let failed = 0;
  for (const test of tests) if (!(await runOne(test, functions))) failed++;
  process.stdout.write(`\n${tests.length - failed} passed, ${failed} failed\n`);
  if (tests.length === 0)
    process.stderr.write('no tests found: a test begins with --@test: <name>\n');
  return failed > 0 || tests.length === 0 ? exitCodes.failed : exitCodes.clean;
}

async function runOne(test: ScriptTest, functions: string | null): Promise<boolean> {
  process.stdout.write(`\n${test.name}\n`);
  const { failure } = await runScriptTest(test, functions);
  if (failure === null) process.stdout.write('>>> Test passed!\n');
  else
    process.stdout.write(
      `>>>>> Test failed: ${failure.message}\nfile://${resolve(test.file)}:${failure.line}\n`,
    );
  return failure === null;
}

/** The path itself, or every `.sql` file below it. */
function filesIn(path: string): string[] {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(path).isDirectory();
  } catch (error) {
    throw problem('script.unreadable', `Could not read ${path}`, { cause: error });
  }
  if (!isDirectory) return [path];
  return readdirSync(path, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => join(path, file));
}
