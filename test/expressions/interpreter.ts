/**
 * What expressions mean, written as plainly as possible: a walk over the tree for every row. Generated code must agree with it,
 * in values, in the messages of what fails, and in what is reported because it failed alone, in order.
 */
import { unreachable } from '../../src/base/assert.ts';
import type { Argument, FunctionRegistry } from '../../src/functions/define.ts';
import { likeMatcher } from '../../src/functions/scalar/like.ts';
import { spreadIndexOf } from '../../src/functions/resolve.ts';
import { parseSignature } from '../../src/functions/signature.ts';
import type { Expression } from '../../src/plan/expression.ts';
import { castFunction } from '../../src/types/cast.ts';
import { comparator, valuesEqual } from '../../src/types/compare.ts';
import { decimalOperation, decimalToDouble } from '../../src/types/decimal.ts';
import { asDecimalType } from '../../src/types/numeric-types.ts';
import type { SqlType } from '../../src/types/type.ts';
import type { Row, Value } from '../../src/types/value.ts';

export interface InterpretedRow {
  readonly key: Row | null;
  readonly value: Row;
  readonly timestamp: number;
}

type Inputs = ReadonlyMap<string, Value>;
type Call = (...args: Argument[]) => Value;

/** One set of functions and properties; evaluates expressions on rows. */
export class Interpreter {
  /** Messages of isolated failures since they were taken last. */
  reports: string[] = [];
  readonly #functions: FunctionRegistry;
  readonly #properties: Readonly<Record<string, string>>;
  /** Functions are bound once per call site, as a plan does; a function may remember what it has seen. */
  readonly #bound = new Map<Expression, Call>();
  #row: InterpretedRow = { key: null, value: [], timestamp: 0 };
  /** Of the lambdas around the expression at hand. */
  #inputs: Inputs = new Map();

  constructor(functions: FunctionRegistry, properties: Readonly<Record<string, string>> = {}) {
    this.#functions = functions;
    this.#properties = properties;
  }

  /** The value on a row. Throws evaluation errors. */
  run(e: Expression, row: InterpretedRow): Value {
    this.#row = row;
    this.#inputs = new Map();
    return this.evaluate(e);
  }

  /** Throws evaluation errors. */
  evaluate(e: Expression): Value {
    switch (e.kind) {
      case 'literal':
        return literalValue(e);
      case 'column': {
        if (e.side === 'value') return this.#row.value[e.index]!;
        return this.#row.key === null ? null : this.#row.key[e.index]!;
      }
      case 'rowtime':
        return BigInt(this.#row.timestamp);
      case 'window': {
        const { key } = this.#row;
        return key === null ? 0n : BigInt(key.at(e.bound === 'start' ? -2 : -1) as number);
      }
      case 'call':
        return this.#call(e);
      case 'arithmetic':
        return this.#arithmetic(e);
      case 'negate':
        return this.#negate(e);
      case 'comparison':
        return this.#comparison(e);
      case 'logical': {
        const left = this.#boolean(e.left);
        if (e.op === 'AND') return left && this.#boolean(e.right);
        return left || this.#boolean(e.right);
      }
      case 'not':
        return !this.#boolean(e.operand);
      case 'is-null':
        return (this.evaluate(e.operand) === null) !== e.negated;
      case 'in': {
        const value = this.evaluate(e.operand);
        return e.items.some((item) => {
          const other = this.evaluate(item);
          if (value === null || other === null) return false;
          return valuesEqual(e.operand.type!, value, other);
        });
      }
      case 'like': {
        const text = this.evaluate(e.operand) as string | null;
        const pattern = this.evaluate(e.pattern) as string | null;
        if (text === null || pattern === null) throw new Error('NULL operand');
        return likeMatcher(pattern, e.escape)(text);
      }
      case 'case': {
        const branch = e.branches.find(({ when }) => this.#boolean(when));
        if (branch !== undefined) return this.evaluate(branch.then);
        return e.otherwise === null ? null : this.evaluate(e.otherwise);
      }
      case 'cast':
        return this.#isolated(() => {
          if (e.operand.type === null) return null;
          const preserveNulls = this.#properties['ksql.cast.strings.preserve.nulls'] !== 'false';
          const cast = castFunction(e.operand.type, e.type, { preserveNulls })!;
          return cast(this.evaluate(e.operand));
        });
      case 'subscript': {
        const container = this.evaluate(e.operand);
        const index = this.evaluate(e.index);
        if (container === null) return null;
        if (container instanceof Map) return container.get(index) ?? null;
        if (index === null) throw new Error('NULL array index');
        const array = container as readonly Value[];
        const position = Number(index);
        if (position === 0) return null;
        return (position > 0 ? array[position - 1] : array.at(position)) ?? null;
      }
      case 'field': {
        const struct = this.evaluate(e.operand) as Row | null;
        return struct === null ? null : struct[e.index]!;
      }
      case 'array':
        return e.elements.map((element) => this.#isolated(() => this.evaluate(element)));
      case 'struct':
        return e.fields.map((field) => this.#isolated(() => this.evaluate(field)));
      case 'map': {
        const map = new Map<Value, Value>();
        for (const entry of e.entries) {
          const key = this.#isolated(() => this.evaluate(entry.key));
          map.set(
            key,
            this.#isolated(() => this.evaluate(entry.value)),
          );
        }
        return map;
      }
      case 'param':
        return this.#inputs.get(e.name)!;
      case 'lambda':
        throw new Error('a lambda stands in a call');
      default:
        return unreachable(e);
    }
  }

  #isolated(compute: () => Value): Value {
    if (this.#properties['ksql.nested.error.set.null'] === 'false') return compute();
    try {
      return compute();
    } catch (error) {
      this.reports.push((error as Error).message);
      return null;
    }
  }

  #boolean(e: Expression): boolean {
    const value = this.evaluate(e);
    if (value === null) throw new Error('NULL operand');
    return value as boolean;
  }

  #number(e: Expression): Value {
    const value = this.evaluate(e);
    if (value === null) throw new Error('NULL operand');
    return value;
  }

  #call(e: Extract<Expression, { kind: 'call' }>): Value {
    const definition = this.#functions.get(e.name)!;
    if (definition.kind !== 'scalar') throw new Error('no scalar function');
    const overload = definition.overloads.find(({ signature }) => signature === e.signature)!;
    const args = e.args.map((arg) => this.#argument(arg));
    const given: { readonly value: Argument; readonly isPrimitive: boolean }[] = [];
    const { parameters, variadicIndex } = parseSignature(e.signature);
    const types = e.args.map((arg) => arg.type);
    const hasLambda = e.args.some((arg) => arg.kind === 'lambda');
    const spread = hasLambda ? -1 : spreadIndexOf(parseSignature(e.signature), types);
    const behind = parameters.length - 1 - variadicIndex;
    for (const [index, value] of args.entries()) {
      const fromEnd = args.length - 1 - index;
      const parameter =
        variadicIndex < 0 || index <= variadicIndex
          ? parameters[index]
          : fromEnd < behind
            ? parameters[parameters.length - 1 - fromEnd]
            : parameters[variadicIndex];
      const isPrimitive = parameter?.primitive === true;
      if (index !== spread || value === null) given.push({ value, isPrimitive });
      else for (const item of value as readonly Value[]) given.push({ value: item, isPrimitive });
    }
    if (given.some(({ value, isPrimitive }) => isPrimitive && value === null))
      throw new Error('NULL passed to a primitive parameter');
    if (overload.nulls === 'strict' && given.some(({ value }) => value === null)) return null;
    // NULL for all of the variadic arguments stands for none.
    const values = given.map(({ value }) => value);
    if (spread >= 0 && args[spread] === null) values.splice(spread, 1);
    return this.#bind(e)(...values);
  }

  #bind(e: Extract<Expression, { kind: 'call' }>): Call {
    const known = this.#bound.get(e);
    if (known !== undefined) return known;
    const definition = this.#functions.get(e.name)!;
    const overload = definition.overloads.find(({ signature }) => signature === e.signature)!;
    if (!('nulls' in overload)) throw new Error('no scalar function');
    const call = overload.bind({
      args: e.args.map((arg) => arg.type),
      result: e.type,
      property: (name) => this.#properties[name],
      now: () => 0,
      random: () => 0,
    }) as Call;
    this.#bound.set(e, call);
    return call;
  }

  #argument(arg: Expression): Argument {
    if (arg.kind === 'lambda') return this.#lambda(arg);
    if (arg.kind === 'call' || arg.kind === 'field')
      return this.#isolated(() => this.evaluate(arg));
    return this.evaluate(arg);
  }

  #lambda(e: Extract<Expression, { kind: 'lambda' }>): Argument {
    const outer = this.#inputs;
    return (...inputs) => {
      const before = this.#inputs;
      this.#inputs = new Map([
        ...outer,
        ...e.params.map(({ name }, index) => [name, inputs[index]!] as const),
      ]);
      try {
        return this.evaluate(e.body);
      } finally {
        this.#inputs = before;
      }
    };
  }

  #arithmetic(e: Extract<Expression, { kind: 'arithmetic' }>): Value {
    if (e.type.kind === 'STRING')
      return String(this.evaluate(e.left)) + String(this.evaluate(e.right));
    const left = this.#number(e.left);
    const right = this.#number(e.right);
    const types = [e.left.type!, e.right.type!] as const;
    switch (e.type.kind) {
      case 'INTEGER':
        return Number(
          BigInt.asIntN(32, integers(e.op, BigInt(left as number), BigInt(right as number))),
        );
      case 'BIGINT':
        return BigInt.asIntN(64, integers(e.op, BigInt(left as bigint), BigInt(right as bigint)));
      case 'DOUBLE':
        return doubles(e.op, asDouble(left, types[0]), asDouble(right, types[1]));
      default:
        return decimalOperation(
          e.op,
          asDecimalType(types[0])!,
          asDecimalType(types[1])!,
        )(BigInt(left as bigint), BigInt(right as bigint));
    }
  }

  #negate(e: Extract<Expression, { kind: 'negate' }>): Value {
    const value = this.#number(e.operand);
    if (e.type.kind === 'INTEGER') return Number(BigInt.asIntN(32, -BigInt(value as number)));
    if (e.type.kind === 'BIGINT') return BigInt.asIntN(64, -(value as bigint));
    return e.type.kind === 'DECIMAL' ? -(value as bigint) : -(value as number);
  }

  #comparison(e: Extract<Expression, { kind: 'comparison' }>): Value {
    const left = this.evaluate(e.left);
    const right = this.evaluate(e.right);
    const how = comparator(e.left.type!, e.right.type!)!;
    const order = (): number => {
      if (how.kind === 'ordered') return how.compare(left, right);
      return how.equals(left, right) ? 0 : 1;
    };
    if (e.op === 'IS_DISTINCT_FROM' || e.op === 'IS_NOT_DISTINCT_FROM') {
      const isSame = left === null || right === null ? left === right : order() === 0;
      return isSame === (e.op === 'IS_NOT_DISTINCT_FROM');
    }
    if (left === null || right === null) return false;
    const sign = order();
    switch (e.op) {
      case 'EQUAL':
        return sign === 0;
      case 'NOT_EQUAL':
        return sign < 0 || sign > 0;
      case 'LESS_THAN':
        return sign < 0;
      case 'LESS_THAN_OR_EQUAL':
        return sign <= 0;
      case 'GREATER_THAN':
        return sign > 0;
      default:
        return sign >= 0;
    }
  }
}

function literalValue(e: Extract<Expression, { kind: 'literal' }>): Value {
  if (e.value === null) return null;
  return e.type?.kind === 'BIGINT' || e.type?.kind === 'DECIMAL' ? BigInt(e.value) : e.value;
}

function integers(op: string, a: bigint, b: bigint): bigint {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      if (b === 0n) throw new Error('/ by zero');
      return op === '/' ? a / b : a % b;
  }
}

function doubles(op: string, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    default:
      return op === '/' ? a / b : a % b;
  }
}

function asDouble(value: Value, type: SqlType): number {
  return type.kind === 'DECIMAL' ? decimalToDouble(value as bigint, type.scale) : Number(value);
}
