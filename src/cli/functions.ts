/** `leat functions check`: loads the functions of a directory as the engine would and runs their examples. Exit status 1 if one fails. */
import { relative } from 'node:path';
import { cwd } from 'node:process';
import { systemEnv } from '../engine/system-env.ts';
import { loadUserFunctions } from '../engine/statements/user-functions.ts';
import type { FunctionDef } from '../functions/define.ts';
import { createRegistry } from '../functions/registry.ts';
import { formatParameters, formatParameterType, parseSignature } from '../functions/signature.ts';
import { builtinFunctions } from '../functions/table.ts';
import { type ExampleContext, runExample } from '../sql/examples/run-example.ts';
import { exitCodes } from './exit.ts';

export async function checkFunctions(
  directory: string,
  properties: Readonly<Record<string, string>>,
): Promise<number> {
  const defs = await loadUserFunctions(directory);
  const env = systemEnv();
  const context: ExampleContext = {
    functions: createRegistry([...builtinFunctions, ...defs]),
    properties,
    now: () => env.clock.now(),
    random: () => env.random.next(),
  };
  let passed = 0;
  let failed = 0;
  for (const def of defs) {
    process.stdout.write(`${describe(def)}\n`);
    for (const [sql, expected] of def.examples) {
      const failure = failureOf(def, sql, expected, context);
      if (failure === null) passed++;
      else failed++;
      process.stdout.write(`  ${failure === null ? 'ok  ' : 'FAIL'} ${sql} => ${expected}\n`);
      if (failure !== null) process.stdout.write(`       ${failure}\n`);
    }
    if (def.examples.length === 0) process.stdout.write('  no examples\n');
  }
  process.stdout.write(`\n${defs.length} functions, ${passed} examples passed, ${failed} failed\n`);
  return failed > 0 ? exitCodes.failed : exitCodes.clean;
}

function failureOf(
  def: FunctionDef,
  sql: string,
  expected: string,
  context: ExampleContext,
): string | null {
  try {
    const actual = runExample(def, sql, context);
    return actual === expected ? null : `gave ${actual}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function describe(def: FunctionDef): string {
  const signatures = def.overloads.map(({ signature }) => {
    const parsed = parseSignature(signature);
    return `${def.name}(${formatParameters(parsed)}) -> ${formatParameterType(parsed.result)}`;
  });
  const file = def.path === undefined ? '' : `  (${relative(cwd(), def.path)})`;
  return `${signatures.join('\n')}${file}`;
}
