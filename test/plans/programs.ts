/** Everything that is recorded. */
import type { Program } from './program.ts';
import { aggregatePrograms } from './programs/aggregates.ts';
import { commandPrograms } from './programs/commands.ts';
import { expressionPrograms } from './programs/expressions.ts';
import { formatPrograms } from './programs/formats.ts';
import { joinPrograms } from './programs/joins.ts';
import { statelessPrograms } from './programs/stateless.ts';
import { tablePrograms } from './programs/tables.ts';
import { windowPrograms } from './programs/windows.ts';

export const programs: readonly Program[] = [
  ...statelessPrograms,
  ...expressionPrograms,
  ...formatPrograms,
  ...aggregatePrograms,
  ...windowPrograms,
  ...tablePrograms,
  ...joinPrograms,
  ...commandPrograms,
];
