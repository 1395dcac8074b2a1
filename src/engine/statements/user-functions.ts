/**
 * Functions from a directory: every module in it is imported when the engine starts, in order of name, before the log is
 * opened. Modules import `leat` by its name wherever they lie: it is resolved to this very package.
 */
import { readdirSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ProblemError, problem } from '../../base/errors.ts';
import type { FunctionDef } from '../../functions/define.ts';
import { builtinFunctions } from '../../functions/table.ts';
import { checkClashes, functionsOf } from '../../functions/user/register.ts';

/** Modules; declarations, tests and names that begin with `_` or `.` are passed over. */
const MODULE = /^(?![_.])(?!.*\.(?:d|test|spec)\.)\w.*\.(?:ts|mts|js|mjs)$/;

/**
 * The functions that the modules of the directory export. Throws `functions.directory`, `functions.module` or `functions.clash`,
 * which name the file and the reason.
 */
export async function loadUserFunctions(directory: string): Promise<readonly FunctionDef[]> {
  const root = resolve(directory);
  using _hook = leatFor(root);
  const defs: FunctionDef[] = [];
  for (const file of modulesIn(root)) {
    const path = join(root, file);
    defs.push(...functionsOf(path, await importModule(path)));
  }
  checkClashes(defs, builtinFunctions);
  return defs;
}

function modulesIn(root: string): readonly string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory() && MODULE.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw problem('functions.directory', `Could not read the functions in ${root}`, {
      detail: error instanceof Error ? error.message : String(error),
      cause: error,
    });
  }
}

async function importModule(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const hint = error instanceof ProblemError ? error.hint : undefined;
    throw problem('functions.module', `${path}: ${reason}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    });
  }
}

/** While it lasts, `leat` is this package for modules below `root`. */
function leatFor(root: string): Disposable {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const leat = new URL(`../../index.${extension}`, import.meta.url).href;
  const below = pathToFileURL(root + sep).href;
  const hook = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== 'leat' || context.parentURL?.startsWith(below) !== true)
        return next(specifier, context);
      return {
        url: leat,
        format: extension === 'ts' ? 'module-typescript' : 'module',
        shortCircuit: true,
      };
    },
  });
  return { [Symbol.dispose]: () => hook.deregister() };
}
