/**
 * Overload resolution (spec: functions.md §1.2).
 *
 * First the overloads that take the arguments as they are; if there are none, and the function is no aggregate, those that take
 * them with implicit casts. Of several the best by `compareRanks` wins; two equally good ones are ambiguous. Generic variables
 * bind to exactly one type over all arguments, by full equality; lambdas are typed last, from the variables bound so far, and
 * their results may bind more.
 */
import { problem } from '../base/errors.ts';
import { typesEqual } from '../types/equal-types.ts';
import { formatType, formatTypeOrNull } from '../types/format-type.ts';
import { asDecimalType } from '../types/numeric-types.ts';
import type { SqlType, TypeKind } from '../types/type.ts';
import type { FunctionDef } from './define.ts';
import {
  formatParameters,
  isGeneric,
  type Parameter,
  type ParameterType,
  parseSignature,
  type Signature,
} from './signature.ts';

/** An argument as the planner knows it. */
export type ArgumentType =
  /** A null type is the literal NULL. */
  | { readonly kind: 'value'; readonly type: SqlType | null }
  /** An interval unit such as DAYS. */
  | { readonly kind: 'unit' }
  | {
      readonly kind: 'lambda';
      readonly inputCount: number;
      /** The type of the body for these types of the inputs; may throw the user's error. Null: the literal NULL. */
      readonly resultType: (inputs: readonly SqlType[]) => SqlType | null;
    };

export interface ResolvedCall<Overload> {
  readonly overload: Overload;
  readonly signature: Signature;
  /**
   * Per argument, its type after the implicit cast, if there is one; null for a literal NULL and for units; a lambda's result.
   * What `CallContext.args` wants.
   */
  readonly args: readonly (SqlType | null)[];
  /** Per argument, the parameter it goes to. */
  readonly parameters: readonly Parameter[];
  /** Per argument, the types of a lambda's inputs; null for what is no lambda. */
  readonly lambdaInputs: readonly (readonly SqlType[] | null)[];
  readonly result: SqlType;
  /** How many arguments are columns; the rest are an aggregate's initial arguments, which must be literals. */
  readonly columnCount: number;
  /** The argument that is one ARRAY standing for all of a variadic parameter's values, to be spread in the call; -1 if none. */
  readonly spreadIndex: number;
}

/** Chooses the overload; throws ksqlDB's error if none or more than one fits. */
export function resolveCall<D extends FunctionDef>(
  def: D,
  args: readonly ArgumentType[],
): ResolvedCall<D['overloads'][number]> {
  const memoized = args.map(memoizeLambda);
  const passes = def.kind === 'aggregate' ? [false] : [false, true];
  for (const castsAllowed of passes) {
    const candidates = def.overloads
      .map((overload) => matchOverload(overload, memoized, castsAllowed))
      .filter((candidate) => candidate !== null);
    if (candidates.length === 0) continue;
    candidates.sort((a, b) => compareRanks(a.signature, b.signature));
    const [best, second] = candidates;
    if (second !== undefined && compareRanks(best!.signature, second.signature) === 0)
      throw ambiguous(def, args);
    return complete(def, best!, memoized);
  }
  throw noMatch(def, args);
}

/**
 * The argument of a resolved call that is one ARRAY standing for all values of the variadic parameter; -1 if none is. `args` are
 * the types after implicit casts. For whoever knows a call by its signature only, as plans do.
 */
export function spreadIndexOf(signature: Signature, args: readonly (SqlType | null)[]): number {
  const each = parametersPerArgument(signature, args.length);
  if (each === null || signature.variadicIndex < 0) return -1;
  const values = args.map((type): ArgumentType => ({ kind: 'value', type }));
  return matchArguments(each, values, false) === null ? signature.variadicIndex : -1;
}

/** For a non-literal initial argument; `position` is 1-based. */
export function literalRequired(name: string, position: number, expressionText: string): string {
  return `Parameter ${position} passed to function ${name} must be a literal constant, but was expression: '${expressionText}'`;
}

type Bindings = Map<string, SqlType>;

interface Candidate {
  readonly overload: FunctionDef['overloads'][number];
  readonly signature: Signature;
  readonly bindings: Bindings;
  readonly parameters: readonly Parameter[];
  readonly lambdaInputs: readonly (readonly SqlType[] | null)[];
  readonly spreadIndex: number;
}

function memoizeLambda(arg: ArgumentType): ArgumentType {
  if (arg.kind !== 'lambda') return arg;
  const known = new Map<string, SqlType | null>();
  return {
    ...arg,
    resultType(inputs) {
      const key = inputs.map((type) => formatType(type)).join();
      const type = known.get(key);
      if (type !== undefined) return type;
      const fresh = arg.resultType(inputs);
      known.set(key, fresh);
      return fresh;
    },
  };
}

function matchOverload(
  overload: Candidate['overload'],
  args: readonly ArgumentType[],
  castsAllowed: boolean,
): Candidate | null {
  const signature = parseSignature(overload.signature);
  const each = parametersPerArgument(signature, args.length);
  const match = each === null ? null : matchArguments(each, args, castsAllowed);
  if (each !== null && match !== null)
    return { overload, signature, parameters: each, spreadIndex: -1, ...match };
  const index = signature.variadicIndex;
  if (index < 0 || args.length !== signature.parameters.length) return null;
  const spread = signature.parameters.map((parameter, at) =>
    at === index ? { ...parameter, type: arrayOf(parameter.type) } : parameter,
  );
  const arrayMatch = matchArguments(spread, args, castsAllowed);
  if (arrayMatch === null) return null;
  return { overload, signature, parameters: spread, spreadIndex: index, ...arrayMatch };
}

function arrayOf(element: ParameterType): ParameterType {
  return { kind: 'ARRAY', element };
}

/** The parameter of each argument with the variadic one repeated as often as needed; null if the count does not fit. */
function parametersPerArgument(signature: Signature, count: number): readonly Parameter[] | null {
  const { parameters, variadicIndex } = signature;
  if (variadicIndex < 0) return count === parameters.length ? parameters : null;
  const repeats = count - (parameters.length - 1);
  if (repeats < 0) return null;
  return [
    ...parameters.slice(0, variadicIndex),
    ...Array.from({ length: repeats }, () => parameters[variadicIndex]!),
    ...parameters.slice(variadicIndex + 1),
  ];
}

function matchArguments(
  parameters: readonly Parameter[],
  args: readonly ArgumentType[],
  castsAllowed: boolean,
): Pick<Candidate, 'bindings' | 'lambdaInputs'> | null {
  const bindings: Bindings = new Map();
  for (const [index, arg] of args.entries()) {
    const { type } = parameters[index]!;
    if (arg.kind === 'lambda' ? type.kind !== 'LAMBDA' : type.kind === 'LAMBDA') {
      if (arg.kind !== 'value' || arg.type !== null) return null;
    }
    if (arg.kind === 'unit' && type.kind !== 'UNIT') return null;
    if (arg.kind === 'value' && arg.type !== null && !unify(type, arg.type, bindings, castsAllowed))
      return null;
  }
  const lambdaInputs: (readonly SqlType[] | null)[] = [];
  for (const [index, arg] of args.entries()) {
    const { type } = parameters[index]!;
    if (arg.kind !== 'lambda' || type.kind !== 'LAMBDA') {
      lambdaInputs.push(null);
      continue;
    }
    if (arg.inputCount !== type.inputs.length) return null;
    const inputs = type.inputs.map((input) => instantiate(input, bindings));
    if (!inputs.every((input) => input !== null)) return null;
    const result = arg.resultType(inputs);
    if (result !== null && !unify(type.result, result, bindings, false)) return null;
    lambdaInputs.push(inputs);
  }
  return { bindings, lambdaInputs };
}

/** Does the parameter take a value of this type? Binds the generics in it. */
function unify(
  parameter: ParameterType,
  type: SqlType,
  bindings: Bindings,
  castsAllowed: boolean,
): boolean {
  switch (parameter.kind) {
    case 'ANY':
      return true;
    case 'UNIT':
    case 'LAMBDA':
      return false;
    case 'GENERIC': {
      const bound = bindings.get(parameter.name);
      if (bound !== undefined) return typesEqual(bound, type);
      bindings.set(parameter.name, type);
      return true;
    }
    case 'ARRAY':
      return (
        type.kind === 'ARRAY' && unify(parameter.element, type.element, bindings, castsAllowed)
      );
    case 'MAP':
      return (
        type.kind === 'MAP' &&
        unify(parameter.key, type.key, bindings, castsAllowed) &&
        unify(parameter.value, type.value, bindings, castsAllowed)
      );
    case 'STRUCT': {
      if (type.kind !== 'STRUCT') return false;
      if (parameter.fields.length === 0 || type.fields.length === 0) return true;
      if (parameter.fields.length !== type.fields.length) return false;
      return parameter.fields.every((field) => {
        const other = type.fields.find((candidate) => candidate.name === field.name);
        return other !== undefined && unify(field.type, other.type, bindings, false);
      });
    }
    default:
      if (parameter.kind === type.kind) return true;
      return castsAllowed && canCastImplicitly(type.kind, parameter.kind);
  }
}

const IMPLICIT: Partial<Record<TypeKind, readonly TypeKind[]>> = {
  INTEGER: ['BIGINT', 'DECIMAL', 'DOUBLE'],
  BIGINT: ['DECIMAL', 'DOUBLE'],
  DECIMAL: ['DOUBLE'],
  STRING: ['DATE', 'TIME', 'TIMESTAMP', 'BYTES'],
};

function canCastImplicitly(from: TypeKind, to: TypeKind): boolean {
  return IMPLICIT[from]?.includes(to) ?? false;
}

/** Negative if `a` is the better overload, 0 if neither is. */
function compareRanks(a: Signature, b: Signature): number {
  const variadic = Number(a.variadicIndex >= 0) - Number(b.variadicIndex >= 0);
  if (variadic !== 0) return variadic;
  if (a.parameters.length !== b.parameters.length) return b.parameters.length - a.parameters.length;
  const generics = genericCount(a) - genericCount(b);
  if (generics !== 0) return generics;
  const any = Number(hasAnyVariadic(a)) - Number(hasAnyVariadic(b));
  if (any !== 0) return any;
  return b.variadicIndex - a.variadicIndex;
}

function genericCount(signature: Signature): number {
  return signature.parameters.filter(
    (parameter) =>
      isGeneric(parameter.type) || (parameter.variadic && parameter.type.kind === 'ANY'),
  ).length;
}

function hasAnyVariadic(signature: Signature): boolean {
  return signature.parameters[signature.variadicIndex]?.type.kind === 'ANY';
}

function complete<D extends FunctionDef>(
  def: D,
  candidate: Candidate,
  args: readonly ArgumentType[],
): ResolvedCall<D['overloads'][number]> {
  const { overload, signature, bindings, parameters, lambdaInputs, spreadIndex } = candidate;
  const targets = args.map((arg, index) => {
    if (arg.kind === 'unit') return null;
    if (arg.kind === 'lambda') return arg.resultType(lambdaInputs[index]!);
    return arg.type === null ? null : targetType(parameters[index]!.type, arg.type);
  });
  if ('check' in overload) overload.check?.(targets);
  const result = overload.returns?.(targets) ?? instantiate(signature.result, bindings);
  if (result === null) throw untyped(def);
  const inits = signature.parameters.length - signature.columnCount;
  const variadicColumn =
    signature.variadicIndex >= 0 && signature.variadicIndex < signature.columnCount;
  return {
    overload,
    signature,
    args: targets,
    parameters,
    lambdaInputs,
    result,
    columnCount: inits > 0 && !variadicColumn ? signature.columnCount : args.length - inits,
    spreadIndex,
  };
}

/** The parameter's type, with what it leaves open taken from the argument. */
function targetType(parameter: ParameterType, arg: SqlType): SqlType {
  switch (parameter.kind) {
    case 'DECIMAL':
      if (parameter.precision !== null && parameter.scale !== null)
        return { kind: 'DECIMAL', precision: parameter.precision, scale: parameter.scale };
      return asDecimalType(arg) ?? arg;
    case 'ARRAY':
      return arg.kind === 'ARRAY'
        ? { kind: 'ARRAY', element: targetType(parameter.element, arg.element) }
        : arg;
    case 'MAP':
      return arg.kind === 'MAP'
        ? {
            kind: 'MAP',
            key: targetType(parameter.key, arg.key),
            value: targetType(parameter.value, arg.value),
          }
        : arg;
    case 'GENERIC':
    case 'ANY':
    case 'UNIT':
    case 'LAMBDA':
    case 'STRUCT':
      return arg;
    default:
      return { kind: parameter.kind };
  }
}

/** The type with its generics replaced; null if one is not bound or the type says less than a SQL type must. */
function instantiate(type: ParameterType, bindings: Bindings): SqlType | null {
  switch (type.kind) {
    case 'GENERIC':
      return bindings.get(type.name) ?? null;
    case 'ANY':
    case 'UNIT':
    case 'LAMBDA':
      return null;
    case 'DECIMAL':
      if (type.precision === null || type.scale === null) return null;
      return { kind: 'DECIMAL', precision: type.precision, scale: type.scale };
    case 'ARRAY': {
      const element = instantiate(type.element, bindings);
      return element && { kind: 'ARRAY', element };
    }
    case 'MAP': {
      const key = instantiate(type.key, bindings);
      const value = instantiate(type.value, bindings);
      return key && value && { kind: 'MAP', key, value };
    }
    case 'STRUCT': {
      const fields: { name: string; type: SqlType }[] = [];
      for (const field of type.fields) {
        const fieldType = instantiate(field.type, bindings);
        if (fieldType === null) return null;
        fields.push({ name: field.name, type: fieldType });
      }
      return { kind: 'STRUCT', fields };
    }
    default:
      return { kind: type.kind };
  }
}

function argumentText(args: readonly ArgumentType[]): string {
  const texts = args.map((arg) => {
    if (arg.kind === 'unit') return 'INTERVALUNIT';
    return arg.kind === 'lambda' ? 'LAMBDA' : formatTypeOrNull(arg.type);
  });
  return `(${texts.join(', ')})`;
}

function noMatch(def: FunctionDef, args: readonly ArgumentType[]): Error {
  const name = def.spelled ?? def.name;
  const alternatives = def.overloads.map(
    (overload) => `${name}(${formatParameters(parseSignature(overload.signature))})`,
  );
  return problem(
    'functions.no-overload',
    `Function '${name}' does not accept parameters ${argumentText(args)}.\n` +
      `Valid alternatives are:\n${alternatives.join('\n')}\n` +
      'For detailed information on a function run: DESCRIBE FUNCTION <Function-Name>;',
  );
}

function ambiguous(def: FunctionDef, args: readonly ArgumentType[]): Error {
  return problem(
    'functions.ambiguous',
    `Function '${def.spelled ?? def.name}' cannot be resolved due to ambiguous method parameters ${argumentText(args)}.\n` +
      'Use CAST() to explicitly cast your parameters to one of the supported function calls.',
  );
}

function untyped(def: FunctionDef): Error {
  return problem(
    'functions.untyped-result',
    `Can't infer a type of null. Please explicitly cast it to a required type, e.g. CAST(null AS VARCHAR).`,
    { detail: `The type of ${def.name} follows from its arguments, which are all NULL here.` },
  );
}
