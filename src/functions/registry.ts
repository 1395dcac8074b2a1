/** Functions by name, checked when the registry is made. */
import { assert } from '../base/assert.ts';
import type { FunctionDef, FunctionRegistry } from './define.ts';
import { formatParameterType, type ParameterType, parseSignature } from './signature.ts';

/**
 * The registry of these functions. A mistake in a definition (an unreadable signature, a name or a signature twice, a result
 * the signature does not say) is found here. Names are upper case and belong to one kind.
 */
export function createRegistry(defs: Iterable<FunctionDef>): FunctionRegistry {
  const byName = new Map<string, FunctionDef>();
  for (const def of defs) {
    assert(def.name === def.name.toUpperCase(), `an upper-case name: ${def.name}`);
    assert(!byName.has(def.name), `one definition of the function ${def.name}`);
    checkOverloads(def);
    byName.set(def.name, def);
  }
  return {
    get: (name) => byName.get(name.toUpperCase()) ?? null,
    all: () => byName.values(),
  };
}

function checkOverloads(def: FunctionDef): void {
  assert(def.overloads.length > 0, `an overload of ${def.name}`);
  const seen = new Set<string>();
  for (const overload of def.overloads) {
    const signature = parseSignature(overload.signature);
    assert(
      def.kind === 'aggregate' || signature.columnCount === signature.parameters.length,
      `no initial arguments in ${def.name}${overload.signature}`,
    );
    assert(
      overload.returns !== undefined || isComplete(signature.result),
      `a function 'returns' for ${def.name}${overload.signature}`,
    );
    const types = signature.parameters
      .map((parameter) => formatParameterType(parameter.type) + (parameter.variadic ? '...' : ''))
      .join(', ');
    assert(
      !seen.has(types),
      `one overload: Can't add function ${def.name} with parameters [${types}] as a function with the same name and parameter types already exists`,
    );
    seen.add(types);
  }
}

/** Does the type say everything once its generics are bound? */
function isComplete(type: ParameterType): boolean {
  switch (type.kind) {
    case 'DECIMAL':
      return type.precision !== null;
    case 'ARRAY':
      return isComplete(type.element);
    case 'MAP':
      return isComplete(type.key) && isComplete(type.value);
    case 'STRUCT':
      return type.fields.every((field) => isComplete(field.type));
    case 'ANY':
    case 'UNIT':
    case 'LAMBDA':
      return false;
    default:
      return true;
  }
}
