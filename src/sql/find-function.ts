/** Functions by the name that a statement uses. */
import type { Identifier } from '../../grammar/ast.ts';
import { problem } from '../base/errors.ts';
import type { FunctionDef, FunctionRegistry } from '../functions/define.ts';
import { similarHint } from './suggest.ts';

/** The function of this name, of whatever kind. Throws `functions.unknown`. */
export function findFunction(name: Identifier, functions: FunctionRegistry): FunctionDef {
  const found = functions.get(name.name);
  if (found !== null) return found;
  const known = [...functions.all()].map((def) => def.name);
  throw problem('functions.unknown', `Can't find any functions with the name '${name.name}'`, {
    span: name.span,
    ...similarHint(name.name, known),
  });
}
