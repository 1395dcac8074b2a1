/**
 * Every example of every scalar function, run by a small evaluator of its own: it knows literals, constructors, CAST, calls,
 * lambdas and a few operators, and leaves overloads to the real resolution.
 */
import { describe, expect, it } from 'vitest';
import { castFunction } from '../../types/cast.ts';
import { naturalOrder } from '../../types/compare.ts';
import { textFunction } from '../../types/java-text.ts';
import { numericCommonType } from '../../types/numeric-types.ts';
import type { SqlType } from '../../types/type.ts';
import type { Value } from '../../types/value.ts';
import type { Argument, CallContext, LambdaValue } from '../define.ts';
import { createRegistry, requireFunction } from '../registry.ts';
import { type ArgumentType, resolveCall } from '../resolve.ts';
import { scalarFunctions } from './table.ts';

const registry = createRegistry(scalarFunctions);

type Scope = ReadonlyMap<string, SqlType>;
type Environment = ReadonlyMap<string, Value>;
interface Compiled {
  /** Null: the literal NULL. */
  readonly type: SqlType | null;
  readonly run: (environment: Environment) => Value;
}

type Expression =
  | { readonly kind: 'literal'; readonly type: SqlType | null; readonly value: Value }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'struct'; readonly fields: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: SqlType }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'lambda'; readonly inputs: readonly string[]; readonly body: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    };

const token =
  /\s*('(?:[^']|'')*'|[0-9]+(?:\.[0-9]+)?(?:E-?[0-9]+)?|[A-Za-z_][A-Za-z0-9_]*|=>|:=|[-+*/<>=,()[\]])/y;

class Reader {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(sql: string) {
    const tokens: string[] = [];
    token.lastIndex = 0;
    while (token.lastIndex < sql.trimEnd().length) {
      const from = token.lastIndex;
      const match = token.exec(sql);
      if (match?.[1] === undefined) throw new Error(`no token at ${from} of ${sql}`);
      tokens.push(match[1]);
    }
    this.#tokens = tokens;
  }

  whole(): Expression {
    const expression = this.#expression();
    if (this.#at !== this.#tokens.length) throw new Error(`trailing ${this.#peek()}`);
    return expression;
  }

  #peek(ahead = 0): string {
    return this.#tokens[this.#at + ahead] ?? '';
  }
  #next(): string {
    this.#at += 1;
    return this.#peek(-1);
  }
  #take(text: string): boolean {
    if (this.#peek().toUpperCase() !== text) return false;
    this.#at += 1;
    return true;
  }
  #expect(text: string): void {
    if (!this.#take(text)) throw new Error(`expected ${text}, found ${this.#peek()}`);
  }
  #list<T>(close: string, read: () => T): readonly T[] {
    const items: T[] = [];
    if (this.#take(close)) return items;
    do items.push(read());
    while (this.#take(','));
    this.#expect(close);
    return items;
  }

  #expression(): Expression {
    const inputs = this.#lambdaInputs();
    if (inputs !== null) return { kind: 'lambda', inputs, body: this.#expression() };
    const left = this.#term();
    return this.#operated(left, ['<', '>', '=']);
  }
  #operated(left: Expression, operators: readonly string[]): Expression {
    let result = left;
    while (operators.includes(this.#peek())) {
      const operator = this.#next();
      result = { kind: 'binary', operator, left: result, right: this.#term() };
    }
    return result;
  }
  #term(): Expression {
    return this.#operatedPrimary(this.#primary());
  }
  #operatedPrimary(left: Expression): Expression {
    let result = left;
    while (['+', '-', '*'].includes(this.#peek())) {
      const operator = this.#next();
      result = { kind: 'binary', operator, left: result, right: this.#primary() };
    }
    return result;
  }

  #lambdaInputs(): readonly string[] | null {
    if (this.#peek(1) === '=>') {
      const name = this.#next();
      this.#next();
      return [name];
    }
    if (this.#peek() !== '(') return null;
    const close = this.#tokens.indexOf(')', this.#at);
    if (this.#tokens[close + 1] !== '=>') return null;
    const names = this.#tokens.slice(this.#at + 1, close).filter((text) => text !== ',');
    this.#at = close + 2;
    return names;
  }

  #primary(): Expression {
    const text = this.#next();
    if (text === '-') {
      const operand = this.#primary();
      if (operand.kind !== 'literal') throw new Error('minus before no number');
      const value = typeof operand.value === 'bigint' ? -operand.value : -Number(operand.value);
      return { ...operand, value };
    }
    if (text.startsWith("'")) {
      const value = text.slice(1, -1).replaceAll("''", "'");
      return { kind: 'literal', type: { kind: 'STRING' }, value };
    }
    if (/^[0-9]/.test(text)) return number(text);
    return this.#word(text);
  }

  #word(text: string): Expression {
    switch (text.toUpperCase()) {
      case 'NULL':
        return { kind: 'literal', type: null, value: null };
      case 'TRUE':
      case 'FALSE':
        return {
          kind: 'literal',
          type: { kind: 'BOOLEAN' },
          value: text.toUpperCase() === 'TRUE',
        };
      case 'ARRAY':
        this.#expect('[');
        return { kind: 'array', items: this.#list(']', () => this.#expression()) };
      case 'MAP':
        this.#expect('(');
        return { kind: 'map', entries: this.#list(')', () => this.#entry()) };
      case 'STRUCT':
        this.#expect('(');
        return { kind: 'struct', fields: this.#list(')', () => this.#field()) };
      case 'CAST': {
        this.#expect('(');
        const operand = this.#expression();
        this.#expect('AS');
        const type = this.#type();
        this.#expect(')');
        return { kind: 'cast', operand, type };
      }
    }
    if (!this.#take('(')) return { kind: 'name', name: text };
    return { kind: 'call', name: text, args: this.#list(')', () => this.#expression()) };
  }

  #entry(): readonly [Expression, Expression] {
    const key = this.#expression();
    this.#expect(':=');
    return [key, this.#expression()];
  }
  #field(): readonly [string, Expression] {
    const name = this.#next().toUpperCase();
    this.#expect(':=');
    return [name, this.#expression()];
  }
  #type(): SqlType {
    const name = this.#next().toUpperCase();
    if (name === 'DECIMAL') {
      this.#expect('(');
      const precision = Number(this.#next());
      this.#expect(',');
      const scale = Number(this.#next());
      this.#expect(')');
      return { kind: 'DECIMAL', precision, scale };
    }
    if (name === 'ARRAY') {
      this.#expect('<');
      const element = this.#type();
      this.#expect('>');
      return { kind: 'ARRAY', element };
    }
    return { kind: name as 'STRING' };
  }
}

function number(text: string): Expression {
  if (text.includes('E')) return { kind: 'literal', type: { kind: 'DOUBLE' }, value: Number(text) };
  const [, fraction] = text.split('.');
  if (fraction !== undefined) {
    const digits = text.replace('.', '');
    const type: SqlType = { kind: 'DECIMAL', precision: digits.length, scale: fraction.length };
    return { kind: 'literal', type, value: BigInt(digits) };
  }
  const isInteger = Number(text) <= 2_147_483_647;
  return isInteger
    ? { kind: 'literal', type: { kind: 'INTEGER' }, value: Number(text) }
    : { kind: 'literal', type: { kind: 'BIGINT' }, value: BigInt(text) };
}

function compile(expression: Expression, scope: Scope): Compiled {
  switch (expression.kind) {
    case 'literal':
      return { type: expression.type, run: () => expression.value };
    case 'name': {
      const { name } = expression;
      const type = scope.get(name);
      if (type === undefined) throw new Error(`unknown name ${name}`);
      return { type, run: (environment) => environment.get(name) ?? null };
    }
    case 'array': {
      const { type, runs } = common(expression.items, scope);
      return {
        type: { kind: 'ARRAY', element: type },
        run: (environment) => runs.map((run) => run(environment)),
      };
    }
    case 'map': {
      const keys = common(
        expression.entries.map(([key]) => key),
        scope,
      );
      const values = common(
        expression.entries.map(([, value]) => value),
        scope,
      );
      return {
        type: { kind: 'MAP', key: keys.type, value: values.type },
        run: (environment) =>
          new Map(
            keys.runs.map((key, index) => [
              key(environment),
              values.runs[index]?.(environment) ?? null,
            ]),
          ),
      };
    }
    case 'struct': {
      const fields = expression.fields.map(([name, value]) => ({ name, ...compile(value, scope) }));
      return {
        type: {
          kind: 'STRUCT',
          fields: fields.map(({ name, type }) => ({ name, type: type ?? { kind: 'STRING' } })),
        },
        run: (environment) => fields.map(({ run }) => run(environment)),
      };
    }
    case 'cast': {
      const operand = compile(expression.operand, scope);
      return { type: expression.type, run: casted(operand, expression.type) };
    }
    case 'binary':
      return binary(expression, scope);
    case 'call':
      return call(expression.name, expression.args, scope);
    case 'lambda':
      throw new Error('a lambda stands only in a call');
  }
}

function casted({ type, run }: Compiled, to: SqlType | null): Compiled['run'] {
  if (type === null || to === null) return run;
  const cast = castFunction(type, to);
  if (cast === null) throw new Error(`no cast from ${type.kind} to ${to.kind}`);
  return (environment) => cast(run(environment));
}

function common(
  items: readonly Expression[],
  scope: Scope,
): { readonly type: SqlType; readonly runs: readonly Compiled['run'][] } {
  const compiled = items.map((item) => compile(item, scope));
  const types = compiled.map(({ type }) => type).filter((type) => type !== null);
  const type = types.reduce((a, b) => numericCommonType(a, b) ?? a, types[0] ?? { kind: 'STRING' });
  return { type, runs: compiled.map((item) => casted(item, type)) };
}

/** Arithmetic on integers and text, and comparisons: all the examples need. */
function binary(
  { operator, left, right }: Extract<Expression, { kind: 'binary' }>,
  scope: Scope,
): Compiled {
  const a = compile(left, scope);
  const b = compile(right, scope);
  const type = a.type ?? { kind: 'STRING' };
  if ('<>='.includes(operator)) {
    const order = naturalOrder(type) ?? (() => 0);
    const wanted = { '<': -1, '=': 0, '>': 1 }[operator];
    return {
      type: { kind: 'BOOLEAN' },
      run: (environment) => Math.sign(order(a.run(environment), b.run(environment))) === wanted,
    };
  }
  return {
    type,
    run: (environment) => {
      const x = a.run(environment) as number;
      const y = b.run(environment) as number;
      if (x === null || y === null) throw new Error('arithmetic on NULL');
      if (operator === '+') return x + y;
      return operator === '-' ? x - y : x * y;
    },
  };
}

const units = /^(?:DAYS?|HOURS?|MINUTES?|SECONDS?|MILLISECONDS?)$/;

function call(name: string, args: readonly Expression[], scope: Scope): Compiled {
  const def = requireFunction(registry, name);
  if (def.kind !== 'scalar') throw new Error(`${name} is no scalar function`);
  const resolved = resolveCall(
    def,
    args.map((arg) => argumentType(arg, scope)),
  );
  const context: CallContext = {
    args: resolved.args,
    result: resolved.result,
    property: () => undefined,
    now: () => 1_700_000_000_123,
    random: () => 0.5,
  };
  const run = resolved.overload.bind(context) as (...values: Argument[]) => Value;
  const runs = args.map((arg, index) => {
    const inputs = resolved.lambdaInputs[index];
    if (arg.kind === 'lambda') return lambda(arg, inputs ?? [], scope);
    if (arg.kind === 'name' && units.test(arg.name)) return () => arg.name;
    return casted(compile(arg, scope), resolved.args[index] ?? null);
  });
  return {
    type: resolved.result,
    run: (environment) => {
      const values = runs.map((value) => value(environment));
      const isNull = values.includes(null);
      const isPrimitiveNull = values.some((value, index) => {
        return value === null && resolved.parameters[index]?.primitive === true;
      });
      if (isPrimitiveNull) throw new Error('NULL for a primitive parameter');
      return isNull && resolved.overload.nulls === 'strict' ? null : run(...values);
    },
  };
}

function argumentType(arg: Expression, scope: Scope): ArgumentType {
  if (arg.kind === 'name' && units.test(arg.name)) return { kind: 'unit' };
  if (arg.kind !== 'lambda') return { kind: 'value', type: compile(arg, scope).type };
  return {
    kind: 'lambda',
    inputCount: arg.inputs.length,
    resultType: (types) => compile(arg.body, lambdaScope(arg, types, scope)).type,
  };
}

type Lambda = Extract<Expression, { kind: 'lambda' }>;

function lambdaScope({ inputs }: Lambda, types: readonly SqlType[], scope: Scope): Scope {
  return new Map([
    ...scope,
    ...inputs.map((name, index) => [name, types[index] ?? { kind: 'STRING' }] as const),
  ]);
}

function lambda(
  arg: Lambda,
  types: readonly SqlType[],
  scope: Scope,
): (environment: Environment) => LambdaValue {
  const body = compile(arg.body, lambdaScope(arg, types, scope));
  return (environment) =>
    (...values) =>
      body.run(
        new Map([
          ...environment,
          ...arg.inputs.map((name, index) => [name, values[index] ?? null] as const),
        ]),
      );
}

function evaluate(sql: string): string {
  const { type, run } = compile(new Reader(sql).whole(), new Map());
  const value = run(new Map());
  return value === null || type === null ? 'null' : textFunction(type)(value);
}

describe('the examples of the scalar functions', () => {
  const examples = scalarFunctions.flatMap(({ examples }) => examples);
  it.each(examples)('%s gives %s', (sql, expected) => {
    expect(evaluate(sql)).toBe(expected);
  });

  it('show every function at least once', () => {
    const unshown = scalarFunctions.filter(({ examples }) => examples.length === 0);
    expect(unshown.map(({ name }) => name)).toEqual([]);
  });
});
