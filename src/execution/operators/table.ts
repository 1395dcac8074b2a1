/** All operators but sources, which are where records come in. */
import type { StepOp } from '../../plan/steps.ts';
import { aggregate } from './aggregate.ts';
import { emit } from './emit.ts';
import { exchange } from './exchange.ts';
import { filter } from './filter.ts';
import { flatten } from './flatten.ts';
import { group } from './group.ts';
import { join } from './join.ts';
import { materialize } from './materialize.ts';
import type { OperatorDef } from './operator.ts';
import { project } from './project.ts';
import { rekey } from './rekey.ts';
import { sink } from './sink.ts';

/** By the name that plans call them. */
export const operators: { readonly [Op in Exclude<StepOp, 'source@1'>]: OperatorDef<Op> } = {
  'filter@1': filter,
  'project@1': project,
  'flatten@1': flatten,
  'rekey@1': rekey,
  'group@1': group,
  'exchange@1': exchange,
  'aggregate@1': aggregate,
  'join@1': join,
  'materialize@1': materialize,
  'sink@1': sink,
  'emit@1': emit,
};
