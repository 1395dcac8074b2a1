/** Every function that comes with the product. Adding one is a file and a line in the table of its kind. */
import { aggregateFunctions } from './aggregate/table.ts';
import type { FunctionDef } from './define.ts';
import { scalarFunctions } from './scalar/table.ts';
import { tableFunctions } from './table-functions/table.ts';

export const builtinFunctions: readonly FunctionDef[] = [
  ...scalarFunctions,
  ...aggregateFunctions,
  ...tableFunctions,
];
