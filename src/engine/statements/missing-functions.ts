/** Stored plans call functions by name and signature; those of a user may be gone when the engine starts again. */
import type { Json } from '../../base/env.ts';
import { type ProblemError, problem } from '../../base/errors.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { FunctionRegistry } from '../../functions/define.ts';

/** Throws `functions.missing` for the first query that calls what is not there: it could go on with nothing else. */
export function requireFunctionsOf(catalog: Catalog, functions: FunctionRegistry): void {
  for (const { id, plan } of catalog.queries.values()) {
    for (const step of plan.steps) {
      for (const call of callsIn(step.args)) if (!exists(call, functions)) throw missing(id, call);
    }
  }
}

interface StoredCall {
  readonly name: string;
  readonly signature: string;
}

/** Calls of scalar functions have a `name`, those of aggregates and table functions an `fn`, and all a `signature`. */
function* callsIn(json: Json): Iterable<StoredCall> {
  if (typeof json !== 'object' || json === null) return;
  if (!Array.isArray(json)) {
    const { fn, kind, name, signature } = json as Readonly<Record<string, Json>>;
    const called = fn ?? (kind === 'call' ? name : undefined);
    if (typeof called === 'string' && typeof signature === 'string')
      yield { name: called, signature };
  }
  for (const part of Object.values(json)) yield* callsIn(part);
}

function exists({ name, signature }: StoredCall, functions: FunctionRegistry): boolean {
  const def = functions.get(name);
  return def?.overloads.some((overload) => overload.signature === signature) ?? false;
}

function missing(query: string, { name, signature }: StoredCall): ProblemError {
  return problem(
    'functions.missing',
    `Query ${query} calls ${name}${signature}, which is not there`,
    {
      detail: `Can't find any functions with the name '${name}' and this signature.`,
      hint: 'Start with --functions and the directory that defines it; TERMINATE the query before the function goes.',
    },
  );
}
