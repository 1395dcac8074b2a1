/** The table functions, by name. */
import type { TableFunctionDef } from '../define.ts';
import { cubeExplode } from './cube-explode.ts';
import { explode } from './explode.ts';

export const tableFunctions: readonly TableFunctionDef[] = [cubeExplode, explode];
