/**
 * What expressions mean, written as plainly as possible: a walk over the tree for every row. Generated code must agree with it.
 */
import { unreachable } from '../../base/assert.ts';
import type { FunctionRegistry } from '../../functions/define.ts';
import { likeMatcher } from '../../functions/scalar/like.ts';
import type { Expression } from '../../plan/expression.ts';
import { castFunction } from '../../types/cast.ts';
import { comparator, valuesEqual } from '../../types/compare.ts';
import { decimalOperation, decimalToDouble } from '../../types/decimal.ts';
import { asDecimalType } from '../../types/numeric-types.ts';
import type { SqlType } from '../../types/type.ts';
import type { Row, Value } from '../../types/value.ts';

export interface InterpretedRow {
  readonly key: Row | null;
  readonly value: Row;
  readonly timestamp: number;
}

export class Interpreter {
  /** Messages of isolated failures. */
  readonly reports: string[] = [];
  readonly #functions: FunctionRegistry;
  readonly #row: InterpretedRow;

  constructor(functions: FunctionRegistry, row: InterpretedRow) {
    this.#functions = functions;
    this.#row = row;
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
        if (text === null || pattern === null) throw new Error('NULL');
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
          return castFunction(e.operand.type, e.type)!(this.evaluate(e.operand));
        });
      case 'subscript': {
        const container = this.evaluate(e.operand);
        const index = this.evaluate(e.index);
        if (container === null) return null;
        if (container instanceof Map) return container.get(index) ?? null;
        if (index === null) throw new Error('NULL');
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
      case 'lambda':
      case 'param':
        throw new Error('not interpreted');
      default:
        return unreachable(e);
    }
  }

  #isolated(compute: () => Value): Value {
    try {
      return compute();
    } catch (error) {
      this.reports.push((error as Error).message);
      return null;
    }
  }

  #boolean(e: Expression): boolean {
    const value = this.evaluate(e);
    if (value === null) throw new Error('NULL');
    return value as boolean;
  }

  #number(e: Expression): Value {
    const value = this.evaluate(e);
    if (value === null) throw new Error('NULL');
    return value;
  }

  #call(e: Extract<Expression, { kind: 'call' }>): Value {
    const definition = this.#functions.get(e.name)!;
    if (definition.kind !== 'scalar') throw new Error('no scalar function');
    const overload = definition.overloads.find(({ signature }) => signature === e.signature)!;
    const call = overload.bind({
      args: e.args.map((arg) => arg.type),
      result: e.type,
      property: () => undefined,
      now: () => 0,
      random: () => 0,
    }) as (...args: Value[]) => Value;
    const args = e.args.map((arg) =>
      arg.kind === 'call' || arg.kind === 'field'
        ? this.#isolated(() => this.evaluate(arg))
        : this.evaluate(arg),
    );
    if (overload.nulls === 'strict' && args.includes(null)) return null;
    return call(...args);
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
