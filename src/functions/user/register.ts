/** What a user's modules export is checked before it becomes part of the registry: mistakes name the file and the reason. */
import { AssertionError } from '../../base/assert.ts';
import { problem } from '../../base/errors.ts';
import type { FunctionDef } from '../define.ts';
import { createRegistry } from '../registry.ts';
import { formatParameterType, parseSignature } from '../signature.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const KINDS: ReadonlySet<unknown> = new Set(['scalar', 'aggregate', 'table']);

/** The functions among the exports of the module at `path`; anything else is the module's own affair. */
export function functionsOf(
  path: string,
  exports: Readonly<Record<string, unknown>>,
): FunctionDef[] {
  const found = new Set(Object.values(exports).filter(isFunctionDef));
  if (found.size === 0)
    throw problem('functions.module', `${path}: exports no function`, {
      hint: "Export what scalar(), aggregate() or table() of 'leat' gives: docs/user-functions.md.",
    });
  return [...found].map((def) => {
    checkDefinition(path, def);
    return { ...def, path };
  });
}

/** Throws if a name is taken, by a function of `existing` or by another of `added`. */
export function checkClashes(added: readonly FunctionDef[], existing: Iterable<FunctionDef>): void {
  const byName = new Map([...existing].map((def) => [def.name, def]));
  for (const def of added) {
    const other = byName.get(def.name);
    if (other !== undefined) throw clash(def, other);
    byName.set(def.name, def);
  }
}

function isFunctionDef(value: unknown): value is FunctionDef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    KINDS.has(value.kind) &&
    'overloads' in value &&
    Array.isArray(value.overloads)
  );
}

function checkDefinition(path: string, def: FunctionDef): void {
  const refuse = (reason: string): Error =>
    problem('functions.module', `${path}: function ${def.spelled ?? def.name}: ${reason}`);
  if (!NAME.test(def.name))
    throw refuse('a name has letters, digits and underscores and begins with no digit');
  if (typeof def.doc !== 'string' || def.doc.trim() === '') throw refuse("'doc' is missing");
  if (!Array.isArray(def.examples)) throw refuse("'examples' is missing");
  try {
    createRegistry([def]);
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    throw refuse(error.message);
  }
}

function clash(def: FunctionDef, other: FunctionDef): Error {
  const known = new Set(other.overloads.map(parametersOf));
  const parameters = def.overloads.map(parametersOf);
  const same = parameters.find((text) => known.has(text)) ?? parameters[0] ?? '';
  const origin = other.path === undefined ? 'a built-in function' : `defined in ${other.path}`;
  return problem(
    'functions.clash',
    `Can't add function ${def.name} with parameters [${same}] as a function with the same name and parameter types already exists`,
    {
      detail: `${def.path ?? def.name} defines ${def.name}, which is ${origin}.`,
      hint: 'A name belongs to one definition with all of its overloads: choose another name.',
    },
  );
}

function parametersOf({ signature }: FunctionDef['overloads'][number]): string {
  return parseSignature(signature)
    .parameters.map(({ type, variadic }) => formatParameterType(type) + (variadic ? '...' : ''))
    .join(', ');
}
