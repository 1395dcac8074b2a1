/** Calls of scalar functions, bound once per call site, and the lambdas among their arguments. */
import { assert } from '../../base/assert.ts';
import type { ScalarOverload } from '../../functions/define.ts';
import { spreadIndexOf } from '../../functions/resolve.ts';
import { parseSignature } from '../../functions/signature.ts';
import type { Expression } from '../../plan/expression.ts';
import {
  type Code,
  type EmitScope,
  emitExpression,
  emitIsolated,
  NULL_CODE,
} from './expression.ts';

type Call = Extract<Expression, { kind: 'call' }>;

export function emitCall(e: Call, scope: EmitScope): Code {
  const { emitter } = scope;
  const overload = findOverload(e, scope);
  const bound = overload.bind({
    args: e.args.map((arg) => arg.type),
    result: e.type,
    property: (name) => scope.context.properties[name],
    now: scope.context.now,
    random: scope.context.random,
  });
  const args = e.args.map((arg) =>
    arg.kind === 'call' || arg.kind === 'field'
      ? emitIsolated(arg, scope)
      : emitExpression(arg, scope),
  );
  const atoms = args.map((arg) => emitter.atom(arg.text));
  for (const [index, isPrimitive] of primitives(overload.signature, args.length).entries()) {
    if (!isPrimitive || !args[index]!.nullable) continue;
    emitter.line(`if(${atoms[index]}===null)${emitter.constant(failOnPrimitive)}();`);
  }
  const types = e.args.map((arg) => arg.type);
  const hasLambda = e.args.some((arg) => arg.kind === 'lambda');
  const spread = hasLambda ? -1 : spreadIndexOf(parseSignature(overload.signature), types);
  const passed = atoms.map((atom, index) => (index === spread ? `...(${atom}??[])` : atom));
  const call = `${emitter.constant(bound)}(${passed.join(',')})`;
  if (overload.nulls === 'strict') {
    const nulls = atoms.filter((_, index) => args[index]!.nullable);
    if (nulls.includes('null')) return NULL_CODE;
    const tests = nulls.map((atom) => `${atom}===null`);
    if (spread >= 0) tests.push(`${atoms[spread]}.includes(null)`);
    if (tests.length > 0) {
      const isNull = tests.join('||');
      return { text: emitter.local(`(${isNull})?null:${call}`), nullable: true };
    }
  }
  return { text: emitter.local(call), nullable: true };
}

function findOverload(e: Call, scope: EmitScope): ScalarOverload {
  const definition = scope.context.functions.get(e.name);
  assert(definition?.kind === 'scalar', 'a plan to call functions that exist');
  const overload = definition.overloads.find(({ signature }) => signature === e.signature);
  assert(overload !== undefined, 'a plan to call overloads that exist');
  return overload;
}

function failOnPrimitive(): never {
  throw new Error('NULL passed to a primitive parameter');
}

/** Which of `count` arguments go to a parameter that must not be NULL. */
function primitives(signature: string, count: number): readonly boolean[] {
  const { parameters, variadicIndex } = parseSignature(signature);
  const extra = variadicIndex === -1 ? 0 : count - parameters.length;
  return Array.from({ length: count }, (_, index) => {
    const isBefore = variadicIndex === -1 || index <= variadicIndex;
    const at = isBefore ? index : Math.max(variadicIndex, index - extra);
    return parameters[at]?.primitive ?? false;
  });
}

/** A lambda becomes an arrow function; its errors are those of the call around it. */
export function emitLambda(e: Extract<Expression, { kind: 'lambda' }>, scope: EmitScope): Code {
  const { emitter } = scope;
  const names = e.params.map(() => emitter.name());
  const params = new Map(scope.params);
  e.params.forEach((param, index) => {
    params.set(param.name, names[index]!);
  });
  const body = emitter.capture(() => {
    emitter.line(
      `return ${emitExpression(e.body, { ...scope, rowtime: scope.rowtime, params }).text};`,
    );
  });
  return { text: emitter.local(`(${names.join(',')})=>{\n${body}\n}`), nullable: false };
}
