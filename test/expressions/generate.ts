/**
 * Random expressions of a type, of every kind and over every scalar function: what the analysis could have made of some statement.
 *
 * A call is made backwards: an overload whose result can be the wanted type, generics bound by it, the remaining ones at random,
 * arguments of the parameters' types.
 */
import { ProblemError } from '../../src/base/errors.ts';
import type { FunctionDef, ScalarDef, ScalarOverload } from '../../src/functions/define.ts';
import { spreadIndexOf } from '../../src/functions/resolve.ts';
import {
  isGeneric,
  type ParameterType,
  parseSignature,
  type Signature,
} from '../../src/functions/signature.ts';
import type {
  ArithmeticOperator,
  ComparisonOperator,
  Expression,
} from '../../src/plan/expression.ts';
import { castFunction } from '../../src/types/cast.ts';
import { comparator } from '../../src/types/compare.ts';
import { typesEqual } from '../../src/types/equal-types.ts';
import { arithmeticResultType, isNumeric } from '../../src/types/numeric-types.ts';
import type { Field, SqlType } from '../../src/types/type.ts';
import type { Random } from './random.ts';
import { literal, references, type Scope } from './scope.ts';
import { PRIMITIVES, randomType } from './values.ts';

const BOOLEAN: SqlType = { kind: 'BOOLEAN' };
const INTEGER: SqlType = { kind: 'INTEGER' };
const STRING: SqlType = { kind: 'STRING' };
const UNITS = ['DAYS', 'HOURS', 'MINUTES', 'SECONDS', 'MILLISECONDS', 'DAY'];

interface Callable {
  readonly def: ScalarDef;
  readonly overload: ScalarOverload;
  readonly signature: Signature;
}
/** Overloads by function. `specific`: without those that result in whatever they are given, which would crowd the others out. */
interface Candidates {
  readonly all: readonly (readonly Callable[])[];
  readonly specific: readonly (readonly Callable[])[];
}
type Bindings = Map<string, SqlType>;
type Make = (type: SqlType, depth: number, scope: Scope) => Expression | null;

export class ExpressionGenerator {
  readonly #random: Random;
  readonly #callables: readonly Callable[];
  /** By the text of the type. */
  readonly #callablesOf = new Map<string, Candidates>();
  /** Calls made per function, to show that all were. */
  readonly calls: Map<string, number> = new Map();
  #params = 0;

  constructor(random: Random, functions: Iterable<FunctionDef>) {
    this.#random = random;
    this.#callables = [...functions].flatMap((def) =>
      def.kind !== 'scalar'
        ? []
        : def.overloads.map((overload) => ({
            def,
            overload,
            signature: parseSignature(overload.signature),
          })),
    );
  }

  /** What some function results in, so that none is out of reach. */
  resultType(): SqlType {
    const { signature } = this.#random.pick(this.#callables);
    return instantiate(signature.result, new Map(), this.#random);
  }

  /** At most `depth` operators deep. */
  expression(type: SqlType, depth: number, scope: Scope): Expression {
    const random = this.#random;
    if (depth > 0 && !random.oneIn(8)) {
      for (let attempt = 0; attempt < 4; attempt++) {
        const made = random.pick(this.#makers)(type, depth - 1, scope);
        if (made !== null) return made;
      }
    }
    return this.#leaf(type, scope);
  }

  #leaf(type: SqlType, scope: Scope): Expression {
    const random = this.#random;
    const found = references(scope, type);
    if (found.length > 0 && !random.oneIn(3)) return random.pick(found);
    const written = literal(random, type);
    if (written !== null) return written;
    if (found.length > 0) return random.pick(found);
    switch (type.kind) {
      case 'ARRAY':
      case 'MAP':
      case 'STRUCT':
        return this.#constructed(type, 0, scope)!;
      default:
        return { kind: 'literal', type, value: null };
    }
  }

  /** Calls stand here more than once, so that they are chosen more often. */
  readonly #makers: readonly Make[] = [
    (...of) => this.#call(...of),
    (...of) => this.#call(...of),
    (...of) => this.#call(...of),
    (...of) => this.#constructed(...of),
    (...of) => this.#case(...of),
    (...of) => this.#cast(...of),
    (...of) => this.#access(...of),
    (...of) => this.#arithmetic(...of),
    (...of) => this.#negate(...of),
    (...of) => this.#comparison(...of),
    (...of) => this.#predicate(...of),
  ];

  #constructed(type: SqlType, depth: number, scope: Scope): Expression | null {
    const random = this.#random;
    const part = (of: SqlType): Expression => this.expression(of, depth, scope);
    switch (type.kind) {
      case 'ARRAY':
        return { kind: 'array', type, elements: random.list(1, 3, () => part(type.element)) };
      case 'STRUCT':
        return { kind: 'struct', type, fields: type.fields.map((field) => part(field.type)) };
      case 'MAP': {
        const entry = () => ({ key: part(type.key), value: part(type.value) });
        return { kind: 'map', type, entries: random.list(1, 3, entry) };
      }
      default:
        return null;
    }
  }

  #case(type: SqlType, depth: number, scope: Scope): Expression {
    const random = this.#random;
    const branch = (): Branch =>
      Object.fromEntries([
        ['when', this.expression(BOOLEAN, depth, scope)],
        ['then', this.expression(type, depth, scope)],
      ]) as Branch;
    const otherwise = random.oneIn(3) ? null : this.expression(type, depth, scope);
    return { kind: 'case', type, branches: random.list(1, 2, branch), otherwise };
  }

  #cast(type: SqlType, depth: number, scope: Scope): Expression | null {
    const from = this.#random.oneIn(8) ? type : this.#near(type);
    if (castFunction(from, type) === null) return null;
    return { kind: 'cast', type, operand: this.expression(from, depth, scope) };
  }

  /** A type that may well convert: for containers one of the same shape. */
  #near(type: SqlType): SqlType {
    const random = this.#random;
    switch (type.kind) {
      case 'ARRAY':
        return { kind: 'ARRAY', element: this.#near(type.element) };
      case 'MAP':
        return { kind: 'MAP', key: type.key, value: this.#near(type.value) };
      case 'STRUCT':
        return {
          kind: 'STRUCT',
          fields: type.fields
            .map(({ name, type: of }) => ({ name, type: this.#near(of) }))
            .reverse(),
        };
      default:
        return type.kind === 'STRING' ? randomType(random, 1) : random.pick(PRIMITIVES);
    }
  }

  /** A subscript or a field. */
  #access(type: SqlType, depth: number, scope: Scope): Expression {
    const random = this.#random;
    switch (random.below(3)) {
      case 0: {
        const operand = this.expression({ kind: 'ARRAY', element: type }, depth, scope);
        return { kind: 'subscript', type, operand, index: this.expression(INTEGER, depth, scope) };
      }
      case 1: {
        const of: SqlType = { kind: 'MAP', key: STRING, value: type };
        const operand = this.expression(of, depth, scope);
        return { kind: 'subscript', type, operand, index: this.expression(STRING, depth, scope) };
      }
      default: {
        const index = random.below(2);
        const fields: Field[] = [0, 1].map((at) => ({
          name: 'AB'[at]!,
          type: at === index ? type : random.pick(PRIMITIVES),
        }));
        const operand = this.expression({ kind: 'STRUCT', fields }, depth, scope);
        return { kind: 'field', type, operand, index, name: 'AB'[index]! };
      }
    }
  }

  #arithmetic(type: SqlType, depth: number, scope: Scope): Expression | null {
    if (!isNumeric(type) && type.kind !== 'STRING') return null;
    const random = this.#random;
    const op = random.pick<ArithmeticOperator>(['+', '-', '*', '/', '%']);
    for (let attempt = 0; attempt < 6; attempt++) {
      const [a, b] = [random.pick(PRIMITIVES), random.pick(PRIMITIVES)];
      const result = arithmeticResultType(op, a, b);
      if (result === null || (result.kind !== type.kind && !random.oneIn(6))) continue;
      const left = this.expression(a, depth, scope);
      const right = this.expression(b, depth, scope);
      return this.#as(type, { kind: 'arithmetic', type: result, op, left, right });
    }
    return null;
  }

  /** The expression, cast if it is of another type. */
  #as(type: SqlType, e: Expression & { readonly type: SqlType }): Expression | null {
    if (typesEqual(e.type, type)) return e;
    return castFunction(e.type, type) === null ? null : { kind: 'cast', type, operand: e };
  }

  #negate(type: SqlType, depth: number, scope: Scope): Expression | null {
    if (!isNumeric(type)) return null;
    return { kind: 'negate', type, operand: this.expression(type, depth, scope) };
  }

  #comparison(type: SqlType, depth: number, scope: Scope): Expression | null {
    if (type.kind !== 'BOOLEAN') return null;
    const random = this.#random;
    const a = randomType(random, 1);
    const b = random.oneIn(2) ? a : this.#near(a);
    const how = comparator(a, b);
    if (how === null) return null;
    const op = random.pick(how.kind === 'ordered' ? [...EQUALITIES, ...ORDERS] : EQUALITIES);
    const left = this.expression(a, depth, scope);
    const right = this.expression(b, depth, scope);
    return { kind: 'comparison', type, op, left, right };
  }

  #predicate(type: SqlType, depth: number, scope: Scope): Expression | null {
    if (type.kind !== 'BOOLEAN') return null;
    const random = this.#random;
    const some = (of: SqlType): Expression => this.expression(of, depth, scope);
    switch (random.below(5)) {
      case 0:
        return { kind: 'not', type, operand: some(type) };
      case 1: {
        const op = random.pick<'AND' | 'OR'>(['AND', 'OR']);
        return { kind: 'logical', type, op, left: some(type), right: some(type) };
      }
      case 2: {
        const operand = some(randomType(random, 1));
        return { kind: 'is-null', type, operand, negated: random.oneIn(2) };
      }
      case 3: {
        const of = randomType(random, 1);
        const depthOf = random.oneIn(2) ? 0 : depth;
        const items = random.list(1, 4, () => this.expression(of, depthOf, scope));
        return { kind: 'in', type, operand: some(of), items };
      }
      default: {
        const escaping = random.oneIn(3) ? random.pick(['\\', '%', 'a', '😀']) : null;
        const pattern = this.expression(STRING, random.oneIn(2) ? 0 : depth, scope);
        return { kind: 'like', type, operand: some(STRING), pattern, escape: escaping };
      }
    }
  }

  #call(type: SqlType, depth: number, scope: Scope): Expression | null {
    const random = this.#random;
    const { all, specific } = this.#callablesFor(type);
    if (all.length === 0) return null;
    const { def, overload, signature } = random.pick(
      random.pick(specific.length > 0 && !random.oneIn(3) ? specific : all),
    );
    const bindings: Bindings = new Map();
    if (overload.returns === undefined && !unify(signature.result, type, bindings)) return null;
    const parameters = this.#arguments(signature);
    const args: Expression[] = [];
    for (const parameter of parameters.filter(({ kind }) => kind !== 'LAMBDA'))
      instantiate(parameter, bindings, random);
    for (const parameter of parameters)
      args.push(this.#argument(parameter, bindings, depth, scope));
    const types = args.map((arg) => arg.type);
    if (parameters.some(isSpread) && spreadIndexOf(signature, types) < 0) return null;
    try {
      overload.check?.(types);
      const result = overload.returns?.(types) ?? instantiate(signature.result, bindings, random);
      const call: Expression & { readonly type: SqlType } = {
        kind: 'call',
        type: result,
        name: def.name,
        signature: overload.signature,
        args,
      };
      const context = { args: types, result, property: () => undefined };
      overload.bind({ ...context, now: () => 0, random: () => 0 });
      this.calls.set(def.name, (this.calls.get(def.name) ?? 0) + 1);
      return this.#as(type, call);
    } catch (error) {
      // The analysis would refuse it: elements without order, decimals without digits.
      if (error instanceof ProblemError) return null;
      throw error;
    }
  }

  /** The parameters' types, one for each argument; a variadic one may be given as one array. */
  #arguments({ parameters, variadicIndex }: Signature): readonly ParameterType[] {
    const random = this.#random;
    return parameters.flatMap(({ type }, index): ParameterType[] => {
      if (index !== variadicIndex) return [type];
      if (random.oneIn(5)) return [spreadOf(type)];
      return random.list(0, 3, () => type);
    });
  }

  #argument(type: ParameterType, bindings: Bindings, depth: number, scope: Scope): Expression {
    const random = this.#random;
    if (type.kind === 'UNIT') return { kind: 'literal', type: STRING, value: random.pick(UNITS) };
    if (type.kind === 'LAMBDA') {
      const params = type.inputs.map((input): Field => {
        this.#params++;
        return { name: `P${this.#params}`, type: instantiate(input, bindings, random) };
      });
      const body = instantiate(type.result, bindings, random);
      const inner = { ...scope, params: [...scope.params, ...params] };
      return { kind: 'lambda', type: body, params, body: this.expression(body, depth, inner) };
    }
    if (random.oneIn(30)) return { kind: 'literal', type: null, value: null };
    return this.expression(instantiate(type, bindings, random), depth, scope);
  }

  #callablesFor(type: SqlType): Candidates {
    const name = JSON.stringify(type);
    let found = this.#callablesOf.get(name);
    if (found === undefined) {
      const all = this.#callables.filter(({ overload, signature }) =>
        overload.returns === undefined
          ? unify(signature.result, type, new Map())
          : signature.result.kind === type.kind || signature.result.kind === 'DECIMAL',
      );
      const specific = all.filter(({ signature }) => !isGeneric(signature.result));
      found = { all: byFunction(all), specific: byFunction(specific) };
      this.#callablesOf.set(name, found);
    }
    return found;
  }
}

function byFunction(callables: readonly Callable[]): readonly (readonly Callable[])[] {
  return [...Map.groupBy(callables, ({ def }) => def.name).values()];
}

const spreads = new WeakSet<ParameterType>();

/** An array in the place of a variadic parameter's values. */
function spreadOf(element: ParameterType): ParameterType {
  const type: ParameterType = { kind: 'ARRAY', element };
  spreads.add(type);
  return type;
}

function isSpread(type: ParameterType): boolean {
  return spreads.has(type);
}

type Branch = Extract<Expression, { kind: 'case' }>['branches'][number];

const EQUALITIES: readonly ComparisonOperator[] = [
  'EQUAL',
  'NOT_EQUAL',
  'IS_DISTINCT_FROM',
  'IS_NOT_DISTINCT_FROM',
];
const ORDERS: readonly ComparisonOperator[] = [
  'LESS_THAN',
  'LESS_THAN_OR_EQUAL',
  'GREATER_THAN',
  'GREATER_THAN_OR_EQUAL',
];

/** Can a result declared so be of the type? Binds its generics. */
function unify(declared: ParameterType, type: SqlType, bindings: Bindings): boolean {
  switch (declared.kind) {
    case 'GENERIC': {
      const bound = bindings.get(declared.name);
      if (bound !== undefined) return typesEqual(bound, type);
      bindings.set(declared.name, type);
      return true;
    }
    case 'ARRAY':
      return type.kind === 'ARRAY' && unify(declared.element, type.element, bindings);
    case 'MAP':
      return (
        type.kind === 'MAP' &&
        unify(declared.key, type.key, bindings) &&
        unify(declared.value, type.value, bindings)
      );
    case 'STRUCT':
      return (
        type.kind === 'STRUCT' &&
        declared.fields.length === type.fields.length &&
        declared.fields.every(
          (field, index) =>
            field.name === type.fields[index]!.name &&
            unify(field.type, type.fields[index]!.type, bindings),
        )
      );
    default:
      return declared.kind === type.kind;
  }
}

/** The type with its generics replaced; what is open is chosen and bound. */
function instantiate(type: ParameterType, bindings: Bindings, random: Random): SqlType {
  switch (type.kind) {
    case 'GENERIC': {
      const bound = bindings.get(type.name) ?? randomType(random, 1);
      bindings.set(type.name, bound);
      return bound;
    }
    case 'ANY':
      return randomType(random, 1);
    case 'UNIT':
    case 'LAMBDA':
      return STRING;
    case 'DECIMAL':
      if (type.precision !== null && type.scale !== null)
        return { kind: 'DECIMAL', precision: type.precision, scale: type.scale };
      return random.pick(PRIMITIVES.filter(({ kind }) => kind === 'DECIMAL'));
    case 'ARRAY':
      return { kind: 'ARRAY', element: instantiate(type.element, bindings, random) };
    case 'MAP':
      return {
        kind: 'MAP',
        key: instantiate(type.key, bindings, random),
        value: instantiate(type.value, bindings, random),
      };
    case 'STRUCT':
      return {
        kind: 'STRUCT',
        fields: type.fields.map(({ name, type: of }) => ({
          name,
          type: instantiate(of, bindings, random),
        })),
      };
    default:
      return { kind: type.kind };
  }
}
