/** Random typed expressions over a scope of columns. Whatever the specification leaves open is not generated. */
import {
  type ArithmeticOperator,
  BIGINT,
  BOOLEAN,
  type Column,
  type CompareOperator,
  DOUBLE,
  decimal,
  type Expr,
  INTEGER,
  isSameType,
  STRING,
  type Type,
  type Value,
} from './model.ts';
import type { Random } from './random.ts';
import { arithmeticType } from './reference/numbers.ts';

export const scalarTypes: readonly Type[] = [
  INTEGER,
  INTEGER,
  BIGINT,
  DOUBLE,
  STRING,
  STRING,
  BOOLEAN,
  decimal(9, 2),
  decimal(12, 3),
];

/** Texts that engines order differently (surrogates), quote, fold or trim. */
export const texts: readonly string[] = [
  'a',
  'b',
  'B',
  'abc',
  'Abc',
  '7',
  ' -2 ',
  'é',
  '\uff5e',
  '\u{1f600}',
  'a,b',
  'it\'s "q"',
  'x%y',
  'true',
  '',
];

const largest = 9223372036854775807n;

/** A value that a record may hold. */
export function randomValue(random: Random, type: Type, nullChance = 0.12): Value {
  if (random.chance(nullChance)) return null;
  switch (type.kind) {
    case 'BOOLEAN':
      return random.chance(0.5);
    case 'INTEGER':
      if (random.chance(0.03)) return random.pick([2147483647n, -2147483648n]);
      return BigInt(random.between(-3, 6));
    case 'BIGINT':
      if (random.chance(0.04)) return random.pick([largest, -largest - 1n, 9007199254740993n]);
      return BigInt(random.between(-3, 6));
    case 'DOUBLE':
      return random.between(-8, 16) / 4;
    case 'STRING':
      return random.pick(texts);
    case 'DECIMAL':
      return BigInt(random.between(-150, 250));
    default:
      throw new Error(`no values of ${type.kind}`);
  }
}

export function columnExpr(column: Column): Expr {
  return { kind: 'column', name: column.name, type: column.type };
}

export function literal(type: Type, value: Value): Expr {
  return { kind: 'literal', type, value };
}

function call(name: string, type: Type, ...args: readonly Expr[]): Expr {
  return { kind: 'call', name, args, type };
}

export function castTo(operand: Expr, type: Type): Expr {
  return { kind: 'cast', operand, type };
}

const numericKinds: readonly string[] = ['INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL'];

export function isNumeric(type: Type): boolean {
  return numericKinds.includes(type.kind);
}

export class ExpressionGenerator {
  readonly random: Random;
  readonly scope: readonly Column[];

  constructor(random: Random, scope: readonly Column[]) {
    this.random = random;
    this.scope = scope;
  }

  columns(type: Type): readonly Column[] {
    return this.scope.filter((column) => isSameType(column.type, type));
  }

  /** Any type that the scope knows, or any at all. */
  anyType(): Type {
    const { random, scope } = this;
    const known = scope.filter((column) => column.type.kind !== 'ARRAY');
    if (known.length > 0 && random.chance(0.7)) return random.pick(known).type;
    return random.pick(scalarTypes);
  }

  expression(type: Type, depth: number): Expr {
    const { random } = this;
    if (depth <= 0 || random.chance(0.3)) return this.leaf(type);
    if (random.chance(0.2)) return this.#generic(type, depth - 1);
    switch (type.kind) {
      case 'BOOLEAN':
        return this.predicate(depth - 1);
      case 'INTEGER':
        return this.#integer(depth - 1);
      case 'BIGINT':
        return this.#bigint(depth - 1);
      case 'DOUBLE':
        return this.#double(depth - 1);
      case 'STRING':
        return this.#string(depth - 1);
      case 'DECIMAL':
        return this.#decimal(type, depth - 1);
      default:
        return this.leaf(type);
    }
  }

  leaf(type: Type): Expr {
    const { random } = this;
    const columns = this.columns(type);
    if (columns.length > 0 && random.chance(0.8)) return columnExpr(random.pick(columns));
    if (random.chance(0.1) || type.kind === 'ARRAY') return literal(type, null);
    switch (type.kind) {
      case 'BIGINT':
        if (random.chance(0.2)) return literal(BIGINT, random.pick([3000000000n, largest]));
        return castTo(this.leaf(INTEGER), BIGINT);
      case 'DECIMAL':
        return castTo(this.leaf(random.pick([INTEGER, DOUBLE])), type);
      case 'INTEGER':
        return literal(INTEGER, BigInt(random.between(-4, 7)));
      default:
        return literal(type, randomValue(random, type, 0));
    }
  }

  /** Arithmetic whose type is whatever comes out: decimals grow. */
  arithmetic(depth: number): Expr {
    const { random } = this;
    const pick = (): Type => random.pick([INTEGER, BIGINT, decimal(9, 2), decimal(12, 3), DOUBLE]);
    const left = this.expression(pick(), depth);
    const right = this.expression(pick(), depth);
    return this.#arithmeticOf(random.pick(['+', '-', '*', '/', '%']), left, right);
  }

  #arithmeticOf(op: ArithmeticOperator, left: Expr, right: Expr): Expr {
    const type = arithmeticType(op, left.type, right.type);
    // SQLite's integers hold decimals of 18 digits; doubles are divided by constants only, so that all stay finite.
    const isTooWide = type.kind === 'DECIMAL' && type.precision > 18;
    const isUnsafe = type.kind === 'DOUBLE' && (op === '/' || op === '%');
    if (isTooWide || isUnsafe) {
      if (type.kind !== 'DOUBLE') return { kind: 'negate', operand: left, type: left.type };
      const by = literal(DOUBLE, this.random.pick([0.5, 2, -4]));
      return { kind: 'arithmetic', op: op === '%' ? '-' : op, left, right: by, type: DOUBLE };
    }
    return { kind: 'arithmetic', op, left, right, type };
  }

  #generic(type: Type, depth: number): Expr {
    const { random } = this;
    switch (random.between(0, 4)) {
      case 0:
        return call('COALESCE', type, this.expression(type, depth), this.expression(type, depth));
      case 1:
        return call('IFNULL', type, this.expression(type, depth), this.leaf(type));
      case 2:
        // Whether 0.0 and -0.0 are equal there is not written down.
        if (type.kind === 'DOUBLE') return this.leaf(type);
        return call('NULLIF', type, this.expression(type, depth), this.leaf(type));
      default: {
        const whens = Array.from(
          { length: random.between(1, 2) },
          () => [this.comparison(depth), this.expression(type, depth)] as const,
        );
        const otherwise = random.chance(0.6) ? this.expression(type, depth) : null;
        return { kind: 'case', whens, otherwise, type };
      }
    }
  }

  #integer(depth: number): Expr {
    const { random } = this;
    const operand = (): Expr => this.expression(INTEGER, depth);
    switch (random.between(0, 9)) {
      case 0:
        return call('LEN', INTEGER, this.expression(STRING, depth));
      case 1:
        return call(
          'SIGN',
          INTEGER,
          this.expression(random.pick([INTEGER, BIGINT, DOUBLE]), depth),
        );
      case 2:
        return castTo(
          this.expression(random.pick([BIGINT, DOUBLE, STRING, decimal(9, 2)]), depth),
          INTEGER,
        );
      case 3:
        return call('ABS', INTEGER, operand());
      case 4:
        return call(random.pick(['GREATEST', 'LEAST']), INTEGER, operand(), operand());
      case 5:
        return { kind: 'negate', operand: operand(), type: INTEGER };
      default:
        return this.#arithmeticOf(random.pick(['+', '-', '*', '/', '%']), operand(), operand());
    }
  }

  #bigint(depth: number): Expr {
    const { random } = this;
    const operand = (): Expr => this.expression(BIGINT, depth);
    switch (random.between(0, 7)) {
      case 0:
        return castTo(this.expression(random.pick([INTEGER, DOUBLE, STRING]), depth), BIGINT);
      case 1:
        return call(
          'ROUND',
          BIGINT,
          this.expression(random.pick([INTEGER, BIGINT, DOUBLE]), depth),
        );
      case 2:
        return call('ABS', BIGINT, operand());
      case 3:
        return call(random.pick(['GREATEST', 'LEAST']), BIGINT, operand(), operand());
      default: {
        const other = random.chance(0.5) ? operand() : this.expression(INTEGER, depth);
        const op = random.pick(['+', '-', '*', '/', '%'] as const);
        return random.chance(0.5)
          ? this.#arithmeticOf(op, operand(), other)
          : this.#arithmeticOf(op, other, operand());
      }
    }
  }

  #double(depth: number): Expr {
    const { random } = this;
    const operand = (): Expr => this.expression(DOUBLE, depth);
    switch (random.between(0, 5)) {
      case 0:
        return castTo(this.expression(random.pick([INTEGER, decimal(9, 2)]), depth), DOUBLE);
      case 1:
        return call('ABS', DOUBLE, operand());
      default: {
        const other = this.expression(random.pick([DOUBLE, INTEGER, decimal(9, 2)]), depth);
        return this.#arithmeticOf(random.pick(['+', '-', '*', '/']), operand(), other);
      }
    }
  }

  #decimal(type: Type, depth: number): Expr {
    const { random } = this;
    if (random.chance(0.3)) return call('ABS', type, this.expression(type, depth));
    if (random.chance(0.5)) return castTo(this.arithmetic(depth), type);
    return castTo(this.expression(random.pick([INTEGER, DOUBLE, STRING]), depth), type);
  }

  #string(depth: number): Expr {
    const { random } = this;
    const operand = (): Expr => this.expression(STRING, depth);
    switch (random.between(0, 6)) {
      case 0:
        return call('||', STRING, operand(), operand());
      case 1:
        return { kind: 'arithmetic', op: '+', left: operand(), right: operand(), type: STRING };
      case 2:
        return call(random.pick(['UCASE', 'LCASE', 'TRIM']), STRING, operand());
      case 3: {
        // Of digits: half of a surrogate pair is no text that a topic could hold.
        const digits = castTo(this.expression(random.pick([INTEGER, BIGINT]), depth), STRING);
        const position = literal(INTEGER, BigInt(random.between(-3, 4)));
        if (random.chance(0.4)) return call('SUBSTRING', STRING, digits, position);
        const length = literal(INTEGER, BigInt(random.between(-1, 3)));
        return call('SUBSTRING', STRING, digits, position, length);
      }
      case 4:
        return call('CONCAT', STRING, operand(), operand(), operand());
      default:
        return castTo(
          this.expression(random.pick([INTEGER, BIGINT, DOUBLE, BOOLEAN, decimal(12, 3)]), depth),
          STRING,
        );
    }
  }

  /** Anything BOOLEAN. */
  predicate(depth: number): Expr {
    const { random } = this;
    if (depth <= 0) return this.comparison(0);
    switch (random.between(0, 6)) {
      case 0:
      case 1: {
        const [left, right] = [this.predicate(depth - 1), this.predicate(depth - 1)];
        return { kind: 'logic', op: random.pick(['AND', 'OR']), left, right, type: BOOLEAN };
      }
      case 2:
        return { kind: 'not', operand: this.predicate(depth - 1), type: BOOLEAN };
      case 3:
        return this.leaf(BOOLEAN);
      default:
        return this.comparison(depth - 1);
    }
  }

  /** BOOLEAN and never NULL. */
  comparison(depth: number): Expr {
    const { random } = this;
    switch (random.between(0, 9)) {
      case 0: {
        const operand = this.expression(this.anyType(), depth);
        return { kind: 'isNull', operand, negated: random.chance(0.5), type: BOOLEAN };
      }
      case 1: {
        const pattern = random.pick(['%', 'a%', '%b%', '_', '__', '%c', 'A_c']);
        return { kind: 'like', operand: this.expression(STRING, depth), pattern, type: BOOLEAN };
      }
      case 2: {
        const type = random.pick([INTEGER, STRING]);
        const items = Array.from({ length: random.between(1, 3) }, () =>
          literal(type, randomValue(random, type, 0)),
        );
        return { kind: 'in', operand: this.expression(type, depth), items, type: BOOLEAN };
      }
      case 3: {
        const type = random.pick([INTEGER, BIGINT, STRING, decimal(9, 2)]);
        const [operand, low, high] = [0, 1, 2].map(() => this.expression(type, depth));
        return { kind: 'between', operand: operand!, low: low!, high: high!, type: BOOLEAN };
      }
      default:
        return this.#compare(depth);
    }
  }

  #compare(depth: number): Expr {
    const { random } = this;
    const equality: readonly CompareOperator[] = [
      '=',
      '<>',
      'IS DISTINCT FROM',
      'IS NOT DISTINCT FROM',
    ];
    const all: readonly CompareOperator[] = [...equality, '<', '<=', '>', '>=', '<', '>='];
    const type = this.anyType();
    const left = this.expression(type, depth);
    if (type.kind === 'BOOLEAN') {
      const right = this.expression(type, depth);
      return { kind: 'compare', op: random.pick(equality), left, right, type: BOOLEAN };
    }
    // How a BIGINT beyond 2^53 compares with a DOUBLE is written nowhere.
    const others: Readonly<Record<string, readonly Type[]>> = {
      INTEGER: [INTEGER, BIGINT, decimal(9, 2), DOUBLE],
      BIGINT: [INTEGER, BIGINT, decimal(12, 3)],
      DECIMAL: [INTEGER, decimal(9, 2), decimal(12, 3)],
      DOUBLE: [DOUBLE, INTEGER],
      STRING: [STRING],
    };
    const right = this.expression(random.pick(others[type.kind]!), depth);
    // A literal NULL may not be compared.
    return { kind: 'compare', op: random.pick(all), left, right, type: BOOLEAN };
  }
}
