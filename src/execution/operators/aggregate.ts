/** GROUP BY with aggregates: see src/execution/aggregate. */
import { accumulators } from '../aggregate/accumulators.ts';
import { plainAggregate } from '../aggregate/plain.ts';
import { sessionAggregate } from '../aggregate/session.ts';
import { windowedAggregate } from '../aggregate/windowed.ts';
import type { OperatorDef } from './operator.ts';

export const aggregate: OperatorDef<'aggregate@1'> = {
  op: 'aggregate@1',
  doc: 'Aggregates by key and window.',
  prepare(args, context) {
    const functions = accumulators(args.calls, context);
    return {
      build(instance) {
        const { spec } = args;
        if (spec === null) return [plainAggregate(args, functions, instance)];
        const windowed = { ...args, spec };
        if (spec.kind !== 'SESSION') return [windowedAggregate(windowed, functions, instance)];
        return [sessionAggregate(windowed, functions, { instance, limits: context.limits })];
      },
    };
  },
};
