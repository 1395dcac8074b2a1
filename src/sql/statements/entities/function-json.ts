/** Overloads of a function as DESCRIBE FUNCTION shows them (spec: api.md §4). */
import type { Json } from '../../../base/env.ts';
import type { FunctionDef } from '../../../functions/define.ts';
import {
  formatParameterType,
  type Parameter,
  parseSignature,
} from '../../../functions/signature.ts';

/** One entry per overload, in the order of the definition. */
export function functionJson(definition: FunctionDef): readonly Json[] {
  return definition.overloads.map((overload) => {
    const signature = parseSignature(overload.signature);
    return {
      arguments: signature.parameters.map(parameterJson),
      returnType: formatParameterType(signature.result),
      description: definition.doc,
    };
  });
}

function parameterJson(parameter: Parameter): Json {
  const { name, type, variadic } = parameter;
  return {
    name: name ?? '',
    type: formatParameterType(type),
    description: '',
    isVariadic: variadic,
  };
}
